"""R16: units by their symbols, with every prefix."""

from legato.text.verbal.speech import Speech
from legato.text.verbal.tables import Noun
from legato.text.verbal.units import all_units, by_lower, is_same_quantity, same_case
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
    assert max(found["mb"], key=lambda symbol: same_case(symbol, "Mb")) == "MB"
    assert same_case("kWh", "KWH") == 1


def test_one_quantity_may_be_measured_in_two_systems():
    assert is_same_quantity("kg", "lb")
    assert is_same_quantity("mi", "km")
    assert not is_same_quantity("L", "km")
    assert not is_same_quantity("mg", "ml")
