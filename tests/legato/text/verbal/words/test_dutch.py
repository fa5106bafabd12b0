"""Dutch number words."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("nl", "0", "nul"),
        ("nl", "22", "tweeëntwintig"),
        ("nl", "24", "vierentwintig"),
        ("nl", "30", "dertig"),
        ("nl", "105", "honderdvijf"),
        ("nl", "1000", "duizend"),
        ("nl", "2500000", "twee miljoen vijfhonderdduizend"),
        ("nl", "2005", "tweeduizend vijf"),
        ("nl", "1e", "eerste"),
        ("nl", "3e", "derde"),
        ("nl", "8e", "achtste"),
        ("nl", "20e", "twintigste"),
        ("nl", "5e", "vijfde"),
        ("nl", "1/2", "een half"),
        ("nl", "1/4", "een kwart"),
        ("nl", "5/1", "vijf gedeeld door één"),
        ("nl", "in 1900", "in negentienhonderd"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
