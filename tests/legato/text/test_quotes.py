"""Which quotes are open."""

import pytest

from legato.text.quotes import LONGEST_CHARS, Quotes


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('said "Stop', True),
        ('"Stop."', False),
        ("(see", True),
        ("(see)", False),
        ("don't", False),
        ("“a", True),
        ("„a“", False),
        ("«a», „b", True),
        ("「行くよ", True),
        ("`Well", True),
        ("`Well'", False),
        ("‘a’", False),
    ],
)
def test_what_is_open(text: str, inside: bool) -> None:
    quotes = Quotes()
    for word in text.split():
        quotes.read(word)
    assert quotes.inside is inside


def test_an_apostrophe_before_a_word_opens_only_after_a_mark() -> None:
    quotes = Quotes()
    for word in ("in", "the", "'nineties"):
        quotes.read(word)
    assert not quotes.inside
    for word in ("thought,", "'after", "all'"):
        quotes.read(word)
        assert quotes.inside is (word == "'after")


def test_a_quote_that_stays_open_was_none() -> None:
    quotes = Quotes()
    quotes.read('"open')
    quotes.read("x" * LONGEST_CHARS)
    assert not quotes.inside
    quotes.read("(")
    quotes.reset()
    assert not quotes.inside
