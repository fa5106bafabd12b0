"""Weights and patterns of the characters that matter."""

import pytest

from legato.text.marks import INTERESTING, PLAIN_WORD, WIDE_TAIL, WRAPPED, weight


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("中文", 5), ("aé", 2), ("สวัสดี", 15)])
def test_a_wide_character_weighs_two_and_a_half(text: str, length: float) -> None:
    assert weight(text) == length


@pytest.mark.parametrize("sign", [" ", "`", "$", "<", "[", "~", "/", "。", "।", "؟"])
def test_the_scanner_stops_at_every_sign(sign: str) -> None:
    assert INTERESTING.search(f"abc{sign}d").start() == 3  # type: ignore[union-attr]


def test_marks_take_their_closers_along() -> None:
    assert WIDE_TAIL.match("。」と").group() == "。」"  # type: ignore[union-attr]
    assert PLAIN_WORD.fullmatch("don't")
    assert not PLAIN_WORD.fullmatch("a1")


@pytest.mark.parametrize(
    ("gap", "wrapped"), [("a \nb", True), ("a:\nb", False), ("a\n.", True), ("の\n家", True), ("a\nb", False)]
)
def test_a_line_that_was_broken_to_fit_is_known(gap: str, wrapped: bool) -> None:
    assert (WRAPPED.match(gap) is not None) is wrapped
