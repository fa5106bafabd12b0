"""When a route fails under an utterance: what is retried and where, so that no word is lost and few are repeated.

Rules:
1. Before the first audio anything may be retried: the next route at once, the same one after a pause.
2. After it, held audio is kept up to the point where it is known which words it says, and the rest of the segment that broke off
   is said again from there (`splicing`): exactly with true word times, else from well before the estimated place.
3. Routes are tried until the deadline, which counts from the last word said; a failure after much audio that got no further in the
   text also restarts it, as often in a row as there are routes. Permanent refusals end the retries only if every route refuses. Then
   the voice's fallback speaks, else the utterance fails with what was not spoken. If all routes refuse for good, the last because
   the text has come round in a loop of gateways, that error is reported as it is: the text would only come round again.
4. An utterance is not continued on another route if its voice's `failover` forbids it.
"""

from collections import deque
from dataclasses import replace

from legato.core.ending import fail, give_back
from legato.core.remainders import from_source
from legato.core.splicing import UNHEARD, Listened, Splice, listen, reopen, splice
from legato.core.state import StreamState
from legato.core.utterance import PendingSeam, Run, RunState, Utterance
from legato.core.word_times import tell_untold
from legato.domain.audio import Sketch
from legato.domain.effects import DropAudio
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import AttemptMade
from legato.domain.speech import Failover
from legato.domain.text import Break, Reading, Segment, TextLevel

_MAX_BACKOFF_S = 1.0
_PROGRESS_S = 1.0
"""After this much audio a failure counts as a new one. But where the text gets no further, only as often in a row as there are routes:
where a sentence is one word, as in Chinese, its beginning would otherwise be repeated for ever."""


def fail_run(state: StreamState, utterance: Utterance, now: float, error: SpeechError) -> None:
    """The utterance's line broke, was refused, or gave nothing: plan what comes next."""
    run = utterance.run
    assert run is not None, "a run that fails was begun"
    if run.state is RunState.ACQUIRING:  # if it had its line, `AttemptEnded` tells of it
        waited_s, reason = now - run.asked_at, error.reason.value
        state.note(
            AttemptMade(
                state.stream_id,
                utterance.id,
                utterance.last_route,
                run.reused,
                waited_s,
                reason,
                why=error.message,
            )
        )
    give_back(state, utterance, now, error.reason.value, clean=False, why=error.message)
    utterance.last_failure = error
    if utterance.failing_since is None:
        utterance.failing_since = now
    if utterance.produced and not _may_go_on(utterance):
        _fail(state, utterance, now, error)
        return
    _take_back(state, utterance, run, now)
    if _went_on(utterance):
        utterance.failing_since, utterance.vain_runs = now, 0
    elif run.produced >= _PROGRESS_S * state.rate_hz and utterance.vain_runs < len(utterance.voice.routes):
        utterance.failing_since, utterance.vain_runs = now, utterance.vain_runs + 1
    _plan_retry(state, utterance, error, now)


def give_up_late(state: StreamState, now: float) -> None:
    """End the pauses before retries that are due, and give up utterances whose routes have been failing for too long."""
    for utterance in list(state.utterances.values()):
        if utterance.retry_at is not None and now >= utterance.retry_at:
            utterance.retry_at = None
        deadline = give_up_at(state, utterance)
        if deadline is not None and now >= deadline:
            _give_up(state, utterance, now)


def give_up_at(state: StreamState, utterance: Utterance) -> float | None:
    """When a failing utterance runs out of time; `None` while it is not failing."""
    speaks = utterance.run is not None and utterance.run.produced > 0
    waits = utterance.run is None and utterance.stands_back
    if utterance.failing_since is None or utterance.last_failure is None or speaks or waits:
        return None
    limits = state.limits
    ms = limits.no_route_after_audio_ms if utterance.written else limits.no_route_before_audio_ms
    return utterance.failing_since + ms / 1000


def _may_go_on(utterance: Utterance) -> bool:
    return utterance.voice.failover is Failover.SPLICE or not utterance.written


