"""Joined pieces know where each character came from."""

from legato.text.pieces import Piece
from legato.text.sources import Sourced

PIECES = [Piece("ab", 10, 12), Piece("", 12, 14, "gone"), Piece("and", 14, 15, "sign"), Piece("cd", 15, 17)]


def test_ranges_are_put_back_on_the_source() -> None:
    whole = Sourced(PIECES)
    assert whole.text == "abandcd"
    assert whole.source(1, 2) == (11, 12)
    assert whole.source(1, 6) == (11, 16)
    assert whole.source(2, 3) == (14, 15)
    assert Sourced([]).source(0, 0) == (0, 0)


def test_untouched_text_keeps_its_characters_sources() -> None:
    whole = Sourced(PIECES)
    assert list(whole.rewritten(Piece("bandc", 1, 6))) == [
        Piece("b", 11, 12),
        Piece("and", 14, 15, "sign"),
        Piece("c", 15, 16),
    ]
    assert list(whole.rewritten(Piece("X", 1, 6, "rule"))) == [Piece("X", 11, 16, "rule")]
