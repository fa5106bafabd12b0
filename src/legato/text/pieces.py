"""Pieces: rewritten text that remembers where it came from.

Every step of the front end takes a text and returns pieces that tile it in order: what a step leaves alone is a piece
whose text equals its range; a rewritten piece names the rule that rewrote it.
"""

import re
from collections.abc import Iterator, Sequence

from legato.domain.values import value

_WORD = re.compile(r"[\w'’]+")


@value
class Piece:
    """A run of output and the range of the input it stands for.

    Args:
        text: what is said; empty when the range is silent.
        start: first character of the range in the input of this step.
        end: one past the last.
        rule: id of the rule that rewrote it, for `--explain`; empty when untouched.
        ipa: its pronunciation, if that is known.
    """

    text: str
    start: int
    end: int
    rule: str = ""
    ipa: str = ""


def after_words(pieces: Sequence[Piece], words: int, shift: int) -> Iterator[Piece]:
    """Yield the pieces without their first words, moved back by the length of the text that those came from."""
    for piece in pieces:
        kept, text, start = piece.text, piece.text, piece.start
        while words and (match := _WORD.search(kept)):
            kept = kept[match.end() :]
            words -= 1
        rewritten = bool(piece.rule) or len(kept) != len(text)
        if not piece.rule:
            start = piece.end - len(kept)
            rewritten = start < shift
        if piece.end > shift:
            yield Piece(
                kept,
                max(0, start - shift),
                piece.end - shift,
                piece.rule or ("idle/rest" if rewritten else ""),
            )


def merged(pieces: Iterator[Piece], silent: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the spoken pieces with the silent ones put back in their places, so that readings know what was dropped."""
    waiting = list(reversed(silent))
    for piece in pieces:
        while waiting and waiting[-1].end <= piece.start:
            yield waiting.pop()
        yield piece
    yield from reversed(waiting)
