"""One lease of a line: one run on one connection, as the session holds it.

Rules:
- The listener is told of the end once, and of nothing after that, after `cancel` or after `release`.
- The vendor is told of the run with its first segment.
- Time-outs, text without sound or with far too little, and lost connections become `Failed` or `Lost` here.
- A connection that was there before the lease and ends before the first audio is replaced at once, and everything is said again
  there; the listener is told only how much that was. If it went silently, or the next one goes the same way, idle connections are no longer
  trusted: all may have been dropped together. A connection that was dialled for the lease is not replaced.
- Servers close connections between answers: after each one, or while text is missing. A connection that ends where a segment ends is no
  failure. If nothing more was asked of it, the run has finished; else the rest is said on another one, unless the vendor counts word
  times from the run's beginning, or knows on that connection what came before.
"""

from gateway.upstream.connection import Connection
from gateway.upstream.keeper import Keeper, Replacement
from gateway.upstream.line_life import LineLife, RunRest
from gateway.upstream.run_alarm import RunAlarm
from legato.core.least_audio import sure_chars
from legato.core.quotes import unquoted
from legato.core.run_watch import RunWatch
from legato.domain.errors import PROPERTIES, Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, SaidAgain, VendorEvent
from legato.domain.text import Reading
from legato.ports import LineListener, LineRequest

_BYTES_PER_SAMPLE = 2
_REPLACEMENTS = 3
_SAID_NO = frozenset({Reason.VENDOR_REJECTED, Reason.VENDOR_QUOTA})


_SPEAKING, _MOVING, _OVER, _RELEASED = LineLife
_UNTOLD, _OWED, _NOTHING, _SPOILT = RunRest


