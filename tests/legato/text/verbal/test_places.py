"""R16: the letter of a place is no unit."""

import pytest

from legato.text.verbal.places import Places, placed


@pytest.mark.parametrize(
    ("text", "letter", "place"),
    [
        ("seat 22A", "A", True),
        ("your seats are 22A", "A", True),
        ("the gate is: 22A", "A", True),
        ("seats are 14A and 22A", "A", True),
        ("it draws 22A", "A", False),
        ("the level is 22m", "m", False),
        ("level 22m", "m", True),
    ],
)
def test_a_place_is_told_from_an_amount(text, letter, place, data):
    assert Places(data("en")).holds(text, text.index("22"), letter) is place


def test_a_language_without_words_for_places_has_none(data):
    assert placed(data("zh")) is None
    assert not Places(data("zh")).holds("seat 22A", 5, "A")
