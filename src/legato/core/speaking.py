"""Upstream: when a line is leased, and which text it is given; what it reports is `hearing`'s.

Rules:
1. The head of a track is spoken; the next in line may be spoken early once all text of the head is with its voice.
2. Text is released while there is room for it (`room`); where requests count, waiting text is joined into one request (`batching`).
3. One utterance is one run on one line, until that line fails, its context is given back for lack of text, or the text asks for
   something that is fixed when a run begins (`delivering`), or its line repeats a recording that does not go on like this (`scripts`).
"""

from legato.core.batching import REQUESTS_AHEAD, Request, batch_size, joined
from legato.core.delivering import (
    asked,
    fixed_delivery,
    goes_on,
    readings_of,
    rivals,
    sent_of,
    take_voice,
    tell_left_out,
)
from legato.core.ending import give_back
from legato.core.failing import fail_run
from legato.core.room import STARVED_S, ahead_s, flow, has_room, room_chars, starves
from legato.core.scripts import fitting, opening
from legato.core.state import StreamState, Track
from legato.core.utterance import Awaited, Run, RunState, Utterance
from legato.domain.effects import Acquire, EndInput, Say
from legato.domain.errors import SpeechError
from legato.domain.events import LineReady, LineRefused
from legato.domain.facts import AttemptMade
from legato.domain.receipt import Stage
from legato.domain.speech import Failover, LineRequest
from legato.domain.text import Break, Segment

PAUSE_MS = {Break.FORCED: 0, Break.COMMA: 120, Break.CLAUSE: 200, Break.SENTENCE: 320, Break.PARAGRAPH: 550}
"""The pause after each mark, where a voice keeps no context or a new context has begun."""
_LIVE, _ACQUIRING = RunState.LIVE, RunState.ACQUIRING  # looking up enum members is slow


def release(state: StreamState, track: Track, now: float) -> None:
    """Lease lines and hand out text for the head and the next in line; look after every leased line."""
    track.release_at = None
    for place, utterance in enumerate(track.queue):
        waits = place > 1 or (place > 0 and not track.queue[0].all_text_released)
        if waits:
            utterance.queued = utterance.queued or bool(utterance.unsaid)
            _stand_back(utterance)
        else:
            _speak(state, track, utterance, now)
        run = utterance.run  # an utterance with a line may have been put behind others since
        if run is not None and run.state is not _ACQUIRING:
            _tend(state, utterance, run, now, waits=waits)


def _speak(state: StreamState, track: Track, utterance: Utterance, now: float) -> None:
    run = utterance.run
    if run is not None:
        if run.state is _LIVE:
            _hand_out(state, track, utterance, run, now)
        return
    if utterance.stands_back:
        utterance.stands_back, utterance.failing_since = False, now
    if not utterance.unsaid:
        _stand_back(utterance)  # the text is late, not the routes
    elif utterance.retry_at is None or now >= utterance.retry_at:
        if has_room(state, track, utterance, now):
            _acquire(state, track, utterance, now)
        else:  # the listener has enough audio, of this one or of those before it
            _stand_back(utterance)
            utterance.queued = utterance.queued or track.head is not utterance


def _stand_back(utterance: Utterance) -> None:
    """Stop its time for failing, if it is failing, until its turn comes again."""
    utterance.stands_back = utterance.failing_since is not None


def _acquire(state: StreamState, track: Track, utterance: Utterance, now: float) -> None:
    take_voice(state, utterance)
    routes = utterance.voice.routes
    returning, utterance.asks_back = utterance.asks_back, False
    index = 0 if returning else (utterance.home_route + utterance.routes_tried) % len(routes)
    route = routes[index]
    delivery = fixed_delivery(route, utterance.unsaid[0])
    options, language = asked(utterance, delivery)
    state.last_lease += 1
    lease = state.last_lease
    alone = len(routes) == 1 or utterance.voice.failover is Failover.NONE
    elsewhere = not alone and utterance.routes_tried + 1 < len(routes)
    deadline = now + _patience_s(state, elsewhere=elsewhere)
    run = Run(lease, route, now, index, returning, deadline, last_activity=now, delivery=delivery)
    run.samples_before, run.raw = utterance.produced, bool(options.raw_text)
    utterance.run = run
    utterance.retry_at = None
    utterance.attempts += 1
    utterance.last_route = route.name
    utterance.timeline.speaks(state.shared.paces.get(utterance.last_route))
    utterance.queued = utterance.queued or track.head is not utterance
    utterance.stamps.stamp(Stage.TURN_WAIT if utterance.queued else Stage.QUEUE, now)
    state.leases[lease] = utterance
    request = LineRequest(
        route,
        language,
        options,
        state.principal,
        state.stream_id,
        utterance.id,
        deadline,
        returning=returning,
        rivals=rivals(utterance, index),
        hedge_share=utterance.voice.hedge_share,
        last_resort=alone or utterance.routes_tried >= len(routes),
        heard_from=now + ahead_s(state, track, now, utterance),
        elsewhere=elsewhere,
        opening=opening(utterance),
    )
    state.do(Acquire(lease, request))


def _patience_s(state: StreamState, *, elsewhere: bool) -> float:
    """How long to wait for a line: not long while there is another route."""
    settings = state.settings
    return min(settings.overflow_s, settings.acquire_timeout_s) if elsewhere else settings.acquire_timeout_s


