"""Text cut to what a message may hold."""

from hypothesis import given
from hypothesis import strategies as st

from legato.providers.pieces import pieces


@given(st.text(alphabet="ab ", max_size=60), st.integers(0, 9))
def test_pieces_joined_are_the_text(text, most):
    parts = list(pieces(text, most))
    assert "".join(parts) == text
    assert not most or all(len(part) <= most for part in parts)


def test_a_cut_is_at_a_blank_where_there_is_one():
    assert list(pieces("one two three", 8)) == ["one two ", "three"]
    assert list(pieces("onetwothree", 5)) == ["onetw", "othre", "e"]
