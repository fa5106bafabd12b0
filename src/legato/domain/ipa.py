"""The phonetic alphabet as pronunciations are written in it: a sound of several signs has ties between them (t͡ʃ), so that sounds can be told apart."""

import re
from typing import Final

TIES: Final = "\u0361\u035c"
"""Above and below the signs that they join."""
STRESSES: Final = "ˈˌ"
MODIFIERS: Final = "\u0300-\u035b\u035d-\u0360\u0362-\u036f\u02b0-\u02c7\u02cd-\u02ff"
"""What modifies the sign before it, as ranges of a regular expression; a tie does not."""
_SIGN = re.compile(rf"[^{TIES}][{MODIFIERS}]*")
_MODIFIED = f"[{MODIFIERS}]*"
_SOUND = re.compile(
    rf"[{STRESSES}]|(?:aɪ|aʊ|eɪ|oʊ|ɔɪ|tʃ|dʒ|[^\s.‿|{STRESSES}{TIES}]){_MODIFIED}(?:[{TIES}].{_MODIFIED})*"
)
"""A stress, a diphthong or affricate, signs that are tied, or one sign; with what modifies it."""


def sounds_of(word: str) -> list[str]:
    """Return the sounds of one word as they are written, stresses apart."""
    return _SOUND.findall(word)


def tied(sound: str) -> str:
    """Return one sound with its signs tied, whether or not they were; a stress before it is joined to nothing."""
    signs = _SIGN.findall(sound)
    stresses = "".join(sign for sign in signs if sign in STRESSES)
    return stresses + TIES[0].join(sign for sign in signs if sign not in STRESSES)


def untied(sound: str) -> str:
    """Return one sound without ties."""
    return "".join(_SIGN.findall(sound))
