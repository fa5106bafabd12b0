"""Standard input as it comes: what another program writes is passed on while it is still writing."""

import asyncio
import codecs
import contextlib
import os
import threading
from collections.abc import AsyncIterator

_READ_BYTES = 4096
_AHEAD = 16


async def tokens_of(fd: int) -> AsyncIterator[str]:
    """Yield text from a file descriptor, in the pieces in which it arrives; characters that were cut are put together.

    A thread reads it, since a terminal, a pipe and a file cannot all be awaited in the same way; it is a daemon, so that a program
    that is asked to end does not wait for text that may never come.

    Raises:
        ValueError: it is not UTF-8.
        OSError: it cannot be read.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | OSError] = asyncio.Queue()
    room = threading.Semaphore(_AHEAD)

    def put(piece: bytes | OSError) -> None:
        room.acquire()
        loop.call_soon_threadsafe(queue.put_nowait, piece)

    def read() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            try:
                while data := os.read(fd, _READ_BYTES):
                    put(data)
            except OSError as error:
                put(error)
            put(b"")

    threading.Thread(target=read, name="legato-stdin", daemon=True).start()
    decoder = codecs.getincrementaldecoder("utf-8")()
    while piece := await queue.get():
        room.release()
        if isinstance(piece, OSError):
            raise piece
        if text := _text(decoder, piece):
            yield text
    _text(decoder, b"", is_last=True)


def _text(decoder: codecs.IncrementalDecoder, piece: bytes, *, is_last: bool = False) -> str:
    try:
        return decoder.decode(piece, final=is_last)
    except UnicodeDecodeError as error:
        raise ValueError(f"standard input: expected UTF-8; {error.reason}") from None
