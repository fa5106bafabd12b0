"""Text of which the writer says what it is."""

import pytest

from gateway.app.text_data import text_data


def said(kind: str, text: str, form: str = "", language: str = "en") -> str | None:
    return text_data(language).words.say_as(kind, text, form)


@pytest.mark.parametrize(
    ("kind", "text", "form", "spoken"),
    [
        ("cardinal", "1,234", "", "one thousand two hundred thirty-four"),
        ("number", "-3.5", "", "minus three point five"),
        ("cardinal", "3", "ordinal", "third"),
        ("cardinal", "three", "", None),
        ("ordinal", "21st", "", "twenty-first"),
        ("ordinal", "x", "", None),
        ("spell-out", "aé 1", "", "A É one"),
        ("verbatim", "x" * 100, "", None),
        ("digits", "4-2", "", "four two"),
        ("digits", "none", "", None),
        ("telephone", "+44 20 7946", "", "plus four four, two zero, seven nine four six"),
        ("telephone", "none", "", None),
        ("date", "1984", "y", "nineteen eighty-four"),
        ("date", "20250403", "yyyymmdd", "April third, twenty twenty-five"),
        ("date", "12/25/99", "mdy", "December twenty-fifth, nineteen ninety-nine"),
        ("date", "4/3/2025", "", "April third, twenty twenty-five"),
        ("date", "2025-04-03", "", "April third, twenty twenty-five"),
        ("date", "May 5", "", "May fifth"),
        ("date", "31/31/2025", "dmy", None),
        ("date", "1/2", "mdy", None),
        ("time", "14:05", "hms24", "fourteen oh five"),
        ("expletive", "x", "", None),
        ("cardinal", " ", "", None),
    ],
)
def test_it_is_said_so(kind: str, text: str, form: str, spoken: str | None) -> None:
    assert said(kind, text, form) == spoken


def test_the_language_decides() -> None:
    assert said("date", "4/3/2025", "", "de") == "vierter März zwei tausend fünf und zwanzig"
    assert said("characters", "a1", "", "es") == "A uno"
    assert said("cardinal", "5", "", "sw") is None
