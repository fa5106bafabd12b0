"""What happens because nothing happened: idle cuts, idle utterances and streams, overlong pauses and waits for a line."""

from collections.abc import Iterable

from legato.core.ending import heard_whole_at
from legato.core.failing import fail_run
from legato.core.intake import end_text
from legato.core.state import StreamState, Track
from legato.core.utterance import Input, Run, RunState, Utterance
from legato.domain.effects import Cut
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import GoAway, Warned

LEASE_GRACE_S = 0.25
"""The pool itself reports why there was no line in time; its answer is awaited for this long after the deadline."""


def cut_idle_text(state: StreamState, now: float) -> None:
    """No token has come for a while: cut what can be spoken."""
    for utterance in state.utterances.values():
        at = _idle_cut_at(utterance)
        if at is not None and now >= at:
            waited_ms = utterance.idle_wait_ms or 0
            utterance.idle_served_ms = waited_ms
            utterance.idle_wait_ms = None
            utterance.cut_at = now
            state.do(Cut(utterance.id, idle_ms=waited_ms))


def end_idle_utterances(state: StreamState, now: float) -> None:
    """End utterances whose text stopped coming, and heads that keep others waiting with nothing left to say."""
    for track in state.tracks.values():
        for utterance in list(track.queue):
            if utterance.input is not Input.OPEN:
                continue
            if now >= utterance.last_text_at + state.limits.idle_utterance_s:
                _lapse(state, utterance, now, f"no text came for {state.limits.idle_utterance_s:g} s")
        head = track.head
        if head is not None and track.head_idle_since is not None:
            waited_s = state.limits.head_idle_ms / 1000
            if head.input is Input.OPEN and now >= track.head_idle_since + waited_s:
                _lapse(
                    state,
                    head,
                    now,
                    f"there was nothing left to say for {waited_s:g} s while other utterances waited",
                )


def idle_stream_ends(state: StreamState, now: float) -> SpeechError | None:
    """Warn a stream without an utterance, then close it. Returns the error that ends it once it is time, else `None`."""
    if state.utterances or state.idle_since is None:
        state.idle_since = now
        return None
    idle_s = state.limits.idle_stream_s
    if idle_s <= 0:
        return None
    if now >= state.idle_since + idle_s:
        return SpeechError(Reason.IDLE_TIMEOUT, f"the stream had no utterance for {idle_s:g} s")
    warning_s = min(state.settings.goaway_s, idle_s)
    if state.opened and not state.goaway_sent and now >= state.idle_since + idle_s - warning_s:
        state.goaway_sent = True
        state.tell(GoAway(warning_s, Reason.IDLE_TIMEOUT.value))
    return None


def pause_ran_out(state: StreamState, track: Track, now: float) -> bool:
    """Whether a track has been paused for too long, which counts as a cancel."""
    return track.paused_at is not None and now >= track.paused_at + state.limits.pause_max_ms / 1000


def fail_unanswered_leases(state: StreamState, now: float) -> None:
    """Fail leases that were not answered in time, not even with a refusal."""
    for utterance in list(state.leases.values()):
        run = utterance.run
        if run is None or run.state is not RunState.ACQUIRING:
            continue
        if now >= run.deadline + LEASE_GRACE_S:
            fail_run(state, utterance, now, SpeechError(Reason.VENDOR_TIMEOUT, "no line was free in time"))


def idle_deadlines(state: StreamState) -> list[float]:
    """When the rules of this module must next be applied."""
    found = [] if state.draining_until is None else [state.draining_until]
    for utterance in state.utterances.values():
        if utterance.input is Input.OPEN:
            found.append(utterance.last_text_at + state.limits.idle_utterance_s)
            at = _idle_cut_at(utterance)
            if at is not None:
                found.append(at)
        if utterance.run is not None:
            found += _run_deadlines(state, utterance, utterance.run)
    for track in state.tracks.values():
        if track.paused_at is not None:
            found.append(track.paused_at + state.limits.pause_max_ms / 1000)
        if track.sounding:
            found.append(heard_whole_at(state, track, track.sounding[0]))
        if track.head_idle_since is not None:
            found.append(track.head_idle_since + state.limits.head_idle_ms / 1000)
    return found if state.utterances else found + _stream_deadlines(state)


def _run_deadlines(state: StreamState, utterance: Utterance, run: Run) -> Iterable[float]:
    if run.state is RunState.ACQUIRING:
        return (run.deadline + LEASE_GRACE_S,)
    if run.state is RunState.LIVE and not run.awaited and not utterance.unsaid:
        return (run.last_activity + state.settings.context_idle_s,)
    return ()


def _stream_deadlines(state: StreamState) -> list[float]:
    """The deadlines of a stream without an utterance."""
    idle_s = state.limits.idle_stream_s
    if state.idle_since is None or idle_s <= 0:
        return []
    ends_at = state.idle_since + idle_s
    told = state.goaway_sent or not state.opened
    return [ends_at] if told else [ends_at, ends_at - min(state.settings.goaway_s, idle_s)]


def _idle_cut_at(utterance: Utterance) -> float | None:
    wait_ms = utterance.idle_wait_ms
    if wait_ms is None or wait_ms <= utterance.idle_served_ms or utterance.input is not Input.OPEN:
        return None
    return utterance.last_text_at + wait_ms / 1000


def note_idle_head(track: Track, now: float) -> None:
    """Note since when the head has had nothing to say while others wait."""
    head = track.head
    if head is None:
        return
    waiting = len(track.queue) > 1 and head.input is Input.OPEN
    if not waiting or not head.has_nothing_unspoken or track.paused_at is not None:
        head.idle_as_head_since = None
    elif head.idle_as_head_since is None or head.last_text_at > head.idle_as_head_since:
        head.idle_as_head_since = now


def _lapse(state: StreamState, utterance: Utterance, now: float, why: str) -> None:
    state.tell(Warned("utterance_ended", f"the utterance was ended: {why}", utterance.id))
    end_text(state, utterance, now)