def _went_on(utterance: Utterance) -> bool:
    """Whether more words have been said than at the last failure: as long as that is so, there is no reason to give up."""
    last = utterance.timeline.last_said()
    before, utterance.said_until = utterance.said_until, max(utterance.said_until, last[1] if last else 0)
    return utterance.said_until > before


def _take_back(state: StreamState, utterance: Utterance, run: Run, now: float) -> None:
    """Queue the segments whose audio is not complete to be said again, the first of them from where it broke off."""
    segments = [one.segment for one in run.awaited]
    indexes = [segment.index for segment in segments]
    listened = listen(utterance.timeline, indexes, run.sketch, state.shared.attention, now)
    alignment = listened.alignment
    known = utterance.timeline.known_until(utterance.produced)
    if alignment is not None and utterance.written:
        known = max(known, alignment.best(utterance.written, utterance.produced))
    keep = min(max(known - utterance.written, 0), utterance.held)
    state.do(DropAudio(utterance.id, keep))
    utterance.held = keep
    # Completed segments that were dropped unwritten are said again as well.
    behind = run.sketch if not segments and run.produced > run.produced_complete else None
    unwritten = _unwritten(utterance, segments, state.rate_hz, behind)
    segments = [*unwritten, *segments]
    if segments:
        segments = _resume_first(state, utterance, run, segments, UNHEARD if unwritten else listened, now)
    utterance.unsaid.extendleft(reversed(segments))
    utterance.unsaid_chars += sum(len(segment.raw) for segment in segments)
    utterance.settle_flushes()  # what was complete may be gone, and what broke off may turn out to have been said
    tell_untold(utterance, run)
    # Words in audio that is gone, or never came, are told when they are said again.
    until = utterance.unsaid[0].source_start if utterance.unsaid else utterance.accepted_chars
    kept = [due for due in utterance.words_due if due.end_sample <= utterance.produced]
    utterance.words_due = deque([due for due in kept if due.source_start < until])


def _unwritten(
    utterance: Utterance, pending: list[Segment], rate_hz: int, behind: Sketch | None
) -> list[Segment]:
    """Count segments as not completed whose audio was not all kept, or had not all come; return them."""
    known = {segment.index for segment in pending}
    lost = [
        spoken.index
        for spoken in utterance.timeline.segments
        if spoken.index not in known and spoken.end_sample > utterance.produced
    ]
    if not lost and (broken := reopen(utterance.timeline, utterance.produced, rate_hz, behind)) is not None:
        lost = [broken]
    utterance.completed_segments -= len(lost)
    return [utterance.said_segments[index] for index in lost]


def _resume_first(
    state: StreamState,
    utterance: Utterance,
    run: Run,
    segments: list[Segment],
    listened: Listened,
    now: float,
) -> list[Segment]:
    indexes = [segment.index for segment in segments]
    found = splice(utterance.timeline, indexes, utterance.produced, state.rate_hz, listened)
    utterance.completed_segments += found.whole
    run.untold += indexes[: found.whole + (found.rest is not None)]
    again = segments[found.whole :]
    _go_on_behind(utterance, None if found.rest is not None else again)
    if utterance.produced:
        _plan_seam(utterance, found, run.awaited[0].since if run.awaited else now)
    return again if found.rest is None else [_with_rest(again[0], found.rest, run.text_level), *again[1:]]


def _plan_seam(utterance: Utterance, found: Splice, owed_at: float) -> None:
    """Plan the seam after what is heard of this route: it is reported once another route takes over there."""
    utterance.repeated_words += found.again
    if utterance.seam is not None and utterance.seam.at_sample == utterance.produced:
        return  # the route that was to take over there has failed too, without a sound
    span = found.last_word or utterance.timeline.last_said()
    word = "" if span is None else utterance.text[span[0] : span[1]]
    utterance.seam = PendingSeam(utterance.last_route, word, found.method, utterance.produced, owed_at)


