"""Where to continue a segment that broke off, so that no word is lost and few are heard twice.

Rules:
1. A word has certainly been said when its true end, or the end of a later word, was written.
2. Without true times, the text is aligned with a sketch of the audio (`alignment`), as long as there is time for it (`attention`).
3. Without a sketch or time for it, where the audio does not look like the text, and after the last true time, the places of words are
   estimated. Such a word counts as said only with a margin, since voices hurry and drag, the more so at pauses and in text that can be
   read in several ways; and the last few words thought to have begun never count. In hums and beeps nobody misses a word, so the
   margins are smaller there.
4. Where the next word is known to end later, nothing is estimated: it is the one that broke off.
5. A segment may be called complete before its last word has sounded: a vendor that times characters tells the last one with the audio in
   which it begins. Then that word broke off, unless more audio came. Where there are no times, sound behind the marker of all that was asked
   for shows that it came too early, and nobody knows by how much: neither is the pace that was learned from it known.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from legato.core.alignment import MOST_FRAMES, Alignment, align, hums, is_audible
from legato.core.attention import Attention
from legato.core.remainders import rest_of
from legato.core.timeline import SpokenSegment, Timeline
from legato.core.word_sounds import is_odd
from legato.core.word_weights import pause_s, spread, word_s
from legato.domain.audio import Sketch
from legato.domain.text import Reading, WordSpan

_ROUNDED_S = 0.01
"""By how much times may be wrong: a word that was to end so soon has sounded."""


@dataclass(frozen=True, slots=True)
class _Care:
    """How careful an estimate is.

    Args:
        words: how many of the words thought to have begun last never count as said.
        margin_s: margin of every word.
        pause_s: additional margin for every pause before it.
        odd_s: additional margin for every word up to it that can be read in several ways.
        known, guessed: how far the pace of one sentence may be off, as a share of the way from the last certain place.
    """

    words: int
    margin_s: float
    pause_s: float
    odd_s: float
    known: float
    guessed: float


_OF_SPEECH = _Care(3, 0.45, 0.4, 0.6, 0.4, 0.6)
"""The smallest margins at which no word is lost, wherever the audio breaks off: docs/performance.md."""
_OF_HUMS = _Care(2, 0.15, 0.1, 0.4, 0.1, 0.3)


@dataclass(frozen=True, slots=True)
class Splice:
    """What becomes of segments that broke off.

    Args:
        whole: how many of them have been said completely.
        rest: what is left of the next one; `None` for all of it.
        method: how the place was found: "word_time", "pause" for the border of two segments, or "rewind" from an estimate.
        again: words that may be heard twice.
        last_word: source span of the last word that stays; `None` if no word of these segments does.
    """

    whole: int
    rest: Reading | None
    method: str
    again: int = 0
    last_word: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word and where it sounds, in samples; `sure` by true times, else estimated from `since` on."""

    start: int
    end: int
    sure: bool
    since: int = 0
    pauses: int = 0
    odd: int = 0


@dataclass(frozen=True, slots=True)
class Listened:
    """What listening to segments has shown.

    Args:
        alignment: where the voice was in the text; `None` if that is not known.
        hums: the sound is a hum or beep, not speech.
    """

    alignment: Alignment | None = None
    hums: bool = False


UNHEARD = Listened()


def listen(
    timeline: Timeline, indexes: Sequence[int], sketch: Sketch | None, attention: Attention, now: float
) -> Listened:
    """Align segments whose audio is not complete with a sketch of it.

    Args:
        timeline: the utterance's timeline.
        indexes: the segments, in order.
        sketch: the sketch of their audio; `None` if there is none.
        attention: how much may be listened to.
        now: monotonic seconds.
    """
    segments = [segment for segment in timeline.newest(indexes) if timeline.start_of(segment) >= 0]
    if sketch is None or not segments or any(segment.true_times for segment in segments):
        return UNHEARD
    since = timeline.start_of(segments[0])
    heard = sketch.since(since)
    if hums(heard):
        return Listened(hums=True)
    frames = len(heard.levels_db)
    words, pauses = [], []
    for segment in segments:
        text, spans = segment.reading.text, segment.reading.words
        ends = [*(span.start for span in spans[1:]), len(text)]
        words += [text[span.start : span.end] for span in spans]
        # Text as the client wrote it, such as a picture alone, may have no words: then there is one end too many.
        pauses += [pause_s(text[span.end - 1 : end]) for span, end in zip(spans, ends, strict=False)]
    if not words or frames > MOST_FRAMES or not attention.grants(frames, now):
        return UNHEARD
    even_s = sum(map(word_s, words)) + sum(pauses[:-1])
    length_s = timeline.pace * even_s if timeline.pace_known else None
    return Listened(align(words, pauses, heard, length_s))


