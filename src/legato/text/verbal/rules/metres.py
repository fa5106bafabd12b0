"""Metres with two decimals, said as metres and centimetres: 1,85 m is "un mètre quatre-vingt-cinq"."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech
from legato.text.verbal.tables import noun


class Metres:
    """The rule of one language; without effect if it says such lengths with a point."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._words = speech.data.table("metres")

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before that for decimals with a unit."""
        if self._words:
            point = re.escape(self._speech.decimal)
            book.on_digit(
                "measure.metres",
                rf"(?<![\w.,/-])(?P<whole>[1-9]){point}(?P<rest>[0-9]{{2}}){SPACE}?m(?![\w²³^/]|\.[^\W\d_]|['’]|{SPACE}?[x×*])",
                self.say,
            )

    def say(self, match: re.Match[str]) -> str | None:
        """Say 1,85 m; zero centimetres are left out."""
        metres = self._speech.counted(match["whole"], noun(self._words["metre"]))
        rest = self._speech.cardinal(match["rest"].lstrip("0"), "-")
        return self._words["say"].format(metres=metres, rest=rest) if rest else metres
