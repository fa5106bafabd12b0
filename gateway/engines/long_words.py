"""Words that espeak-ng must not be given whole: its buffers for one word are of a fixed size, and what overflows them ends the process. Pure.

Rules:
- no run of characters without a blank or a hyphen is longer than `MOST_WORD`: syllables that the library takes for endings or beginnings
  ("s's's's", "unununun") become about two phonemes a letter, and there is room for 200 bytes of them;
- no more than `MOST_DOTTED` single letters with dots stand in a row: it spells them as one word ("U.S.A."), in 80 bytes;
- nothing that anybody writes to be read is so long: all else stays whole.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

MOST_WORD = 64
MOST_DOTTED = 16
_WORD = re.compile(r"[^\s\-\u2013\u2014\u2026\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]+")
_TO_DOT = re.compile(r"[^.]*\.")
_SOUNDED = re.compile(r"\w")


def cuts(text: str) -> list[int]:
    """Where the text is cut, in order: indices of the first character behind each cut."""
    return sorted({*_within_words(text), *_within_letters(text)})


def eased(text: str) -> str:
    """The text with a blank at each cut."""
    at = [0, *cuts(text), len(text)]
    return " ".join(text[start:end] for start, end in pairwise(at))


def _within_words(text: str) -> Iterator[int]:
    for word in _WORD.finditer(text):
        yield from range(word.start() + MOST_WORD, word.end(), MOST_WORD)


def _within_letters(text: str) -> Iterator[int]:
    row = 0
    for piece in _TO_DOT.finditer(text):
        # One letter, or none: the library drops what makes no sound between its dots.
        row = row + 1 if len(_SOUNDED.findall(piece[0])) <= 1 else 0
        if row == MOST_DOTTED and piece.end() < len(text):
            yield piece.end()
            row = 0
