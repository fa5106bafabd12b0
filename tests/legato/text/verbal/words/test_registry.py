"""Which languages are read."""

import pytest

from legato.text.verbal.words.registry import number_words


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "ja", "nl", "pt", "zh"])
def test_known_languages_have_number_words(language):
    words = number_words(language)
    assert words is not None
    assert words.cardinal(2) != "2"


def test_other_languages_leave_their_digits():
    assert number_words("fi") is None
