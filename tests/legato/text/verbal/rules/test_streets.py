"""R16: streets with a number for a name, and where roads lead."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("at 5th Ave & W 34th St, then", "at fifth Avenue and West thirty-fourth Street, then"),
        ("onto E 42nd St.", "onto East forty-second Street."),
        ("on E. 7th Street", "on East seventh Street"),
        ("to 12th St. NW now", "to twelfth Street Northwest now"),
        ("I-95 N to Exit 14B", "I-ninety-five North to Exit fourteen B"),
        ("the 5th N to go", "the fifth N to go"),
    ],
)
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
