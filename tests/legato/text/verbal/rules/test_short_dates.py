"""R16: days without a year that stand by themselves, or before a time."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "Notes (10/14) and (3/4)", "Notes (October fourteenth) and (three quarters)"),
        ("en", "11/18 – Lunch", "November eighteenth – Lunch"),
        ("en", "11/18 – of it", "eleven eighteenths – of it"),
        ("en", "11/21 3:30pm, 11/21, 4 p.m.", "November twenty-first three thirty PM, November twenty-first, four PM."),
        ("en", "we got 11/20 of it", "we got eleven twentieths of it"),
        ("de", "Note (11/14)", "Note (elf vierzehntel)"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
