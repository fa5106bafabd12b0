"""Adjectives made of a percentage: eine 10%ige Lösung, 5 %iger Essig."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech


class Percentages:
    """The rule of one language; without effect if it builds no such words."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before that for units."""
        if "percent_of" in self._speech.phrases:
            book.on_digit(
                "measure.percent",
                rf"(?P<number>{self._speech.number}){SPACE}?%-?ig(?P<ending>e[mnrs]?|)(?!\w)",
                self.made,
            )

    def made(self, match: re.Match[str]) -> str | None:
        """Say 10%ige."""
        number = self._speech.say(match["number"])
        return f"{number}{self._speech.phrases['percent_of']}{match['ending']}"
