"""Frames on their way to a writer that must be awaited: gRPC, and WebSockets served by aiohttp.

One message may be with the transport and one may wait behind it, and both together hold at most 64 KiB; above that the outbox is
paused until it has fallen to half. What is told beside the audio counts by its bytes alone: the message that begins an utterance
would else hold up the audio behind it. What must always be told is never refused, but a client that reads nothing at all is given up.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from legato.domain.errors import SpeechError

HIGH_MESSAGES = 2
HIGH_BYTES = 64 * 1024

Send = Callable[[bytes | str], Awaitable[None]]


class Outbox:
    """The way from a session to one awaited writer.

    Args:
        max_bytes: beyond this the client is given up.
        drained: called when a paused outbox has room again.
    """

    def __init__(self, max_bytes: int, drained: Callable[[], None]) -> None:
        self._max_bytes = max_bytes
        self._drained = drained
        self._frames: deque[tuple[bytes | str, bool]] = deque()
        self._bytes = self._counted = 0
        self._paused = False
        self._closed = False
        self._patience: asyncio.Timeout | None = None
        self._error: SpeechError | None = None
        self._awaited: asyncio.Future[None] | None = None

    @property
    def paused(self) -> bool:
        """No room for audio, now or any more."""
        return self._paused or self._closed

    @property
    def closed(self) -> bool:
        """Nothing more is taken."""
        return self._closed

    @property
    def waiting(self) -> bool:
        """Something is in here that is not yet with the transport."""
        return bool(self._frames)

    def put(self, frame: bytes | str, *, beside: bool = False) -> None:
        """Take a frame; nothing after `close`.

        Args:
            frame: it.
            beside: it is no audio, and counts by its bytes alone.
        """
        if self._closed:
            return
        self._frames.append((frame, beside))
        self._bytes += len(frame)
        self._counted += not beside
        if self._counted >= HIGH_MESSAGES or self._bytes >= HIGH_BYTES:
            self._paused = True
        if self._bytes > self._max_bytes and self._patience is not None:
            self._closed = True
            self._patience.reschedule(asyncio.get_running_loop().time())
        self._wake()

    def close(self, error: SpeechError | None) -> None:
        """Nothing follows what is in here."""
        if not self._closed:
            self._closed = True
            self._error = error
            self._wake()

    async def run(self, send: Send) -> SpeechError | None:
        """Write until closed and empty.

        Returns:
            The error that the stream was closed with.

        Raises:
            BrokenPipeError: the client has stopped reading.
        """
        try:
            async with asyncio.timeout(None) as self._patience:
                await self._write(send)
        except TimeoutError:
            raise BrokenPipeError("the client does not read") from None
        return self._error

    async def _write(self, send: Send) -> None:
        while self._frames or not self._closed:
            if not self._frames:
                self._awaited = asyncio.get_running_loop().create_future()
                await self._awaited
                continue
            frame, beside = self._frames[0]
            await send(frame)
            self._frames.popleft()
            self._bytes -= len(frame)
            self._counted -= not beside
            self._fallen()

    def _wake(self) -> None:
        awaited, self._awaited = self._awaited, None
        if awaited is not None and not awaited.done():
            awaited.set_result(None)

    def _fallen(self) -> None:
        if self._paused and self._counted < HIGH_MESSAGES and self._bytes <= HIGH_BYTES // 2:
            self._paused = False
            if not self._closed:
                self._drained()
