"""How much more text may be released to voices, and how much audio may be held.

Rules:
1. Text is released only while the audio ahead of the listener (lead, held and expected) is below the lead limit. What a voice has
   given of a segment is no longer expected, so the next segment is requested while this one is still coming.
2. A voice that does not mark segment ends may owe nothing more: once it has given about as much as its text takes, and then nothing for
   a while, it is taken to have given all, so that the next segment is requested while this one still sounds. A listener who hears
   nothing is given more, whatever is expected; before the first sound, only where no text given so far need sound.
3. A line with too much held audio is paused. One that cannot be paused gives all it was asked for, however slowly the client reads;
   without a lead limit it is therefore asked for at most half of what may be held. Above all of that the utterance fails.
"""

from legato.core.ending import fail
from legato.core.state import StreamState, Track
from legato.core.utterance import Run, Utterance
from legato.domain.effects import PauseLine, ResumeLine
from legato.domain.errors import Reason, SpeechError

STARVED_S = 1.0
"""After this long without a sign from its voice, a silent track is given more text."""
_LOOK_S = 0.1
_CHAR_S = 0.065
_GIVEN_CHAR_S = 0.03
"""With this much sound for each character, all of a text may have been spoken."""
_MIN_RELEASE_LEAD_S = 0.6  # at real time the next segment must be on its way while this one sounds
_WHOLE_SPEED = 2.0  # a vendor that speaks a request as a whole takes at most half the time that it sounds
_NO_LIMIT = float("inf")


def expected_s(state: StreamState, track: Track, now: float, last: Utterance | None = None) -> float:
    """Seconds of sound still to come for a track's listener: lead, held, and what lines were asked for.

    Args:
        state: the stream's state.
        track: the track.
        now: monotonic seconds.
        last: utterances queued after this one are not counted; by default all are.
    """
    seconds = track.clock.lead_s(now)
    for utterance in track.queue:
        seconds += utterance.held / state.rate_hz + _owed_s(state, utterance)
        if utterance is last:
            break
    return seconds


def ahead_s(state: StreamState, track: Track, now: float, last: Utterance) -> float:
    """Seconds of sound certain to come for a track's listener, up to this utterance: lead and held."""
    seconds = track.clock.lead_s(now)
    for utterance in track.queue:
        seconds += utterance.held / state.rate_hz
        if utterance is last:
            break
    return seconds


def _owed_s(state: StreamState, utterance: Utterance) -> float:
    """Seconds of sound that the line was asked for and has not given, less what it gave of a segment that is not complete."""
    if utterance.run is None:
        return 0.0
    return max(
        _unpaid_chars(utterance, utterance.run) * _CHAR_S * utterance.timeline.pace
        - _given_s(state, utterance.run),
        0.0,
    )


def _unpaid_chars(utterance: Utterance, run: Run) -> int:
    return utterance.outstanding_chars - run.paid_chars


def _given_s(state: StreamState, run: Run) -> float:
    return (run.produced - run.produced_complete) / state.rate_hz


def has_room(state: StreamState, track: Track, utterance: Utterance, now: float) -> bool:
    """Whether more text of the utterance may be released; if not, sets when to look at the track again.

    Audio that the next in line has ready does not count: it must not keep this utterance from being said again.
    """
    if state.max_lead_ms < 0:
        return _may_be_held(state, track, utterance, now)
    over_s = expected_s(state, track, now, utterance) - _limit_s(state)
    if over_s < 0:
        return True
    starved = starves(state, track, now)
    paid_in_s = _paid_in_s(state, utterance, now, starved=starved)
    if paid_in_s <= 0:
        over_s, paid_in_s = expected_s(state, track, now, utterance) - _limit_s(state), _NO_LIMIT
    if over_s < 0 or starved:
        return True
    lead_s = track.clock.lead_s(now)
    # Audio held while nothing sounds is held up, by a pause or a slow client: it does not shrink with time. Nor does what is expected.
    held_up = not lead_s and track.queue[0].held > 0
    shrinks_in_s = over_s if lead_s else _NO_LIMIT
    wait_s = STARVED_S if held_up else min(shrinks_in_s, _starves_in_s(track, lead_s, now), paid_in_s)
    track.release_at = now + wait_s + 0.001
    return False


