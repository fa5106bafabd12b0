"""R16: so much and more."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "30+ min, 10+ GB, 10+ s", "thirty plus minutes, ten plus gigabytes, ten plus seconds"),
        ("en", "18+ years, 5+ m = 7", "eighteen plus years, five plus m equals seven"),
        ("de", "über 30+ km", "über dreißig plus Kilometer"),
        ("fr", "21+ km", "vingt et un plus kilomètres"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
