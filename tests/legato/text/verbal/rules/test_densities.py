"""R16: how many there are on an area."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "400 people/km²", "four hundred people per square kilometer"),
        ("fr", "habitants/km²", "habitants par kilomètre carré"),
        ("de", "Einwohner/km2", "Einwohner pro Quadrat Kilometer"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
