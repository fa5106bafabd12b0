"""A quantity or more: 30+ min, 10+ GB."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of
from legato.text.verbal.units import all_units


class Pluses:
    """The rule of one language for a plus between a number and its unit."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        attached = frozenset(speech.data.texts("units_attached"))
        self._units = {symbol: unit for symbol, unit in all_units(speech).items() if symbol not in attached}

    def add(self, book: RuleBook) -> None:
        """Add the rule; the only single letters that are units here are those of seconds, hours and grams."""
        symbols = [symbol for symbol in self._units if len(symbol) > 1 or symbol in "shg"]
        if symbols and "plus" in self._speech.phrases:
            book.on_digit(
                "measure.plus",
                rf"(?P<a>{self._speech.number})\+{SPACE}?(?P<unit>{any_of(symbols)})(?![\w/^²³'’-]|{SPACE}?[=+*/])",
                self.more,
            )

    def more(self, match: re.Match[str]) -> str | None:
        """Say 30+ min."""
        unit = self._units[match["unit"]]
        number = self._speech.agreeing(match["a"], unit.gender, unit.many)
        return f"{number} {self._speech.phrases['plus']} {unit.many}"