def _go_on_behind(utterance: Utterance, again: list[Segment] | None) -> None:
    """Set the pause before what is said next: that of the previous mark if it begins a segment (`again`), none within one."""
    if again is None:
        utterance.last_mark, utterance.asked_pause_ms = Break.FORCED, 0
    elif again:
        before = utterance.said_segments.get(again[0].index - 1)
        utterance.last_mark = None if before is None else before.ends_with
        utterance.asked_pause_ms = 0 if before is None else before.pause_ms


def _with_rest(segment: Segment, rest: Reading, level: TextLevel) -> Segment:
    """The segment, with each reading cut down to what is still to be said; exactly so at the text level that was being said."""
    if not rest.words:
        return replace(segment, cleaned=rest, spoken=rest)
    source = rest.words[0].source_start
    return replace(
        segment,
        source_start=source,
        raw=segment.raw[source - segment.source_start :],
        cleaned=rest if level is TextLevel.CLEANED else from_source(segment.cleaned, source),
        spoken=rest if level is TextLevel.SPOKEN else from_source(segment.spoken, source),
    )


def _plan_retry(state: StreamState, utterance: Utterance, error: SpeechError, now: float) -> None:
    routes, may_change = utterance.voice.routes, utterance.voice.failover is not Failover.NONE
    if may_change or len(routes) == 1:
        utterance.routes_tried += 1
    utterance.refusals = 0 if error.properties.may_retry else utterance.refusals + 1
    if _refused_for_good(utterance):
        _give_up(state, utterance, now)
        return
    rounds, untried = divmod(utterance.routes_tried, len(routes))
    if untried and may_change:
        utterance.retry_at = now
    else:
        pause_s = min(state.settings.retry_first_s * 2 ** max(rounds - 1, 0), _MAX_BACKOFF_S)
        # One vendor's retry-after says nothing about the others.
        told_s = error.retry_after_s if len(routes) == 1 else None
        utterance.retry_at = now + max(pause_s, told_s or 0.0)


def _refused_for_good(utterance: Utterance) -> bool:
    voice = utterance.voice
    return utterance.refusals >= (1 if voice.failover is Failover.NONE else len(voice.routes))


def _give_up(state: StreamState, utterance: Utterance, now: float) -> None:
    run = utterance.run
    if run is not None:
        give_back(state, utterance, now, "stopped", clean=False)
        _take_back(state, utterance, run, now)
    fallback = state.catalogue.voices.get(utterance.voice.fallback)
    if fallback is not None and not utterance.fell_back:
        utterance.fell_back = True
        state.speak_in(utterance, fallback)
        utterance.refusals = 0
        utterance.failing_since = now
        utterance.retry_at = now
        return
    last = utterance.last_failure
    assert last is not None, "it gave up after a failure"
    circles = last.reason is Reason.FORBIDDEN and _refused_for_good(utterance)
    _fail(state, utterance, now, last if circles else _verdict(utterance.voice.name, last))


def _verdict(voice: str, last: SpeechError) -> SpeechError:
    """The error to report. Busy routes are not broken: a client that comes back may be served."""
    busy = last.reason is Reason.OVERLOADED
    reason = Reason.OVERLOADED if busy else Reason.ALL_ROUTES_FAILED
    why = "is free" if busy else "could speak"
    said = f"no route of the voice {voice!r} {why}; the last error was {last.reason.value}: {last.message}"
    return SpeechError(reason, said, retry_after_s=last.retry_after_s or 1.0)


def _fail(state: StreamState, utterance: Utterance, now: float, error: SpeechError) -> None:
    named = SpeechError(
        error.reason, error.message, retry_after_s=error.retry_after_s, utterance_id=utterance.id
    )
    fail(state, state.tracks[utterance.begin.track], utterance, now, named)


def retry_deadlines(state: StreamState) -> list[float]:
    """When the rules of this module must next be applied."""
    found: list[float] = []
    for utterance in state.utterances.values():
        if utterance.failing_since is None and utterance.retry_at is None:
            continue  # by far the usual case
        if utterance.retry_at is not None and utterance.run is None and utterance.unsaid:
            found.append(utterance.retry_at)
        deadline = give_up_at(state, utterance)
        if deadline is not None:
            found.append(deadline)
    return found