def _hand_out(state: StreamState, track: Track, utterance: Utterance, run: Run, now: float) -> None:
    while utterance.unsaid and has_room(state, track, utterance, now):
        if _waits_for_more(state, track, run, now) or not _goes_on(state, utterance, run):
            break
        if segments := sent_of(utterance, run, _next_request(state, track, utterance, run, now)):
            _say(state, utterance, run, segments, now)
            run.last_activity = now
        else:
            track.release_at = now  # a flush may be answered now


def _tend(state: StreamState, utterance: Utterance, run: Run, now: float, *, waits: bool) -> None:
    """End the input of a line that will get no more text, and pause one that gives too much.

    An utterance that `waits` behind others with nothing under way leaves its line to them: it may be the only one there is.
    """
    if waits and run.state is _LIVE and not run.sent_chars:
        give_back(state, utterance, now, "let_go", clean=True)
        return
    if run.state is _LIVE:
        idle = not run.awaited and (waits or now >= run.last_activity + state.settings.context_idle_s)
        whole = utterance.all_text_released or not _goes_on(state, utterance, run)
        if whole or (idle and (waits or not utterance.unsaid)):
            run.state = RunState.ENDING
            state.do(EndInput(run.lease))
    if run.can_pause:
        flow(state, utterance, run)


def _goes_on(state: StreamState, utterance: Utterance, run: Run) -> bool:
    """Whether the next segment can be said in this run; true if there is none."""
    if run.script is not None and utterance.unsaid and not fitting(utterance, run):
        return False
    return goes_on(state, utterance, run)


def _waits_for_more(state: StreamState, track: Track, run: Run, now: float) -> bool:
    """Whether enough requests are under way, where requests count: what comes meanwhile is joined into the next one."""
    if not run.batch_chars or len(run.requests) < REQUESTS_AHEAD or starves(state, track, now):
        return False
    track.release_at = now + max(track.clock.lead_s(now), STARVED_S)
    return True


def _next_request(
    state: StreamState, track: Track, utterance: Utterance, run: Run, now: float
) -> list[Segment]:
    size = 1
    if run.script is not None:
        size = fitting(utterance, run)
    elif len(utterance.unsaid) > 1 and run.batch_chars:
        most_chars = min(run.batch_chars, room_chars(state, track, utterance, now))
        size = batch_size(utterance.unsaid, run.text_level, most_chars, utterance.before_flush)
    segments: list[Segment] = []
    for _ in range(size):
        segments.append(segment := utterance.unsaid.popleft())
        utterance.unsaid_chars -= len(segment.raw)
    return segments


def _say(state: StreamState, utterance: Utterance, run: Run, segments: list[Segment], now: float) -> None:
    """Send these segments as one request."""
    readings = readings_of(run, segments)
    tell_left_out(state, utterance, run, segments)
    whole, starts = joined(readings)
    mark = utterance.last_mark
    flows_on = run.keeps_context and (run.sent_chars > 0 or utterance.failing_since is not None)
    pause_ms = 0 if flows_on or mark is None else utterance.asked_pause_ms or PAUSE_MS[mark]
    if run.keeps_context and pause_ms:
        # A new context knows nothing of the one before. Silence that the listener has already had counts towards the pause.
        clock = state.tracks[utterance.begin.track].clock
        pause_ms = max(pause_ms - round(max(now - clock.heard_at(clock.written), 0.0) * 1000), 0)
    utterance.last_mark, utterance.asked_pause_ms = segments[-1].ends_with, segments[-1].pause_ms
    if not run.sent_chars:
        run.first_segment = segments[0].index
        run.samples_before += state.rate_hz * pause_ms // 1000 if run.keeps_context else 0
    if run.script is None:
        utterance.sent_chars += len(whole.text)
    else:
        utterance.cached_chars += len(whole.text)
        run.script = run.script[1:]
    run.sends(whole.text)
    for segment, reading in zip(segments, readings, strict=True):
        run.awaited.append(Awaited(segment, reading, now))
        utterance.timeline.expect(segment.index, reading)
        if segment is not segments[0]:
            utterance.timeline.join(segment.index)
        utterance.said_segments[segment.index] = segment
    request = Request(starts, tuple([segment.index for segment in segments]))
    run.requests.append(request)
    state.do(Say(run.lease, request.index, whole, pause_ms))


def line_ready(state: StreamState, event: LineReady, now: float) -> None:
    """A lease was granted."""
    utterance = state.leases.get(event.lease)
    if utterance is None or utterance.run is None:
        return
    run = utterance.run
    run.state = RunState.LIVE
    if run.returning:
        utterance.home_route = 0
    run.reused, run.keeps_context, run.script = event.reused, event.keeps_context, event.script
    run.carried_by(event, state.most_held)
    run.last_activity = now
    utterance.line_reused = event.reused
    utterance.stamps.stamp(Stage.ACQUIRE, now)
    route = utterance.last_route
    cached = run.script is not None
    waited_s = now - run.asked_at
    state.note(AttemptMade(state.stream_id, utterance.id, route, event.reused, waited_s, cached=cached))


def line_refused(state: StreamState, event: LineRefused, now: float) -> None:
    """A lease was refused."""
    utterance = state.leases.get(event.lease)
    if utterance is None or utterance.run is None:
        return
    if utterance.run.returning:
        utterance.attempts -= 1
        # The first route has not recovered yet. That is no failure: the utterance begins on its home route.
        give_back(state, utterance, now, "refused", clean=True)
        return
    fail_run(
        state, utterance, now, SpeechError(event.reason, event.message, retry_after_s=event.retry_after_s)
    )
