r"""Deepgram's inline pronunciations: `\{"word":"…","pronounce":"<IPA>"\}` in the text, for its English and Spanish voices.

Source: the vendor's documentation.
"""

from legato.providers.json_frames import compact
from legato.providers.phonemes import UNMARKED, Markup

_FAMILIES = ("aura-2-", "flux-")
_LANGUAGES = ("-en", "-es")
_MOST_IPA = 128
_MOST_FOR_LETTER, _LEAST_BOUND = 10, 15
"""The vendor refuses a whole text for a pronunciation longer than this, or than its word allows: such a word goes as it stands."""


def markup_of(voice: str, *, wanted: bool = True) -> Markup:
    """How pronunciations are written for this voice, if it takes them and they are wanted."""
    takes = voice.startswith(_FAMILIES) and voice.endswith(_LANGUAGES)
    return _MARKUP if wanted and takes else UNMARKED


def _pronounced(word: str, ipa: str) -> str:
    if len(ipa) > min(_MOST_IPA, max(_MOST_FOR_LETTER * len(word), _LEAST_BOUND)):
        return word
    inside = compact({"word": word, "pronounce": ipa})[1:-1]
    return f"\\{{{inside}\\}}"


_MARKUP = Markup(_pronounced)
