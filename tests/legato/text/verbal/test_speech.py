"""Written numbers in the marks of a language, and the looks to the left and right."""

import re

import pytest

from legato.text.verbal.speech import (
    Speech,
    after_weekday,
    any_of,
    begins_afresh,
    joined_ordinal,
    spaced,
    texted,
    texting,
    word_before,
    word_before_day,
    word_before_joined,
)
from legato.text.verbal.tables import Noun
from legato.text.verbal.words.registry import number_words


@pytest.fixture
def english(data):
    return Speech(data("en"), number_words("en"))


@pytest.fixture
def german(data):
    return Speech(data("de"), number_words("de"))


def test_marks_follow_the_language(english, german):
    assert english.plain("1,234.5") == german.plain("1.234,5") == "1234.5"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [("5", "five"), ("1,000.05", "one thousand point zero five"), (".5", "point five"), ("05", "zero five")],
)
def test_numbers_are_said(english, written, spoken):
    assert english.say(written) == spoken


def test_things_are_counted(english, german):
    assert english.counted("1", Noun("foot", "feet")) == "one foot"
    assert german.counted("1", Noun("Stunde", "Stunden", "f")) == "eine Stunde"


def test_dots_group_only_where_they_do(english, german):
    assert german.is_grouped("1.000.000")
    assert not german.is_grouped("1.2.3")
    assert not english.is_grouped("1.000.000")


def test_the_longest_text_is_taken():
    assert re.match(any_of(["m", "min", "."]), "min").group() == "min"
    assert re.match(any_of([]), "x") is None


@pytest.mark.parametrize(
    ("text", "word"),
    [("in 5", "in"), ("Mid-5", "mid"), ("in, 5", ""), ("in. 5", ""), ("5", ""), ("a" * 90 + " 5", "a" * 31)],
)
def test_the_word_before(text, word):
    assert word_before(text, len(text) - 1) == word


@pytest.mark.parametrize(
    ("after", "afresh"),
    [
        ("", True),
        (" ", True),
        (" The", True),
        (' "The', True),
        ("\nthe", True),
        (" the", False),
        ("The", False),
        (" 5", False),
    ],
)
def test_what_begins_afresh(after, afresh):
    assert begins_afresh("x" + after, 1) is afresh


@pytest.mark.parametrize(
    ("text", "said"), [("a+b", " plus "), ("a + b", "plus"), ("(+)", "plus"), ("+", "plus")]
)
def test_signs_get_room(text, said):
    match = re.search(r"\+", text)
    assert spaced(match, "plus") == said


@pytest.mark.parametrize(
    ("text", "word"),
    [("am 24", "am"), ("am Montag, 24", "am"), ("am Donnerstag, 24", "am"), ("Montag, 24", ""), ("24", "")],
)
def test_the_word_before_a_day_is_that_before_its_weekday(data, text, word):
    day = re.search("24", text)
    assert word_before_day(day, after_weekday(data("de")), joined_ordinal(data("de"))) == word


@pytest.mark.parametrize(
    ("noun", "gender"), [("Noche", "f"), ("día", "m"), ("semana", "f"), ("kilo", "m"), ("problemas", "m")]
)
def test_the_table_of_genders_is_asked_before_the_endings(data, noun, gender):
    assert Speech(data("es"), number_words("es")).gender_of(noun) == gender


def test_what_a_short_number_is_texted_to(data):
    told, begun = texted(data("en")), texting(data("en"))
    assert told.search('Please text the word "STOP" to ')
    assert not told.search("The text is long, to ")
    assert begun.search("text HELP ")
    assert not begun.search("the text. Then ")
    assert texted(data("nl")) is texting(data("nl")) is None


@pytest.mark.parametrize(
    ("text", "word"), [("das 2. und 3. Quartal", "das"), ("Satz 3. Quartal", "satz"), ("2. und 3. Rang", "")]
)
def test_the_word_before_ordinals_that_are_joined_is_that_before_the_first(data, text, word):
    assert word_before_joined(text, text.index("3."), joined_ordinal(data("de"))) == word


def test_only_ordinals_with_a_dot_are_joined_so(data):
    assert joined_ordinal(data("en")).search("the 2. and ") is None


def test_what_lies_between_is_joined_by_and(data):
    speech = Speech(data("de"), number_words("de"))
    assert speech.span(re.search("9", "zwischen 9"), "neun", "zwölf") == "neun und zwölf"
    assert speech.span(re.search("9", "von 9"), "neun", "zwölf") == "neun bis zwölf"


def test_a_number_of_things_may_be_counted_by_another_word(data):
    assert Speech(data("it"), number_words("it")).per_counted("cento chilometri") == "per cento chilometri"
    assert Speech(data("de"), number_words("de")).per_counted("ein hundert") == "pro ein hundert"
