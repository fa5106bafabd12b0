"""IPA in espeak-ng's own phonemes, as a voice of the library has them: what is written is read back, and only a true copy counts.

- Which of the library's mnemonics sound how, the voice itself tells: each is asked for once (a millisecond a voice, kept).
- A pronunciation with a sound that none of them has, or that comes back as another, is no pronunciation for this voice.
"""

import functools
import re
from collections.abc import Mapping

from gateway.engines.espeak_library import espeak_library
from gateway.engines.ipa import narrowed

_MNEMONICS = (
    "p b t d k g m n N f v T D s z S Z h tS dZ l r R w j x C Q q c J n^ l^ B ts dz pF * r- "
    "a a# a: A A: A~ aI aU e e: E E: E~ eI EI i i: I I# I: o o: O O: O~ oU OI OY u u: U U: @ @U @L 3 3: V V: W W: W~ Y Y: y y: & 0"
)
_LONGEST = 5
_KEPT_VOICES, _KEPT_WORDS = 64, 4096
_SIGNS = {"\u02c8": "'", "\u02cc": ",", " ": "||", "\u0329": ""}
_RHOTICS = "r\u0279\u0281\u0280\u027e"
"""Sounds of the letter r: a voice that has not the one that is asked for says its own."""
_UNHEARD = re.compile("[\u02c8\u02cc\u02d0\u0329 -]")
_ALIKE = str.maketrans(
    {"\u1d7b": "\u026a", "\u0250": "\u0259", "\u025a": "\u0259", **dict.fromkeys(_RHOTICS, "r")}
)
_FLAP = str.maketrans({"\u027e": "t"})


@functools.lru_cache(maxsize=_KEPT_WORDS)
def mnemonics(identifier: str, ipa: str) -> str | None:
    """A pronunciation in a voice's own phonemes; None when the voice has not all of its sounds.

    Args:
        identifier: of a voice of the library.
        ipa: as people write it.

    Raises:
        EspeakError: there is no such voice.
    """
    said = narrowed(ipa)
    written = _written(said, _sounds(identifier))
    if not written:
        return None
    back = espeak_library().phonemes(identifier, f"[[{written}]]")
    # An American voice says some of its t's as a flap, which elsewhere is an r.
    return written if _heard(said) in {_heard(back), _heard(back.translate(_FLAP))} else None


@functools.lru_cache(maxsize=_KEPT_VOICES)
def _sounds(identifier: str) -> Mapping[str, str]:
    """The voice's mnemonics by the IPA that they sound as."""
    library = espeak_library()
    sounds: dict[str, str] = {}
    for after in ("t", "a", ""):
        tail = library.phonemes(identifier, f"[[{after}]]") if after else ""
        for mnemonic in _MNEMONICS.split():
            told = library.phonemes(identifier, f"[[{mnemonic}{after}]]")
            told = told.replace("\u02c8", "") if told.endswith(tail.replace("\u02c8", "")) else ""
            sound = told[: len(told) - len(tail.replace("\u02c8", ""))]
            if sound and not sound.startswith("("):
                sounds.setdefault(sound, mnemonic)
    return sounds


def _written(said: str, sounds: Mapping[str, str]) -> str:
    written, at = "", 0
    while at < len(said):
        if said[at] in _SIGNS:
            written += _SIGNS[said[at]]
            at += 1
            continue
        length = next((length for length in range(_LONGEST, 0, -1) if said[at : at + length] in sounds), 0)
        if not length and said[at] not in _RHOTICS:
            return ""
        written += sounds[said[at : at + length]] if length else "r"
        at += max(length, 1)
    return written


def _heard(ipa: str) -> str:
    """A pronunciation without what is a matter of taste: stress, length, sounds that a voice makes of others in their place."""
    return _UNHEARD.sub("", ipa).translate(_ALIKE)
