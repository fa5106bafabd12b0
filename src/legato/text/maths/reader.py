"""Reads mathematics aloud: the one thing the rest of the front end calls.

Rules: nothing raises, nothing but words, digits and pauses comes out, the ranges of the pieces cover the source, and the work is
linear in its length. A formula longer than `MAX_SOURCE` is read part by part.
"""

from legato.text.maths.arrange import Arranger
from legato.text.maths.decimals import with_points
from legato.text.maths.latex import LatexParser
from legato.text.maths.mathml import mathml_tree
from legato.text.maths.nodes import Node
from legato.text.maths.plain import plain_tree
from legato.text.maths.roles import Roles
from legato.text.maths.rulebook import STYLES, MathsData
from legato.text.maths.speech import Speaker, Utterance
from legato.text.pieces import Piece

__all__ = ["MAX_SOURCE", "MathsData", "MathsReader"]

MAX_SOURCE = 4000
"""The most characters that are parsed as one formula; a longer one is read part by part."""
MAX_READ = 20_000
"""The most characters of a formula that are read at all: an hour of speech. The rest is silent."""


class MathsReader:
    """Reads formulas in one language and style.

    Args:
        data: the rules of the language.
        style: natural (as a lecturer), explicit (every bracket) or brief.

    Raises:
        ValueError: for another style.
    """

    def __init__(self, data: MathsData, style: str = "natural") -> None:
        if style not in STYLES:
            raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r}")
        self._data = data
        self._arranger = Arranger(data.classes)
        self._roles = Roles(data.classes)
        self._speaker = Speaker(data, style)

    def latex(self, source: str) -> list[Piece]:
        """Return the words of a LaTeX formula, given without its delimiters.

        Pieces come in order of speech; `start` and `end` count characters of `source`, and together they cover it.
        Digits stay digits.
        """
        said: list[Utterance] = []
        for start, part in _portions(self._pointed(source[:MAX_READ])):
            if said:
                said.append(Utterance(",", start, start))
            said += self._said(LatexParser(part, self._data.commands, offset=start).parse())
        return _tiled(said, len(source))

    def mathml(self, source: str) -> list[Piece]:
        """Return the words of a MathML element; one that is not well-formed is read by its text alone."""
        return _tiled(self._said(mathml_tree(self._pointed(source), self._data.commands)), len(source))

    def plain(self, source: str) -> list[Piece] | None:
        """Return the words of bare mathematics in prose (`x^2 + y^2 = z^2`, `√2 ≤ 3/2`); None if it is not mathematics."""
        if len(source) > MAX_SOURCE:
            return None
        tree = plain_tree(self._pointed(source), self._data.commands)
        return None if tree is None else _tiled(self._said(tree), len(source))

    def _pointed(self, source: str) -> str:
        return source if self._data.decimal == "." else with_points(source)

    def _said(self, tree: Node) -> list[Utterance]:
        self._arranger.arrange(tree)
        self._roles.assign(tree)
        return self._speaker.speak(tree)


def _portions(source: str) -> list[tuple[int, str]]:
    """Return `source` in parts of bounded length, cut at blanks if there are any."""
    out, start = [], 0
    while len(source) - start > MAX_SOURCE:
        cut = source.rfind(" ", start + MAX_SOURCE // 2, start + MAX_SOURCE) + 1 or start + MAX_SOURCE
        out.append((start, source[start:cut]))
        start = cut
    return [*out, (start, source[start:])]


def _tiled(said: list[Utterance], length: int) -> list[Piece]:
    """Return pieces with the blanks between words, their ranges widened over what is silent."""
    if not said:
        return [Piece("", 0, length)] if length else []
    _cover(said, length)
    pieces = []
    for index, one in enumerate(said):
        lead = " " if index and one.text[0] not in ",;" else ""
        doubled = index and said[index - 1].text.endswith(" the") and one.text.startswith("the ")
        words = one.text[3:].lstrip() if doubled else one.text
        pieces.append(Piece(lead + words, one.start, one.end, f"maths.{one.rule}" if one.rule else "maths"))
    return pieces


def _cover(said: list[Utterance], length: int) -> None:
    """Give every silent stretch to what ends just before it, the first to what begins just after."""
    reached, last = 0, None
    for one in sorted(said, key=lambda one: (one.start, one.end)):
        one.start, one.end = min(one.start, length), min(one.end, length)
        if one.start > reached:
            if last is None:
                one.start = reached
            else:
                last.end = one.start
        if one.end >= reached:
            reached, last = one.end, one
    if last is not None and reached < length:
        last.end = length
