"""R16: powers of ten with what they are of."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "4.5 × 10⁹/L", "four point five times ten to the ninth per liter"),
        ("en", "4–11 × 10⁹ /L", "four to eleven times ten to the ninth per liter"),
        ("en", "3 × 10^8 m/s", "three times ten to the eighth meters per second"),
        ("en", "9.1e-31 kg", "nine point one times ten to the minus thirty-first kilograms"),
        ("en", "6.02 × 10²³", "six point zero two times ten to the twenty-third"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
