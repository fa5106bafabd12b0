"""Pieces are plain values."""

from legato.text.pieces import Piece


def test_an_untouched_piece_names_no_rule() -> None:
    assert Piece("a", 0, 1).rule == ""
