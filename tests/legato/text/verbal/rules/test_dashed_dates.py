"""Dates with a dash between day and month. R16"""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        (
            "en",
            "3/7–3/9 or 12/28-1/3; 1/4–1/3 cup, 1/2–3/4 inch",
            "March seventh to ninth or December twenty-eighth to January third; one quarter to one third cup, one half to three quarters inch",
        ),
        ("nl", "op di. 25-11 om", "op dinsdag vijfentwintig november om"),
        ("nl", "dinsdag 5-11", "dinsdag vijf november"),
        ("nl", "op 25-11 om", "op vijfentwintig november om"),
        ("nl", "op 5-03", "op vijf maart"),
        ("nl", "stond op 3-1", "stond op drie één"),
        ("nl", "van 25-11", "van vijfentwintig tot elf"),
        ("nl", "vervalt op 15-04, vanaf 01-05", "vervalt op vijftien april, vanaf één mei"),
        ("nl", "kamer 01-05", "kamer nul één, nul vijf"),
        ("nl", "op 25-13", "op vijfentwintig tot dertien"),
        ("en", "on Tue 25-11", "on Tuesday twenty-five to eleven"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
