"""How a text asks to be delivered, and which runs can deliver it so. Pure.

Rules:
1. A segment says how it is to be delivered; the route says which of that it supports. Where it takes this with each segment, nothing
   is to be done here.
2. Where a route fixes it when a run begins, a segment with another delivery ends the run, and a new run begins with the new options.
3. Another voice of the catalogue is another route altogether: the run ends, and the utterance goes on in that voice until the text
   returns to its own. An unknown name is reported, and the voice stays as it is.
4. What a route does not support is left out, and the client is told once per utterance of each element, with what the route supports.
5. Stage directions are sent to voices that act them; any other voice would speak them. A segment of directions alone is said if one of
   the voice's routes acts them, and is skipped on the others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from legato.core.state import StreamState
from legato.core.utterance import Run, Utterance
from legato.domain.delivery import PLAIN, Delivery
from legato.domain.replies import Warned
from legato.domain.speech import Route, UtteranceOptions, Voice
from legato.domain.stage_directions import only_directions, without_unacted
from legato.domain.text import Reading, Segment, TextLevel


def is_said(state: StreamState, utterance: Utterance, segment: Segment) -> bool:
    """Whether a segment has anything to hand to a voice, on one of its routes at least."""
    if utterance.options.raw_text:
        return bool(segment.raw.strip())
    said = segment.spoken.text
    if said.strip() and not only_directions(said):
        return True
    return only_directions(segment.cleaned.text) and any(
        is_sent(route, segment, route.text_level) for route in _voice_of(state, utterance, segment).routes
    )


def sent_of(utterance: Utterance, run: Run, segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments of which this run's route is sent anything; the utterance forgets the others."""
    kept = [segment for segment in segments if is_sent(run.route, segment, run.text_level)]
    if len(kept) < len(segments):
        utterance.leave_out(len(segments) - len(kept))
    return kept


def is_sent(route: Route, segment: Segment, level: TextLevel) -> bool:
    """Whether a route is sent anything of a segment."""
    return level is TextLevel.RAW or bool(
        without_unacted(segment.at(level), route.takes.directions).text.strip()
    )


def take_voice(state: StreamState, utterance: Utterance) -> None:
    """Continue in the voice that the next segment asks for. Called before a line is leased."""
    wanted = _voice_name(state, utterance.unsaid[0])
    if wanted == utterance.speaks_as:
        return
    if not utterance.speaks_as:
        utterance.own_voice = utterance.voice
    own = utterance.own_voice
    assert own is not None, "known since the text first asked for another voice"
    utterance.speaks_as = wanted
    state.speak_in(utterance, state.catalogue.voices[wanted] if wanted else own)


def fixed_delivery(route: Route, segment: Segment) -> Delivery:
    """The part of a segment's delivery that is fixed when a run on this route begins."""
    delivery = segment.spoken.delivery
    return PLAIN if delivery is PLAIN or not route.takes.by_run else route.takes.kept(delivery)


def asked(utterance: Utterance, delivery: Delivery) -> tuple[UtteranceOptions, str]:
    """The options and the language with which to request a run with this delivery."""
    if delivery is PLAIN:
        return utterance.options, utterance.language
    return utterance.options.delivered(delivery), delivery.language or utterance.language


def rivals(utterance: Utterance, index: int) -> tuple[Route, ...]:
    """Return the routes that may overtake this one at a plainly delivered beginning: those that would be sent the same words.

    Routes before it are left out: a failure led the utterance or its stream away from them, and a probe leads back.
    """
    if not utterance.voice.hedge_share or utterance.produced or utterance.unsaid[0].delivery != PLAIN:
        return ()
    first, *others = utterance.voice.routes[index:]
    return tuple(other for other in others if _same_words(other, first))


def _same_words(one: Route, other: Route) -> bool:
    return one.text_level is other.text_level and one.takes.directions == other.takes.directions


def goes_on(state: StreamState, utterance: Utterance, run: Run) -> bool:
    """Whether the next segment can be said in this run; true if there is none."""
    if not utterance.unsaid:
        return True
    segment = utterance.unsaid[0]
    if _voice_name(state, segment) != utterance.speaks_as:
        return False
    if not run.route.takes.by_run:
        return True
    delivery = fixed_delivery(run.route, segment)
    return delivery is run.delivery or delivery == run.delivery


def readings_of(run: Run, segments: Sequence[Segment]) -> list[Reading]:
    """The readings of these segments for this run; where segments flow into each other, with the pauses that the text asks for."""
    return readings_at(segments, run.text_level, run.route.takes.directions, keeps_context=run.keeps_context)


def readings_at(
    segments: Sequence[Segment], level: TextLevel, directions: frozenset[str], *, keeps_context: bool
) -> list[Reading]:
    """The readings of these segments at a text level, with the stage directions that are acted there."""
    readings = [segment.at(level) for segment in segments]
    if level is not TextLevel.RAW:
        readings = [without_unacted(reading, directions) for reading in readings]
    if keeps_context and segments[-1].pause_ms:
        readings[-1] = replace(readings[-1], pause_ms=segments[-1].pause_ms)
    return readings


def tell_left_out(state: StreamState, utterance: Utterance, run: Run, segments: Sequence[Segment]) -> None:
    """Tell the client which elements this route does not support, each once per utterance."""
    for segment in segments:
        for name, why in _left_out(state, run, segment):
            if name not in utterance.told_left_out:
                utterance.told_left_out.add(name)
                state.tell(Warned("ssml_ignored", f"<{name}> is ignored: {why}", utterance.id))


def _left_out(state: StreamState, run: Run, segment: Segment) -> Iterator[tuple[str, str]]:
    takes, reading = run.route.takes, segment.spoken
    named = reading.delivery.voice
    if named and named not in state.catalogue.voices:
        yield "voice", f"there is no voice {named!r}"
    plain = reading.delivery is PLAIN or reading.delivery == PLAIN
    if plain and not reading.emphases and not (segment.pause_ms and run.keeps_context):
        return
    where = f"{run.route.provider} supports {takes}"
    for name in takes.missing(reading.delivery, emphasis=bool(reading.emphases)):
        yield name, where
    if segment.pause_ms and run.keeps_context and not takes.pause_s:
        yield (
            "break",
            f"{run.route.provider} speaks all segments as one flowing text, and supports no pauses in it",
        )


def _voice_of(state: StreamState, utterance: Utterance, segment: Segment) -> Voice:
    """The voice in which a segment is to be spoken."""
    named = _voice_name(state, segment)
    own = utterance.own_voice if utterance.speaks_as else None
    return state.catalogue.voices[named] if named else own or utterance.voice


def _voice_name(state: StreamState, segment: Segment) -> str:
    """The voice that a segment asks for; empty for the utterance's own, or if there is no voice of that name."""
    name = segment.spoken.delivery.voice
    return name if name and name in state.catalogue.voices else ""
