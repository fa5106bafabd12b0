"""R16: how many there are on an area."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "400 people/km²", "four hundred people per square kilometer"),
        ("fr", "habitants/km²", "habitants par kilomètre carré"),
        ("en", "400 g CO2e/kWh", "four hundred grams C O two e per kilowatt hour"),
        ("de", "120 g CO₂/km", "ein hundert zwanzig Gramm C O zwei pro Kilometer"),
        ("it", "CO2/km", "C O due al chilometro"),
        ("de", "Einwohner/km2", "Einwohner pro Quadrat Kilometer"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
