"""Short adjectives before a noun, in a language whose nouns have a capital: eine mtl. Rate, but 20 € mtl. Das ist alles."""

import re

from legato.text.verbal.speech import SPACE
from legato.text.verbal.tables import VerbalData

_NOUN = re.compile(rf"{SPACE}([^\W\d_]+)")
_BEFORE = re.compile(rf"(?:\A\s*|(?<!\w)[^\W\d_]{{2,20}}{SPACE}|[.:!?,;(–]{SPACE}?)\Z")
"""The beginning of a clause or a word before an adjective; behind an amount or 3x it tells how often."""
_WINDOW = 24


class Adjectives:
    """The short adjectives of one language; none if it has no table of them.

    Args:
        data: what is known of the language.
    """

    def __init__(self, data: VerbalData) -> None:
        self._spoken = data.table("before_noun")
        self._starters = frozenset(data.texts("sentence_starters"))

    def before_noun(self, match: re.Match[str]) -> str:
        """Return an adjective with the ending that it most often has before a noun; nothing if it is none or no noun follows.

        Args:
            match: of a short form and its stop, with the group `word`.
        """
        spoken = self._spoken.get(match["word"].lower(), "")
        follows = _NOUN.match(match.string, match.end()) if spoken else None
        if follows is None or not follows[1][0].isupper() or follows[1] in self._starters:
            return ""
        if not _BEFORE.search(match.string, max(0, match.start() - _WINDOW), match.start()):
            return ""
        return spoken.capitalize() if match["word"][0].isupper() else spoken
