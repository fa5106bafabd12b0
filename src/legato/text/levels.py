"""What is said of an atom -> its pieces at a text level, cleaned or spoken.

Rules:
- prose goes through the lexicon, which is all for the cleaned level, and through the verbaliser, once each;
- of what is finished speech, such as a formula, only the digits are read.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from legato.domain.values import value
from legato.text.carried import read_on
from legato.text.formulas import read_formulas
from legato.text.lexicon import Lexicon
from legato.text.pieces import Piece, merged
from legato.text.sources import Sourced

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DIGIT = re.compile(r"\d")


@value
class Said:
    """A piece of what is said.

    Args:
        piece: the text and its source.
        done: whether it is finished speech (a formula), not prose still to be read.
        kept: whether not even its digits are read.
    """

    piece: Piece
    done: bool = False
    kept: bool = False


class Levels:
    """The text levels of one utterance.

    Args:
        words: reads numbers, dates and the like in prose; its pieces tile the text.
        formulas: reads bare mathematics in prose; None if there is none.
        lexicon: the caller's own words.
    """

    def __init__(
        self,
        words: Callable[[str], list[Piece]],
        formulas: Callable[[str], list[Piece] | None],
        lexicon: Lexicon,
    ) -> None:
        self._words = words
        self._formulas = formulas
        self._lexicon = lexicon

    def cleaned(self, said: Sequence[Said]) -> Iterator[Piece]:
        """Yield the pieces as they are written, except for what the lexicon respells."""
        return self._level(said, spoken=False)

    def spoken(self, said: Sequence[Said], carried: str) -> Iterator[Piece]:
        """Yield the pieces as they are spoken.

        Args:
            said: what is said.
            carried: the end of the text before it, if an idle moment cut there (`carried.end_of`).
        """
        return self._level(said, spoken=True, carried=carried)

    def _level(self, said: Sequence[Said], *, spoken: bool, carried: str = "") -> Iterator[Piece]:
        group: list[Piece] = []
        for item in said:
            if not item.done:
                group.append(item.piece)
                continue
            if group:
                yield from self._prose(group, spoken=spoken, carried=carried)
                group = []
            carried = ""
            yield from self._digits(item.piece) if spoken and not item.kept else (item.piece,)
        if group:
            yield from self._prose(group, spoken=spoken, carried=carried)

    def _digits(self, piece: Piece) -> Iterator[Piece]:
        if _DIGIT.search(piece.text) is None:
            yield piece
            return
        said = _NUMBER.sub(
            lambda match: "".join(part.text for part in self._words(match.group())), piece.text
        )
        yield Piece(said, piece.start, piece.end, piece.rule or "maths/number", piece.ipa)

    def _prose(self, group: Sequence[Piece], *, spoken: bool, carried: str) -> Iterator[Piece]:
        silent = [piece for piece in group if not piece.text]
        if len(silent) == len(group) or not (spoken or self._lexicon):
            yield from group
            return
        pieces = self._lexical(Sourced(group), spoken=spoken, carried=carried)
        yield from merged(pieces, silent) if silent else pieces

    def _split(self, text: str) -> Iterator[Piece]:
        """Yield bare formulas as they are read, and the rest as it stands."""
        done = 0
        for start, end, pieces in read_formulas(text, self._formulas):
            if start > done:
                yield Piece(text[done:start], done, start)
            for piece in pieces:
                yield Piece(piece.text, start + piece.start, start + piece.end, piece.rule or "maths/plain")
            done = end
        if done < len(text):
            yield Piece(text[done:], done, len(text))

    def _lexical(self, whole: Sourced, *, spoken: bool, carried: str) -> Iterator[Piece]:
        if not spoken:
            for piece in self._lexicon.read(whole.text, spoken=False):
                yield from whole.rewritten(piece)
            return
        for piece in self._lexicon.read(whole.text, spoken=True):
            if piece.rule:
                yield from whole.rewritten(piece)
                continue
            for part in self._split(piece.text):
                yield from self._part(whole, part, piece.start, carried)
                carried = ""

    def _part(self, whole: Sourced, part: Piece, offset: int, carried: str) -> Iterator[Piece]:
        if part.rule:
            moved = Piece(part.text, offset + part.start, offset + part.end, part.rule)
            for said in whole.rewritten(moved):
                yield from self._digits(said)
            return
        for word in read_on(self._words, carried, part.text):
            at = offset + part.start
            yield from whole.rewritten(Piece(word.text, at + word.start, at + word.end, word.rule))
