"""How much more text there is room for, and how much audio is held: the lead limit bounds what is released to voices.

Rules:
1. Text is released only while the audio ahead of the ear, held and expected, is below the lead limit. What a voice has given of a segment
   is no longer expected: the next one is asked for while it is still on its way.
2. A listener who hears nothing is given more whatever is expected: a voice that does not tell the ends of its segments may owe none.
3. A line whose audio is held is paused. One that cannot be gives all that it was asked for, however slowly the listener reads: without a
   lead limit it is asked for half of what may be held at most. Beyond that the utterance fails.
"""

from legato.core.ending import fail
from legato.core.state import StreamState, Track
from legato.core.utterance import Run, Utterance
from legato.domain.effects import PauseLine, ResumeLine
from legato.domain.errors import Reason, SpeechError

STARVED_S = 1.0
"""Who hears nothing of a voice for so long is given more."""
_CHAR_S = 0.065
_MIN_RELEASE_LEAD_S = 0.6  # in real time the next segment must be on its way while this one sounds
_WHOLE_SPEED = 2.0  # a vendor that speaks a request as a whole is at least so much faster than it sounds
_NO_LIMIT = float("inf")


def expected_s(state: StreamState, track: Track, now: float, last: Utterance | None = None) -> float:
    """Seconds of sound that the listener of a track still has coming: lead, held, and what lines were asked for.

    Args:
        state: of the stream.
        track: whose listener.
        now: when.
        last: what stands behind this utterance in the line is not counted; by default everything is.
    """
    seconds = track.clock.lead_s(now)
    for utterance in track.queue:
        seconds += utterance.held / state.rate_hz + _owed_s(state, utterance)
        if utterance is last:
            break
    return seconds


def ahead_s(state: StreamState, track: Track, now: float, last: Utterance) -> float:
    """Seconds of sound that the listener of a track surely has coming, up to this utterance: lead and held."""
    seconds = track.clock.lead_s(now)
    for utterance in track.queue:
        seconds += utterance.held / state.rate_hz
        if utterance is last:
            break
    return seconds


def _owed_s(state: StreamState, utterance: Utterance) -> float:
    """Seconds of sound that the line was asked for and has not given: what it gave of a segment whose end is not told is not owed twice."""
    if utterance.run is None:
        return 0.0
    given_s = (utterance.run.produced - utterance.run.produced_complete) / state.rate_hz
    return max(utterance.outstanding_chars * _CHAR_S * utterance.timeline.pace - given_s, 0.0)


def has_room(state: StreamState, track: Track, utterance: Utterance, now: float) -> bool:
    """Whether more text of the utterance may be released; if not, the track wants to be looked at again.

    What the next one in line has ready does not keep the one before it from being said again.
    """
    if state.max_lead_ms < 0:
        return _may_be_held(state, track, utterance, now)
    over_s = expected_s(state, track, now, utterance) - _limit_s(state)
    if over_s < 0 or starves(track, now):
        return True
    lead_s = track.clock.lead_s(now)
    # What is held while nothing sounds is held up, by a pause or by who reads slowly: there it gets no less with time.
    held_up = not lead_s and track.queue[0].held > 0
    track.release_at = now + (STARVED_S if held_up else min(over_s, max(lead_s, STARVED_S))) + 0.001
    return False


def _may_be_held(state: StreamState, track: Track, utterance: Utterance, now: float) -> bool:
    run = utterance.run
    if run is None or run.can_pause:
        return True
    asked_s = utterance.held / state.rate_hz + _owed_s(state, utterance)
    quiet_at = max(run.sounded_at, run.last_activity) + STARVED_S
    # What was taken whole, and has given nothing for a while, owes less than was thought.
    may_owe_less = run.produced > 0 and not utterance.held
    if asked_s < state.limits.max_held_audio_ms / 2000 or (may_owe_less and now >= quiet_at):
        return True
    if may_owe_less:
        track.release_at = quiet_at + 0.001
    return False


def flow(state: StreamState, utterance: Utterance, run: Run) -> None:
    """Two watermarks on the held audio of a line that can be paused; the low one is half of the high one."""
    high = state.rate_hz * state.settings.held_high_ms / 1000
    if not run.paused and utterance.held > high:
        run.paused = True
        state.do(PauseLine(run.lease))
    elif run.paused and utterance.held < high / 2:
        run.paused = False
        state.do(ResumeLine(run.lease))


def overflow(state: StreamState, track: Track, utterance: Utterance, now: float) -> None:
    """More is held than may be, of a line that cannot be paused."""
    said = (
        f"{utterance.held / state.rate_hz:.0f} s of audio wait to be read; this voice cannot be paused, and at most "
        f"{state.limits.max_held_audio_ms / 1000:g} s may be held (limits.max_held_audio_ms)"
    )
    fail(state, track, utterance, now, SpeechError(Reason.OVERLOADED, said))


def starves(track: Track, now: float) -> bool:
    """Nothing sounds, and nothing has been heard of the voice for a while."""
    head = track.head
    if head is None or head.run is None or not head.written or head.held or track.clock.lead_s(now) > 0:
        return False
    return now - head.run.last_activity >= STARVED_S


def room_chars(state: StreamState, track: Track, utterance: Utterance, now: float) -> float:
    """Characters that may be asked for in one: within the lead limit, and their sound is there when that before it has been heard."""
    ahead_s = expected_s(state, track, now, utterance)
    seconds = min(_WHOLE_SPEED * ahead_s, _limit_s(state) - ahead_s)
    return seconds / (_CHAR_S * utterance.timeline.pace)


def _limit_s(state: StreamState) -> float:
    return _NO_LIMIT if state.max_lead_ms < 0 else max(state.max_lead_ms / 1000, _MIN_RELEASE_LEAD_S)
