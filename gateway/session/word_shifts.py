"""Where the words of a line sound, if the pauses between its segments are made here.

A line counts its own samples. Silence inserted before a segment, and silence trimmed from it, shifts every word after it: where the
words of a segment sound is known only once its sound has begun, so their times wait until then.
"""

from collections.abc import Sequence
from dataclasses import replace

from legato.domain.events import WordTime


class WordShifts:
    """By how much the words of each segment of one run are shifted."""

    __slots__ = ("_heads", "_shifts_ms", "_sounding", "_waiting", "is_unknown")

    def __init__(self) -> None:
        self._heads: dict[int, int] = {}
        self._shifts_ms: dict[int, float] = {}
        self._sounding: int | None = None
        self._waiting: list[WordTime] = []
        self.is_unknown = False
        """Whether the segment that began last has not sounded yet, so that its shift is not known."""

    def begin(self, segment: int) -> None:
        """This segment's audio begins."""
        self._sounding = segment
        self.is_unknown = segment not in self._shifts_ms

    def join(self, segment: int) -> None:
        """This segment's audio continues the previous segment's."""
        self._heads[segment] = self._heads.get(segment - 1, segment - 1)

    def resolve(self, shift_ms: float) -> Sequence[WordTime]:
        """The segment that began last sounds this much later than its line has counted. Returns the words that waited for this."""
        if self._sounding is not None:
            self._shifts_ms.setdefault(self._sounding, shift_ms)
            self.is_unknown = False
        return self.apply(())

    def apply(self, words: Sequence[WordTime]) -> Sequence[WordTime]:
        """Shift words to their times in the run as it is heard. Returns those whose segment sounds; the others wait."""
        waiting, self._waiting = [*self._waiting, *words], []
        shifted = []
        for word in waiting:
            shift_ms = self._shifts_ms.get(self._heads.get(word.segment, word.segment))
            if shift_ms is None:
                self._waiting.append(word)
            else:
                shifted.append(
                    replace(word, start_ms=word.start_ms + shift_ms, end_ms=word.end_ms + shift_ms)
                )
        return shifted
