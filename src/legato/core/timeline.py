"""The word timeline of one utterance: source span <-> sample. `Words`, splices and heard text all read this one.

Samples count from the utterance's first output sample. Rules:
1. Segments stand in the order they were said; a segment's range is known when its marker has come, else it is estimated.
   Where one marker ends several, their range is divided by length.
2. True word times win; where there are none, the segment's length is divided by weight, and so is the gap between two true times:
   a voice that reads figures in words of its own reports no times for them.
3. Times are monotonic and inside their segment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from legato.core.word_weights import shared, spread
from legato.domain.replies import WordMethod
from legato.domain.text import Reading, WordSpan
from legato.domain.values import value


@value
class TimedWord:
    """One source word and when it sounds, in samples from the utterance's start."""

    source_start: int
    source_end: int
    start_sample: int
    end_sample: int
    method: WordMethod


_Placed = tuple[WordSpan, int, int, WordMethod]
"""A word, its first and its last sample, and the method by which they are known."""


@dataclass(slots=True, eq=False)
class SpokenSegment:
    """A segment that was handed to a voice. `start_sample` is -1 until its audio begins, `end_sample` until it is complete."""

    index: int
    reading: Reading
    start_sample: int = -1
    end_sample: int = -1
    joined: bool = False
    """It begins where the one before it ends, and no marker says where that is."""
    true_times: list[tuple[WordSpan, int, int]] | None = None
    told_by: WordMethod = WordMethod.VENDOR
    """Where the true times come from."""
    clamped: list[tuple[WordSpan, int, int]] | None = None
    """The true times as they came, if the segment ended before its last word did."""

    def keep_inside(self) -> None:
        """It is complete: clamp the words that were reported to sound after its audio."""
        if self.true_times and self.true_times[-1][2] > self.end_sample:
            end, self.clamped = self.end_sample, self.true_times
            self.true_times = [(word, min(at, end), min(to, end)) for word, at, to in self.true_times]


