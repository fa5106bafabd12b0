"""What must hold of every conversation on the native contract, on either wire: order, one end each, one clock, the texts, words, receipts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from legato.domain.audio import AudioFormat
from legato.v1 import speech_pb2
from tests.chaos.hearing import BEARABLE
from tests.crowd.formats import head_of, is_as_long, samples_of
from tests.crowd.oracle import TIMED, heard_in, without_missed, wrong_words
from tests.crowd.texts import numbers
from tests.wires.stage import TERMINAL, about

_LATE = "text_after_end"
"""What a client is told that cancels, and goes on with, an utterance that has just ended."""
_SHUTS = ("error: shutting_down", "was refused when it began")
"""What a client is told that begins an utterance when its gateway is ending, and of the rest of its text."""
_LEAVES = "shutting_down"
"""How an utterance fails whose client had not ended it, or read it, when its gateway's time was over."""
_ALIKE_MS = 2.0
_NEAR = {"first-cartesia": 1, "first-elevenlabs": 2, "second-cartesia": 2}
"""By how many words a cancelled utterance may be mistaken about what was sent, where the routes that said it time words: by the word being
said; behind ElevenLabs, which times letters, by one more, since a word's time is known once its last letter was heard: till then both that
word's end and the next one's begin are estimated. The second route of ElevenLabs' voice is Cartesia.
"""
_ESTIMATED = 4
"""The same for the other routes, of up to twice as many words: these are estimates, and tones take from 120 to 350 ms, by chance."""


@dataclass
class Asked:
    """What a client has asked of one utterance.

    Args:
        name: its id.
        track: its track.
        text: what was sent of it before it was cut, if it was.
        flushes: ids of its flushes.
        cut: whether the client has cancelled or replaced it.
        words: whether word times were asked for.
        ended_at: when its End was sent.
    """

    name: str
    track: int
    text: str = ""
    flushes: list[str] = field(default_factory=list)
    cut: bool = False
    words: bool = False
    ended_at: float = math.inf


@dataclass
class Told:
    """What the gateway told of one utterance."""

    started: Any = None
    audio: bytearray = field(default_factory=bytearray)
    chunks: int = 0
    words: list[Any] = field(default_factory=list)
    flushed: list[Any] = field(default_factory=list)
    seams: list[Any] = field(default_factory=list)
    end: str = ""
    ending: Any = None


@dataclass(frozen=True)
class Terms:
    """What a client may expect.

    Args:
        stayed: whether it stayed until everything had ended.
        faults: whether vendors may fail.
        disturbed: whether its gateway was ended, or a worker killed, while it talked.
        promised: when the gateway was told to end: what had ended until then is still said.
        missed: is told of each word that was not heard, and may be missing.
    """

    stayed: bool = True
    faults: bool = False
    disturbed: bool = False
    promised: float = -math.inf
    missed: list[str] = field(default_factory=list)


def wrong_conversation(
    asked: dict[str, Asked], heard: Sequence[speech_pb2.StreamResponse], form: AudioFormat, terms: Terms
) -> Iterator[str]:
    """Tell what is wrong with a conversation in this format: what the client asked, by id, and what it was sent, in order."""
    told: dict[str, Told] = {}
    yield from (
        wrong
        for wrong in _in_order(heard, told, form)
        if not (terms.disturbed and any(words in wrong for words in _SHUTS))
    )
    for name, said in asked.items():
        of_it = told.pop(name, Told())
        for wrong in _wrong_utterance(said, of_it, form, terms):
            yield f"{name} ({of_it.end or 'open'}): {wrong}"
    if told:
        yield f"told of utterances that nobody asked for: {sorted(told)}"


def _in_order(
    heard: Sequence[speech_pb2.StreamResponse], told: dict[str, Told], form: AudioFormat
) -> Iterator[str]:
    at: dict[int, int] = {}
    for number, message in enumerate(heard, 1):
        kind = message.WhichOneof("response") or ""
        body, name = getattr(message, kind), about(message)
        if message.server_seq != number:
            yield f"server_seq {message.server_seq} comes as number {number}"
            return
        if kind == "error" and not name:
            yield f"error: {body.reason}: {body.message}"
        if not name:
            continue
        of_it = told.setdefault(name, Told())
        if of_it.end and kind != "error":
            yield f"{name}: {kind} after {of_it.end}"
        yield from (f"{name}: {wrong}" for wrong in _taken(of_it, kind, body, at, form))


