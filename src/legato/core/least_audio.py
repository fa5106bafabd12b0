"""How little audio a text can possibly take: with less it was not spoken whole, whatever its vendor says.

Rules:
- The bound is far below what any voice takes, in any language: a text that was spoken must never be taken for one that was not.
- Markup does not count, and of a long word only its beginning does, unless it is in a script without capitals: many of these have no
  spaces, so that a word is a sentence, and none of them is used for addresses and keys.
- A short text never fails by it; whoever loses nothing by being too strict asks for `least_s`.
"""

import re

import numpy as np

from legato.domain.errors import Reason
from legato.domain.events import Failed

LEAST_S_PER_CHAR = 0.02
"""A quick voice takes two or three times as long for a letter or digit."""
_MOST_SPEED = 4.0
_SHORT_CHARS = 20
"""Of a text as short as this, and of a longer word, which may be an address or a key, a voice may leave anything out."""
_INAUDIBLE = 103
"""-50 dBFS, as `legato.audio.silence` has it, which is out of reach here; a test compares them."""
_MARKUP = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")


def is_audible(data: bytes) -> bool:
    """Whether a piece of audio, s16le, holds any sound; half a sample at its end does not count."""
    samples = np.frombuffer(data, "<i2", len(data) // 2)
    return bool(((samples > _INAUDIBLE) | (samples < -_INAUDIBLE)).any())


def sure_chars(text: str) -> int:
    """How many letters and digits of a text count: every voice speaks them."""
    spoken = _MARKUP.sub(" ", text)
    words = spoken.split()
    if len(max(words, key=len, default="")) <= _SHORT_CHARS:  # nearly always: all of every word counts
        return sum(map(str.isalnum, spoken))
    return sum(map(_sure_chars_of, words))


def _sure_chars_of(word: str) -> int:
    chars = sum(map(str.isalnum, word))
    if chars <= _SHORT_CHARS or word.isascii():
        return min(chars, _SHORT_CHARS)
    caseless = sum(char.isalpha() and char.lower() == char.upper() for char in word)
    return caseless + min(chars - caseless, _SHORT_CHARS)


def least_s(chars: int, speed: float) -> float:
    """Return how many seconds of audio so many letters and digits take at least, at this speed; 1 for the voice's own."""
    return chars * LEAST_S_PER_CHAR / max(speed, 1.0)


def shortfall(chars: int, given_s: float, speed: float = _MOST_SPEED) -> Failed | None:
    """Return the failure of a text that ended with too little audio to have been spoken whole; `None` if it may have been.

    Args:
        chars: how many of its letters and digits count.
        given_s: seconds of audio that it was given.
        speed: how fast, 1 for the voice's own speed; the greatest speed there is if that is not known.
    """
    if chars <= _SHORT_CHARS or given_s >= least_s(chars, speed):
        return None
    return Failed(Reason.VENDOR_EMPTY, "the vendor gave far too little audio for the text")
