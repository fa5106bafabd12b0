"""Short forms of millions and thousands before what they count: 3,2 mld di euro, 1,2 M d'habitants."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of

_RESOLUTIONS = frozenset("2458")
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
        self._add_spans(book)
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

    def _add_spans(self, book: RuleBook) -> None:
        """Add 15.4bn miles and 70–85M lives, in languages where such short forms stand with any number."""
        plain = [key for key in self._speech.data.texts("magnitude_plain_letters") if key in self._letters]
        if not plain:
            return
        number = self._speech.number
        book.on_digit(
            "number.magnitude",
            rf"(?P<number>{number}){SPACE}?(?P<mag>{any_of(plain)})(?![\w'’-]|\.\w)(?P<sure>)",
            self.said,
        )
        short = any_of({"M", "B", "K", "k", "T"} & self._letters.keys() | {*plain})
        book.on_digit(
            "number.magnitude",
            rf"(?<![\w.,$€£-])(?P<a>{number})[-–](?P<b>{number})(?P<mag>{short})(?![\w'’-]|\.\w)",
            self.span,
        )

    def span(self, match: re.Match[str]) -> str | None:
        """Say 70–85M lives; 4–8K are the resolutions of screens."""
        both = self._speech.span(match, self._speech.say(match["a"]), self._speech.say(match["b"]))
        if match["mag"] in "Kk" and {match["a"], match["b"]} <= _RESOLUTIONS:
            return f"{both} {match['mag']}"
        return f"{both} {self._letters[match['mag']]}"

    def said(self, match: re.Match[str]) -> str | None:
        """Say 1,2 M d'habitants."""
        number, letters = match["number"], match["mag"] or match["sure"]
        return f"{self._speech.say(number)} {self._letters[letters]}"