def _taken(of_it: Told, kind: str, body: Any, at: dict[int, int], form: AudioFormat) -> Iterator[str]:
    """Add a message about an utterance; `at` is where the audio of each track ends."""
    if kind == "utterance_started":
        if of_it.started is not None:
            yield "started twice"
        of_it.started = body
        before = at.get(body.track, 0)
        # Where an encoder lags, the end of the one before may still be to come: it is told when it has been heard.
        if body.start_sample < before or (body.start_sample > before and not form.lags):
            yield f"starts at {body.start_sample}, not {before}"
        at[body.track] = body.start_sample
    elif kind == "audio":
        yield from _sounded(of_it, body, at, form)
    elif kind in {"words", "flushed"}:
        getattr(of_it, kind).append(body)
    elif kind == "seam":
        of_it.seams.append(body)
    elif kind == "error" and body.reason != _LATE:
        yield f"error: {body.reason}: {body.message}"
    elif kind in TERMINAL:
        of_it.end, of_it.ending = kind, body
    if of_it.started is not None:
        yield from _placed(of_it, kind, body, at, form)


def _placed(of_it: Told, kind: str, body: Any, at: dict[int, int], form: AudioFormat) -> Iterator[str]:
    """Tell of a flush that ends behind the audio. Where an encoder lags, only the end tells how much there was."""
    started = of_it.started
    if kind == "flushed" and not form.lags and body.end_sample > at.get(started.track, 0):
        yield f"flush {body.flush_id} ends at {body.end_sample}, after {at.get(started.track, 0)}"
    elif kind in TERMINAL and form.lags:
        end = started.start_sample + body.receipt.audio_samples
        at[started.track] = max(at.get(started.track, 0), end)


