"""A stream whose client may send its key in its first frame: until then it has no session."""

import asyncio
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from gateway.servers.streams import ServedStream, Streams
from legato.domain.errors import Reason, SpeechError
from legato.ports import DialectFace, Outlet


@runtime_checkable
class LateKey(Protocol):
    """A face whose clients may send their key in their first frame."""

    def late_key(self, frame: bytes | str) -> str:
        """Return the key in the first frame; empty for none. Never raises."""


class WaitingStream(ServedStream):
    """A stream that has no session until its client has sent its key."""

    __slots__ = ("_let_in", "_patience")

    def __init__(
        self, streams: Streams, face: DialectFace, outlet: Outlet, wait_s: float, let_in: "LetIn"
    ) -> None:
        super().__init__(streams, face, outlet)
        self._let_in: LetIn | None = let_in
        late = SpeechError(Reason.UNAUTHENTICATED, f"no API key was sent within {wait_s:g} s")
        self._patience = asyncio.get_running_loop().call_later(wait_s, self._give_up, face.name, late)

    def receive(self, frame: bytes | str) -> None:
        """Take a frame from the client; the first one brings the key."""
        let_in, self._let_in = self._let_in, None
        if let_in is not None and not self.ended:
            self._patience.cancel()
            try:
                let_in(self, frame)
            except SpeechError as error:
                error.forget_where()  # those frames have this stream
                self.fail(error)
        super().receive(frame)

    def _close(self, reason: Reason | None) -> None:
        self._patience.cancel()
        super()._close(reason)

    def _give_up(self, name: str, late: SpeechError) -> None:
        self._streams.turned_away(name, late.reason)
        self.fail(late)


LetIn = Callable[[WaitingStream, bytes | str], None]
"""Gives the stream its session, or raises `SpeechError`."""
