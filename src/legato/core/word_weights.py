"""How long a word takes, roughly: weights from its letters, for voices that give no word times.

The figures were fitted on speech with known word times at about 165 words a minute. Only their proportions matter, since
a segment's weights are stretched over the segment's real length.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from legato.core.word_sounds import is_odd

_MOST_KNOWN = 4096
_LONGEST_KNOWN_CHARS = 32
"""Longer words hardly ever recur, and the cache would keep them."""
_VOWELS = frozenset("aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüýαεηιουωаеёиоуыэюя")
_FUNCTION_WORDS = frozenset(
    {
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "with",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
    }
    | {
        "were",
        "be",
        "been",
        "am",
        "it",
        "its",
        "he",
        "she",
        "we",
        "they",
        "you",
        "i",
        "this",
        "that",
        "as",
        "if",
        "so",
    }
    | {"do", "does", "did", "has", "have", "had", "not", "no", "will", "would", "can", "could"}
)
_WORD_S = 0.12
_SYLLABLE_S = 0.06
_CONSONANT_S = 0.046
_FUNCTION_WORD_S = -0.10
_WIDE_CHAR_S = 0.22
_NAMED_S = 0.3
_PARTS = re.compile(r"[^\W\d_]+|\d|[$€£¥%&+=#@]")
_PAUSES_S = {
    ",": 0.28,
    ";": 0.42,
    ":": 0.42,
    ".": 0.46,
    "!": 0.46,
    "?": 0.46,
    "。": 0.46,
    "、": 0.28,
    "，": 0.28,
}


def word_s(word: str) -> float:
    """Seconds that a word takes at an even pace; never 0."""
    return _known_s(word) if len(word) <= _LONGEST_KNOWN_CHARS else _word_s(word)


def _word_s(word: str) -> float:
    lowered = word.lower()
    wide = sum(1 for letter in lowered if letter >= "\u2e80")
    if wide:
        return wide * _WIDE_CHAR_S
    if is_odd(word):
        return _odd_s(word)
    consonants = syllables = 0
    was_vowel = False
    for letter in lowered:
        vowel = letter in _VOWELS
        syllables += vowel and not was_vowel
        consonants += letter.isalpha() and not vowel
        was_vowel = vowel
    seconds = _WORD_S + _SYLLABLE_S * syllables + _CONSONANT_S * consonants
    return max(seconds + (_FUNCTION_WORD_S if lowered in _FUNCTION_WORDS else 0.0), 0.05)


def _odd_s(word: str) -> float:
    """Figures are read as words, and letters that form no word by their names; the rest as it is written."""
    parts = _PARTS.findall(word)
    plain_s = sum(_word_s(part) for part in parts if part.isalpha() and not is_odd(part) and len(part) > 1)
    signs = sum(len(part) for part in parts if not (part.isalpha() and not is_odd(part) and len(part) > 1))
    return max(plain_s + signs * _NAMED_S, 0.05)


_known_s = lru_cache(_MOST_KNOWN)(_word_s)


def pause_s(between: str) -> float:
    """Seconds of pause for the characters between two words."""
    return max((_PAUSES_S.get(character, 0.0) for character in between), default=0.0)


def shared(weights: Sequence[float], start: int, end: int) -> list[tuple[int, int]]:
    """The range between two samples, divided by weight: first and last sample of each part; all at `end` if that precedes `start`."""
    start, total, passed = min(start, end), sum(weights), 0.0
    places: list[tuple[int, int]] = []
    for weight in weights:
        first = start + round((end - start) * passed / total) if total else start
        passed += weight
        places.append((first, start + round((end - start) * passed / total) if total else end))
    return places


def spread(text: str, words: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Start and end of every word in seconds at an even pace, the pause after the last word left out.

    Args:
        text: what is spoken.
        words: (start, end) of each word in `text`, in order.
    """
    times: list[tuple[float, float]] = []
    at = 0.0
    last_end = words[0][0] if words else 0
    for start, end in words:
        between = text[last_end:start]
        if times and between != " ":  # a space is by far the usual case
            at += pause_s(between)
        begins, at = at, at + (_known_s if end - start <= _LONGEST_KNOWN_CHARS else _word_s)(text[start:end])
        times.append((begins, at))
        last_end = end
    return times
