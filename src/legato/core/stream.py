"""The stream: a state machine with three verbs. `handle` an event, `stamp` a stage of the receipt, ask for the next `deadline`.

It only decides: it touches no clock, no socket and no audio bytes, and text only to count and quote it. After every event
the rules of emission and release are run over the tracks, so that no rule has to remember to call another.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from legato.core import ending, failing, hearing, idling, intake, speaking
from legato.core.emission import emit
from legato.core.passing import STAYS, Passage, passage
from legato.core.shared import Shared
from legato.core.state import CoreSettings, StreamState, Track
from legato.core.utterance import Run, Utterance
from legato.domain import events
from legato.domain.effects import CloseStream, Cut, Effect
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Event
from legato.domain.facts import FirstAudio, StreamClosed
from legato.domain.receipt import Stage
from legato.domain.replies import GoAway, StreamError
from legato.domain.speech import Catalogue, Position, Principal, StreamLimits

_ALWAYS = (events.Open, events.Ping, events.Refused, events.HalfClosed, events.Closed, events.Drain)
_TEXTS = (events.Text, events.End)
_MAX_FADE_MS = 200
_RULES: Mapping[type, Callable[[StreamState, Any, float], None]] = {
    events.Open: intake.opened,
    events.Text: intake.text,
    events.Flush: intake.flush,
    events.End: intake.end,
    events.Resume: lambda state, event, now: state.track(event.track).resume(now),
    events.Played: intake.played,
    events.Configure: lambda state, event, _: intake.configure(state, event),
    events.Prewarm: lambda state, event, _: intake.prewarm(state, event),
    events.Ping: lambda state, event, _: intake.ping(state, event),
    events.Refused: lambda state, event, _: intake.refused(state, event),
    events.Segmented: intake.segmented,
    events.LineReady: speaking.line_ready,
    events.LineRefused: speaking.line_refused,
    events.Heard: hearing.heard,
}


class Stream:
    """One client connection's conversation.

    Args:
        stream_id: its name in logs and traces.
        principal: who asks.
        face: the client's dialect, for telemetry.
        catalogue: the voices there are.
        limits: the stream's limits.
        settings: how the core is tuned.
        shared: state shared with the other streams of the process.
    """

    def __init__(
        self,
        stream_id: str,
        principal: Principal,
        face: str,
        catalogue: Catalogue,
        limits: StreamLimits,
        settings: CoreSettings | None = None,
        shared: Shared | None = None,
    ) -> None:
        settings, shared = settings or CoreSettings(), shared or Shared()
        self._state = StreamState(stream_id, principal, face, catalogue, limits, settings, shared=shared)
        self._passage: Passage | None = None
        self._steady_deadline: float | None = None
        """The earliest of the deadlines that audio does not move: worked out anew only after other events."""
        self._steady_is_known = True

    @property
    def closed(self) -> bool:
        """Whether the stream is over; nothing more is decided then."""
        return self._state.closed

    @property
    def open_utterances(self) -> int:
        """Utterances without a terminal event."""
        return len(self._state.utterances)

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take an event at `now` (monotonic seconds) and return what is to be done, in order."""
        state = self._state
        if type(event) is events.Tick and self._passage is not None:
            self._passage.lapse(now)
            if now < (self.deadline() or float("inf")):
                return []  # only audio is awaited, and what was gathered until now was reported before this
        self._passage = None
        if state.closed:
            return []
        if type(event) is events.Sampled:
            if (track := hearing.sampled(state, event, now)) is not None:
                self._advance_track(track, now)
                self._passage = passage(state, track, event.lease)
        elif type(event) is events.Written and (run := self._goes_on(event)) is not None:
            track = state.tracks[state.utterances[event.utterance_id].begin.track]
            self._advance_track(track, now)
            self._passage = passage(state, track, run.lease)
        else:
            if state.opened or self._may_come_first(event):
                if (rule := _RULES.get(type(event))) is not None:
                    rule(state, event, now)
                else:
                    self._MOVES[type(event)](self, event, now)
            if not (self._changes_only_text(event) or state.closed):
                self._advance(now)
            self._steady_is_known = False
        done, state.out = state.out, []
        return done

    def stamp(self, utterance_id: str, stage: Stage, now: float) -> FirstAudio | None:
        """A stage of the receipt has ended now; called by whoever did the work. Returns the fact of the first write, else `None`."""
        utterance = self._state.utterances.get(utterance_id)
        if utterance is None:
            return None
        stamps = utterance.stamps
        stamps.stamp(stage, now)
        if stage is not Stage.WRITE or stamps.ttfb_s is None:
            return None
        if utterance.ttfa_s is not None:
            # The first chunk held audible sound, which was therefore written at this moment.
            utterance.ttfa_s = stamps.ttfb_s
        speakable_s = stamps.ttfb_speakable_s or 0.0
        return FirstAudio(self._state.stream_id, utterance_id, stamps.ttfb_s, speakable_s, utterance.queued)

    def passes(self, lease: int, held: int, now: float) -> tuple[int, int, int]:
        """Audio of a lease has come: how much of it is written now, without an event, while nothing but audio is awaited.

        Args:
            lease: the lease.
            held: its output samples that wait.
            now: monotonic seconds.

        Returns:
            How many samples to write (they count as written), the offset of the first on the track's clock, and how many of those to
            come may be gathered, as in `effects.Gather`; the deadline may change. With 0 samples, `events.Sampled` must be handled,
            unless some may be gathered: the outlet is shut, and what came is counted as held.
        """
        granted = self._passage
        return STAYS if granted is None or granted.lease != lease else granted.take(held, now)

    def shuts(self) -> None:
        """The outlet is full: nothing more is written until it has room again."""
        self._state.outlet_paused = True

    def reopens(self) -> bool:
        """The outlet has room again. Returns whether nothing was waiting for it, so that no `events.OutletDrained` is needed."""
        state = self._state
        state.outlet_paused = False
        return not any(track.waits_for_room for track in state.tracks.values())

    def takes(self, room_ms: float) -> None:
        """From now on the outlet takes this much audio in one chunk, in milliseconds; more may be waiting."""
        self._state.outlet_room_s = room_ms / 1000

    def encoded(self, utterance_id: str, withheld: int, messages: int) -> None:
        """An encoder holds back so many of the samples written, which a cancel would lose; its bytes have left in so many messages."""
        if (utterance := self._state.utterances.get(utterance_id)) is not None:
            utterance.unsent, utterance.chunks = withheld, messages

    def deadline(self) -> float | None:
        """When to be woken with `events.Tick`; `None` for never."""
        if self._state.closed:
            return None
        if not self._steady_is_known:
            self._steady_is_known, self._steady_deadline = True, self._find_steady_deadline()
        earliest = self._steady_deadline
        for track in self._state.tracks.values():
            for at in (track.look_again_at, track.release_at):
                if at is not None and (earliest is None or at < earliest):
                    earliest = at
        return earliest

    def _may_come_first(self, event: Event) -> bool:
        if not isinstance(event, events.ClientEvent) or isinstance(event, _ALWAYS):
            return True
        said = f"{type(event).__name__} came before Open; Open must be the first message of a stream"
        self._state.refuse(SpeechError(Reason.BAD_ORDER, said))
        return False

    # --- what follows every event

    def _changes_only_text(self, event: Event) -> bool:
        """Whether an event brought text of which nothing can be spoken yet, as most tokens do: then nothing else moves."""
        state = self._state
        if type(event) in _TEXTS:  # the front end answers a `Cut` in the same turn (`events.Segmented`)
            return bool(state.out) and type(state.out[-1]) is Cut
        if type(event) is not events.Segmented or event.segments or event.closed:
            return False
        utterance = state.utterances.get(event.utterance_id)
        return utterance is not None and not utterance.flushes and state.is_alone(utterance)

    def _advance(self, now: float) -> None:
        for track in list(self._state.tracks.values()):
            self._advance_track(track, now)
            if len(track.queue) > 1 or track.head_idle_since is not None:
                idling.note_idle_head(track, now)
        state = self._state
        if not state.utterances and (state.half_closed or state.draining_until is not None):
            self._end_stream(None, now)

    def _advance_track(self, track: Track, now: float) -> None:
        emit(self._state, track, now)
        speaking.release(self._state, track, now)

    def _end_stream(self, error: SpeechError | None, now: float) -> None:
        state = self._state
        state.closed = True
        state.do(CloseStream(error))
        self._note_closed("" if error is None else error.reason.value, now)

    def _note_closed(self, reason: str, now: float) -> None:
        state = self._state
        lasted_s = now - state.opened_at if state.opened else 0.0
        state.note(StreamClosed(state.stream_id, reason, state.begun, state.late_messages, lasted_s))

    def _find_steady_deadline(self) -> float | None:
        return min((*idling.idle_deadlines(self._state), *failing.retry_deadlines(self._state)), default=None)

    # --- client events that change more than one thing

    def _begin(self, event: events.Begin, now: float) -> None:
        utterance = intake.begun(self._state, event, now)
        if utterance is not None and event.position is Position.REPLACE:
            track = self._state.track(event.track)
            before = [other for other in (*track.sounding, *track.queue) if other is not utterance]
            others = [other for other in before if other.begin.interruptible]
            self._cancel_all(track, others, now, 0)
            if len(others) == len(before):
                track.resume(now)  # a client that replaces what was paused wants to hear the new one

    def _cancel(self, event: events.Cancel, now: float) -> None:
        fade_ms = min(max(event.fade_ms, 0), _MAX_FADE_MS)
        if event.utterance_id:
            self._cancel_one(event, now, fade_ms)
            return
        if event.played_sample is not None:
            for track in self._state.positioned(event.track):
                track.clock.played(event.played_sample, now)
        for track in list(self._state.tracks.values()):
            named = event.track is None or event.track == track.number
            if named and not self._cancel_track(track, now, fade_ms, force=event.force):
                track.clock.discard(0, track.clock.written, now)
                track.resume(now)

    def _cancel_one(self, event: events.Cancel, now: float, fade_ms: int) -> None:
        utterance = self._state.utterances.get(event.utterance_id)
        if utterance is None:
            if event.utterance_id not in self._state.gone:
                self._state.refuse(intake.unknown(event.utterance_id))
            return
        track = self._state.track(utterance.begin.track)
        if event.played_sample is not None:
            track.clock.played(event.played_sample, now)
        if event.force or utterance.begin.interruptible:
            ending.cancel(self._state, track, utterance, now, fade_ms)
            if not (track.queue or track.sounding):
                track.resume(now)  # nothing is left of what was paused

    def _cancel_track(self, track: Track, now: float, fade_ms: int = 0, *, force: bool = False) -> bool:
        """Cancel everything begun so far. Returns whether any of it survives."""
        track.generation += 1
        everything = [*track.sounding, *track.queue]
        chosen = [utterance for utterance in everything if force or utterance.begin.interruptible]
        self._cancel_all(track, chosen, now, fade_ms)
        return len(chosen) < len(everything)

    def _cancel_all(self, track: Track, chosen: list[Utterance], now: float, fade_ms: int) -> None:
        for utterance in chosen:
            ending.cancel(self._state, track, utterance, now, fade_ms)

    def _pause(self, event: events.Pause, now: float) -> None:
        track = self._state.track(event.track)
        if track.paused_at is None:
            track.paused_at = now

    def _half_close(self, event: events.HalfClosed, now: float) -> None:
        del event
        self._state.half_closed = True
        for track in self._state.tracks.values():
            track.resume(now)  # nobody is left who could resume it
        for utterance in list(self._state.utterances.values()):
            intake.end_text(self._state, utterance, now)

    def _close(self, event: events.Closed, now: float) -> None:
        state = self._state
        # On a WebSocket there is no other way to leave: with nothing left unsaid, it is a clean close.
        gone = "client_gone" if state.utterances else ""
        for utterance in list(state.utterances.values()):
            ending.abandon(state, state.track(utterance.begin.track), utterance, now, event.reason)
        state.closed = True
        self._note_closed(event.reason.value if event.reason is not None else gone, now)

    def _drain(self, event: events.Drain, now: float) -> None:
        state = self._state
        if state.draining_until is None:
            state.tell(GoAway(max(event.deadline - now, 0.0), Reason.SHUTTING_DOWN.value))
        state.draining_until = event.deadline

    # --- the outlet and time

    def _goes_on(self, event: events.Written) -> Run | None:
        """The run of an utterance of which more is coming: the write cannot have ended anything, so only its own track needs a look."""
        utterance = self._state.utterances.get(event.utterance_id)
        return None if utterance is None else utterance.run

    def _outlet_drained(self, event: events.OutletDrained, now: float) -> None:
        """Do nothing more than what follows every event: the outlet may have shut again since `reopens`."""

    def _tick(self, event: events.Tick, now: float) -> None:
        del event
        state = self._state
        idling.cut_idle_text(state, now)
        idling.end_idle_utterances(state, now)
        for track in list(state.tracks.values()):
            if idling.pause_ran_out(state, track, now):
                track.resume(now)
                self._cancel_track(track, now)
        idling.fail_unanswered_leases(state, now)
        failing.give_up_late(state, now)
        if state.draining_until is not None and now >= state.draining_until:
            self._cut_off(now)
        elif (error := idling.idle_stream_ends(state, now)) is not None:
            self._end_stream(error, now)

    def _cut_off(self, now: float) -> None:
        state = self._state
        error = SpeechError(Reason.SHUTTING_DOWN, "the gateway is shutting down", retry_after_s=1.0)
        for utterance in list(state.utterances.values()):
            ending.fail(state, state.track(utterance.begin.track), utterance, now, error)
        state.tell(StreamError(error))
        self._end_stream(error, now)

    _MOVES: ClassVar[Mapping[type, Callable[["Stream", Any, float], None]]] = {
        events.Begin: _begin,
        events.Cancel: _cancel,
        events.Pause: _pause,
        events.HalfClosed: _half_close,
        events.Closed: _close,
        events.Drain: _drain,
        events.Written: lambda *_: None,  # what follows every event is enough: all tracks are looked at
        events.OutletDrained: _outlet_drained,
        events.Tick: _tick,
    }
    """Events that involve more than one rule. On the class, since methods bound to a stream would keep it alive."""
