"""Two ordinals with their dots and a dash or a slash between them: die 5.–6. Klasse, im 19./20. Jahrhundert."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import LETTER, SPACE, Speech, word_before


class OrdinalSpans:
    """The rule of one language for joined ordinals; without effect if ordinals have no dot."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._articles = frozenset(speech.data.texts("date_before"))
        self._starters = frozenset(speech.data.texts("sentence_starters"))

    def add(self, book: RuleBook) -> None:
        """Add the rule; dates come before it."""
        if self._speech.data.table("settings").get("ordinal_dot"):
            book.on_digit(
                "ordinal.span",
                rf"(?<![\w.,:/-])(?P<a>[0-9]{{1,2}})\.(?P<sign>[-–/])(?P<b>[0-9]{{1,2}})\.(?={SPACE}(?P<next>{LETTER}{{2,40}}))",
                self.said,
            )

    def said(self, match: re.Match[str]) -> str | None:
        """Say both ordinals with the ending that the word before and the noun require."""
        before = word_before(match.string, match.start())
        if match["next"] in self._starters or not (match["next"][0].isupper() or before in self._articles):
            return None
        a, b = (
            self._speech.words.ordinal_before(int(match[name]), before, match["next"]) for name in ("a", "b")
        )
        return f"{a} {b}" if match["sign"] == "/" else self._speech.phrase("range", a=a, b=b)
