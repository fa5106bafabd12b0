"""Dates with a dash between day and month. R15"""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("nl", "op di. 25-11 om", "op dinsdag vijfentwintig november om"),
        ("nl", "dinsdag 5-11", "dinsdag vijf november"),
        ("nl", "op 25-11 om", "op vijfentwintig november om"),
        ("nl", "op 5-03", "op vijf maart"),
        ("nl", "stond op 3-1", "stond op drie tot een"),
        ("nl", "van 25-11", "van vijfentwintig tot elf"),
        ("nl", "op 25-13", "op vijfentwintig tot dertien"),
        ("en", "on Tue 25-11", "on Tuesday twenty-five to eleven"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
