"""The client's side: the languages clients speak, the way back to them, and who lets them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import ClientEvent
from legato.domain.replies import Reply
from legato.domain.speech import Principal
from legato.ports.clocks import Alarm


@dataclass(frozen=True, slots=True)
class RequestHead:
    """How a client asks to be let in: the head of an HTTP request or gRPC call; header names in lower case.

    Of a name that the query has several times, `query` has the last value, and `repeated` all of them.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    repeated: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def asked(self, name: str) -> Sequence[str]:
        """Return every value that the query has for a name, in order."""
        if name in self.repeated:
            return self.repeated[name]
        return (self.query[name],) if name in self.query else ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a client that is not let in, in its own dialect, and the reason as the house has it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reason: Reason


@dataclass(frozen=True, slots=True)
class Accepted:
    """The client is let in.

    Args:
        headers: response headers.
        events: events that the request head already implies, such as an `events.Open`.
    """

    headers: Mapping[str, str]
    events: tuple[ClientEvent, ...] = ()


class Face(Protocol):
    """A client's language, pure, one object per connection."""

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the request head."""

    def parse(self, frame: bytes | str) -> Sequence[ClientEvent]:
        """What a frame from the client means; one that cannot be understood is an `events.Refused`. Never raises."""

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames that carry a reply to the client; none where the dialect has no message for it."""


class DialectFace(Face, Protocol):
    """A face for a dialect other than the native one: it also reads keys and writes errors in its own way."""

    @property
    def name(self) -> str:
        """Its name in facts."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Response headers, once the request has been read."""

    def key(self, head: RequestHead) -> str:
        """The client's key, from wherever this dialect puts it; empty for none."""

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP response for an error."""


class CallFace(DialectFace, Protocol):
    """A dialect's face on gRPC."""

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """The code and message of the status that ends a call."""


class Outlet(Protocol):
    """The way to the client: bounded by two watermarks. Writing never waits."""

    def write(self, reply: Reply) -> None:
        """Hand over a reply. Audio may only be written while not `paused`; anything else, always."""

    @property
    def paused(self) -> bool:
        """Whether it is above the high watermark. When it falls below the low one, the server calls `SessionPort.drained`."""

    @property
    def room_ms(self) -> float:
        """How much audio it takes in one chunk now, unless `paused`; infinite where it does not track what is unread."""

    def close(self, error: SpeechError | None) -> None:
        """Close once everything written has left; with the error that ends the stream, if one does."""


class SessionPort(Protocol):
    """One stream, as its server sees it."""

    def feed(self, event: ClientEvent) -> None:
        """Take the client's next event."""

    def drained(self) -> None:
        """The outlet has fallen below its low watermark."""

    def tick(self) -> None:
        """The alarm has rung."""


class Reception(Protocol):
    """Who lets clients in and gives each stream its session."""

    def admit(self, key: str, origin: str) -> Principal:
        """Find whose key this is.

        Args:
            key: bearer key as the client gave it; empty for none.
            origin: the browser's Origin header; empty for none.

        Raises:
            SpeechError: `unauthenticated` or `forbidden`.
        """

    def open(self, principal: Principal, face: str, outlet: Outlet, alarm: Alarm) -> SessionPort:
        """A session for a new stream.

        Raises:
            SpeechError: `overloaded`, `quota_exceeded` or `shutting_down`.
        """
