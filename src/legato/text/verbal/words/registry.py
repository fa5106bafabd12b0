"""Which languages have number words."""

from legato.text.verbal.words.english import English
from legato.text.verbal.words.spoken import NumberWords

_LANGUAGES: dict[str, type[NumberWords]] = {"en": English}


def number_words(language: str) -> NumberWords | None:
    """The number words of a base language tag; None when the language leaves its digits to the voice."""
    words = _LANGUAGES.get(language)
    return words() if words else None
