"""Where speech comes from: leased lines, and the languages that vendors speak over them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from legato.domain.delivery import Takes
from legato.domain.events import Failed, Lost, VendorEvent
from legato.domain.speech import LineRequest, Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import Incoming, Outgoing, Place, ResponseHead, VendorTraits


class LineListener(Protocol):
    """The holder of a lease. Called from the line's own reader; must not block and must not raise."""

    def heard(self, line: "Line", event: VendorEvent) -> None:
        """One event of the run. `Audio` of segment n comes before `Marker(n)`; nothing follows `Finished`, `Failed` or `Lost`."""


@runtime_checkable
class QueueListener(Protocol):
    """A listener that is also told while a run waits in a queue of the voice's own."""

    def queued(self, line: "Line") -> None:
        """Others are ahead of it and are being served. Called repeatedly while that is so."""


class Line(Protocol):
    """One live connection to a vendor, or one seat at a local engine, leased for one utterance (one run)."""

    @property
    def line_id(self) -> int:
        """Unique in the process."""

    @property
    def sample_rate_hz(self) -> int:
        """Sample rate of the s16le mono audio it gives."""

    @property
    def reused(self) -> bool:
        """The connection existed before this lease."""

    @property
    def keeps_context(self) -> bool:
        """Whether segments flow into each other at the vendor: nothing is trimmed or paused between them."""

    @property
    def word_times(self) -> bool:
        """Whether true word times will come as `Words`."""

    @property
    def can_pause(self) -> bool:
        """Whether `pause` stops the audio, with a bounded amount still to come."""

    def say(self, segment: int, reading: Reading) -> None:
        """Speak one more segment of the run."""

    def end_input(self) -> None:
        """No more segments; `Finished` is the answer."""

    def cancel(self) -> None:
        """Stop the run. No event comes after this call returns."""

    def pause(self) -> None:
        """Stop giving audio."""

    def resume(self) -> None:
        """Give audio again."""

    def release(self, *, clean: bool) -> None:
        """Give the lease back; a line that is not clean is replaced. The line must not be used afterwards."""


class Ticket(Protocol):
    """A lease that was asked for and has not been granted yet."""

    def withdraw(self) -> None:
        """Stop waiting: `on_ready` will not be called, or the line it would bring goes back."""


class _Answered:
    __slots__ = ()

    def withdraw(self) -> None:
        """Do nothing: nobody waits."""


ANSWERED: Ticket = _Answered()
"""The ticket of a request that was answered before `Lines.acquire` returned."""
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

    The caller numbers runs from 1 and never reuses a number on a connection. Where `VendorTraits.transport` is HTTP or gRPC, the
    connection carries one run at a time.
    """

    @property
    def open_runs(self) -> int:
        """Runs that count at the vendor: begun and not ended; cancelled ones count until the vendor has confirmed the cancel."""

    def greet(self, now: float) -> Sequence[Outgoing]:
        """Frames to send when the connection is open."""

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """Frames that open a run."""

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """Frames that speak one more segment of the run."""

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """Frames that end the run's text. If there are none, the caller next passes `b""` to `hear`, and what can finish does."""

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """Frames that stop the run, of which nothing more is reported; none where only closing the connection stops it."""

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """Frames for an idle connection; none where the transport's own ping is enough."""

    def hear(self, frame: Incoming, now: float) -> Sequence[tuple[int, VendorEvent]]:
        """What a frame means, and for which run. Run 0 is the connection itself: its `Failed` or `Lost` ends every run.

        `Audio` is s16le mono at the place's rate. A frame that cannot be read is `Failed` with `vendor_rejected` for its run.
        """

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """Why the vendor refused: the meaning of an unsuccessful response to a handshake or request."""

    def broke(self, code: int, words: str) -> Failed | Lost:
        """What it means that the vendor closed the connection: `Failed` if it said why, else `Lost`.

        Args:
            code: WebSocket close code; 1006 or 0 when there was none.
            words: the close reason; without a code, what the gateway itself saw.
        """


class VendorDialect(Protocol):
    """A vendor's language as one configured provider speaks it: where to connect, and a `Provider` for each connection."""

    @property
    def traits(self) -> VendorTraits:
        """What it can do and what it allows."""

    def takes(self, route: Route) -> Takes:
        """Which parts of a text's delivery a route supports; this may depend on the route's voice and model."""

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """The place whose connections can speak this.

        Raises:
            SpeechError: `vendor_rejected`, the route has options this vendor does not know; the message names them.
        """

    def credentials(self, secret: str) -> Mapping[str, str]:
        """Headers that carry the secret; none for an empty one."""

    def connect(self, place: Place) -> Provider:
        """The language for one new connection."""
