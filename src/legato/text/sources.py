"""A text put together from pieces, which knows where each character came from."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from legato.text.pieces import Piece


class Sourced:
    """The joined text of pieces whose offsets are of the accepted text."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = [piece for piece in pieces if piece.text]
        self._starts: list[int] = []
        length = 0
        for piece in self._pieces:
            self._starts.append(length)
            length += len(piece.text)
        self.text = "".join(piece.text for piece in self._pieces)

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return the range of the accepted text that a range of the joined text came from."""
        first, last = self._at(start), self._at(max(start, end - 1))
        if first < 0:
            return (0, 0)
        opening, closing = self._pieces[first], self._pieces[last]
        begins = opening.start + (start - self._starts[first] if _linear(opening) else 0)
        ends = closing.start + (end - self._starts[last]) if _linear(closing) else closing.end
        return begins, max(begins, ends)

    def slices(self, start: int, end: int) -> Iterator[Piece]:
        """Yield the pieces of a range of the joined text that is left as it is."""
        index = self._at(start)
        while 0 <= index < len(self._pieces) and self._starts[index] < end:
            piece, at = self._pieces[index], self._starts[index]
            left, right = max(start, at), min(end, at + len(piece.text))
            if left < right:
                body = piece.text[left - at : right - at]
                if _linear(piece):
                    yield Piece(body, piece.start + left - at, piece.start + right - at)
                else:
                    yield Piece(body, piece.start, piece.end, piece.rule)
            index += 1

    def rewritten(self, piece: Piece) -> Iterator[Piece]:
        """Yield a piece of a step that read the joined text, mapped back to the accepted text."""
        if not piece.rule:
            yield from self.slices(piece.start, piece.end)
        else:
            begins, ends = self.source(piece.start, piece.end)
            yield Piece(piece.text, begins, ends, piece.rule, piece.ipa)

    def _at(self, position: int) -> int:
        return bisect_right(self._starts, position) - 1


def _linear(piece: Piece) -> bool:
    return not piece.rule and len(piece.text) == piece.end - piece.start