def _paid_in_s(state: StreamState, utterance: Utterance, now: float, *, starved: bool) -> float:
    """Seconds until the line is taken to have given all that it was asked for (rule 2), if nothing comes. Once that is so, the run notes it."""
    run = utterance.run
    if run is None or utterance.last_route in state.shared.marking:
        return _NO_LIMIT
    if run.paused:
        run.seen = -1  # it has all its time again once it goes on
        return _NO_LIMIT
    chars = _unpaid_chars(utterance, run)
    if not chars or _given_s(state, run) < chars * _GIVEN_CHAR_S:
        return _NO_LIMIT
    if run.seen != run.produced:  # not `sounded_at`, which audio that passes does not move
        run.seen, run.seen_at = run.produced, now
    left_s = 0.0 if starved else max(run.seen_at, run.last_activity) + STARVED_S - now
    if left_s <= 0:
        run.paid_chars, run.produced_complete = utterance.outstanding_chars, run.produced
    return left_s


def _starves_in_s(track: Track, lead_s: float, now: float) -> float:
    """Seconds until the track starves if nothing more comes; at least a moment, so that it is not checked all the time."""
    run = track.queue[0].run
    silent_in_s = 0.0 if run is None else run.last_activity + STARVED_S - now
    if run is None or (not lead_s and silent_in_s <= 0):
        return STARVED_S
    return max(lead_s, silent_in_s, _LOOK_S)


def _may_be_held(state: StreamState, track: Track, utterance: Utterance, now: float) -> bool:
    run = utterance.run
    if run is None or run.can_pause:
        return True
    asked_s = utterance.held / state.rate_hz + _owed_s(state, utterance)
    quiet_at = max(run.sounded_at, run.last_activity) + STARVED_S
    # A run that has given nothing for a while, and of which nothing is held, owes less than was estimated.
    may_owe_less = (run.produced > 0 or _may_be_silent(run)) and utterance.held < state.frame_samples
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
    """Fail an utterance whose line cannot be paused and of which more is held than may be."""
    said = (
        f"{utterance.held / state.rate_hz:.0f} s of audio wait for the client to read them; this voice "
        f"cannot be paused, and at most {state.limits.max_held_audio_ms / 1000:g} s may be held (limits.max_held_audio_ms)"
    )
    fail(state, track, utterance, now, SpeechError(Reason.OVERLOADED, said))


def _may_be_silent(run: Run) -> bool:
    """Whether text was handed over, and none of it has something to say."""
    return run.sent_chars > 0 and not run.owes_audio


def starves(state: StreamState, track: Track, now: float) -> bool:
    """Whether nothing sounds and the voice has given no sign for a while.

    Held audio shorter than a codec frame does not count: it cannot sound before more comes.
    """
    head = track.head
    if head is None or head.run is None or track.clock.lead_s(now) > 0:
        return False
    if not head.written and not _may_be_silent(head.run):
        return False
    if head.held >= state.frame_samples:
        return False
    return now - head.run.last_activity >= STARVED_S


def room_chars(state: StreamState, track: Track, utterance: Utterance, now: float) -> float:
    """Characters for one request: within the lead limit, and few enough that their sound comes before what is ahead runs out."""
    ahead_s = expected_s(state, track, now, utterance)
    seconds = min(_WHOLE_SPEED * ahead_s, _limit_s(state) - ahead_s)
    return seconds / (_CHAR_S * utterance.timeline.pace)


def _limit_s(state: StreamState) -> float:
    return _NO_LIMIT if state.max_lead_ms < 0 else max(state.max_lead_ms / 1000, _MIN_RELEASE_LEAD_S)
