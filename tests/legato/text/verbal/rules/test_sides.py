"""R16: sizes with a unit at each side."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("a 3 cm × 2 cm lesion", "a three by two centimeter lesion"),
        ("10 ft x 12 ft", "ten by twelve feet"),
        ("2 m x 3 m x 4 m tall", "two by three by four meters tall"),
        ("2 ft × 3 ft = 6 sq ft", "two feet times three feet equals six square feet"),
    ],
)
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
