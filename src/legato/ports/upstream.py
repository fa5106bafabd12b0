"""Where speech comes from: leased lines, and the languages that vendors speak on them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from legato.domain.delivery import Takes
from legato.domain.events import Failed, Lost, VendorEvent
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.values import value
from legato.domain.vendors import Incoming, Outgoing, Place, ResponseHead, VendorTraits


@value
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
        heard_from: monotonic seconds until which the listener hears what comes before it.
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
    heard_from: float = 0.0


class LineListener(Protocol):
    """Whoever holds a lease. Called from the line's own reader; must not block and must not raise."""

    def heard(self, line: "Line", event: VendorEvent) -> None:
        """One event of the run. `Audio` of segment n comes before `Marker(n)`; nothing follows `Finished`, `Failed`, `Lost`."""


@runtime_checkable
class QueueListener(Protocol):
    """A listener that wants to know as well when a run waits in a queue of the voice's own."""

    def queued(self, line: "Line") -> None:
        """Others are before it, and are being served: said again and again while that is so."""


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
