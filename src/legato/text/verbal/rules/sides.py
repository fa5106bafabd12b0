"""Sizes with a unit at each side: 3 cm × 2 cm, 10 ft x 12 ft."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, names_follow, word_before
from legato.text.verbal.tables import Noun


class Sides:
    """The rule of one language for sizes with a unit at each side."""

    def __init__(self, speech: Speech, units: dict[str, Noun]) -> None:
        self._speech = speech
        self._units = units
        self._singular = frozenset(speech.data.texts("singular_after"))

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before those for units, which would take the first side alone. A product is not a size."""
        number, times = self._speech.number, rf"{SPACE}?[x×]{SPACE}?"
        book.on_digit(
            "measure.size",
            rf"(?P<a>{number}){SPACE}?(?P<unit>[cmk]?m|in|ft|yd)\.?{times}(?P<b>{number}){SPACE}?(?P=unit)(?:\.?{times}(?P<c>{number}){SPACE}?(?P=unit))?(?:\.(?={SPACE}[a-z(]))?(?![\w²³/]|{SPACE}?[=x×]|\.{SPACE}?[=x×])",
            self.size,
        )

    def size(self, match: re.Match[str]) -> str | None:
        """Say 10 ft x 12 ft."""
        unit = self._units.get(match["unit"])
        if unit is None:
            return None
        spoken = self._speech.say(match["a"])
        for side in filter(None, (match["b"], match["c"])):
            spoken = self._speech.phrase("by", a=spoken, b=self._speech.say(side))
        before = word_before(match.string, match.start())
        return f"{spoken} {unit.one if before in self._singular and names_follow(match) else unit.many}"
