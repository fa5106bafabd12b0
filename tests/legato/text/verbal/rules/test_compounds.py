"""R16: numbers that are the first part of a word."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "18-24-year-olds", "eighteen to twenty-four-year-olds"),
        ("en", "between 5-10-minute walks", "between five and ten-minute walks"),
        ("en", "the 1/2-mile mark", "the one half-mile mark"),
        ("en", "10-3-point lead", "ten three point lead"),
        ("de", "die 18-24-Jährigen", "die achtzehn bis vier und zwanzig-Jährigen"),
        ("de", "im 12er-Pack", "im zwölfer-Pack"),
        ("de", "ein 7er und ein 1er", "ein siebener und ein einser"),
        ("zh", "12er", "十二 er"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
