"""Marks in a text that say how a word sounds, and have no spelling: `<<m|ɛ|t|f>>`, as Cartesia writes it, and `/mɛtf/`, as ElevenLabs' v3 reads it.

Rules:
- Voices that take phonemes get the sounds as IPA. Between bars, those of several signs are tied, so that they can be told apart again.
- Voices that take none get a spelling that an English reader would say much like it: the mark has none of its own.
- A mark with bars has at least one, no digits and no spaces, and stands apart from the word before it: `<<bonjour>>` and `1<<n|m>>k` are text.
- Between slashes, each word has a letter or a sign that only IPA has, and the mark stands apart from what is before it: `/usr/bin/` and `and/or` are text.
"""

import re
import unicodedata
from typing import Final

from legato.domain.ipa import sounds_of, tied
from legato.text.atoms import SpanKind
from legato.text.openers import WAIT, Found, Verdict

OPENERS: Final = ("<<", "/")
_SOUND = r"[^\x00-@\[-`{-\x7f\s\d«»]{1,8}"
_MARK = re.compile(rf"<<({_SOUND}(?:\|{_SOUND}){{1,40}}\|?|{_SOUND}\|)>>")
_BEGUN = re.compile(rf"<(?:<(?:{_SOUND}(?:\|{_SOUND}){{0,40}}\|?>?)?)?")
_IPA_ONLY = "[\u0250-\u02afˈˌː]"
_SIGN = r"[^\x00-&(-\-/-9;-@\[-`{-\x7f\s\u2010-\u203e\u2040-\u206f]"
"""What words between slashes are of: ASCII's own apostrophe, stop and colon too, which are typed for a stress, a syllable's end and a length."""
_WORD = rf"(?=[^\s/]{{0,60}}?{_IPA_ONLY}){_SIGN}{{1,60}}"
_SLASHED = re.compile(rf"/({_WORD}(?: {_WORD}){{0,3}})/")
_SLASHED_BEGUN = re.compile(rf"/(?:{_WORD} ){{0,3}}{_SIGN}{{0,60}}")
_IN_PATHS = frozenset("/:.~=?&#%")
_TYPED = str.maketrans({"'": "ˈ", ":": "ː"})
_SPELLED = {
    "aɪ": "ye", "aj": "ye", "aʊ": "ow", "aw": "ow", "eɪ": "ay", "ej": "ay", "oʊ": "oh", "ow": "oh", "əʊ": "oh", "əw": "oh",
    "ɔɪ": "oy", "ɔj": "oy", "tʃ": "ch", "dʒ": "j", "i": "ee", "u": "oo", "æ": "a", "ɑ": "ah", "ɒ": "o", "ɔ": "aw", "ə": "uh",
    "ɐ": "uh", "ʌ": "uh", "ɛ": "e", "ɜ": "er", "ɝ": "er", "ɚ": "er", "ɪ": "i", "ʊ": "oo", "ø": "er", "œ": "er", "ʉ": "oo", "ɨ": "i",
    "ð": "th", "θ": "th", "ʃ": "sh", "ʒ": "zh", "ŋ": "ng", "ɲ": "ny", "ɡ": "g", "ɹ": "r", "ɾ": "r", "ʁ": "r", "j": "y", "x": "kh",
    "χ": "kh", "ç": "h", "ɫ": "l", "ʎ": "ly", "β": "v", "ɣ": "g", "ʔ": "",
}  # fmt: skip


def mark(text: str, at: int, *, final: bool) -> Verdict:
    """Find the mark at an angle bracket."""
    if text[at - 1 : at].isalnum() and at:
        return None
    found = _MARK.match(text, at)
    if found is not None:
        return Found(SpanKind.PHONEME, at, found.end(), found.start(1), found.end(1))
    return WAIT if not final and text[at + 1 : at + 2] == "<" and _BEGUN.fullmatch(text, at) else None


def slashed(text: str, at: int, *, final: bool) -> Verdict:
    """Find the mark at a slash."""
    if at and (text[at - 1].isalnum() or text[at - 1] in _IN_PATHS):
        return None
    found = _SLASHED.match(text, at)
    if found is not None:
        return Found(SpanKind.PHONEME, at, found.end(), found.start(1), found.end(1))
    return WAIT if not final and _SLASHED_BEGUN.fullmatch(text, at) else None


def read(inside: str) -> tuple[str, str]:
    """Return how the sounds of a mark are spelled, and their IPA."""
    if "|" not in inside:
        ipa = inside.translate(_TYPED)
        return " ".join("".join(map(_spelled, sounds_of(word))) for word in ipa.split()), ipa
    sounds = [sound for sound in inside.split("|") if sound]
    spelled = "".join(_spelled(sound) for sound in sounds)
    return spelled, "".join(map(tied, sounds))


def _spelled(sound: str) -> str:
    bare = "".join(
        char
        for char in unicodedata.normalize("NFD", sound)
        if unicodedata.category(char) not in {"Mn", "Lm", "Sk"}
    )
    if bare in _SPELLED:
        return _SPELLED[bare]
    return "".join(_SPELLED.get(char, char if char.isascii() else "") for char in bare)
