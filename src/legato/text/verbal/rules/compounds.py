"""Numbers that are the first part of a word: 18-24-year-olds, a 1/2-mile run, ein 12er-Pack."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, begins_afresh

_ODD = {"1": "einser", "7": "siebener"}
"""Irregular forms, which are not the number with its ending."""


class Compounds:
    """The rules of one language for numbers that a word is joined to."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those that read letters and digits together."""
        speech = self._speech
        if speech.spaceless:
            return
        book.on_digit(
            "range",
            r"(?<![\w.,-])(?<![*×=+<>^−/] )(?P<a>[1-9][0-9]{0,2})[-–](?P<b>[1-9][0-9]{0,2})(?=-[^\W\d_][a-zà-ÿ]{2})",
            self.range,
        )
        book.on_digit(
            "fraction",
            r"(?<![\w/])(?<![*×=+<>^−/] )(?P<over>[1-9])/(?P<under>[2-9]|10)(?=-[^\W\d_][a-zà-ÿ]{2})",
            lambda match: speech.words.fraction(int(match["over"]), int(match["under"])),
        )
        if hyphened := speech.data.table("hyphened_units"):
            book.on_digit(
                "measure.hyphened",
                rf"(?<![\w.,-])(?P<a>[0-9]{{1,4}})-(?P<unit>{any_of(hyphened)})(?:\.(?={SPACE}[a-z]))?(?![\w.-])",
                lambda match: f"{speech.cardinal(match['a'])} {hyphened[match['unit']]}",
            )
        if old := speech.data.table("dotted").get("y.o"):
            book.on_digit(
                "number.age",
                r"(?<![\w.,-])(?P<age>[1-9][0-9]{0,2})-?(?:y\.o(?P<stop>\.)|y/o|yo)(?![\w/])",
                lambda match: (
                    f"{speech.cardinal(match['age'])}-{old}"
                    + ("." if match["stop"] and begins_afresh(match.string, match.end()) else "")
                ),
            )
        lasts = speech.data.table("hyphen_endings")
        if inner := speech.data.table("hyphen_inner"):
            book.on_digit(
                "number.joined",
                rf"(?<![\w.,-])(?P<number>{speech.number})-(?P<inner>{any_of(inner)})\.?-(?:(?P<last>{any_of(lasts)})(?P<stop>\.)?(?!\w)|(?=[^\W\d_]))",
                lambda match: (
                    f"{speech.say(match['number'])}-{inner[match['inner']]}-{lasts.get(match['last'], '')}"
                    + ("." if match["stop"] and begins_afresh(match.string, match.end()) else "")
                ),
            )
        if endings := speech.data.table("decade_suffixes"):
            book.on_digit(
                "number.group",
                rf"(?<![\w.,-])(?P<number>[1-9][0-9]{{0,2}})(?P<ending>{any_of(endings)})(?![\w])",
                self.group,
            )

    def range(self, match: re.Match[str]) -> str | None:
        """Say 18-24-year-olds."""
        a, b = match["a"], match["b"]
        if int(a) >= int(b):
            return None
        return self._speech.span(match, self._speech.cardinal(a), self._speech.cardinal(b))

    def group(self, match: re.Match[str]) -> str | None:
        """Say 12er."""
        number = match["number"]
        return _ODD.get(number) or f"{self._speech.cardinal(number)}{match['ending']}"
