"""What every language says, whatever its numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.text.verbal.words.registry import number_words
from legato.text.verbal.words.spoken import NumberWords

LANGUAGES = ["de", "en", "es", "fr", "it", "ja", "nl", "pt", "zh"]


class Tally(NumberWords):
    def cardinal(self, number, gender="m"):
        return "I" * number or "none"

    def ordinal(self, number, form="m"):
        return self.cardinal(number) + "."

    def fraction(self, over, under):
        return f"{self.cardinal(over)} of {self.cardinal(under)}"


def test_a_language_needs_three_methods_and_has_the_rest():
    words = Tally()
    assert words.year(3) == words.day(3) == words.regnal(3) == "III"
    assert words.clock(1, 2) == "I II"
    assert words.digits("1-2") == words.decimals("12") == "I II"
    assert words.gender_of("book") == "-"


def test_vocabulary_holds_the_words_of_numbers():
    vocabulary = number_words("en").vocabulary()
    assert {"zero", "twenty", "hundred", "million"} <= vocabulary


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers(0, 10**15), gender=st.sampled_from("mf-"))
def test_every_number_has_words_without_digits(language, number, gender):
    words = number_words(language)
    for spoken in (
        words.cardinal(number, gender),
        words.ordinal(number),
        words.year(number % 10000),
        words.regnal(number % 400 + 1),
    ):
        assert spoken
        assert spoken == spoken.strip()
        assert "  " not in spoken
        assert not any(character.isdigit() for character in spoken)


@pytest.mark.parametrize("language", LANGUAGES)
@given(over=st.integers(0, 5000), under=st.integers(0, 5000))
def test_every_fraction_has_words(language, over, under):
    assert number_words(language).fraction(over, under).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_cardinals_differ(language):
    words = number_words(language)
    assert len({words.cardinal(number) for number in range(3000)}) == 3000


def test_the_vocabulary_has_the_numbers_that_a_language_writes_as_one_word():
    words = number_words("nl").vocabulary()
    assert {"negenhonderdelf", "honderdtwaalf", "vierduizend"} <= words
