"""Which waiting segments are joined into one request, where the vendor counts requests. Pure.

Rules:
1. An utterance's first segment is requested by itself: its listener hears nothing yet.
2. Two requests of a run are under way at a time, the one being answered and the next. What comes meanwhile waits here: sent at once,
   it would only wait at the vendor.
3. What waits is joined into one request, up to the route's bound and what there is room for (`room`): a vendor that speaks a request
   as a whole has the time for it.
4. Segments are not joined across a change of delivery, a pause that the text asks for, the end of a paragraph, or a `Flush` that is
   to be answered in between.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from legato.domain.delivery import Emphasis
from legato.domain.text import Break, Pronunciation, Reading, Segment, TextLevel, WordSpan
from legato.domain.values import value

REQUESTS_AHEAD = 2
"""How many requests of a run may be unanswered."""


@value
class Request:
    """Segments that were sent to a line as one request.

    Args:
        starts: where each segment's reading begins in the text that was sent.
        indexes: indexes of the segments, in order.
    """

    starts: tuple[int, ...]
    indexes: tuple[int, ...]

    @property
    def index(self) -> int:
        """The index it has at the line: that of its last segment, whose marker ends them all."""
        return self.indexes[-1]

    def before(self, index: int) -> tuple[int, ...]:
        """The segments before this one."""
        return self.indexes[: self.indexes.index(index)]

    def place(self, position: int) -> tuple[int, int]:
        """The segment that a character of the request belongs to, and its position in that segment's reading."""
        at = max(bisect_right(self.starts, position) - 1, 0)
        return self.indexes[at], position - self.starts[at]


def batch_size(waiting: Iterable[Segment], level: TextLevel, most_chars: float, before_flush: int) -> int:
    """How many of the waiting segments go into the next request; at least one.

    Args:
        waiting: the segments, in order; not empty.
        level: text level of the reading that is sent.
        most_chars: how many characters may be joined; 0 to join nothing.
        before_flush: how many of them come before the next flush to be answered; 0 if there is none.
    """
    size = chars = 0
    for segment in joinable(islice(waiting, before_flush or None)):
        chars += len(segment.text_at(level)) + (1 if size else 0)
        if size and chars > most_chars:
            break
        size += 1
    return size


def joinable(waiting: Iterable[Segment]) -> Iterator[Segment]:
    """The first of the waiting segments, and those after it that may be in one request with it (rule 4)."""
    delivery = None
    for segment in waiting:
        if delivery is not None and segment.delivery != delivery:
            return
        delivery = segment.delivery
        yield segment
        if segment.pause_ms or segment.ends_with is Break.PARAGRAPH:
            return


def joined(readings: Sequence[Reading]) -> tuple[Reading, tuple[int, ...]]:
    """The readings as one, separated by spaces, and where each begins in it."""
    if len(readings) == 1:
        return readings[0], (0,)
    text, starts = "", []
    words: list[WordSpan] = []
    marks: list[Pronunciation] = []
    emphases: list[Emphasis] = []
    for reading in readings:
        if text and not text[-1].isspace():
            text += " "
        base = len(text)
        starts.append(base)
        text += reading.text
        words += (replace(word, start=word.start + base, end=word.end + base) for word in reading.words)
        marks += (
            replace(mark, start=mark.start + base, end=mark.end + base) for mark in reading.pronunciations
        )
        emphases += (replace(one, start=one.start + base, end=one.end + base) for one in reading.emphases)
    last = readings[-1]
    whole = Reading(text, tuple(words), tuple(marks), last.delivery, tuple(emphases), last.pause_ms)
    return whole, tuple(starts)
