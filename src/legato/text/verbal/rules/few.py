"""Short forms that name another thing when there are only a few of it: 2 hab. are rooms, 500 hab. people."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, begins_afresh


class Few:
    """The rule of one language; without effect if it has no such short forms."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._nouns = speech.data.nouns("units_few")

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before the units."""
        if self._nouns:
            book.on_digit(
                "measure.few",
                rf"(?<![\w.,/-])(?P<a>[1-9]|1[0-2]){SPACE}?(?P<unit>{any_of(self._nouns)})\.(?!\w)",
                self.say,
            )

    def say(self, match: re.Match[str]) -> str | None:
        """Say 2 hab., 3 ch."""
        stop = "." if begins_afresh(match.string, match.end()) else ""
        return self._speech.counted(match["a"], self._nouns[match["unit"]]) + stop
