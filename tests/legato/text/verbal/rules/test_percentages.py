"""R16: what so many percent make of a noun."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "eine 10%ige Lösung", "eine zehnprozentige Lösung"),
        ("de", "mit 2,5 %igem Essig", "mit zwei Komma fünfprozentigem Essig"),
        ("de", "10 % igel", "zehn Prozent igel"),
        ("en", "10% off", "ten percent off"),
    ],
)
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken
