"""R16: years, decades and their ranges."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "en",
            "(b. 12 May 1820, d. 1903)",
            "(born the twelfth of May eighteen twenty, died nineteen oh three)",
        ),
        (
            "en",
            "90s rest, 60s hold, timeout=30s, 90s music",
            "ninety seconds rest, sixty seconds hold, timeout equals thirty seconds, nineties music",
        ),
        ("en", "it ran r. 1558-1603", "it ran reigned fifteen fifty-eight to sixteen oh three"),
        ("en", "the 5th c. BCE", "the fifth century BCE"),
        ("en", "from 1643 to 1715", "from sixteen forty-three to seventeen fifteen"),
        ("en", "Lee, 2018a", "Lee, twenty eighteen a"),
        ("en", "(EU) 2016/679", "(EU) twenty sixteen slash six hundred seventy-nine"),
        ("en", "wait 30s in the 30s", "wait thirty seconds in the thirties"),
        (
            "en",
            "timeout: 30s, rest for 90s; 80s music",
            "timeout: thirty seconds, rest for ninety seconds; eighties music",
        ),
        ("en", "in Paris's 20s", "in Paris's twenties"),
        ("en", "in 1850", "in eighteen fifty"),
        ("en", "1850 was", "one thousand eight hundred fifty was"),
        ("en", "1950 pages", "one thousand nine hundred fifty pages"),
        ("en", "page 1999", "page one thousand nine hundred ninety-nine"),
        ("en", "1960-80", "nineteen sixty to eighty"),
        ("en", "1950s-1970s", "nineteen fifties to nineteen seventies"),
        ("en", "2024-01", "January twenty twenty-four"),
        ("en", "2024–01", "twenty twenty-four–zero one"),
        ("en", "2010-15", "twenty ten to fifteen"),
        ("en", "2007/08", "two thousand seven oh eight"),
        ("en", "the '80s and '05", "the eighties and oh five"),
        ("en", "rock 'n' 1x'95", "rock 'n' one x'ninety-five"),
        ("en", "90s", "nineties"),
        ("de", "die 70er", "die siebziger"),
        ("it", "gli anni '60", "gli anni sessanta"),
        ("nl", "'60 was", "'zestig was"),
        ("zh", "2025年", "二零二五年"),
        ("en", "born c. 1452", "born circa fourteen fifty-two"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
