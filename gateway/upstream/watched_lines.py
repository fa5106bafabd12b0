"""A local engine's lines, watched as a vendor's are: runs awaited in vain are broken off, and a breaker keeps other runs away.

Rules:
- A late run is given back as not clean, and not cancelled: the engine may wait for a word from it, and so learn whether it hangs.
- A run that is late because others are served before it is no fault of the voice: the voice is overloaded.
- One breaker serves all voices of a provider, since they hang together. What the provider refuses itself, and runs that are lost with
  it, tell the breaker nothing: while it is gone it says so itself.
- Text without sound is an answer here, since every segment is answered.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from gateway.upstream.route_desk import Control, RouteDesk
from gateway.upstream.run_alarm import RunAlarm
from gateway.upstream.view import Steps, VendorView
from legato.core.breaker import BreakerSettings
from legato.core.run_watch import RunWatch
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, VendorEvent
from legato.domain.facts import RunWait
from legato.domain.speech import Principal, Route
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from legato.ports import ANSWERED, Clock, Line, LineListener, LineRequest, Lines, Observer, OnReady, Ticket

QUEUE_TOLD_S = 1.0
"""About how often a run is told that it waits behind others."""
_BYTES_PER_SAMPLE = 2
_BREAKER = BreakerSettings(in_a_row=2)
_RETRY_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the runs of a provider have in common."""

    limits: VendorLimits
    clock: Clock
    desk: RouteDesk


