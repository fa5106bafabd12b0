"""R16: losses in brackets, millions, estimates, pairs of currencies, fiscal years."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "$(12.4)M", "minus twelve point four million dollars"),
        ("en", "€(5)", "minus five euros"),
        ("en", "in $B", "in billions of dollars"),
        ("en", "2026E and 2027F", "twenty twenty-six E and twenty twenty-seven F"),
        ("en", "FY24-25", "FY twenty-four to twenty-five"),
        ("en", "USD/JPY", "USD JPY"),
        ("de", "EUR/USD", "EUR USD"),
        ("en", "a $MB", "a dollar MB"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
