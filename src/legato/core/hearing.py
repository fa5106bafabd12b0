"""What a leased line reports: audio, the ends of segments and of the run, times of words, failures.

Rules:
1. A marker completes every segment up to it; the end of the run completes all of them.
2. Text that has something to say and gave no audio is a failure; punctuation and stage directions alone may have none (`Run.owes`).
3. A route that has spoken a segment is from then on the voice's home on this stream.
"""

from legato.core.ending import let_go
from legato.core.failing import fail_run
from legato.core.room import overflow
from legato.core.state import StreamState, Track
from legato.core.utterance import Run, RunState, Utterance
from legato.core.word_times import take_words, tell_complete
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import (
    Failed,
    Finished,
    Heard,
    Joined,
    Lost,
    Marker,
    Overtaken,
    SaidAgain,
    Sampled,
    Words,
)
from legato.domain.facts import SegmentSpoken
from legato.domain.receipt import Stage
from legato.domain.replies import Warned

_LIVE = RunState.LIVE  # looking up enum members is slow


def sampled(state: StreamState, event: Sampled, now: float) -> Track | None:
    """Audio came. Returns its track. This is the per-chunk path: add no work to it."""
    utterance = state.leases.get(event.lease)
    if utterance is None or utterance.run is None:
        return None
    run = utterance.run
    if not utterance.produced and event.held:
        utterance.stamps.stamp(Stage.SILENCE, now)
    run.produced += event.held - utterance.held
    run.sounded_at = now
    utterance.held = event.held
    utterance.audible_at = event.audible_at
    utterance.withheld = event.withheld
    if event.begins >= 0 and run.awaited:
        begins = utterance.written + event.begins
        if run.keeps_context and run.awaited[0].segment.index == run.first_segment:
            run.samples_before = begins
        utterance.timeline.begin(run.awaited[0].segment.index, begins)
    track = state.tracks[utterance.begin.track]
    if event.held > run.most_held:
        overflow(state, track, utterance, now)
    return track


def heard(state: StreamState, event: Heard, now: float) -> None:
    """A line reported something other than audio."""
    utterance = state.leases.get(event.lease)
    if utterance is None or utterance.run is None:
        return
    run, said = utterance.run, event.event
    run.last_activity, run.sketch = now, event.sketch
    if isinstance(said, Marker):
        _marked(state, utterance, run, said.segment, now)
    elif isinstance(said, Joined):
        utterance.timeline.join(said.segment)
    elif isinstance(said, Overtaken):
        _overtaken(state, utterance, run, said)
    elif isinstance(said, SaidAgain):
        utterance.sent_chars += said.chars
        run.sent_chars += said.chars
    elif isinstance(said, Words):
        take_words(state, utterance, run, said)
    elif isinstance(said, Finished):
        _finished(state, utterance, run, now)
    elif isinstance(said, Failed):
        fail_run(
            state, utterance, now, SpeechError(said.reason, said.message, retry_after_s=said.retry_after_s)
        )
    elif isinstance(said, Lost):
        fail_run(state, utterance, now, SpeechError(Reason.VENDOR_LOST, said.message))
    else:
        state.tell(Warned("vendor", said.message, utterance.id))


def _marked(state: StreamState, utterance: Utterance, run: Run, index: int, now: float) -> None:
    if not run.produced and run.owes(index):
        _gave_nothing(state, utterance, now)
        return
    # A marker after the end of the input may have come with the end of the run; one of a recording, from the cache.
    if run.state is _LIVE and run.script is None:
        state.shared.marking.add(utterance.last_route)
    _complete_until(state, utterance, run, index, now)


def _overtaken(state: StreamState, utterance: Utterance, run: Run, said: Overtaken) -> None:
    run.carried_by(said, state.most_held)
    run.route, utterance.last_route = said.route, said.route.name
    run.route_index = utterance.voice.routes.index(said.route)
    # If this one fails, those after it come next; the one that was only slow comes after them.
    utterance.home_route, utterance.routes_tried = run.route_index, 0


def _finished(state: StreamState, utterance: Utterance, run: Run, now: float) -> None:
    if run.owes_audio and not run.produced:
        _gave_nothing(state, utterance, now)
        return
    if run.awaited:
        _complete_until(state, utterance, run, run.awaited[-1].segment.index, now)
    let_go(state, utterance, run, now, "finished" if utterance.all_text_released else "let_go", clean=True)


def _gave_nothing(state: StreamState, utterance: Utterance, now: float) -> None:
    fail_run(state, utterance, now, SpeechError(Reason.VENDOR_EMPTY, "the voice gave no audio for the text"))


def _complete_until(state: StreamState, utterance: Utterance, run: Run, index: int, now: float) -> None:
    _make_home(state, utterance, run)
    while run.requests and run.requests[0].index <= index:
        run.requests.popleft()
    ended: list[int] = []
    while run.awaited and run.awaited[0].segment.index <= index:
        one = run.awaited.popleft()
        ended.append(one.segment.index)
        route, chars = utterance.last_route, len(one.reading.text)
        state.note(SegmentSpoken(state.stream_id, utterance.id, ended[-1], route, chars, now - one.since))
    if ended:
        utterance.timeline.complete(ended, utterance.produced)
        state.shared.paces[utterance.last_route] = utterance.timeline.pace
        utterance.completed_segments += len(ended)
        run.produced_complete, run.paid_chars = run.produced, 0
        utterance.failing_since = None
    tell_complete(utterance, run, ended)
    utterance.settle_flushes()


def _make_home(state: StreamState, utterance: Utterance, run: Run) -> None:
    """The route that has spoken is from now on the voice's home on this stream."""
    if run.route_index:
        state.home_routes[utterance.voice.name] = run.route_index
    else:
        state.home_routes.pop(utterance.voice.name, None)
