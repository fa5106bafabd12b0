"""R16: times with a full stop where that is a decimal point anywhere else."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "Tuesday at 10.20", "Tuesday at ten twenty"),
        ("en", "Tuesday 25 November, at 14.30", "Tuesday the twenty-fifth of November, at fourteen thirty"),
        ("en", "at 10.20 with Dr Patel", "at ten twenty with Doctor Patel"),
        ("en", "at 10.20 with a gain", "at ten point two zero with a gain"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
