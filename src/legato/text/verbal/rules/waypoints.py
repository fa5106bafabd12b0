"""Units before their number, which name a place on a road: between km 12 and km 15, the accident at km 304,5."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, word_before
from legato.text.verbal.tables import noun


class Waypoints:
    """The rule of one language for units before their numbers."""

    def __init__(self, speech: Speech) -> None:
        self._units = {unit: noun(entry) for unit, entry in speech.data.table("units_before").items()}
        self._plural = frozenset(speech.data.texts("plural_articles"))

    def add(self, book: RuleBook) -> None:
        """Add the rule; without effect if a language has no such units."""
        book.on_word(
            self._units,
            "waypoint",
            rf"(?<![-/.])(?<![0-9])(?<![0-9]{SPACE})(?P<unit>{any_of(self._units)})(?={SPACE}?[0-9])",
            self.said,
        )

    def said(self, match: re.Match[str]) -> str | None:
        """Say km 12; os km 12 e 15."""
        unit = self._units[match["unit"]]
        return unit.many if word_before(match.string, match.start()) in self._plural else unit.one
