"""R16: times that only the text around them tells from other numbers."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "Tuesday at 10.20", "Tuesday at ten twenty"),
        ("en", "Tuesday 25 November, at 14.30", "Tuesday the twenty-fifth of November, at fourteen thirty"),
        ("en", "at 10.20 with Dr Patel", "at ten twenty with Doctor Patel"),
        ("en", "at 10.20 with a gain", "at ten point two zero with a gain"),
        ("de", "um 18 h", "um achtzehn Uhr"),
        ("de", "in 18 h", "in achtzehn Stunden"),
        ("de", "um 5 h/Tag", "um fünf Stunden pro Tag"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
