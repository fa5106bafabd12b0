"""How much of a capacity is used: 12.4/64 GB."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech


class Shares:
    """The rule of one language for used capacity."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before those for units, which would take the second number for a divisor."""
        book.on_digit(
            "measure.used",
            rf"(?P<over>{self._speech.number}){SPACE}?/{SPACE}?(?=(?P<of>[0-9][0-9.,]{{0,6}}){SPACE}?[KMGT]B\b)",
            self.used,
        )

    def used(self, match: re.Match[str]) -> str | None:
        """Say 12.4/64 GB; the unit is read with the second number. 7,000/5,000 MB/s are two speeds."""
        if float(self._speech.plain(match["over"])) > float(self._speech.plain(match["of"].rstrip(".,"))):
            return f"{self._speech.say(match['over'])}, "
        return self._speech.phrase("out_of", a=self._speech.say(match["over"]), b="")
