"""A bounded queue of frames from a session to a writer.

A frame is handed to the writer within the call that brings it, not by a task that is woken for it, so no other ready task runs first.
A frame that the writer cannot send at once stays with it until it reports it gone; frames that come meanwhile wait here.

One message may be with the writer and one may wait after it, and both together hold at most 64 KiB; above that the outbox is
paused until it has fallen to half. Messages other than audio count only by their bytes: otherwise the one that begins an utterance
would hold up the audio after it. A paused outbox still takes what must be said, but a client that reads nothing at all is given up.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from legato.domain.errors import SpeechError

HIGH_MESSAGES = 2
HIGH_BYTES = 64 * 1024

Send = Callable[[bytes | str, Callable[[], None]], bool]
"""Writes a frame, once the one before is gone. Returns whether it is gone at once; if not, calls back when it is."""


class Outbox:
    """The way from a session to one writer.

    Args:
        max_bytes: the client is given up if more than this waits.
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
        """Whether there is no room for audio, now or for good."""
        return self._paused or self._closed

    @property
    def closed(self) -> bool:
        """Whether nothing more is taken."""
        return self._closed

    @property
    def waiting(self) -> bool:
        """Whether any frame is not gone yet."""
        return bool(self._frames)

    def put(self, frame: bytes | str, *, beside: bool = False) -> None:
        """Take a frame, unless the outbox is closed.

        Args:
            frame: the frame.
            beside: it is not audio, and counts only by its bytes.
        """
        if self._closed or (not self._frames and self._send(frame, self._taken)):
            return
        self._frames.append((frame, beside))
        self._bytes += len(frame)
        self._counted += not beside
        if self._counted >= HIGH_MESSAGES or self._bytes >= HIGH_BYTES:
            self._paused = True
        if self._bytes > self._max_bytes:
            self.fail(BrokenPipeError("the client is not reading"))

    def close(self, error: SpeechError | None) -> None:
        """Close after the frames that are in here."""
        if not self._closed:
            self._closed = True
            self._error = error
            if not self._frames:
                self._over.set()

    def fail(self, broken: Exception) -> None:
        """Close at once: nothing more can be written."""
        self._closed = True
        self._broken = broken
        self._over.set()

    def forget(self) -> None:
        """Let go of the writer and of the session, to whom no more is told: they refer to this outbox, and the cycle would keep it."""
        self._send, self._drained = _drop, _nobody

    async def over(self) -> SpeechError | None:
        """Wait until the outbox is closed and empty.

        Returns:
            The error that the stream was closed with.

        Raises:
            BrokenPipeError: the client has stopped reading.
            Exception: the error that the writer failed with.
        """
        try:
            await self._over.wait()
        finally:
            self.forget()
        broken, self._broken = self._broken, None
        if broken is not None:
            try:
                raise broken
            finally:
                del broken  # it keeps this frame
        return self._error

    def _taken(self) -> None:
        """The first frame is gone."""
        if not self._over.is_set():
            self._drop()
            self._go_on()

    def _go_on(self) -> None:
        """The writer is free: give it what waits."""
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
    """Stand in for the writer once the stream is over."""
    return True


def _nobody() -> None:
    """Stand in for the session once the stream is over."""
