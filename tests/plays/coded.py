"""Mortal voices that speak any word: each saying of a word is a bit pattern of its own, so that its samples can be counted one by one.

A pattern of 16 samples repeats through the whole saying, and no two have patterns that are turns of each other: any 16 samples in a
row tell which saying they are from, whatever their loudness.
"""

import itertools
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from legato.domain import events
from legato.domain.speech import Route
from legato.domain.text import Break, Reading, Segment, WordSpan
from legato.ports import Line, LineListener, LineRequest, OnReady
from tests.plays.dying import Deathbed, Mortal, MortalLine
from tests.plays.world import RATE, FakeTicket, PlainFront

_BITS = 16
_LOUD = 8_000
_MS = RATE // 1000
_WORD = re.compile(r"\w[\w-]*")


def _patterns() -> list[int]:
    """Patterns with as many ones as zeros, one of each turn."""
    found: dict[int, None] = {}
    for ones in itertools.combinations(range(_BITS), _BITS // 2):
        pattern = sum(1 << one for one in ones)
        turns = {(pattern >> n | pattern << (_BITS - n)) & 0xFFFF for n in range(_BITS)}
        if len(turns) == _BITS:
            found[min(turns)] = None
    return list(found)


PATTERNS = _patterns()
_NUMBER = np.full(1 << _BITS, -1, np.int32)
for _number, _pattern in enumerate(PATTERNS):
    for _turn in range(_BITS):
        _NUMBER[(_pattern >> _turn | _pattern << (_BITS - _turn)) & 0xFFFF] = _number


@dataclass(frozen=True)
class Saying:
    """One time that a word was said, on a line for an utterance, in so many samples."""

    word: str
    utterance_id: str
    lease: int
    samples: int


@dataclass(frozen=True)
class Heard:
    """What was heard of a saying: from which sample of the audio on, and how many samples."""

    saying: Saying
    at: int
    samples: int

    @property
    def whole(self) -> bool:
        """Whether all of it was heard, but for a smoothed seam."""
        return self.samples >= 0.85 * self.saying.samples


@dataclass
class Coded(Mortal):
    """A mortal route that also dies ("near", n) ms from the end of its segment `near`, behind it for a positive n, if need be in audio
    unasked for, or is raced: `overtaken` by that route.
    """

    near: int = 1
    overtaken: str = ""


class CodedLine(MortalLine):
    """Implements `ports.Line`."""

    world: "CodedBed"
    route: Coded
    utterance_id = ""
    chars = 0

    def say(self, segment: int, reading: Reading) -> None:
        self.chars += len(reading.text)
        if self.route.overtaken and not self.said:
            self.queue.append(("event", events.SaidAgain(len(reading.text))))
            rival = Route(self.route.overtaken, "v")
            self.queue.append(("event", events.Overtaken(rival, self.word_times, self.can_pause)))
        super().say(segment, reading)
        if self.death and self.death[0] == "near" and self.said == self.route.near:
            self.death = ("ms", max(self.planned / _MS + self.death[1], 1))
            if self.planned / _MS < self.death[1]:
                self._sound(self._spoken("", 200 * _MS))

    def _tell(self, event: object) -> bool:
        if isinstance(event, events.SaidAgain):
            self.chars += event.chars
        return super()._tell(event)

    def _spoken(self, letters: str, samples: int) -> np.ndarray:
        number = len(self.world.sayings)
        assert number < len(PATTERNS), "too many words for one play"
        self.world.sayings.append(Saying(letters, self.utterance_id, self.line_id, samples))
        bits = (PATTERNS[number] >> np.arange(_BITS)) & 1
        return np.resize(np.where(bits, _LOUD, -_LOUD), samples).astype(np.int16)

    def _found_dead(self) -> None:
        if self.over:
            return
        self.world.moment(self.utterance_id)
        super()._found_dead()
        self.world.moment(self.utterance_id)


class CodedBed(Deathbed):
    """A world of coded voices. `moment` is called right before and right after a death is told."""

    def __init__(self, routes: dict[str, Coded], seed: int = 0, **made: object) -> None:
        super().__init__(routes, seed, CodedLine, front=WordFront, **made)  # type: ignore[arg-type]
        self.sayings: list[Saying] = []
        self.moment: Callable[[str], None] = lambda utterance_id: None

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> FakeTicket:
        def ready(line: Line | events.Failed) -> None:
            if isinstance(line, CodedLine):
                line.utterance_id = request.utterance_id
            on_ready(line)

        return super().acquire(request, listener, ready)

    def heard(self, utterance_id: str) -> list[Heard]:
        """What was heard of an utterance, in order."""
        bits = (self.audio(utterance_id) > 0).astype(np.uint32)
        count = len(bits) - _BITS + 1
        if count <= 0:
            return []
        windows = sum(bits[n : n + count] << n for n in range(_BITS))
        numbers = _NUMBER[windows]
        border = np.flatnonzero(np.diff(numbers)) + 1
        found = []
        for start, end in itertools.pairwise([0, *border.tolist(), count]):
            number, samples = int(numbers[start]), end - start + _BITS - 1
            if 0 <= number < len(self.sayings) and samples >= 3 * _BITS:
                found.append(Heard(self.sayings[number], start, samples))
        return found


class WordFront(PlainFront):
    """As its parent, but marks are no words, and a word with a hyphen is spoken as several."""

    def _cut(self, n: int) -> Segment:
        segment = super()._cut(n)
        spoken, words = "", []
        at = 0
        for written in _WORD.finditer(segment.raw):
            source = (segment.source_start + written.start(), segment.source_start + written.end())
            spoken += segment.raw[at : written.start()]
            for part in written[0].split("-"):
                spoken += " " if words and words[-1].source_start == source[0] else ""
                words.append(WordSpan(len(spoken), len(spoken) + len(part), *source))
                spoken += part
            at = written.end()
        reading = Reading((spoken + segment.raw[at:]).rstrip(), tuple(words))
        return replace(segment, cleaned=reading, spoken=reading, ends_with=Break.SENTENCE)


def spoken_words(text: str) -> list[str]:
    """The words of a text as they are spoken."""
    return [part for word in _WORD.findall(text) for part in word.split("-")]


class Inventor:
    """Invents words that do not exist, each of them once."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def __call__(self, dice: random.Random, syllables: int) -> str:
        word = ""
        while word in {"", *self._known}:
            word = "".join(dice.choice("bdfglmnprstvz") + dice.choice("aeiou") for _ in range(syllables))
        self._known.add(word)
        return word
