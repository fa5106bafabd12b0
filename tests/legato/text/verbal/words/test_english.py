"""English number words."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "0", "zero"),
        ("en", "12", "twelve"),
        ("en", "20", "twenty"),
        ("en", "99", "ninety-nine"),
        ("en", "100", "one hundred"),
        ("en", "101", "one hundred one"),
        ("en", "1000", "one thousand"),
        ("en", "1,000,000,000,000", "one trillion"),
        ("en", "0th", "zeroth"),
        ("en", "12th", "twelfth"),
        ("en", "20th", "twentieth"),
        ("en", "101st", "one hundred first"),
        ("en", "2/2", "two halves"),
        ("en", "5/1", "five over one"),
        ("en", "1/4", "one quarter"),
        ("en", "in 1905", "in nineteen oh five"),
        ("en", "in 1066", "in ten sixty-six"),
        ("en", "in 2000", "in two thousand"),
        ("en", "in 1900", "in nineteen hundred"),
        ("en", "Jan 5", "January fifth"),
        ("en", "Henry VIII", "Henry the eighth"),
        ("en", "18:05", "eighteen oh five"),
        ("en", "5:00", "five o'clock"),
        ("en", "21st", "twenty-first"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
