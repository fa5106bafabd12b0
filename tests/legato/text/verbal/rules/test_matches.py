"""R16: minutes of a match, which are no feet."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("goals by Saka 23', Rice 67' (pen.)", "goals by Saka twenty-third minute, Rice sixty-seventh minute (pen.)"),
        ("in the 67', at 90+2' and 45'+1", "in the sixty-seventh minute, at ninety plus two and forty-five plus one"),
        ("a 67' boat, 23' long", "a sixty-seven foot boat, twenty-three feet long"),
        ("scored from 300'", "scored from three hundred feet"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
