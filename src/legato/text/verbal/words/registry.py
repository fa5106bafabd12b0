"""Which languages have number words."""

from legato.text.verbal.words.chinese import Chinese, Japanese
from legato.text.verbal.words.dutch import Dutch
from legato.text.verbal.words.english import English
from legato.text.verbal.words.french import French
from legato.text.verbal.words.german import German
from legato.text.verbal.words.italian import Italian
from legato.text.verbal.words.portuguese import Portuguese
from legato.text.verbal.words.spanish import Spanish
from legato.text.verbal.words.spoken import NumberWords

_LANGUAGES: dict[str, type[NumberWords]] = {
    "de": German,
    "en": English,
    "es": Spanish,
    "fr": French,
    "it": Italian,
    "ja": Japanese,
    "nl": Dutch,
    "pt": Portuguese,
    "zh": Chinese,
}


def number_words(language: str) -> NumberWords | None:
    """Return the number words of a base language tag; None if the language leaves its digits to the voice."""
    words = _LANGUAGES.get(language)
    return words() if words else None
