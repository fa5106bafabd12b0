"""Numbered streets without a house number: 5th Ave & W 34th St; roads and where they lead."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of, begins_afresh

_ENDINGS = "(?:st|nd|rd|th)"


class Streets:
    """The rules of one language for streets with a number for a name; without effect if it has no such streets."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._kinds = {kind.capitalize(): said for kind, said in speech.data.table("street_suffixes").items()}
        self._numbered = speech.data.texts("numbered_streets")
        self._compass = speech.data.table("compass")
        self._inside = re.compile(rf" (?i:{any_of(speech.data.texts('room_words'))})\b")

    def add(self, book: RuleBook) -> None:
        """Add the rules."""
        if not self._numbered:
            return
        kinds, ways = any_of(self._numbered), any_of(self._compass)
        book.on_digit(
            "street",
            rf"(?P<number>[0-9]{{1,3}})(?P<ending>{_ENDINGS}) (?P<kind>{kinds})\b(?P<stop>\.)?(?: (?P<way>{ways})\b)?",
            self.street,
        )
        longer = any_of([*self._numbered, *self._speech.data.texts("street_words")])
        book.on_word(
            self._compass,
            "street.way",
            rf"(?<![\w'’-])(?P<way>{ways})\.? (?=[0-9]{{1,3}}{_ENDINGS} {longer}\b)",
            lambda match: f"{self._compass[match['way']]} ",
        )
        book.on_word(
            [way for way in self._compass if len(way) == 1],
            "road.way",
            r"(?<=[0-9] )(?P<way>[NSEW])(?= (?:to|toward|towards|for|until|exit|at|and|in|from|near)\b|[,;.)]|[ \t]*(?:\n|\Z))",
            self.leads,
        )

    def street(self, match: re.Match[str]) -> str | None:
        """Say 5th Ave, 42nd St. NW."""
        number = self._speech.words.ordinal(int(match["number"]), match["ending"])
        said = f"{number} {self._kinds[match['kind']]}"
        if match["way"]:
            return f"{said} {self._compass[match['way']]}"
        inside = self._inside.match(match.string, match.end())
        stop = "." if match["stop"] and not inside and begins_afresh(match.string, match.end()) else ""
        return said + stop

    def leads(self, match: re.Match[str]) -> str | None:
        """Say I-95 N to Exit 14."""
        before = match.string[max(0, match.start() - 16) : match.start()]
        known = re.search(
            r"\b(?:I|US|SR|CA|NY|TX|FL|Hwy|Highway|Route|Rte|Interstate)[- ][0-9]{1,3} \Z", before
        )
        return self._compass[match["way"]] if known else None
