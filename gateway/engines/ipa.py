"""A pronunciation in IPA, as people and dictionaries write it, brought to the way espeak-ng's phonemes are written. Pure.

Rules:
- stress stands before the vowel it belongs to, as espeak-ng writes it and as Piper's voices have learned it, not before the syllable;
- one sign for one sound: no ties, no marks between syllables, old ligatures as the two sounds that they are;
- nothing is guessed: a sign that is none of a voice's makes the whole pronunciation one that this voice has not.
"""

import re
import unicodedata
from collections.abc import Collection

from legato.domain.languages import primary_subtag

MOST_CHARS = 120
"""A longer one is not a word's."""
_WRAPPING = re.compile(r"[/\[\]\\{}]")
_BETWEEN = re.compile("[.\u00b7|\u2016\u203f\u0361\u035c\u032f\u2019]")
_SAME = str.maketrans(
    {
        "\u02a7": "t\u0283",
        "\u02a4": "d\u0292",
        "\u02a6": "ts",
        "\u02a3": "dz",
        "g": "\u0261",
        ":": "\u02d0",
        "'": "\u02c8",
        ",": "\u02cc",
        "\u025d": "\u025c\u02d0",
        "\u026b": "l",
        "\u02b3": "\u0279",
    }
)
_VOWELS = "aeiouy\u00e6\u00f8\u0153\u0251\u0252\u0254\u0259\u025a\u025b\u025c\u025e\u0250\u0264\u0268\u026a\u026f\u0275\u0276\u0289\u028a\u028c\u028f\u1d7b"
_STRESS = re.compile(f"([\u02c8\u02cc])([^{_VOWELS}\u02c8\u02cc ]*)(?=[{_VOWELS}])")
_ENGLISH = (("r", "\u0279"), ("\u0259\u028a", "o\u028a"))
_ENGLISH_SOUNDS = frozenset(
    "pbtdk\u0261mn\u014bfv\u03b8\u00f0sz\u0283\u0292hl\u0279jw \u02c8\u02cc\u02d0\u0329"
    "i\u026ae\u025b\u00e6a\u0251\u0252\u0254o\u028au\u028c\u0259\u025c\u025a\u0250\u1d7b\u027e\u0294x"
)


def narrowed(ipa: str) -> str:
    """A pronunciation in espeak-ng's own spelling of IPA, of at most `MOST_CHARS`; empty for what is none."""
    if len(ipa) > MOST_CHARS:
        return ""
    plain = _WRAPPING.sub("", unicodedata.normalize("NFD", ipa)).translate(_SAME)
    said = " ".join(_STRESS.sub(r"\2\1", _BETWEEN.sub("", plain)).split())
    # Written out it may be twice as long ("\u02a6" is two sounds), and the library has room for 200 bytes.
    return said if len(said) <= MOST_CHARS else ""


def in_inventory(ipa: str, inventory: Collection[str], language: str) -> str | None:
    """A pronunciation in the phonemes of a voice; None when it has a sound that the voice has not.

    Args:
        ipa: as people write it.
        inventory: the signs that the voice knows, one code point each.
        language: of the voice; many have one inventory and have only learned the sounds of their own language.
    """
    said = narrowed(ipa)
    if primary_subtag(language) == "en":
        for written, meant in _ENGLISH:
            said = said.replace(written, meant)
        if not _ENGLISH_SOUNDS.issuperset(said):
            return None
    return said if said and all(sign in inventory for sign in said) else None
