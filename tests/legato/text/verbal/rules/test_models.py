"""R16: aircraft and other models, roads, flights, standards with their year, digits behind a word."""

import pytest


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "5W-30, 4.5 qts", "five W thirty, four point five quarts"),
        ("en", "Q1–Q3 2024, H1-H2", "Q one to Q three twenty twenty-four, H one to H two"),
        ("en", "the 737-800 and a 777-300ER", "the seven thirty-seven eight hundred and a seven seventy-seven three hundred ER"),
        ("en", "a 747 MAX", "a seven forty-seven MAX"),
        ("en", "Boeing 707", "Boeing seven oh seven"),
        ("en", "Boeing 100", "Boeing one hundred"),
        ("en", "an A321neo, an A330-900", "an A three twenty-one neo, an A three thirty nine hundred"),
        ("en", "an F-150 on I-405 and US-101", "an F one fifty on I four oh five and US one oh one"),
        ("en", "a C-47 and B-52s", "a C-forty-seven and B-fifty-two s"),
        ("en", "Hwy. 9 and route 128", "Highway nine and route one twenty-eight"),
        ("en", "flight LH 0456", "flight LH zero four five six"),
        ("en", "ISO 14001:2015", "ISO fourteen thousand one, twenty fifteen"),
        ("en", "IEC 60601-1:2005", "IEC sixty thousand six hundred one dash one, two thousand five"),
        ("en", "a card ending in 0071", "a card ending in zero zero seven one"),
        ("en", "the year ending in 2023", "the year ending in twenty twenty-three"),
        ("en", "it is 747.5", "it is seven hundred forty-seven point five"),
        ("de", "die 747-8", "die sieben hundert sieben und vierzig acht"),
    ],
)  # fmt: skip
def test_written_is_read_as_spoken(language, written, spoken, say):
    assert say(written, language) == spoken


@pytest.mark.parametrize(
    "written", ["a 747-8", "an A320neo", "I-405", "Hwy 101", "Flight UA 123", "ISO 9001:2015"]
)
def test_reading_again_changes_nothing(written, say):
    once = say(written)
    assert say(once) == once
