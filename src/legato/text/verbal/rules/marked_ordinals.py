"""The raised o of ordinals: degrees where a temperature is told (máx. 31º), and shortened before its noun (el 3º piso)."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import LETTER, SPACE, Speech, any_of

_TEMPERATURE_CHARS = 16


class MarkedOrdinals:
    """The rules of one language; without effect if it has no word for degrees and no ordinal that is shortened."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        degrees = speech.data.texts("degree_before")
        self._told = re.compile(rf"\b(?i:{any_of(degrees)})\.?:? \Z" if degrees else "(?!)")
        self._degree = speech.data.nouns("units").get("°")
        self._shortened = speech.data.table("settings").get("ordinal_before_noun", "")
        self._not_things = frozenset(speech.data.texts("not_counted"))

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before that for ordinals."""
        if self._degree is not None and self._speech.data.texts("degree_before"):
            book.on_digit("measure.degrees", r"(?<![\w.,/-])(?P<a>[0-9]{1,3})º(?!\w)", self.degrees)
        if self._shortened:
            book.on_digit(
                "ordinal.shortened",
                rf"(?<![\w.,/-])(?P<a>[0-9]{{0,3}}[13])\.?º(?={SPACE}(?P<thing>{LETTER}{{3,24}})(?!\w))",
                self.shortened,
            )

    def degrees(self, match: re.Match[str]) -> str | None:
        """Say máx. 31º."""
        start = match.start()
        told = self._told.search(match.string, max(0, start - _TEMPERATURE_CHARS), start)
        return self._speech.counted(match["a"], self._degree) if told and self._degree else None

    def shortened(self, match: re.Match[str]) -> str | None:
        """Say el 3º piso; el 1º de mayo names no thing."""
        thing = match["thing"].lower()
        if thing in self._not_things or self._speech.gender_of(thing) != "m":
            return None
        return self._speech.words.ordinal(int(match["a"]), self._shortened)
