"""Emoji: their names, and what they stand for between two sentences."""

import re
from collections.abc import Iterator, Mapping

from legato.text.marks import EMOJI, OPENERS
from legato.text.sentences import SentenceData

_UNSEEN = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""Variation selectors and skin tones: the name is that of the picture without them."""
_LONGEST_CHARS = 10
MOST_NAMED = 4
"""In a longer row of different emoji, only the first are named."""

_ENDS = re.compile(rf"[{EMOJI}][\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff]{{0,4}}[)\"”’*_]{{0,3}}\s*\Z")
_MOOD = re.compile(
    "[\u2639\u263a\u2705\u270a-\u270d\u2728\u2764\U0001f389\U0001f38a\U0001f446-\U0001f450\U0001f494-\U0001f49f\U0001f4aa\U0001f525"
    "\U0001f590-\U0001f596\U0001f5a4\U0001f600-\U0001f64f\U0001f680\U0001f90c-\U0001f93e\U0001f970-\U0001f97a\U0001fae0-\U0001faf8]"
    "[^\\w\\s]*\\Z"
)
"""Faces, hands, hearts, celebrations: they comment on what they follow, and name nothing."""
_BEFORE = re.compile(r"(\w+)\W*\Z")
_LONGEST_WORD = 32
_LOVERS = frozenset({"i", "we", "you", "they", "to"})
"""After one of these, a heart is a verb."""
_BARE = re.compile(r"[^\W\d_]+")


def ends_with_picture(text: str) -> bool:
    """Whether a text ends with an emoji, closing marks and spaces aside."""
    return not text.isascii() and _ENDS.search(text, max(0, len(text) - 16)) is not None


def stands_for_stop(text: str) -> bool:
    """Whether a text has words, and ends with an emoji in the place of a stop."""
    return ends_with_picture(text) and _BARE.search(text) is not None


class Pictures:
    """Decides whether an emoji stands where the stop of a sentence should: "Sure 😊 Let me check".

    Args:
        data: the sentence data of the language.
    """

    def __init__(self, data: SentenceData) -> None:
        self._data = data

    def end(self, tail: str, peek: str, *, whole: bool) -> bool | None:
        """Whether a sentence ends between an emoji and the next word; None if more must be known.

        Args:
            tail: the text before the gap.
            peek: the word after it, as far as it is known.
            whole: whether `peek` is the complete word.
        """
        before = _BEFORE.search(tail, max(0, len(tail) - 2 * _LONGEST_WORD))
        ahead = peek.lstrip(OPENERS)
        if before is None or not ahead[:1].isupper():
            return False
        if not whole:
            return None
        word = _BARE.match(ahead)
        if word is None:
            return False
        loved = before[1].lower() in _LOVERS
        return word.group() in self._data.starters or (
            not self._data.capital_nouns and not loved and _MOOD.search(tail.rstrip()) is not None
        )


def named(pictures: str, names: Mapping[str, str]) -> str:
    """Return the names of a row of emoji, a repeated one once; empty if none has a name.

    Args:
        pictures: the row.
        names: names of whole sequences, without variation selectors and skin tones.
    """
    said: list[str] = []
    for name in _names(_UNSEEN.sub("", pictures), names):
        if name not in said:
            said.append(name)
        if len(said) == MOST_NAMED:
            break
    return ", ".join(said)


def _names(row: str, names: Mapping[str, str]) -> Iterator[str]:
    at = 0
    while at < len(row):
        for length in range(min(_LONGEST_CHARS, len(row) - at), 0, -1):
            name = names.get(row[at : at + length])
            if name is not None:
                yield name
                break
        else:
            length = 1
        at += length
