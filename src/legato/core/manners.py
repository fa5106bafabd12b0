"""What a text asks of its delivery, and the runs that can follow it. Pure.

Rules:
1. A segment says how it is to be delivered; the route says what it takes of that. Where it takes it with each segment, nothing changes here.
2. Where a route fixes it when a run begins, a segment that asks otherwise ends the run, and another begins with the options it asks for.
3. Another voice of the catalogue is another route altogether: the run ends, and the utterance goes on in that voice until the text is
   back in its own. A name that is none is told, and the voice stays.
4. What a route cannot follow is left out, and the client is told of each element once in an utterance, with what the route takes.
5. Stage directions go where they are acted; any other voice would say them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from legato.core.state import StreamState
from legato.core.utterance import Run, Utterance
from legato.domain.delivery import PLAIN, Delivery
from legato.domain.replies import Warned
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.stages import staged
from legato.domain.text import Reading, Segment, TextLevel


def take_voice(state: StreamState, utterance: Utterance) -> None:
    """Speak on in the voice that the next segment asks for. Before a line is asked for."""
    wanted = _voice_name(state, utterance.unsaid[0])
    if wanted == utterance.speaks_as:
        return
    if not utterance.speaks_as:
        utterance.own_voice = utterance.voice
    own = utterance.own_voice
    assert own is not None, "it is known since the text left it"
    utterance.speaks_as = wanted
    utterance.voice = state.catalogue.voices[wanted] if wanted else own
    utterance.home_route = state.home_routes.get(utterance.voice.name, 0)
    utterance.asks_back = utterance.home_route > 0
    utterance.routes_tried = 0


def manner_of(route: Route, segment: Segment) -> Delivery:
    """What of a segment's delivery a run on this route begins with."""
    delivery = segment.spoken.delivery
    return PLAIN if delivery is PLAIN or not route.takes.by_run else route.takes.kept(delivery)


def asked(utterance: Utterance, manner: Delivery) -> tuple[UtteranceOptions, str]:
    """The options and the language that a run of this manner is asked for with."""
    if manner is PLAIN:
        return utterance.options, utterance.language
    return utterance.options.delivered(manner), manner.language or utterance.language


def goes_on(state: StreamState, utterance: Utterance, run: Run) -> bool:
    """Whether the next segment can be said in this run; also where there is none."""
    if not utterance.unsaid:
        return True
    segment = utterance.unsaid[0]
    if _voice_name(state, segment) != utterance.speaks_as:
        return False
    if not run.route.takes.by_run:
        return True
    manner = manner_of(run.route, segment)
    return manner is run.manner or manner == run.manner


def readings_of(run: Run, segments: Sequence[Segment]) -> list[Reading]:
    """What the run is sent of these segments; where they flow into each other, with the pauses that the text asks for."""
    level = run.text_level
    readings = [segment.at(level) for segment in segments]
    if level is not TextLevel.RAW:
        readings = [staged(reading, run.route.takes.stages) for reading in readings]
    if run.keeps_context and segments[-1].pause_ms:
        readings[-1] = replace(readings[-1], pause_ms=segments[-1].pause_ms)
    return readings


def tell_left_out(state: StreamState, utterance: Utterance, run: Run, segments: Sequence[Segment]) -> None:
    """Tell the client which elements this route cannot follow, each once in an utterance."""
    for segment in segments:
        for name, why in _left_out(state, run, segment):
            if name not in utterance.told_left_out:
                utterance.told_left_out.add(name)
                state.tell(Warned("ssml_ignored", f"<{name}> is not obeyed: {why}", utterance.id))


def _left_out(state: StreamState, run: Run, segment: Segment) -> Iterator[tuple[str, str]]:
    takes, reading = run.route.takes, segment.spoken
    named = reading.delivery.voice
    if named and named not in state.catalogue.voices:
        yield "voice", f"there is no voice {named!r}"
    plain = reading.delivery is PLAIN or reading.delivery == PLAIN
    if plain and not reading.emphases and not (segment.pause_ms and run.keeps_context):
        return
    where = f"{run.route.provider} takes {takes}"
    for name in takes.missing(reading.delivery, emphasis=bool(reading.emphases)):
        yield name, where
    if segment.pause_ms and run.keeps_context and not takes.pause_s:
        yield (
            "break",
            f"{run.route.provider} speaks segments as they flow into each other, and takes no pauses",
        )


def _voice_name(state: StreamState, segment: Segment) -> str:
    """The voice that a segment asks for; empty for the utterance's own, and where there is none of that name."""
    name = segment.spoken.delivery.voice
    return name if name and name in state.catalogue.voices else ""
