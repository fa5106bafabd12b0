"""What is left of a reading."""

from dataclasses import replace

import pytest

from legato.core.remainders import from_source, rest_of
from legato.domain.delivery import Delivery, Emphasis
from legato.domain.text import Pronunciation, Reading, WordSpan


def test_the_rest_behind_the_last_word_is_empty():
    assert rest_of(Reading("one", (WordSpan(0, 3, 0, 3),)), 1).text == ""


def test_the_rest_keeps_its_pronunciations():
    whole = Reading(
        "one two",
        (WordSpan(0, 3, 0, 3), WordSpan(4, 7, 4, 7)),
        (Pronunciation(0, 3, "w"), Pronunciation(4, 7, "t")),
    )
    assert rest_of(whole, 1).pronunciations == (Pronunciation(0, 3, "t"),)
    assert rest_of(whole, 0) == whole


def test_the_rest_of_a_reading_is_delivered_as_the_whole_was():
    whole = replace(
        Reading("one two three", tuple(WordSpan(at, at + 3, at, at + 3) for at in (0, 4, 8))),
        delivery=Delivery(rate=0.5),
        emphases=(Emphasis(0, 7),),
        pause_ms=300,
    )
    rest = rest_of(whole, 1)
    assert (rest.delivery, rest.pause_ms, rest.emphases) == (Delivery(rate=0.5), 300, (Emphasis(0, 3),))
    assert rest_of(whole, 2).emphases == ()


@pytest.mark.parametrize(("source", "text"), [(0, "one two"), (9, "one two"), (10, "two"), (14, "")])
def test_the_rest_from_a_place_of_the_source_begins_with_a_whole_word(source, text):
    whole = Reading("one two", (WordSpan(0, 3, 7, 10), WordSpan(4, 7, 11, 14)))
    assert from_source(whole, source).text == text