class LeasedLine:
    """Implements `ports.Line` and `connection.RunListener`.

    Args:
        line_id: unique in the process.
        connection: the connection that carries the run.
        ticket: the ticket for which the connection was granted.
        reused: the connection was there before.
        keeper: what the line needs of its pool and route.
        request: what the line is wanted for.
        listener: takes the run's events.
    """

    def __init__(
        self,
        line_id: int,
        connection: Connection,
        ticket: int,
        reused: bool,  # noqa: FBT001 - as the pool grants it, by name
        keeper: Keeper,
        request: LineRequest,
        listener: LineListener,
    ) -> None:
        traits = keeper.traits
        self.line_id = line_id
        self.reused = reused
        self.sample_rate_hz = keeper.sample_rate_hz
        self.keeps_context = traits.keeps_context
        self.word_times = traits.word_times
        self.can_pause = traits.limits.runs_per_line == 1
        self._connection: Connection | None = connection
        self._ticket = ticket
        self._keeper = keeper
        self._request = request
        self._listener = listener
        self._run = connection.attach(self)
        self._said: list[tuple[int, Reading]] = []
        self._handed_chars = 0
        self._first_said_at = self._marked_at = 0.0
        self._input_ended = self._sounded = self._paused = False
        self._life: LineLife = _SPEAKING
        self._rest: RunRest = _UNTOLD
        self._was_there = reused
        self._replacements = 0
        self._replacement: Replacement | None = None
        self._watch = RunWatch(
            traits.limits,
            marks=keeper.sends_markers,
            first_audio_s=keeper.first_audio_s,
            heard_from=request.heard_from,
        )
        self._alarm = RunAlarm(self._watch, keeper.clock, self._late, lambda: self.gather(0))

    # --- what the session wants -----------------------------------------------------------------------------------------

    def say(self, segment: int, reading: Reading) -> None:
        """Speak one more segment of the run."""
        if self._is_over:
            return
        now = self._keeper.clock()
        if not self._first_said_at:
            self._first_said_at = now
        self._said.append((segment, reading))
        self._watch.said(now, segment, sum(map(str.isalnum, reading.text)), sure_chars(reading.text))
        connection = self._connection
        if connection is not None:
            connection.begin(self._run, self._request, now)
            connection.say(self._run, segment, reading, now)
            self._handed_chars += len(reading.text)
        self._alarm.arm(now)

    def end_input(self) -> None:
        """No more segments; `Finished` is the answer."""
        if self._is_over or self._input_ended:
            return
        now = self._keeper.clock()
        self._input_ended = True
        self._watch.ended(now)
        connection = self._connection
        if connection is not None:
            connection.begin(self._run, self._request, now)
            connection.end_input(self._run, now)
        self._alarm.arm(now)

    def cancel(self) -> None:
        """Stop the run: no event comes after this."""
        if self._is_over:
            return
        self._stop()
        if self._connection is not None and self._connection.cancel(self._run, self._keeper.clock()):
            self._rest = _OWED
        if self._sounded:
            self._keeper.over(Finished(), "")
        else:
            self._keeper.called_off()

    def pause(self) -> None:
        """Stop giving audio."""
        if self.can_pause and not self._is_over:
            self._paused = True
            self._watch.paused(self._keeper.clock())
            if self._connection is not None:
                self._connection.pause()

    def resume(self) -> None:
        """Give audio again."""
        self._paused = False
        if self.can_pause and self._life is _SPEAKING and self._connection is not None:
            now = self._keeper.clock()
            self._watch.resumed(now)
            self._connection.resume()
            self._alarm.arm(now)

    def gather(self, size: int) -> None:
        """Allow this many bytes of audio to be gathered; with 0, what was gathered is reported now."""
        if self._life is _SPEAKING and self._connection is not None:
            self._connection.gather(self._run, size)

    def release(self, *, clean: bool) -> None:
        """Give the lease back; a run under way is stopped."""
        if self._life is _RELEASED:
            return
        self.cancel()
        self._life = _RELEASED
        self._keeper.released(self)
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if self.can_pause and not connection.is_over:
            connection.resume()
        if self._rest is _OWED and clean:
            self._connection = connection  # until the cancel is settled
            self._keeper.clean_up(connection, self._ticket)
        else:
            clean = self._rest is _NOTHING or (clean and self._rest is _UNTOLD)
            self._keeper.give_back(connection, self._ticket, clean=clean)

    # --- what comes from the connection ---------------------------------------------------------------------------------

    def told(self, event: VendorEvent, now: float) -> None:
        """One event of the run."""
        if self._life is not _SPEAKING:
            return
        if type(event) is Audio:
            if not event.data:
                return
            self._watch.audio(now, len(event.data) / (_BYTES_PER_SAMPLE * self.sample_rate_hz))
            if not self._sounded:
                self._first_sound(event, now)
                return
            if not self._alarm.is_set:
                self._alarm.arm(now)
            self._listener.heard(self, event)
        else:
            self._take_news(event, now)

    def _take_news(self, event: VendorEvent, now: float) -> None:
        if isinstance(event, Marker):
            self._marked_at = now
            if not self._input_ended:
                self._keeper.marked()
            failed = self._watch.marker(now, event.segment)
            if failed is None:
                self._spoken(event.segment)
                self._listener.heard(self, event)
                self._alarm.arm(now)
            else:
                self._fail(failed)
        elif isinstance(event, Finished):
            if 0 < self._marked_at < now:  # markers that come with the end say nothing more than the end
                self._keeper.marked()
            failed = self._watch.finished()
            if failed is None:
                self._end(event)
            else:
                self._fail(failed)
        elif isinstance(event, Failed | Lost):
            self._broke(event)
        else:
            self._listener.heard(self, event)

    def settled(self, *, clean: bool) -> None:
        """The vendor owes nothing more for the cancelled run; or, if not clean, has not confirmed the cancel in time."""
        if self._life is _RELEASED:
            connection, self._connection = self._connection, None
            if connection is not None:
                self._keeper.cleaned_up(connection, clean=clean)
        elif self._rest is _OWED:
            self._rest = _UNTOLD if clean else _SPOILT

    def cut(self, words: str) -> None:
        """The gateway itself ends the run here; its utterance goes on elsewhere. The vendor is not to blame."""
        self.gather(0)
        if self._is_over:
            return
        self.cancel()
        self._rest = _SPOILT
        self._listener.heard(self, Lost(words))

    # --- another connection ---------------------------------------------------------------------------------------------

    def moved(self, connection: Connection, ticket: int, *, reused: bool) -> None:
        """Move to another connection, and say everything again there."""
        self._replacement, self._life = None, _SPEAKING
        self._was_there = reused
        self._connection, self._ticket = connection, ticket
        self._run = connection.attach(self)
        now = self._keeper.clock()
        self._watch.restarted(now)
        if self._paused:
            self._watch.paused(now)
            connection.pause()
        if not self._said and not self._input_ended:
            return
        connection.begin(self._run, self._request, now)
        again, self._handed_chars = self._handed_chars, 0
        for segment, reading in tuple(self._said):
            connection.say(self._run, segment, reading, now)
            self._handed_chars += len(reading.text)
        if self._input_ended and not self._is_over:
            connection.end_input(self._run, now)
        self._alarm.arm(now)
        if again and not self._is_over:
            self._listener.heard(self, SaidAgain(again))

    def stranded(self, failed: Failed) -> None:
        """There is no other connection."""
        self._replacement = None
        self._end(failed)

    # --------------------------------------------------------------------------------------------------------------------

    @property
    def _is_over(self) -> bool:
        return self._life is _OVER or self._life is _RELEASED

    def _first_sound(self, event: Audio, now: float) -> None:
        self._sounded = True
        self._keeper.sounded(now - self._first_said_at)
        self._listener.heard(self, event)  # the first sound is passed on before timers are set
        self._alarm.arm(now)  # another limit holds from here

    def _spoken(self, segment: int) -> None:
        """All audio up to the end of this segment has come: it need not be said again on any other connection."""
        while self._said and self._said[0][0] <= segment:
            _, reading = self._said.pop(0)
            self._handed_chars -= len(reading.text)
        self._replacements = 0

    def _broke(self, event: Failed | Lost) -> None:
        connection = self._connection
        gone = connection is None or connection.is_over
        between = isinstance(event, Lost) and self._watch.is_between_segments
        if gone and between and not self._said:
            self._end(Finished())
            return
        goes_on = between and not (self.word_times or self.keeps_context)
        begins_again = not self._sounded and self._was_there and _is_loss(event)
        if gone and (goes_on or begins_again) and self._replacements < _REPLACEMENTS:
            self._replace(connection)
            return
        if isinstance(event, Failed):
            event = unquoted(event, (reading.text for _, reading in self._said))
            if event.reason is Reason.VENDOR_QUOTA:
                self._keeper.too_many(event)
        self._end(event)

    def _replace(self, connection: Connection | None) -> None:
        self._replacements += 1
        self._connection, self._life = None, _MOVING
        self._watch.paused(self._keeper.clock())  # the request for another one has its own deadline
        silently = connection is not None and connection.went_silently
        replacement = self._replacement = self._keeper.replacement(self)
        replacement.ask(in_doubt=silently or self._replacements > 1)

    def _fail(self, failed: Failed) -> None:
        """Fail the run without a word from the vendor: what state the run has there is not known."""
        self._rest = _SPOILT
        if self._connection is not None:
            self._connection.cancel(self._run, self._keeper.clock())
        self._end(failed)

    def _end(self, event: Finished | Failed | Lost) -> None:
        if self._is_over:
            return
        reason = event.reason if isinstance(event, Failed) else None
        self._stop()
        if self._connection is not None:
            self._connection.forget(self._run)
            # A vendor that refuses one run may well take the next one on the same connection. The listener gives it back at once.
            if reason in _SAID_NO and self._connection.owes_nothing:
                self._rest = _NOTHING
        self._keeper.over(event, self._watch.awaited if reason is Reason.VENDOR_TIMEOUT else "")
        self._listener.heard(self, event)

    def _stop(self) -> None:
        self._life = _OVER
        self._said.clear()
        self._alarm.stop()
        replacement, self._replacement = self._replacement, None
        if replacement is not None:
            replacement.withdraw()

    def _late(self, failed: Failed) -> None:
        connection = self._connection
        if not self._sounded and self._was_there and connection is not None and connection.is_mute:
            connection.give_up()  # the ping is not answered either: that the line was half open is not the vendor's fault
        else:
            self._fail(failed)


def _is_loss(event: Failed | Lost) -> bool:
    if isinstance(event, Lost):
        return True
    return event.reason is not Reason.VENDOR_QUOTA and PROPERTIES[event.reason].may_retry
