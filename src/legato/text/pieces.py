"""Pieces: rewritten text that remembers where it came from.

Every step of the front end takes a text and gives pieces that tile it in order: what one step leaves alone is a piece
whose text equals its range; what it rewrites names the rule that did so.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of output and the range of the input it stands for.

    Args:
        text: what is said; empty when the range is silent.
        start: first character of the range in the input of this step.
        end: one past the last.
        rule: id of the rule that rewrote it, for `--explain`; empty when untouched.
    """

    text: str
    start: int
    end: int
    rule: str = ""
