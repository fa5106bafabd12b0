"""R16: citations of cases."""

import pytest


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("123 F.3d 456, 460", "one hundred twenty-three F third four hundred fifty-six, four hundred sixty"),
        ("12 S.W.2d 34", "twelve S W second thirty-four"),
        ("45 F. Supp. 2d 12", "forty-five F. Supp. second twelve"),
        ("(9th Cir. 2001)", "(ninth circuit two thousand one)"),
        ("(2d Cir. 1999)", "(second circuit nineteen ninety-nine)"),
        ("350 F today", "three hundred fifty degrees Fahrenheit today"),
        ("took 3d to heal", "took three days to heal"),
    ],
)
def test_written_is_read_as_spoken(written, spoken, say):
    assert say(written, "en") == spoken
