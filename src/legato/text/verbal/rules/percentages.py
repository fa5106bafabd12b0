"""What so many percent make of a noun, in one word: eine 10%ige Lösung, 5 %iger Essig."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech


class Percentages:
    """The rule of one language; of no effect where it builds no such words."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def add(self, book: RuleBook) -> None:
        """Enters the rule; it stands before that of units."""
        if "percent_of" in self._speech.phrases:
            book.on_digit(
                "measure.percent",
                rf"(?P<number>{self._speech.number}){SPACE}?%-?ig(?P<ending>e[mnrs]?|)(?!\w)",
                self.made,
            )

    def made(self, match: re.Match[str]) -> str | None:
        """10%ige."""
        number = self._speech.say(match["number"])
        return f"{number}{self._speech.phrases['percent_of']}{match['ending']}"
