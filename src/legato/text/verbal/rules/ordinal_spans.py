"""Ordinals with their dots, two of them joined or one before a short form: die 5.–6. Klasse, im 19./20. Jahrhundert, die 3. Std."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import (
    LETTER,
    SPACE,
    Speech,
    any_of,
    begins_afresh,
    word_before,
    word_before_joined,
)


class OrdinalSpans:
    """The rules of one language; without effect if ordinals have no dot."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._articles = frozenset(speech.data.texts("date_before"))
        self._starters = frozenset(speech.data.texts("sentence_starters"))

    def add(self, book: RuleBook) -> None:
        """Add the rules; dates come before them."""
        if counted := self._speech.data.table("counted_short"):
            ending = any_of(self._speech.data.texts("ordinal_suffixes"))
            book.on_digit(
                "ordinal.counted",
                rf"(?<![\w.,:/-])(?P<a>[1-9][0-9]?)(?i:{ending})[ -](?P<short>{any_of(counted)})\b(?:\.(?={SPACE}[a-zA-Z]))?",
                lambda match: (
                    f"{self._speech.words.ordinal(int(match['a']), '')} {counted[match['short']].lower()}"
                ),
            )
        if self._speech.data.table("settings").get("ordinal_dot"):
            units = any_of(self._speech.data.texts("ordered_units"))
            book.on_digit(
                "ordinal.unit",
                rf"(?<![\w.,:/-])(?P<a>[1-9][0-9]?)\.{SPACE}(?P<unit>{units})\.(?!\w)",
                self.unit,
            )
            book.on_digit(
                "ordinal.span",
                rf"(?<![\w.,:/-])(?P<a>[0-9]{{1,2}})\.(?P<sign>[-–/])(?P<b>[0-9]{{1,2}})\.(?={SPACE}(?P<next>{LETTER}{{2,40}}))",
                self.said,
            )

    def unit(self, match: re.Match[str]) -> str:
        """Say die 3. Std.: an ordinal counts one."""
        one = self._speech.data.nouns("units")[match["unit"]].one
        before = word_before_joined(match.string, match.start(), self._speech.joined)
        stop = "." if begins_afresh(match.string, match.end()) else ""
        return f"{self._speech.words.ordinal_before(int(match['a']), before, one)} {one}{stop}"

    def said(self, match: re.Match[str]) -> str | None:
        """Say both ordinals with the ending that the word before and the noun require."""
        before = word_before(match.string, match.start())
        if match["next"] in self._starters or not (match["next"][0].isupper() or before in self._articles):
            return None
        a, b = (
            self._speech.words.ordinal_before(int(match[name]), before, match["next"]) for name in ("a", "b")
        )
        return f"{a} {b}" if match["sign"] == "/" else self._speech.phrase("range", a=a, b=b)
