"""Short forms of millions and thousands before what they count: 3,2 mld di euro, 1,2 M d'habitants."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of

_SURE = 3
"""A short form of at least this many letters is never a unit."""


class Magnitudes:
    """The rules of one language for numbers with a short form of millions or thousands and no currency."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._letters = speech.data.table("magnitude_letters")

    def add(self, book: RuleBook) -> None:
        """Add the rules; without effect if a language has no word that links what is counted, and none that is joined to the number."""
        if joined := self._speech.data.texts("magnitude_joined"):
            book.on_digit(
                "number.magnitude",
                rf"(?P<number>{self._speech.number})(?P<mag>[kKMB])-(?={any_of(joined)}\b)(?P<sure>)",
                lambda match: f"{self.said(match)} ",
            )
        links = self._speech.data.texts("magnitude_links")
        if not links:
            return
        sure = [key for key in self._letters if len(key) >= _SURE and key.isalpha()]
        goes_on = rf"(?={SPACE}{any_of(links)})"
        book.on_digit(
            "number.magnitude",
            rf"(?P<number>{self._speech.number}){SPACE}?(?:(?P<mag>{any_of(self._letters)}){goes_on}|(?P<sure>{any_of(sure)})(?![\w])(?:\.(?={SPACE}[a-zà-ÿ]|[,;:)]))?)",
            self.said,
        )

    def said(self, match: re.Match[str]) -> str | None:
        """Say 1,2 M d'habitants."""
        number, letters = match["number"], match["mag"] or match["sure"]
        return f"{self._speech.say(number)} {self._letters[letters]}"
