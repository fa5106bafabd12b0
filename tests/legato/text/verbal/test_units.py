"""R16: units by their symbols, with every prefix."""

import re

import pytest

from legato.text.verbal.speech import Speech
from legato.text.verbal.tables import Noun
from legato.text.verbal.units import (
    all_units,
    by_lower,
    is_same_quantity,
    large_numbers,
    nearest,
    stop_behind,
)
from legato.text.verbal.words.registry import number_words


def units(data, language):
    words = number_words(language)
    assert words is not None
    return all_units(Speech(data(language), words))


def test_every_prefix_stands_before_every_unit(data):
    english = units(data, "en")
    assert english["kW"] == Noun("kilowatt", "kilowatts")
    assert english["ms"] == Noun("millisecond", "milliseconds")
    assert "dm" not in english  # hardly ever meant
    assert units(data, "de")["kW"].one == "Kilowatt"


def test_symbols_are_found_in_any_case_nearest_first():
    found = by_lower(
        {"MB": Noun("megabyte", "megabytes"), "mb": Noun("b", "b"), "m": Noun("meter", "meters")}
    )
    assert found == {"mb": ["MB", "mb"]}
    assert nearest("Mb", found) == "MB"
    assert nearest("xyz", found) is None


def test_one_quantity_may_be_measured_in_two_systems():
    assert is_same_quantity("kg", "lb")
    assert is_same_quantity("mi", "km")
    assert not is_same_quantity("L", "km")
    assert not is_same_quantity("mg", "ml")


def test_a_stop_is_a_part_of_a_unit_where_its_language_writes_one_and_no_sentence_begins(data):
    german, english = (
        re.compile("Min" + stop_behind(Speech(data(language), number_words(language))))
        for language in ("de", "en")
    )
    for text, taken in (
        ("10 Min. Fahrt", "Min."),
        ("10 Min. Danach", "Min"),
        ("10 Min. 5", "Min."),
        ("10 Min. x", "Min."),
    ):
        assert german.search(text).group() == taken
    assert english.search("10 Min. Fahrt").group() == "Min"


@pytest.mark.parametrize(("language", "written"), [("en", " million "), ("en", "M "), ("fr", " millions ")])
def test_millions_stand_between_a_number_and_its_unit(data, language, written):
    words, pattern = large_numbers(data(language))
    found = re.compile(rf"(?<=5){pattern}").match(f"5{written}km", 1)
    assert found is not None
    assert words[found["mag"].lower()] == written.strip().replace("M", "million")


def test_a_letter_stands_for_no_millions_that_are_linked_with_their_unit(data):
    words, pattern = large_numbers(data("fr"))
    found = re.compile(rf"(?<=5){pattern}").match("5M km", 1)
    assert "m" not in words
    assert found is not None
    assert found["mag"] is None
