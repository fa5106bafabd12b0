"""What is on its way from a session to a writer: in order, and at most so much of it.

A frame is handed over within the call that brings it, not in a task that is woken for it: nothing that is ready to run comes first.
What the writer cannot get rid of at once it has until it says so, and what comes meanwhile waits here.

One message may be with the writer and one may wait behind it, and both together hold at most 64 KiB; above that the outbox is
paused until it has fallen to half. What is told beside the audio counts by its bytes alone: the message that begins an utterance
would else hold up the audio behind it. What must always be told is never refused, but a client that reads nothing at all is given up.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from legato.domain.errors import SpeechError

HIGH_MESSAGES = 2
HIGH_BYTES = 64 * 1024

Send = Callable[[bytes | str, Callable[[], None]], bool]
"""Writes a frame, the last being gone: whether it is gone at once, and if not, calls back when it is."""


class Outbox:
    """The way from a session to one writer.

    Args:
        max_bytes: beyond this the client is given up.
        drained: called when a paused outbox has room again.
        send: the writer.
    """

    def __init__(self, max_bytes: int, drained: Callable[[], None], send: Send) -> None:
        self._max_bytes = max_bytes
        self._drained = drained
        self._send = send
        self._frames: deque[tuple[bytes | str, bool]] = deque()
        self._bytes = self._counted = 0
        self._paused = False
        self._closed = False
        self._error: SpeechError | None = None
        self._broken: Exception | None = None
        self._over = asyncio.Event()

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
        """Something is in here that is not gone."""
        return bool(self._frames)

    def put(self, frame: bytes | str, *, beside: bool = False) -> None:
        """Take a frame; nothing after `close`.

        Args:
            frame: it.
            beside: it is no audio, and counts by its bytes alone.
        """
        if self._closed or (not self._frames and self._send(frame, self._taken)):
            return
        self._frames.append((frame, beside))
        self._bytes += len(frame)
        self._counted += not beside
        if self._counted >= HIGH_MESSAGES or self._bytes >= HIGH_BYTES:
            self._paused = True
        if self._bytes > self._max_bytes:
            self.fail(BrokenPipeError("the client does not read"))

    def close(self, error: SpeechError | None) -> None:
        """Nothing follows what is in here."""
        if not self._closed:
            self._closed = True
            self._error = error
            if not self._frames:
                self._over.set()

    def fail(self, broken: Exception) -> None:
        """Nothing more can be written."""
        self._closed = True
        self._broken = broken
        self._over.set()

    async def over(self) -> SpeechError | None:
        """Wait until it is closed and empty.

        Returns:
            The error that the stream was closed with.

        Raises:
            BrokenPipeError: the client has stopped reading.
            Exception: what the writer has failed with.
        """
        try:
            await self._over.wait()
        finally:  # whoever is behind these has this outbox, and would keep it
            self._send, self._drained = _drop, _nobody
        broken, self._broken = self._broken, None
        if broken is not None:
            raise broken
        return self._error

    def _taken(self) -> None:
        """The first is gone."""
        if not self._over.is_set():
            self._drop()
            self._go_on()

    def _go_on(self) -> None:
        """The writer has nothing."""
        while self._frames and self._send(self._frames[0][0], self._taken):
            self._drop()
        if self._closed:
            if not self._frames:
                self._over.set()
        elif self._paused and self._counted < HIGH_MESSAGES and self._bytes <= HIGH_BYTES // 2:
            self._paused = False
            self._drained()

    def _drop(self) -> None:
        frame, beside = self._frames.popleft()
        self._bytes -= len(frame)
        self._counted -= not beside


def _drop(_: bytes | str, __: Callable[[], None]) -> bool:
    """The writer of a stream that is over."""
    return True


def _nobody() -> None:
    """Who would write more to it."""