def reopen(timeline: Timeline, produced: int, rate_hz: int, behind: Sketch | None = None) -> int | None:
    """Make the last complete segment incomplete if it was to sound on (rule 5).

    Args:
        timeline: the utterance's timeline.
        produced: how many samples of the utterance there are.
        rate_hz: sample rate.
        behind: the sketch of what came behind the segment's marker, where no other segment's sound can be meant; `None` for nothing.

    Returns:
        The segment's index; `None` if no segment broke off like this.
    """
    last = next((one for one in reversed(timeline.segments) if one.end_sample >= 0), None)
    if last is None:
        return None
    if not last.true_times:
        if not last.reading.words or behind is None or not is_audible(behind):
            return None
        timeline.speaks(None)
    elif not _breaks_off(last, produced, rate_hz):
        return None
    last.end_sample, last.true_times, last.clamped = -1, last.clamped, None
    return last.index


def splice(
    timeline: Timeline, indexes: Sequence[int], written: int, rate_hz: int, listened: Listened = UNHEARD
) -> Splice:
    """Find where to continue segments that broke off at the point up to which their audio is written.

    The timeline forgets what is to be said again.

    Args:
        timeline: the utterance's timeline.
        indexes: the segments whose audio is not complete, in order.
        written: samples of the utterance that were, or will be, written.
        rate_hz: sample rate.
        listened: what `listen` has shown of these segments.
    """
    if listened.alignment is not None:
        return _splice_as_heard(timeline, indexes, written, listened.alignment)
    care = _OF_HUMS if listened.hums else _OF_SPEECH
    begun = [segment for segment in timeline.newest(indexes) if 0 <= timeline.start_of(segment) < written]
    placed = list(_placed(timeline, begun, rate_hz))
    sure, kept = _said(timeline, placed, written, rate_hz, care)
    again = _begun(placed, written) - kept
    exact = kept == sure and (again <= 1 or (kept < len(placed) and placed[kept].sure))
    if not begun:
        method = "pause"
    else:
        method = "word_time" if exact and any(word.sure for word in placed) else "rewind"
    whole, keep = _shares(begun, kept)
    end = placed[kept - 1].end if kept else written
    rest, last = _divide(timeline, begun, whole, keep, min(end, written))
    timeline.forget(indexes[whole + (rest is not None) :])
    return Splice(
        whole, rest, method, 0 if method == "pause" else max(again - (method == "word_time"), 0), last
    )


def unsaid_from(timeline: Timeline, written: int, rate_hz: int) -> int:
    """Find from which source offset on somebody must say the text again so that no word is lost.

    Args:
        timeline: the utterance's timeline; it stays as it is.
        written: samples of the utterance that were written, and are all that is heard of it.
        rate_hz: sample rate.
    """
    begun = [segment for segment in timeline.segments if 0 <= timeline.start_of(segment) < written]
    behind = timeline.segments.index(begun[-1]) + 1 if begun else 0
    broken = [
        segment
        for segment in begun
        if not 0 <= segment.end_sample <= written or _breaks_off(segment, written, rate_hz)
    ]
    kept = _said(timeline, list(_placed(timeline, broken, rate_hz)), written, rate_hz, _OF_SPEECH)[1]
    words = _words(broken)
    said = [
        *_words(segment for segment in timeline.segments[:behind] if segment not in broken),
        *words[:kept],
    ]
    unsaid = [*words[kept:], *_words(timeline.segments[behind:])]
    end = max((word.source_end for word in said), default=0)
    # Several words may share a source: if one of them is unsaid, all of it is.
    return min([end, *(word.source_start for word in unsaid)])


def _splice_as_heard(
    timeline: Timeline, indexes: Sequence[int], written: int, alignment: Alignment
) -> Splice:
    begun = [segment for segment in timeline.newest(indexes) if timeline.start_of(segment) >= 0]
    kept = alignment.said(written)
    again = max(min(math.ceil(alignment.begun(written) - 0.1), len(alignment.margins) - 1) - kept, 0)
    whole, keep = _shares(begun, kept)
    end = min(alignment.end_of(kept), written) if kept else written
    rest, last = _divide(timeline, begun, whole, keep, end)
    timeline.forget(indexes[whole + (rest is not None) :])
    return Splice(whole, rest, "rewind", again, last)