def _sounded(of_it: Told, body: Any, at: dict[int, int], form: AudioFormat) -> Iterator[str]:
    track = of_it.started.track
    before = at.get(track, 0)
    gap = body.sample_offset - before
    if gap < 0 or (gap and not (form.lags and of_it.chunks)):
        yield f"audio at {body.sample_offset}, not {before}"
    if body.generation != of_it.started.generation:
        yield f"audio of generation {body.generation}, not {of_it.started.generation}"
    sound = body.data if of_it.chunks else body.data.removeprefix(head_of(form))
    at[track] = body.sample_offset + (0 if form.lags else len(sound) // form.bytes_per_sample)
    of_it.audio += body.data
    of_it.chunks += 1


def _wrong_utterance(said: Asked, told: Told, form: AudioFormat, terms: Terms) -> Iterator[str]:
    promised = not terms.disturbed or said.ended_at < terms.promised
    if not told.end:
        if terms.stayed and promised:
            yield "never ended"
    elif told.end == "utterance_failed":
        if promised or told.ending.error.reason != _LEAVES:
            yield f"failed: {told.ending.error.reason}: {told.ending.error.message}"
    elif told.end == "utterance_cancelled" and not said.cut:
        yield "cancelled, and nobody asked for it"
    if told.seams and not terms.faults:
        yield f"seams without faults: {[seam.method for seam in told.seams]}"
    whole = told.end == "utterance_finished"
    wanted = numbers(said.text)
    heard = heard_in(told.audio, form, wanted)
    methods = [seam.method for seam in told.seams]
    bearable = len(heard) if "rewind" in methods else sum(BEARABLE[method] for method in methods)
    wanted_words = without_missed(wanted, heard, _may_miss(wanted, told)) if terms.faults else wanted
    if whole and len(wanted_words) < len(wanted):
        terms.missed.append(f"{said.name}: wanted {wanted}, heard {heard}")
    yield from wrong_words(wanted_words, heard, whole=whole, bearable=bearable)
    yield from _wrong_rewinds(wanted, heard, told)
    if told.end:
        yield from _wrong_receipt(said, told, form)
    yield from _wrong_flushes(said, told, whole=whole)
    yield from _wrong_times(said, told, whole=whole and said.words)
    if told.end == "utterance_cancelled":
        yield from _wrong_parts(said, told.ending, heard)


def _may_miss(wanted: Sequence[int], told: Told) -> list[int]:
    """Return the words that an estimate may have taken for said: the last before a seam, or that of the text, behind which nobody took over."""
    if told.seams:
        untimed = [seam for seam in told.seams if not _provider(seam.from_route).endswith(TIMED)]
        return [number for seam in untimed for number in numbers(seam.word)[-1:]]
    is_estimated = bool(told.end) and not _provider(told.ending.receipt.route).endswith(TIMED)
    return list(wanted[-1:]) if is_estimated else []


def _provider(route: str) -> str:
    return route.partition("/")[0]


def _wrong_rewinds(wanted: Sequence[int], heard: Sequence[int], told: Told) -> Iterator[str]:
    """Tell of words heard again from another place than a seam names. How many come again there is no fault: tones have random lengths."""
    behind = {wanted.index(number) + 1 for seam in told.seams for number in numbers(seam.word)[-1:]} | {0}
    places = [wanted.index(number) for number in heard if number in wanted]
    for before, after in pairwise(places):
        if after <= before and after not in behind:
            yield f"said again from word {after}, and the seams are behind {[seam.word for seam in told.seams]}"


def _wrong_receipt(said: Asked, told: Told, form: AudioFormat) -> Iterator[str]:
    receipt = told.ending.receipt
    for name, found, expected in (
        ("chunks", receipt.chunks, told.chunks),
        ("accepted_chars", receipt.accepted_chars, len(said.text)),
        ("sample_rate_hz", receipt.sample_rate_hz, form.sample_rate_hz),
    ):
        if found != expected:
            yield f"its receipt has {name} {found}, not {expected}"
    if not is_as_long(receipt.audio_samples, bytes(told.audio), form):
        found = len(samples_of(bytes(told.audio), form))
        yield f"its receipt has audio_samples {receipt.audio_samples}, and there are {found}"
    stages = sum(stage.ms for stage in receipt.stages)
    if told.chunks and abs(stages - receipt.ttfb_ms) > _ALIKE_MS:
        yield f"stages of {stages:.1f} ms for a first byte after {receipt.ttfb_ms:.1f} ms"
    if any(stage.ms < 0 for stage in receipt.stages):
        yield "a stage of less than nothing"


def _wrong_flushes(said: Asked, told: Told, *, whole: bool) -> Iterator[str]:
    answered = [one.flush_id for one in told.flushed]
    if answered != said.flushes[: len(answered)] or (whole and answered != said.flushes):
        yield f"flushes {said.flushes} answered by {answered}"
    ends = [one.end_sample for one in told.flushed]
    if ends != sorted(ends):
        yield f"flushes end at {ends}"


def _wrong_times(said: Asked, told: Told, *, whole: bool) -> Iterator[str]:
    if told.words and not said.words:
        yield "words that nobody asked for"
    words = _told_once(told.words, len(told.seams))
    start = told.started.start_sample if told.started is not None else 0
    end = start + (told.ending.receipt.audio_samples if whole else 0)
    for word in told.words:
        if said.text[word.source_start : word.source_end] != word.word:
            yield f"{word.word!r} is not at {word.source_start}:{word.source_end}"
        if not start <= word.start_sample <= word.end_sample:
            yield f"{word.word!r} from {word.start_sample} to {word.end_sample}, in audio from {start}"
        if whole and word.end_sample > end:
            yield f"{word.word!r} until {word.end_sample}, in audio until {end}"
    if any(
        after.start_sample < before.start_sample or after.source_start < before.source_end
        for before, after in pairwise(words)
    ):
        yield f"words in disorder: {[(w.word, w.start_sample, w.source_start) for w in words]}"
    timed = [number for word in words for number in numbers(word.word)]
    if whole and timed != numbers(said.text):
        yield f"word times for {timed}, of {numbers(said.text)}"


def _told_once(words: Sequence[Any], seams: int) -> list[Any]:
    """Return the words without those that broke off: at each seam one may be told again by who says it again."""
    left = []
    for word, after in pairwise((*words, None)):
        if seams and after is not None and after.source_start == word.source_start:
            seams -= 1
        else:
            left.append(word)
    return left


def _wrong_parts(said: Asked, ending: Any, heard: Sequence[int]) -> Iterator[str]:
    if ending.heard + ending.sent_unheard + ending.never_sent != said.text:
        yield (
            f"{ending.heard!r} + {ending.sent_unheard!r} + {ending.never_sent!r} is not the text {said.text!r}"
        )
        return
    sent = len(numbers(ending.heard + ending.sent_unheard))
    known = len(dict.fromkeys(heard))
    near = _NEAR.get(_provider(ending.receipt.route), max(_ESTIMATED, (known + 1) // 2))
    if not known - near <= sent <= known + near:
        yield f"{sent} words sent, as it says: {ending.heard!r} + {ending.sent_unheard!r}; {known} in the audio"
