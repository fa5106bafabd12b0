"""Which segments that wait are asked for in one request, where each request counts. Pure.

Rules:
1. An utterance's first segment is asked for by itself: whoever listens hears nothing yet.
2. Two requests of a run are on their way, the one that is answered and the next; what comes meanwhile waits here, for it would only
   wait at the vendor or in front of it.
3. What waits is asked for in one, up to the bound of the route and to what there is room for (`room`): a vendor that speaks a
   request as a whole has the time for it.
4. Nothing is joined that is to be delivered in different ways, nor over a pause that the text asks for, the end of a paragraph, or a `Flush` that is to be answered in between.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from legato.domain.delivery import PLAIN, Emphasis
from legato.domain.text import Break, Pronunciation, Reading, Segment, TextLevel, WordSpan
from legato.domain.values import value

REQUESTS_AHEAD = 2
"""So many requests of a run may be unanswered."""


@value
class Request:
    """Segments that a line was asked for in one.

    Args:
        starts: where each one's reading begins in what was sent.
        indexes: of the segments, in order.
    """

    starts: tuple[int, ...]
    indexes: tuple[int, ...]

    @property
    def index(self) -> int:
        """Its number at the line: the last segment's, as its marker ends them all."""
        return self.indexes[-1]

    def before(self, index: int) -> tuple[int, ...]:
        """The segments before this one."""
        return self.indexes[: self.indexes.index(index)]

    def place(self, position: int) -> tuple[int, int]:
        """Which segment a character of the request is of, and which character of that one's reading."""
        at = max(bisect_right(self.starts, position) - 1, 0)
        return self.indexes[at], position - self.starts[at]


def batch_size(waiting: Iterable[Segment], level: TextLevel, most_chars: float, before_flush: int) -> int:
    """How many of the segments that wait are asked for in one; at least one.

    Args:
        waiting: in order; not empty.
        level: of the reading that is sent.
        most_chars: that may be joined; 0 for none.
        before_flush: so many of them come before the next flush is to be answered; 0 where none waits.
    """
    size = chars = 0
    delivery = PLAIN
    for segment in islice(waiting, before_flush or None):
        if size and segment.delivery != delivery:
            break
        delivery = segment.delivery
        chars += len(segment.text_at(level)) + (1 if size else 0)
        if size and chars > most_chars:
            break
        size += 1
        if segment.pause_ms or segment.ends_with is Break.PARAGRAPH:
            break
    return size


def joined(readings: Sequence[Reading]) -> tuple[Reading, tuple[int, ...]]:
    """The readings as one, a blank between two of them, and where each begins in it."""
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
