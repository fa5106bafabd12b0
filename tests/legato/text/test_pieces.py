"""Pieces are plain values."""

from legato.text.pieces import Piece, after_words, merged


def test_an_untouched_piece_names_no_rule() -> None:
    assert Piece("a", 0, 1).rule == ""


def test_the_first_words_are_left_out_and_their_length_taken_off() -> None:
    pieces = [Piece("one two", 0, 2, "x"), Piece(" three four", 2, 13)]
    assert list(after_words(pieces, 3, 2)) == [Piece(" four", 6, 11)]
    assert list(after_words(pieces, 0, 0)) == pieces
    assert list(after_words(pieces, 1, 1)) == [Piece(" two", 0, 1, "x"), Piece(" three four", 1, 12)]


def test_silent_pieces_go_back_to_their_places() -> None:
    said, silent = [Piece("a", 0, 1), Piece("b", 3, 4)], [Piece("", 1, 3, "x"), Piece("", 4, 5, "y")]
    assert list(merged(iter(said), silent)) == [said[0], silent[0], said[1], silent[1]]
