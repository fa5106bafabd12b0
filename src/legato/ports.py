"""The plugs: what the session needs of the world, as protocols. All synchronous and push-based; no behaviour here.

Upstream:   `Lines.acquire` leases a `Line`; the line tells its `LineListener`.
Downstream: a server hands client events to the session; the session writes to an `Outlet`.
Time:       an `Alarm` wakes the session; a `Clock` is read where a stamp is taken.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from legato.domain.audio import AudioFormat
from legato.domain.delivery import Takes
from legato.domain.errors import SpeechError
from legato.domain.events import ClientEvent, Failed, Lost, VendorEvent
from legato.domain.facts import Fact
from legato.domain.replies import Reply
from legato.domain.speech import Principal, Route, UtteranceOptions, Voice
from legato.domain.text import PreviewedSegment, Reading
from legato.domain.vendors import Incoming, Outgoing, Place, ResponseHead, VendorTraits

Clock = Callable[[], float]
"""Monotonic seconds."""


@dataclass(frozen=True, slots=True)
class LineRequest:
    """What a line is wanted for.

    Args:
        route: which provider and which of its voices.
        language: BCP 47 tag.
        options: speaking options of the utterance.
        principal: who asks; queues are fair between tenants.
        stream_id: for correlation.
        utterance_id: for correlation.
        deadline: monotonic seconds after which the lease is of no use.
        returning: the stream has left this route after a failure: only grant it when the route has been well for long enough.
        rivals: routes that may overtake this one when it is slow.
        hedge_share: characters that may be sent twice for that, as a share of all.
        last_resort: every route has failed: granted though the route has failed too often to be asked.
        pronunciations: words that the text may hold, as they are sent, with their IPA; for vendors that must know them before it.
    """

    route: Route
    language: str
    options: UtteranceOptions
    principal: Principal
    stream_id: str
    utterance_id: str
    deadline: float
    returning: bool = False
    rivals: tuple[Route, ...] = ()
    hedge_share: float = 0.0
    last_resort: bool = False
    pronunciations: tuple[tuple[str, str], ...] = ()


class LineListener(Protocol):
    """Whoever holds a lease. Called from the line's own reader; must not block and must not raise."""

    def heard(self, line: "Line", event: VendorEvent) -> None:
        """One event of the run. `Audio` of segment n comes before `Marker(n)`; nothing follows `Finished`, `Failed`, `Lost`."""


class Line(Protocol):
    """One live connection to a vendor, or one seat at a local engine, leased for one utterance (one run)."""

    @property
    def line_id(self) -> int:
        """Unique in the process."""

    @property
    def sample_rate_hz(self) -> int:
        """Of the s16le mono audio it gives."""

    @property
    def reused(self) -> bool:
        """The connection existed before this lease."""

    @property
    def keeps_context(self) -> bool:
        """Segments flow into each other at the vendor: no trimming and pausing between them."""

    @property
    def word_times(self) -> bool:
        """True word times will come as `Words`."""

    @property
    def can_pause(self) -> bool:
        """`pause` stops the audio within a bounded amount."""

    def say(self, segment: int, reading: Reading) -> None:
        """Speak one more segment of the run."""

    def end_input(self) -> None:
        """No more segments; `Finished` is the answer."""

    def cancel(self) -> None:
        """Stop the run: no event comes after this call returns."""

    def pause(self) -> None:
        """Stop giving audio."""

    def resume(self) -> None:
        """Give audio again."""

    def release(self, *, clean: bool) -> None:
        """Give the lease back; a line that is not clean is replaced. The line must not be used after this."""


class Ticket(Protocol):
    """A lease that was asked for and is not there yet."""

    def withdraw(self) -> None:
        """No longer wanted: `on_ready` will not be called, or the line it would bring goes back."""


OnReady = Callable[[Line | Failed], None]
"""Called once, possibly before `Lines.acquire` returns."""