class Timeline:
    """Knows which words sound when.

    Args:
        rate_hz: output samples a second.
    """

    __slots__ = ("_pace_known", "_rate_hz", "pace", "segments")

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._pace_known = False
        self.pace = 1.0
        """Real length over the length estimated from the letters, for the voice that speaks now."""
        self.segments: list[SpokenSegment] = []

    @property
    def pace_known(self) -> bool:
        """Whether the pace is that of the voice that speaks now, not a guess."""
        return self._pace_known

    def speaks(self, pace: float | None) -> None:
        """A voice speaks from here on, at this pace as learned elsewhere; `None` if it is not known."""
        self._pace_known = pace is not None
        self.pace = 1.0 if pace is None else pace

    def expect(self, index: int, reading: Reading) -> None:
        """A segment was handed to a voice."""
        self.segments.append(SpokenSegment(index, reading))

    def begin(self, index: int, start_sample: int) -> None:
        """A segment's audio begins here."""
        segment = self._find(index)
        if segment is not None:
            segment.start_sample = start_sample

    def join(self, index: int) -> None:
        """A segment's audio follows the previous segment's, with no marker between."""
        segment = self._find(index)
        if segment is not None:
            segment.joined = True

    def flows_into(self, index: int) -> bool:
        """Whether what comes before this segment flows into it, so that nothing says where it begins."""
        return any(one.joined and one.start_sample < 0 for one in self.newest([index]))

    def complete(self, indexes: Sequence[int], end_sample: int) -> None:
        """The audio of these segments ends here. The voice's pace is learned from it.

        If the first of them never began, it shares the range that was attributed to the segments before it alone.
        """
        group = self.newest(indexes)
        if not group:
            return
        teaches = any(segment.reading.words for segment in group)  # what it shares may be another voice's
        at = self.segments.index(group[0])
        while at > 0 and group[0].start_sample < 0 and self.segments[at - 1].end_sample == end_sample:
            at -= 1
            group.insert(0, self.segments[at])
        if group[0].start_sample < 0:
            return
        start = group[0].start_sample
        length = max(end_sample - start, 0)
        evens = [_even_length_s(segment.reading) for segment in group]
        total = sum(evens)
        borders = _borders(group, evens, start, start + length) if total else [start] * len(group)
        for segment, begins, ends in zip(group, borders, [*borders[1:], start + length], strict=True):
            segment.start_sample, segment.end_sample = begins, ends if total else start + length
            segment.keep_inside()
        if teaches and total > 0 and length > 0:
            pace = length / self._rate_hz / total
            self.pace = 0.6 * self.pace + 0.4 * pace if self._pace_known else pace
            self._pace_known = True

    def heard_word(
        self,
        index: int,
        word: WordSpan,
        start_sample: int,
        end_sample: int,
        method: WordMethod = WordMethod.VENDOR,
    ) -> TimedWord | None:
        """Take a true word time. Returns the word, or `None` if its segment is not known or a later word has been heard."""
        segment = self._find(index)
        if segment is None:
            return None
        times = segment.true_times = segment.true_times or []
        if times and word.start < times[-1][0].start:
            return None  # it is over: a later word was heard
        segment.told_by = method
        floor = times[-1][1] if times else self._floor_of(segment)
        start = max(start_sample, floor)
        if segment.start_sample < 0:  # its audio came in one piece with the end of the segment before
            segment.start_sample = start
        if times and word.start == times[-1][0].start:
            start = times.pop()[1]
        times.append((word, start, max(end_sample, start)))
        return TimedWord(word.source_start, word.source_end, *times[-1][1:], method)

    def words(self, index: int) -> list[TimedWord]:
        """The source words of one segment with their times, in order; words that share a source are one. Empty if it had no sound."""
        segment = self._find(index)
        if segment is not None and self.start_of(segment) < 0:  # if a later segment was heard, it is over
            segment.start_sample = self._first_true_behind(segment)
        return [] if segment is None or self.start_of(segment) < 0 else self._timed(segment)

    def true_words(self, index: int) -> list[TimedWord]:
        """The source words of one segment up to the last whose true time has come."""
        segment = self._find(index)
        if segment is None or not segment.true_times:
            return []
        return _by_source(self._placed(segment, whole=False))

    def known_until(self, produced: int) -> int:
        """The sample up to which it is known which words sound: the end of a complete segment or of a true word time; 0 if none."""
        ends = [segment.end_sample for segment in self.segments]
        ends += [
            end for segment in self.segments for _, _, end in segment.clamped or segment.true_times or ()
        ]
        return max((end for end in ends if 0 <= end <= produced), default=0)

    def last_said(self) -> tuple[int, int] | None:
        """Source span of the last word that was handed to a voice and has not been forgotten."""
        for segment in reversed(self.segments):
            if segment.reading.words:
                return segment.reading.words[-1].source_start, segment.reading.words[-1].source_end
        return None

    def all_words(self) -> Iterable[TimedWord]:
        """The words of every segment, in order."""
        for segment in self.segments:
            if self.start_of(segment) >= 0:
                yield from self._timed(segment)

    def split(self, played: int, written: int) -> tuple[int, int]:
        """Where the source divides into heard, sent and never sent.

        Args:
            played: samples of the utterance that were heard.
            written: samples of it that were written.

        Returns:
            Source offsets: one past the last heard character, one past the last that was sent.
        """
        heard = sent = 0
        for word in self.all_words():
            if played > 0 and (word.start_sample + word.end_sample) // 2 <= played:
                heard = word.source_end
            if word.start_sample < written:
                sent = word.source_end
        return heard, max(heard, sent)

    def _find(self, index: int) -> SpokenSegment | None:
        return next((segment for segment in reversed(self.segments) if segment.index == index), None)

    def newest(self, indexes: Sequence[int]) -> list[SpokenSegment]:
        """These segments as they were last said: the rest of one that broke off has the same index."""
        return [segment for index in indexes if (segment := self._find(index)) is not None]

    def forget(self, indexes: Sequence[int]) -> None:
        """These are to be said again, as if they had never been said."""
        for segment in self.newest(indexes):
            self.segments.remove(segment)

    def start_of(self, segment: SpokenSegment) -> int:
        """Where its audio begins, estimated for a joined one; -1 if it has not begun."""
        if segment.start_sample >= 0 or not segment.joined:
            return segment.start_sample
        before = next((other for other in reversed(self.segments) if other.index < segment.index), None)
        return -1 if before is None or self.start_of(before) < 0 else self.end_of(before)

    def end_of(self, segment: SpokenSegment) -> int:
        """Where its audio ends, or is estimated to end."""
        if segment.end_sample >= 0:
            return segment.end_sample
        if segment.true_times:
            return segment.true_times[-1][2] + self._untold(segment)
        times = self._estimated(segment)
        return times[-1][2] if times else self.start_of(segment)

    def _untold(self, segment: SpokenSegment) -> int:
        """How many samples the words after the last true time are estimated to take."""
        words, told = segment.reading.words, segment.true_times or []
        if not told or told[-1][0].start >= words[-1].start:
            return 0
        even = spread(segment.reading.text, [(word.start, word.end) for word in words])
        last = next(n for n, word in enumerate(words) if word.start >= told[-1][0].start)
        return round((even[-1][1] - even[last][1]) * self._rate_hz * self.pace)

    def _timed(self, segment: SpokenSegment) -> list[TimedWord]:
        if segment.true_times:
            return _by_source(self._placed(segment, whole=True))
        return _by_source([(*time, WordMethod.ESTIMATED) for time in self._estimated(segment)])

    def _placed(self, segment: SpokenSegment, *, whole: bool) -> list[_Placed]:
        """The words up to the last true time, or all of them: each at its true time, or in the room its neighbours leave."""
        times, words, told_by = segment.true_times or [], segment.reading.words, segment.told_by
        if len(times) == len(words) or (not whole and times[-1][0].start == words[len(times) - 1].start):
            return [(*time, told_by) for time in times]
        even = spread(segment.reading.text, [(word.start, word.end) for word in words])
        weights = [end - start for start, end in even]
        known = {time[0].start: time for time in times}
        placed: list[_Placed] = []
        at = max(self.start_of(segment), 0)
        for number, word in enumerate(words):
            if (time := known.get(word.start)) is not None:
                first = len(placed)
                placed += _between(words[first:number], shared(weights[first:number], at, time[1]))
                placed.append((*time, told_by))
                at = time[2]
        if whole:
            first = len(placed)
            placed += _between(words[first:], shared(weights[first:], at, self._end_before_next(segment)))
        return placed

    def _end_before_next(self, segment: SpokenSegment) -> int:
        at, end = self.segments.index(segment) + 1, self.end_of(segment)
        starts = [other.start_sample for other in self.segments[at : at + 1] if other.start_sample >= 0]
        return end if segment.end_sample >= 0 else min([end, *starts])

    def _first_true_behind(self, segment: SpokenSegment) -> int:
        """The first true time in a later segment; -1 if there is none."""
        behind = self.segments[self.segments.index(segment) + 1 :]
        return next((other.true_times[0][1] for other in behind if other.true_times), -1)

    def _floor_of(self, segment: SpokenSegment) -> int:
        """The earliest its first word may begin: not before its audio, nor before the words of earlier segments."""
        before = self.segments[: self.segments.index(segment)] if segment.start_sample < 0 else []
        floors = [other.true_times[-1][1] for other in before if other.true_times]
        return max(segment.start_sample, 0, *floors)

    def _estimated(self, segment: SpokenSegment) -> list[tuple[WordSpan, int, int]]:
        words = segment.reading.words
        even = spread(segment.reading.text, [(word.start, word.end) for word in words])
        if not even or even[-1][1] <= 0:
            return []
        base = self.start_of(segment)
        if segment.end_sample >= 0:
            scale = (segment.end_sample - base) / even[-1][1]
        else:
            scale = self._rate_hz * self.pace
            until = self._first_true_behind(segment)
            scale = min(scale, max(until - base, 0) / even[-1][1]) if until >= 0 else scale
        return [
            (word, base + round(start * scale), base + round(end * scale))
            for word, (start, end) in zip(words, even, strict=True)
        ]


