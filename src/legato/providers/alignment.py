"""When each word of a run sounds, from a vendor's own times of characters or words.

Rules (R11):
- Only letters, digits and marks count; white space and case are ignored on both sides.
- A vendor may have read "$5" as "five dollars", left characters out or put some in. Where the two texts differ, the search is
  for the nearest place where they agree again. What lies between belongs together; a word gets the time of that only if it is the
  only word there. Any other word without a time of its own gets none: it is left to be estimated.
- A word is reported once, when its last letter or digit has been passed, and a segment has been passed with its last one: many vendors
  give no time to the mark at the end, and an utterance left open would wait for it in vain. Times never run backwards.
- The search is bounded: text that cannot be matched costs a bounded amount of work and moves nothing.
"""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass

from legato.domain.events import WordTime
from legato.domain.text import Reading

_REACH = 48
_AGREE = 3
_SEARCHES = 16
_MISSES = 2
"""How often a message is searched farther on: a price may be read as a hundred letters."""
_Heard = tuple[str, float, float]
_WORD = re.compile(r"\S+")


class TimesFrom(enum.StrEnum):
    """What a vendor's times count from; sources disagree on it."""

    MESSAGE = "message"
    """The first sample of the message that carries them."""
    START = "start"
    """The first sample of the context, request or call."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Characters or words with their times in milliseconds, all three equally long."""

    pieces: Sequence[str]
    starts_ms: Sequence[float]
    ends_ms: Sequence[float]


@dataclass(slots=True)
class _Word:
    segment: int
    start: int
    end: int
    last: int = -1
    start_ms: float | None = None
    end_ms: float = 0.0


class Alignment:
    """The words of one run."""

    def __init__(self) -> None:
        self._chars: list[str] = []
        self._owner: list[int] = []
        self._words: list[_Word] = []
        self._segments: list[tuple[int, int]] = []
        self._ends: list[int] = []
        self._at = 0
        self._told = 0
        self._latest_ms = 0.0
        self._loose: tuple[float, float] | None = None
        self._carried: list[_Heard] = []

    def said(self, segment: int, reading: Reading) -> None:
        """Add a segment, which was said after the previous ones."""
        spans = [(word.start, word.end) for word in reading.words] or [
            match.span() for match in _WORD.finditer(reading.text)
        ]
        owner = [-1] * len(reading.text)
        for start, end in spans:
            owner[start:end] = [len(self._words)] * (end - start)
            self._words.append(_Word(segment, start, end))
        for index, char in enumerate(reading.text):
            for lower in char.lower() if not char.isspace() else "":
                if owner[index] >= 0 and (lower.isalnum() or self._words[owner[index]].last < 0):
                    self._words[owner[index]].last = len(self._chars)
                self._chars.append(lower)
                self._owner.append(owner[index])
        self._segments.append((segment, len(self._chars)))
        self._ends.append(len(self._chars))

    def passed(self) -> list[int]:
        """Return the segments whose last letter or digit has been passed since the last call: marks after it often have no time."""
        count = 0
        while count < len(self._segments) and not self._owes_letters(self._segments[count][1]):
            count += 1
        found = [segment for segment, _ in self._segments[:count]]
        del self._segments[:count]
        return found

    def _owes_letters(self, end: int) -> bool:
        return any(self._chars[at].isalnum() for at in range(self._at, end))

    def unheard(self) -> tuple[int, float]:
        """Return how many letters come after the last segment heard to its end, and when in the run that end was, in milliseconds.

        0 letters if nothing has been timed yet, or if the times end within a segment.
        """
        first = next((at for at in range(self._at, len(self._chars)) if self._chars[at].isalnum()), 0)
        ended = [word.end_ms for word in self._words if word.start_ms is not None]
        begins = max((end for end in self._ends if end <= first), default=0)
        if not ended or begins < self._at:
            return 0, 0.0
        return sum(map(str.isalnum, self._chars[first:])), max(ended)

    def heard(self, timed: Timed, offset_ms: float) -> tuple[WordTime, ...]:
        """Take times, which count from `offset_ms` in the run; return the words that they complete."""
        heard = self._carried + [
            (lower, start + offset_ms, end + offset_ms)
            for piece, start, end in zip(timed.pieces, timed.starts_ms, timed.ends_ms, strict=True)
            for lower in piece.lower()
            if not lower.isspace()
        ]
        self._carried = []
        index, searches, misses = 0, 0, 0
        while index < len(heard):
            char, start, end = heard[index]
            if self._at < len(self._chars) and self._chars[self._at] == char:
                self._loose = None
                self._time(self._owner[self._at], start, end)
                self._at += 1
                index += 1
                continue
            searches += 1
            found = self._agreement(heard, index) if searches <= _SEARCHES else None
            if found is None and misses < _MISSES and len(heard) - index > _REACH + _AGREE:
                misses += 1
                index += _REACH
                self._keep_loose(start, heard[index][1])
                continue
            if found is None:
                # What comes next may help: these are looked at again, together with it.
                self._carried = heard[index:][-_REACH:]
                if len(self._carried) < len(heard) - index:
                    self._keep_loose(start, self._carried[0][1])
                break
            more, skipped = found
            if more:
                self._keep_loose(start, heard[index + more - 1][2])
            self._skip(skipped)
            index += more
        return self._complete()

    def _time(self, word: int, start_ms: float, end_ms: float) -> None:
        if word < 0:
            return
        timed = self._words[word]
        if timed.start_ms is None:
            timed.start_ms = start_ms
        timed.end_ms = max(timed.end_ms, end_ms)

    def _keep_loose(self, start_ms: float, end_ms: float) -> None:
        self._loose = (self._loose[0] if self._loose else start_ms, end_ms)

    def _agreement(self, heard: Sequence[_Heard], index: int) -> tuple[int, int] | None:
        """Return how many heard and how many said characters lie before the nearest place where both agree."""
        said = self._chars[self._at : self._at + _REACH + _AGREE]
        ahead = [char for char, _, _ in heard[index : index + _REACH + _AGREE]]
        for distance in range(1, 2 * _REACH):
            for skipped in range(max(0, distance - _REACH), min(distance, _REACH) + 1):
                if _agree(ahead, distance - skipped, said, skipped):
                    return distance - skipped, skipped
        return None

    def _skip(self, count: int) -> None:
        """Skip said characters that were not heard as such; if they are of one word, it gets the time of what was heard instead."""
        words = {word for word in self._owner[self._at : self._at + count] if word >= 0}
        if len(words) == 1 and self._loose is not None:
            self._time(words.pop(), *self._loose)
        if count:
            self._loose = None
        self._at += count

    def _complete(self) -> tuple[WordTime, ...]:
        done: list[WordTime] = []
        while self._told < len(self._words) and self._words[self._told].last < self._at:
            word = self._words[self._told]
            self._told += 1
            if word.start_ms is not None:
                start = max(word.start_ms, self._latest_ms)
                end = max(word.end_ms, start)
                self._latest_ms = start
                done.append(WordTime(word.segment, word.start, word.end, start, end))
        return tuple(done)


def _agree(heard: Sequence[str], more: int, said: Sequence[str], skipped: int) -> bool:
    """Whether both go on alike: for a few characters, or for fewer if both end there."""
    left, owed = len(heard) - more, len(said) - skipped
    length = _AGREE if left >= _AGREE and owed >= _AGREE else left if left == owed else 0
    return length > 0 and heard[more : more + length] == said[skipped : skipped + length]
