"""R14: lists written into running text."""

import pytest

from legato.text.numbering import Numbering, label_chars


@pytest.mark.parametrize(
    ("first", "second"), [("1.", "2."), ("a)", "b)"), ("(a)", "(b)"), ("1.)", "2.)"), ("⁃9.", "⁃10.")]
)
def test_a_label_expects_the_next(first: str, second: str) -> None:
    list_ = Numbering()
    list_.line(first)
    assert list_.expects(second, whole=True)
    assert list_.expects(second[:1], whole=False) is None
    assert list_.expects("word", whole=True) is False
    assert list_.labels(second, opens=False)


def test_only_a_first_label_begins_a_list() -> None:
    list_ = Numbering()
    assert not list_.labels("2.", opens=True)
    assert not list_.labels("1.", opens=False)
    assert not list_.labels("longword.", opens=True)
    assert list_.labels("1.", opens=True)
    assert list_.labels("•", opens=False)
    assert list_.expects("•", whole=True)
    assert list_.expects("", whole=True) is None


@pytest.mark.parametrize(
    ("line", "chars"), [("1. Eins", 1), ("12) Zwei", 2), ("1.5 kg", 0), ("a. b", 0), ("3", 0)]
)
def test_the_number_of_an_item_is_told_from_an_ordinal(line: str, chars: int) -> None:
    assert label_chars(line) == chars
