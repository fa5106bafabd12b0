"""What a written word sounds like, roughly: a row of kinds of sound, each of which may be missing.

This is not a pronunciation. It distinguishes what a rough look at audio can distinguish (vowels, hisses, closures and so on), for
any language in Latin letters; any other character may be any sound. Letters that are often silent have a high chance of being missing.
"""

import enum
import re
from functools import lru_cache

_MOST_KNOWN = 4096


class Sound(enum.IntEnum):
    """Kinds of sound, in the order of the tables in `alignment`."""

    A = 0
    E = 1
    I = 2  # noqa: E741 - a vowel's name is its letter
    O = 3  # noqa: E741 - a vowel's name is its letter
    U = 4
    HISS = 5
    HUSH = 6
    BREATH = 7
    ASPIRATE = 8
    LIPS = 9
    TONGUE = 10
    THROAT = 11
    NASAL = 12
    LATERAL = 13
    RHOTIC = 14
    GLIDE = 15
    SILENCE = 16
    ANY = 17


Spelled = tuple[tuple[Sound, float], ...]
"""Sounds in order, each with its chance of being missing."""

_VOWELS = "aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüý"
_SPELLING = re.compile(
    f"(?P<silent>(?<=.)e(?=[ds]?$))|(?P<glide>^y(?=[{_VOWELS}]))|(?P<vowel>[{_VOWELS}]+)|(?P<soft>c(?=[eiy]))"
    r"|(?P<known>[ts]ion|sch|sh|ch|th|ph|gh|ck|ng|qu)|(?P<letter>.)(?P=letter)*"
)
_VOWEL_SOUNDS = {
    **dict.fromkeys("eäéèêëöœæ", Sound.E),
    **dict.fromkeys("iyíìîïüý", Sound.I),
    **dict.fromkeys("oóòôõø", Sound.O),
    **dict.fromkeys("uúùû", Sound.U),
}
_KNOWN: dict[str, Spelled] = {
    "tion": ((Sound.HUSH, 0.1), (Sound.E, 0.3), (Sound.NASAL, 0.1)),
    "sion": ((Sound.HUSH, 0.1), (Sound.E, 0.3), (Sound.NASAL, 0.1)),
    "sch": ((Sound.HUSH, 0.02),),
    "sh": ((Sound.HUSH, 0.05),),
    "ch": ((Sound.HUSH, 0.05),),
    "th": ((Sound.BREATH, 0.05),),
    "ph": ((Sound.BREATH, 0.05),),
    "gh": ((Sound.ASPIRATE, 0.7),),
    "ck": ((Sound.THROAT, 0.05),),
    "ng": ((Sound.NASAL, 0.05), (Sound.THROAT, 0.7)),
    "qu": ((Sound.THROAT, 0.05), (Sound.GLIDE, 0.3)),
    "x": ((Sound.THROAT, 0.2), (Sound.HISS, 0.05)),
    **dict.fromkeys("szçß", ((Sound.HISS, 0.05),)),
    "j": ((Sound.HUSH, 0.05),),
    **dict.fromkeys("fv", ((Sound.BREATH, 0.05),)),
    "h": ((Sound.ASPIRATE, 0.4),),
    **dict.fromkeys("pb", ((Sound.LIPS, 0.08),)),
    **dict.fromkeys("td", ((Sound.TONGUE, 0.1),)),
    **dict.fromkeys("kgcq", ((Sound.THROAT, 0.08),)),
    **dict.fromkeys("mnñ", ((Sound.NASAL, 0.05),)),
    "l": ((Sound.LATERAL, 0.1),),
    "w": ((Sound.GLIDE, 0.1),),
    "r": ((Sound.RHOTIC, 0.3),),
    "0": ((Sound.HISS, 0.1), (Sound.I, 0.02), (Sound.RHOTIC, 0.2), (Sound.O, 0.1)),
    "1": ((Sound.GLIDE, 0.1), (Sound.U, 0.02), (Sound.NASAL, 0.1)),
    "2": ((Sound.TONGUE, 0.1), (Sound.U, 0.02)),
    "3": ((Sound.BREATH, 0.1), (Sound.RHOTIC, 0.3), (Sound.I, 0.02)),
    "4": ((Sound.BREATH, 0.1), (Sound.O, 0.02), (Sound.RHOTIC, 0.4)),
    "5": ((Sound.BREATH, 0.1), (Sound.A, 0.02), (Sound.BREATH, 0.2)),
    "6": ((Sound.HISS, 0.1), (Sound.I, 0.02), (Sound.THROAT, 0.2), (Sound.HISS, 0.1)),
    "7": ((Sound.HISS, 0.1), (Sound.E, 0.02), (Sound.BREATH, 0.3), (Sound.E, 0.1), (Sound.NASAL, 0.1)),
    "8": ((Sound.E, 0.02), (Sound.TONGUE, 0.2)),
    "9": ((Sound.NASAL, 0.1), (Sound.A, 0.02), (Sound.NASAL, 0.1)),
}
_PLACE_VALUE: Spelled = ((Sound.ANY, 0.3), (Sound.A, 0.5), (Sound.ANY, 0.6))
"""After a digit of a longer number: "hundred", "thousand", or nothing."""
_UNKNOWN: Spelled = ((Sound.ANY, 0.2),)
_NAMED_WITH_E_BEFORE = frozenset("FLMNRSXZ")
_NAMES: dict[str, Spelled] = {
    "W": (
        (Sound.TONGUE, 0.1),
        (Sound.U, 0.05),
        (Sound.LIPS, 0.3),
        (Sound.GLIDE, 0.3),
        (Sound.U, 0.05),
    ),
    "H": ((Sound.E, 0.1), (Sound.HUSH, 0.1)),
    "Y": ((Sound.GLIDE, 0.1), (Sound.A, 0.05), (Sound.I, 0.1)),
}
_PARTS = re.compile(r"[A-Z](?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+|.")
_NO_LETTER = re.compile(r"[\W_]")
_LONG_AS_A_WORD = 5


