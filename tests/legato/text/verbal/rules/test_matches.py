"""R16: minutes of a match, which are no feet."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("goals by Saka 23', Rice 67' (pen.)", "goals by Saka twenty-third minute, Rice sixty-seventh minute (pen.)"),
        ("in the 67', at 90+2' and 45'+1", "in the sixty-seventh minute, at ninety plus two and forty-five plus one"),
        ("a 67' boat, 23' long", "a sixty-seven foot boat, twenty-three feet long"),
        ("beat them 2-1 (Saka 23', White 5'), and 6' tall", "beat them two to one (Saka twenty-third minute, White fifth minute), and six feet tall"),
        ("rooms 2-3 (Upstairs, 5' high) are 12' wide", "rooms two to three (Upstairs, five feet high) are twelve feet wide"),
        ("scored from 300'", "scored from three hundred feet"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