def _borders(group: Sequence[SpokenSegment], evens: Sequence[float], start: int, end: int) -> list[int]:
    """Where each of the segments that share the range `start` to `end` begins: divided by length, within what true times allow."""
    scale, passed, over, borders, latest = (end - start) / sum(evens), 0.0, start, [start], [end]
    for segment in reversed(group):
        latest.insert(0, min(segment.true_times[0][1], latest[0]) if segment.true_times else latest[0])
    for number, segment in enumerate(group[:-1], start=1):
        passed += evens[number - 1]
        over = max(over, segment.true_times[-1][2] if segment.true_times else start)
        over = max(min(max(start + round(scale * passed), over), latest[number]), borders[-1])
        borders.append(over)
    return borders


def _even_length_s(reading: Reading) -> float:
    even = spread(reading.text, [(word.start, word.end) for word in reading.words])
    return even[-1][1] if even else 0.0


def _between(words: Sequence[WordSpan], places: Sequence[tuple[int, int]]) -> list[_Placed]:
    return [(word, *place, WordMethod.ESTIMATED) for word, place in zip(words, places, strict=True)]


def _by_source(times: Sequence[_Placed]) -> list[TimedWord]:
    joined: list[TimedWord] = []
    for word, start, end, method in times:
        last = joined[-1] if joined else None
        if last is not None and word.source_start < last.source_end:
            until = max(last.source_end, word.source_end)
            by = method if last.method is method else WordMethod.ESTIMATED
            joined[-1] = TimedWord(last.source_start, until, last.start_sample, end, by)
        else:
            joined.append(TimedWord(word.source_start, word.source_end, start, end, method))
    return joined
