"""Frames on their way to a writer that must be awaited: gRPC's.

A frame is handed over within the call that brings it, not in a task that is woken for it: nothing that is ready to run comes first.
So a write's coroutine is taken to its first wait here, and on from there when that is over.

One message may be with the transport and one may wait behind it, and both together hold at most 64 KiB; above that the outbox is
paused until it has fallen to half. What is told beside the audio counts by its bytes alone: the message that begins an utterance
would else hold up the audio behind it. What must always be told is never refused, but a client that reads nothing at all is given up.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from legato.domain.errors import SpeechError

HIGH_MESSAGES = 2
HIGH_BYTES = 64 * 1024

Send = Callable[[bytes | str], Coroutine[Any, None, None]]
"""Writes one frame; it waits for futures of this loop alone."""


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
        self._error: SpeechError | None = None
        self._broken: Exception | None = None
        self._send: Send | None = None
        self._writing: Coroutine[Any, None, None] | None = None
        self._awaited: asyncio.Future[Any] | None = None
        self._over: asyncio.Future[None] | None = None

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
        if self._bytes > self._max_bytes and self._send is not None:
            self._closed = True
            self._end(BrokenPipeError("the client does not read"))
        self._begin()

    def close(self, error: SpeechError | None) -> None:
        """Nothing follows what is in here."""
        if not self._closed:
            self._closed = True
            self._error = error
            self._begin()

    async def run(self, send: Send) -> SpeechError | None:
        """Write until closed and empty.

        Returns:
            The error that the stream was closed with.

        Raises:
            BrokenPipeError: the client has stopped reading.
            Exception: what the writer has raised.
        """
        self._send = send
        self._over = asyncio.get_running_loop().create_future()
        self._begin()
        try:
            await self._over
        finally:
            self._abandon()
        broken, self._broken = self._broken, None
        if broken is not None:
            raise broken
        return self._error

    def _begin(self) -> None:
        if self._send is not None and self._writing is None:
            self._go_on(self._send)

    def _go_on(self, send: Send) -> None:
        while self._frames:
            self._writing = self._writing or send(self._frames[0][0])
            try:
                awaited = self._writing.send(None)
            except StopIteration:
                self._taken()
            except Exception as error:  # noqa: BLE001 whatever ends the writer is raised by `run`
                self._end(error)
                return
            else:
                self._wait(awaited)
                return
        if self._closed:
            self._end(None)

    def _wait(self, awaited: asyncio.Future[Any]) -> None:
        self._awaited = awaited
        awaited.add_done_callback(self._waited)

    def _waited(self, _: asyncio.Future[Any]) -> None:
        if self._send is not None:
            self._go_on(self._send)

    def _taken(self) -> None:
        frame, beside = self._frames.popleft()
        self._bytes -= len(frame)
        self._counted -= not beside
        self._fallen()  # what it brings waits until this write is put away
        self._writing = None

    def _end(self, broken: Exception | None) -> None:
        self._broken = broken
        self._send = None
        if self._over is not None and not self._over.done():
            self._over.set_result(None)

    def _abandon(self) -> None:
        self._send = None
        if self._writing is not None and self._awaited is not None:
            self._awaited.remove_done_callback(self._waited)
            self._awaited.cancel()
            self._writing.close()

    def _fallen(self) -> None:
        if self._paused and self._counted < HIGH_MESSAGES and self._bytes <= HIGH_BYTES // 2:
            self._paused = False
            if not self._closed:
                self._drained()