def _placed(timeline: Timeline, begun: Sequence[SpokenSegment], rate_hz: int) -> Iterator[_Placed]:
    """The words of these segments in order; those before a sure one are sure as well."""
    pauses = odd = 0
    for number, segment in enumerate(begun):
        text, words = segment.reading.text, segment.reading.words
        even = spread(text, [(word.start, word.end) for word in words])
        times = {word.start: (start, end) for word, start, end in segment.clamped or segment.true_times or ()}
        last_sure = max((n for n, word in enumerate(words) if word.start in times), default=-1)
        at, even_at = timeline.start_of(segment), 0.0
        pauses = pauses + 1 if number and segment.joined else 0
        scale = rate_hz * timeline.pace
        for place, word in enumerate(words):
            if place <= last_sure:
                start, end = times.get(word.start, (at, at))
                at, even_at, pauses = end, even[place][1], 0
                odd = 0
                yield _Placed(start, end, sure=True)
                continue
            if place:
                pauses += pause_s(text[words[place - 1].end - 1 : word.start]) > 0
            odd += is_odd(text[word.start : word.end])
            start, end = (at + round((when - even_at) * scale) for when in even[place])
            yield _Placed(start, end, sure=False, since=at, pauses=pauses, odd=odd)


def _breaks_off(segment: SpokenSegment, samples: int, rate_hz: int) -> bool:
    """Whether a complete segment was to sound on behind these samples (rule 5)."""
    return segment.clamped is not None and segment.clamped[-1][2] > samples + _ROUNDED_S * rate_hz


def _words(segments: Iterable[SpokenSegment]) -> list[WordSpan]:
    return [word for segment in segments for word in segment.reading.words]


def _said(
    timeline: Timeline, words: Sequence[_Placed], written: int, rate_hz: int, care: _Care
) -> tuple[int, int]:
    """How many of these words have certainly been said, and how many count as said."""
    sure = max((n + 1 for n, word in enumerate(words) if word.sure and word.end <= written), default=0)
    likely = _likely(timeline, words[sure:], written, rate_hz, care)
    return sure, sure + max(min(likely, _begun(words[sure:], written) - care.words), 0)


def _begun(words: Sequence[_Placed], written: int) -> int:
    return sum(1 for word in words if word.start <= written)


def _likely(timeline: Timeline, words: Sequence[_Placed], written: int, rate_hz: int, care: _Care) -> int:
    """How many of these words have been said, as far as can be told."""
    for count, word in enumerate(words):
        margin = rate_hz * (care.margin_s + care.pause_s * word.pauses + care.odd_s * word.odd)
        margin += (care.known if timeline.pace_known else care.guessed) * (word.end - word.since)
        if word.end + (0 if word.sure else margin) > written:
            return count
    return len(words)


def _shares(begun: Sequence[SpokenSegment], kept: int) -> tuple[int, int]:
    """How many whole segments these words make up, and how many words of the next one are left over."""
    whole = 0
    while whole < len(begun) and kept >= len(begun[whole].reading.words):
        kept -= len(begun[whole].reading.words)
        whole += 1
    return whole, kept


def _divide(
    timeline: Timeline, begun: Sequence[SpokenSegment], whole: int, keep: int, end: int
) -> tuple[Reading | None, tuple[int, int] | None]:
    """Complete what was said, shorten what broke off to `keep` words. Returns its rest, and the source of the last word kept."""
    for number, segment in enumerate(begun[:whole]):
        segment.start_sample = timeline.start_of(segment)
        segment.end_sample = end if number == whole - 1 and not keep else timeline.end_of(segment)
    rest = None
    if keep:
        segment = begun[whole]
        words = segment.reading.words
        rest = rest_of(segment.reading, keep)
        segment.start_sample, segment.end_sample = timeline.start_of(segment), end
        segment.reading = replace(segment.reading, words=words[:keep])
        kept_from = words[keep].start
        segment.true_times = [time for time in segment.true_times or () if time[0].start < kept_from] or None
    said = [word for segment in begun[: whole + bool(keep)] for word in segment.reading.words]
    return rest, (said[-1].source_start, said[-1].source_end) if said else None
