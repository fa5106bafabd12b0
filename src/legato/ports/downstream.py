"""Where clients come from: their languages, the way back to them, and who lets them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import ClientEvent
from legato.domain.replies import Reply
from legato.domain.speech import Principal
from legato.ports.clocks import Alarm


@dataclass(frozen=True, slots=True)
class RequestHead:
    """How a client knocked: the head of an HTTP request or of a gRPC call; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


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
        headers: of the answer.
        events: what the head already says, an `events.Open` for instance.
    """

    headers: Mapping[str, str]
    events: tuple[ClientEvent, ...] = ()


class Face(Protocol):
    """A client's language, pure, one object per connection."""

    def open(self, head: RequestHead) -> Accepted | Refusal:
        """Read the request head."""

    def parse(self, frame: bytes | str) -> Sequence[ClientEvent]:
        """What a frame of the client means; a frame that means nothing is `events.Refused`. Never raises."""

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """Frames that tell the client; none when the dialect has no word for it."""

    def idle(self) -> Sequence[bytes | str]:
        """Frames that keep the connection alive; none when the transport does."""


class DialectFace(Face, Protocol):
    """A face whose dialect is not the native one: it also reads keys and writes errors its own way."""

    @property
    def name(self) -> str:
        """For facts."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the answer, once the request was read."""

    def key(self, head: RequestHead) -> str:
        """The client's key, wherever this dialect puts it; empty for none."""

    def refuse(self, error: SpeechError) -> Refusal:
        """The HTTP answer that says why not."""

    def farewell(self, error: SpeechError | None) -> tuple[int, str]:
        """The WebSocket close code and reason that end a stream."""


class Outlet(Protocol):
    """The way to the client: bounded, two watermarks. Writing never waits."""

    def write(self, reply: Reply) -> None:
        """Hand over a reply. Audio is only written while not `paused`; the rest always."""

    @property
    def paused(self) -> bool:
        """Above the high watermark. When it falls below the low one, the server calls `SessionPort.drained`."""

    @property
    def room_ms(self) -> float:
        """Audio that it takes in one chunk now, where it is not `paused`; infinite where it does not count what is unread."""

    def close(self, error: SpeechError | None) -> None:
        """Close after everything written; with an error where the stream ends with one."""


class SessionPort(Protocol):
    """One stream, as its server sees it."""

    def feed(self, event: ClientEvent) -> None:
        """One event of the client, in order."""

    def drained(self) -> None:
        """The outlet has fallen below its low watermark."""

    def tick(self) -> None:
        """The alarm has rung."""


class Reception(Protocol):
    """Who lets clients in and gives each stream its session."""

    def admit(self, key: str, origin: str) -> Principal:
        """Whose key this is.

        Args:
            key: bearer key as the client gave it; empty for none.
            origin: the browser's Origin header; empty when there is none.

        Raises:
            SpeechError: `unauthenticated` or `forbidden`.
        """

    def open(self, principal: Principal, face: str, outlet: Outlet, alarm: Alarm) -> SessionPort:
        """A session for a new stream.

        Raises:
            SpeechError: `overloaded`, `quota_exceeded` or `shutting_down`.
        """