class WatchedLines:
    """Implements `ports.Lines` over the lines of one provider that answer every segment with a marker.

    Args:
        lines: the lines to watch.
        route: the name of the provider's breaker, as "provider/voice".
        limits: how long to wait for first audio, audio in between, and the end.
        clock: monotonic seconds.
        observer: told what was awaited in vain, and what the breaker does.
        chance: uniform in [0, 1), for jitter.
    """

    def __init__(
        self,
        lines: Lines,
        route: str,
        limits: VendorLimits,
        clock: Clock,
        observer: Observer,
        chance: Callable[[], float],
    ) -> None:
        self._lines = lines
        self._terms = _Terms(limits, clock, RouteDesk(route, clock(), chance, observer, _BREAKER))

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> Ticket:
        """Lease a line for one run."""
        desk, now = self._terms.desk, self._terms.clock()
        refusal = desk.refusal(now, returning=request.returning, last_resort=request.last_resort)
        if refusal is not None:
            on_ready(refusal)
            return ANSWERED
        line = WatchedLine(self._terms, request, listener, on_ready, probe=desk.admitted(now))
        return line.ask(self._lines)

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Have a line ready soon."""
        self._lines.warm(route, language, principal)

    # --- for the process that runs it -----------------------------------------------------------------------------------

    def view(self) -> VendorView:
        """The provider as it is now: one route for all voices, and no pools."""
        desk = self._terms.desk
        provider = desk.route.partition("/")[0]
        return VendorView(provider, desk.running, 0, 0, (), (desk.view(self._terms.clock()),))

    def view_in_steps(self) -> Steps[VendorView]:
        """As `view`, in one step."""
        yield from ()
        return self.view()

    def control(self, route: str, control: Control) -> bool:
        """Drain, pin or eject the provider's route, or leave it to its breaker again. Returns whether the route is this provider's."""
        desk = self._terms.desk
        if route != desk.route:
            return False
        desk.control = control
        if control is Control.EJECTED:
            desk.cut()
        return True

    def hold(self, route: str, control: Control) -> None:
        """As `control`: there is one route, which is always known."""
        self.control(route, control)


class WatchedLine:
    """Implements `ports.Line`, the ticket for it, and the listener of the line that it watches.

    Args:
        terms: what all runs of the provider have in common.
        request: what the line is wanted for.
        listener: takes the run's events.
        on_ready: takes the answer.
        probe: this request is the probe of a shut breaker.
    """

    # taken from the line that is watched
    line_id: int = 0
    sample_rate_hz: int = 0
    reused: bool = False
    keeps_context: bool = False
    word_times: bool = False
    can_pause: bool = False

    def __init__(
        self, terms: _Terms, request: LineRequest, listener: LineListener, on_ready: OnReady, *, probe: bool
    ) -> None:
        self._desk = terms.desk
        self._clock = terms.clock
        self._request = request
        self._listener = listener
        self._on_ready: OnReady | None = on_ready
        self._probe = probe
        self._ticket: Ticket = ANSWERED
        self._line: Line | None = None
        self._watch = RunWatch(terms.limits, marks=True, heard_from=request.heard_from)
        self._alarm = RunAlarm(self._watch, terms.clock, self._late)
        self._first_said_at, self._queued_at = 0.0, -math.inf
        self._sounded = self._over = False

    # --- asking ---------------------------------------------------------------------------------------------------------

    def ask(self, lines: Lines) -> Ticket:
        """Ask for the line; the answer may come before this returns."""
        ticket = lines.acquire(self._request, self, self._answered)
        if self._on_ready is not None:
            self._ticket = ticket
        return self

    def withdraw(self) -> None:
        """No longer wanted."""
        if self._on_ready is not None:
            self._on_ready = None
            self._ticket.withdraw()
            self._desk.called_off(probe=self._probe)

    def _answered(self, answer: Line | Failed) -> None:
        on_ready, self._on_ready = self._on_ready, None
        assert on_ready is not None, "answered once, and not after it was withdrawn"
        if isinstance(answer, Failed):
            self._desk.called_off(probe=self._probe)
            on_ready(answer)
            return
        self._line = answer
        self.line_id, self.sample_rate_hz = answer.line_id, answer.sample_rate_hz
        self.reused, self.keeps_context = answer.reused, answer.keeps_context
        self.word_times, self.can_pause = answer.word_times, answer.can_pause
        self._desk.leased(self, reused=answer.reused)
        on_ready(self)

    # --- what the session wants -----------------------------------------------------------------------------------------

    def say(self, segment: int, reading: Reading) -> None:
        """Speak one more segment of the run."""
        if self._over or self._line is None:
            return
        now = self._clock()
        self._first_said_at = self._first_said_at or now
        self._watch.said(now, segment, sum(map(str.isalnum, reading.text)))
        self._line.say(segment, reading)
        self._alarm.arm(now)

    def end_input(self) -> None:
        """No more segments; `Finished` is the answer."""
        if self._over or self._line is None:
            return
        now = self._clock()
        self._watch.ended(now)
        self._line.end_input()
        self._alarm.arm(now)

    def cancel(self) -> None:
        """Stop the run: no event comes after this."""
        if self._over or self._line is None:
            return
        self._stop()
        self._line.cancel()
        if self._sounded:
            self._desk.succeeded(self._clock())
        else:
            self._desk.called_off(probe=self._probe)

    def pause(self) -> None:
        """Stop giving audio."""
        if not self._over and self._line is not None:
            self._watch.paused(self._clock())
            self._line.pause()

    def resume(self) -> None:
        """Give audio again."""
        if not self._over and self._line is not None:
            now = self._clock()
            self._watch.resumed(now)
            self._line.resume()
            self._alarm.arm(now)

    def release(self, *, clean: bool) -> None:
        """Give the lease back; a run under way is stopped."""
        self.cancel()
        self._desk.released(self)
        line, self._line = self._line, None
        if line is not None:
            line.release(clean=clean)

    def cut(self, words: str) -> None:
        """The gateway itself ends the run here; its utterance goes on elsewhere. The voice is not to blame."""
        line, self._line = self._line, None
        if line is None:
            return
        line.cancel()
        line.release(clean=True)
        if not self._over:
            self._stop()
            self._desk.called_off(probe=self._probe)
            self._listener.heard(self, Lost(words))

    # --- what comes from the line ---------------------------------------------------------------------------------------

    def heard(self, line: Line, event: VendorEvent) -> None:  # noqa: ARG002 - the plug's signature
        """One event of the run."""
        if self._over:
            return
        now = self._clock()
        if type(event) is Audio:
            self._heard_audio(event, now)
        elif isinstance(event, Finished | Failed | Lost):
            self._end(event, now)
        else:
            if isinstance(event, Marker):
                self._watch.marker(now, event.segment)
                self._alarm.arm(now)
            self._listener.heard(self, event)

    def queued(self, line: Line) -> None:  # noqa: ARG002 - the plug's signature
        """Others are ahead of the run, and are being served."""
        self._queued_at = self._clock()
        self._watch.queued(self._queued_at)

    def _heard_audio(self, event: Audio, now: float) -> None:
        self._watch.audio(now, len(event.data) / (_BYTES_PER_SAMPLE * self.sample_rate_hz))
        is_first, self._sounded = not self._sounded, True
        if is_first:
            self._desk.sounded(now - self._first_said_at, now)
        self._listener.heard(self, event)
        if is_first or not self._alarm.is_set:
            self._alarm.arm(now)  # another limit holds after the first audio

    def _end(self, event: Finished | Failed | Lost, now: float, awaited: RunWait = "") -> None:
        self._stop()
        if isinstance(event, Finished):
            self._desk.succeeded(now)
        elif isinstance(event, Failed):
            self._desk.failed(event, awaited, now, probe=self._probe)
        elif self._probe:
            self._desk.failed(event, "", now, probe=True)
        self._listener.heard(self, event)

    def _late(self, failed: Failed) -> None:
        now, line, self._line = self._clock(), self._line, None
        assert line is not None, "whoever gives the line back stops the alarm"
        if now - self._queued_at < 2 * QUEUE_TOLD_S:
            line.cancel()
            line.release(clean=True)
            said = "others were ahead of it for longer than it may wait"
            self._end(Failed(Reason.OVERLOADED, said, _RETRY_AFTER_S), now)
        else:
            line.release(clean=False)
            self._end(failed, now, self._watch.awaited)

    def _stop(self) -> None:
        self._over = True
        self._alarm.stop()