class Lines(Protocol):
    """Where lines come from: one pool or engine per provider instance, behind one door."""

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> Ticket:
        """Lease a line for one run."""

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Have a line ready soon."""


class Provider(Protocol):
    """A vendor's language on one connection, pure: what to send, and what its frames mean. Never raises on what a vendor sends.

    Runs are numbered by the caller, from 1, never twice on one connection. Where `VendorTraits.transport` is HTTP or gRPC, the
    connection carries one run at a time.
    """

    @property
    def open_runs(self) -> int:
        """Runs that count at the vendor: begun and not ended, cancelled ones until the vendor has confirmed it."""

    def greet(self, now: float) -> Sequence[Outgoing]:
        """Frames to send when the connection is open."""

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """Frames that open a run."""

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """Frames that speak one more segment of the run."""

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """Frames that end the run's text. Where there are none, the caller hears `b""` next: what can finish at once then does."""

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """Frames that stop the run, and nothing is heard of it any more; none where only closing does."""

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """Frames for a connection that is idle; none where the transport's own ping does."""

    def hear(self, frame: Incoming, now: float) -> Sequence[tuple[int, VendorEvent]]:
        """What a frame means, and for which run; run 0 is the connection itself: its `Failed` or `Lost` ends every run.

        `Audio` is s16le mono at the place's rate. What cannot be read is `Failed` with `vendor_rejected` for that run.
        """

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """Why the vendor did not let us in: the answer to a handshake or a request that is no success."""

    def broke(self, code: int, words: str) -> Failed | Lost:
        """What the vendor's closing of the connection means: `Failed` where it says why, else `Lost`.

        Args:
            code: WebSocket close code; 1006 or 0 when there was none.
            words: the close reason.
        """


class VendorDialect(Protocol):
    """A vendor's language as one configured provider speaks it: where to connect, and a `Provider` for each connection."""

    @property
    def traits(self) -> VendorTraits:
        """What it can do and what it allows."""

    def takes(self, route: Route) -> Takes:
        """What a route follows of what a text asks of its delivery; it may depend on the route's voice and model."""

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """Which connection can speak this.

        Raises:
            SpeechError: `vendor_rejected`, the route's options are none of this vendor's; the message names them.
        """

    def credentials(self, secret: str) -> Mapping[str, str]:
        """Headers that carry the secret; none for an empty one."""

    def connect(self, place: Place) -> Provider:
        """The language for one new connection."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    """How a client knocked: the head of an HTTP request or of a gRPC call; header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a client that is not let in, in its own dialect."""

    status: int
    headers: Mapping[str, str]
    body: bytes


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


class Alarm(Protocol):
    """Wakes the session: the server or a test arms a timer that calls `SessionPort.tick`."""

    def set(self, deadline: float | None) -> None:
        """Wake at this monotonic second, or never; replaces what was set. Setting the same value again costs nothing."""


class SessionPort(Protocol):
    """One stream, as its server sees it."""

    def feed(self, event: ClientEvent) -> None:
        """One event of the client, in order."""

    def drained(self) -> None:
        """The outlet has fallen below its low watermark."""

    def tick(self) -> None:
        """The alarm has rung."""


class Observer(Protocol):
    """The one place where telemetry hooks in."""

    def note(self, fact: Fact) -> None:
        """Take a fact. Never raises, never waits."""


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice as clients are told of it."""

    voice: Voice
    ready: bool


class VoiceDirectory(Protocol):
    """What can be spoken now."""

    def voices(self) -> Sequence[VoiceInfo]:
        """All voices of the catalogue."""

    def formats(self) -> Sequence[AudioFormat]:
        """All formats that are offered."""

    def default_voice(self) -> str:
        """The voice of a client that names none."""


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """What is to be read, and how.

    Args:
        text: the whole text of an utterance.
        voice: a name of the catalogue; empty for its default.
        language: BCP 47 tag; empty for the voice's own.
        options: as at a `Begin`.
        tenant: whose words are known.
    """

    text: str
    voice: str = ""
    language: str = ""
    options: UtteranceOptions = UtteranceOptions()
    tenant: str = ""


class TextPreview(Protocol):
    """What would be said of a text; nothing is spoken."""

    def preview(self, request: PreviewRequest) -> Iterator[Sequence[PreviewedSegment]]:
        """Read a text, a bounded piece of it to a step.

        Yields:
            the segments that a piece made known, often none.

        Raises:
            SpeechError: `unknown_voice`, before the first step: there is no such voice, or nobody speaks the language.
        """

    def transcript(self, segments: Sequence[PreviewedSegment]) -> str:
        """What consecutive segments say, as one text."""


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


class Health(Protocol):
    """What probes are told."""

    def live(self) -> bool:
        """The process should not be restarted."""

    def ready(self) -> bool:
        """New streams are welcome: the voices are warm and nothing is shutting down."""

    def report(self) -> Mapping[str, object]:
        """For people: versions, voices, dependencies, CPU, memory, disk. JSON values only."""


class Operations(Protocol):
    """What operators see of the vendors, and what they may do to a route."""

    def vendors(self) -> Sequence[Mapping[str, object]]:
        """Every provider with its places and routes. JSON values only."""

    def control(self, route: str, action: str) -> bool:
        """Act on a route, and tell whether there is such a one and it has been asked for.

        Args:
            route: "provider/voice".
            action: "drain" (nothing new goes there), "pin" (its breaker is not asked), "eject" (what is under way is cut as well),
                or "reset".

        Raises:
            SpeechError: `bad_frame`, there is no such action.
        """
