"""R16: short forms of recipes."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1 c. oil, 2 c. flour", "one cup oil, two cups flour"),
        ("1 1/2 c. oats, ½ c rice", "one and one half cups oats, one half cup rice"),
        ("2 lg. eggs, 1 med onion", "two large eggs, one medium onion"),
        ("vitamin c. about, c. 1450", "vitamin c. about, circa fourteen fifty"),
    ],
)
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
