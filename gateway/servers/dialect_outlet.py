"""The way to a client of a dialect over WebSocket, and what a face may decide about it: when and how it closes, and what follows a reply."""

import asyncio
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.websocket import Frames, WebSocketOutlet
from legato.domain.errors import SpeechError
from legato.domain.events import ClientEvent
from legato.domain.replies import AudioChunk, Reply
from legato.ports import DialectFace


@runtime_checkable
class Parting(Protocol):
    """A face whose dialect decides when the connection ends."""

    @property
    def over(self) -> bool:
        """Whether nothing follows what was rendered last: the connection is closed after it."""


@runtime_checkable
class Closing(Protocol):
    """A face whose dialect has close codes of its own."""

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """Return the WebSocket close code and reason that end a stream."""


@runtime_checkable
class Prompted(Protocol):
    """A face that answers some replies with events of its own, as if its client had sent them."""

    def prompted(self) -> Sequence[ClientEvent]:
        """Return the events that follow from what was rendered last, once. Audio is followed by none."""


class DialectOutlet(WebSocketOutlet):
    """An outlet that closes when and as the dialect does, and passes on what a face does by itself."""

    __slots__ = ("_closing", "_parting", "_prompted")

    def __init__(self, streams: Streams, settings: ServerSettings, face: DialectFace, frames: Frames) -> None:
        super().__init__(streams, settings, face, frames)
        self._closing = face if isinstance(face, Closing) else None
        self._parting = face if isinstance(face, Parting) else None
        self._prompted = face if isinstance(face, Prompted) else None

    def write(self, reply: Reply) -> None:
        """Render and send; close if the dialect has nothing more to say."""
        super().write(reply)
        if self._prompted is not None and type(reply) is not AudioChunk:
            for event in self._prompted.prompted():
                # The session is in the middle of a write: it must not be re-entered from here.
                asyncio.get_running_loop().call_soon(self.stream.feed, event)
        if self._parting is not None and self._parting.over:
            self.close(None)

    def close(self, error: SpeechError | None) -> None:
        """Close once everything written has been sent."""
        if self._closing is None:
            super().close(error)
        else:
            self.hang_up(*self._closing.farewell(error))