@lru_cache(_MOST_KNOWN)
def sounds_of(word: str) -> Spelled:
    """The sounds of a written word; never empty."""
    bare = _NO_LETTER.sub("", word)
    named = bare.upper() if len(bare) > 1 and _has_no_vowel(bare) else bare
    if _is_capitals(named):
        return tuple(sound for part in _PARTS.findall(named) for sound in _part(part)) or _UNKNOWN
    return _spelled(named.lower()) or _UNKNOWN


@lru_cache(_MOST_KNOWN)
def is_odd(word: str) -> bool:
    """Whether a word can be read in several ways of different lengths: it contains figures, signs or capitals, or no vowel."""
    bare = _NO_LETTER.sub("", word)
    return (
        any(character.isdigit() or character in "$€£¥%&+/=#@_" for character in word)
        or sum(map(str.isupper, bare)) > 1
        or (len(bare) > 1 and _has_no_vowel(bare))
    )


def _is_capitals(word: str) -> bool:
    """Whether a word is read letter by letter, or in parts. A long one with vowels is an ordinary word in capitals."""
    if sum(map(str.isupper, word)) < 2:
        return False
    vowels = sum(character in "AEIOU" for character in word)
    return not (len(word) >= _LONG_AS_A_WORD and word.isupper() and vowels > 1)


def _has_no_vowel(word: str) -> bool:
    return word.isascii() and word.isalpha() and not set(word.lower()) & set(_VOWELS)


def _part(part: str) -> Spelled:
    if len(part) > 1 or not part.isupper():
        return _spelled(part.lower())
    if part in _NAMES:
        return _NAMES[part]
    own = _spelled(part.lower())
    if part in "AEIOU":
        return own
    if part in _NAMED_WITH_E_BEFORE:
        return ((Sound.E, 0.1), *own)
    return (*own, (Sound.I, 0.02))


def _spelled(word: str) -> Spelled:
    sounds: list[tuple[Sound, float]] = []
    for match in _SPELLING.finditer(word):
        kind, text = match.lastgroup, match.group()
        if kind == "silent" and any(sound <= Sound.U for sound, _ in sounds):
            sounds.append((Sound.E, 0.7 if match.end() == len(word) else 0.5))
        elif kind in {"vowel", "silent"}:
            sounds.append((_VOWEL_SOUNDS.get(text[0], Sound.A), 0.02))
            if len(text) > 2:
                sounds.append((_VOWEL_SOUNDS.get(text[-1], Sound.A), 0.5))
        elif kind == "glide":
            sounds.append((Sound.RHOTIC, 0.3))
        elif kind == "soft":
            sounds.append((Sound.HISS, 0.05))
        elif text[0].isdigit():
            for digit in text:
                sounds += _KNOWN.get(digit, _UNKNOWN)
                sounds += _PLACE_VALUE if len(word) > 1 else ()
        else:
            sounds += _KNOWN.get(text if kind == "known" else text[0], _UNKNOWN)
    return tuple(sounds)
