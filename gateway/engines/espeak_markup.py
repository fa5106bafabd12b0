"""A text as espeak-ng is given it when some of its words are pronounced or stressed in their own way. Pure.

Rules:
- a pronounced word stands as the library's own phonemes in double square brackets, a stressed run in SSML's `emphasis`;
- all else stands as it is, sign for sign: what the library could take for markup of ours becomes blanks;
- the library tells places in what it was given: `original` says where that is in the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.engines.espeak_library import PHONEMES, SSML, WordEvent
from legato.domain.delivery import Emphasis

_BLANKED = str.maketrans("<>&", "   ")


@dataclass(frozen=True, slots=True)
class Pronounced:
    """A run of a text in the library's own phonemes."""

    start: int
    end: int
    phonemes: str


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters of what is given, and those of the text that they stand for."""

    at: int
    written: str
    start: int
    end: int
    marked: bool


class Marked:
    """What the library is given for a text.

    Args:
        text: what is said.
        pronounced: runs of it, in order, apart from each other.
        emphases: runs of it, in order.
    """

    def __init__(self, text: str, pronounced: Sequence[Pronounced], emphases: Sequence[Emphasis]) -> None:
        self.flags = (PHONEMES if pronounced else 0) | (SSML if emphases else 0)
        self._end = len(text)
        self._runs: list[_Run] = []
        at = 0
        for run in _runs(text, pronounced, emphases, self.flags):
            self._runs.append(replace(run, at=at))
            at += len(run.written)
        self.given = "".join(run.written for run in self._runs)

    def original(self, event: WordEvent) -> WordEvent:
        """The event with its place in the text."""
        if not self.flags:
            return event
        first, _ = self._place(event.position)
        _, end = self._place(max(event.position, event.position + event.length - 1))
        return replace(event, position=first, length=max(0, end - first) if event.length else 0)

    def _place(self, position: int) -> tuple[int, int]:
        """The characters of the text that this one stands for."""
        for run in reversed(self._runs):
            if run.at <= position:
                if run.marked:
                    return run.start, run.end
                first = min(run.start + position - run.at, run.end)
                return first, min(first + 1, run.end)
        return self._end, self._end


def _runs(
    text: str, pronounced: Sequence[Pronounced], emphases: Sequence[Emphasis], flags: int
) -> Iterator[_Run]:
    at = 0
    for start, end, written in sorted((*_tags(emphases), *_words(pronounced))):
        if start < at:
            continue
        yield _Run(0, _plain(text[at:start], flags), at, start, marked=False)
        yield _Run(0, written, start, end, marked=True)
        at = end
    yield _Run(0, _plain(text[at:], flags), at, len(text), marked=False)


def _words(pronounced: Sequence[Pronounced]) -> Iterator[tuple[int, int, str]]:
    for one in pronounced:
        yield one.start, one.end, f"[[{one.phonemes}]]"


def _tags(emphases: Sequence[Emphasis]) -> Iterator[tuple[int, int, str]]:
    for one in emphases:
        yield one.start, one.start, f'<emphasis level="{one.stress}">'
        yield one.end, one.end, "</emphasis>"


def _plain(text: str, flags: int) -> str:
    text = text.replace("[[", "[ ") if flags & PHONEMES else text
    return text.translate(_BLANKED) if flags & SSML else text
