"""Short forms in recipes: 3/4 c. sugar, 2c flour, 2 lg. eggs."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.fractions import VULGAR
from legato.text.verbal.speech import Speech, any_of
from legato.text.verbal.tables import noun

_ONE = re.compile(r"(?<![0-9] )(?<![0-9.,/])(?:1|[1-9]/[0-9]|[½¼¾⅓⅔⅛]) \Z")
"""One of something, or a part of one."""


class Kitchen:
    """The rules of one language for recipes; without effect if it has no such short forms."""

    def __init__(self, speech: Speech) -> None:
        self._measures = {short: noun(entry) for short, entry in speech.data.table("kitchen").items()}
        self._speech = speech
        self._short = {short: noun(entry) for short, entry in speech.data.table("kitchen_short").items()}
        self._sizes = speech.data.table("kitchen_sizes")

    def add(self, book: RuleBook) -> None:
        """Add the rules. Without its stop a letter is a measure only after a fraction."""
        counted = r"(?:(?<=[0-9] )|(?<=[½¼¾⅓⅔⅛] ))"
        part = r"(?:(?<=/[2348] )|(?<=[½¼¾⅓⅔⅛] ))"
        book.on_word(
            self._measures,
            "measure.kitchen",
            rf"(?:{counted}(?P<short>{any_of(self._measures)})\.|{part}(?P<bare>{any_of(self._measures)})\.?)(?= [a-z]{{3}}| \([0-9]|[,;)]|\s*\Z)",
            self.measure,
        )
        book.on_word(
            self._sizes,
            "measure.kitchen",
            rf"{counted}(?P<size>{any_of(self._sizes)})\.?(?= [a-z]{{3}})",
            lambda match: self._sizes[match["size"]],
        )

        things = any_of(self._speech.data.texts("kitchen_things"))
        vulgar = "".join(VULGAR)
        joined = rf"(?P<short>{any_of(self._short)})(?= {things}\b)"
        number = rf"(?<![\w.,/$-])(?P<whole>[1-9][0-9]?)?(?P<part>[{vulgar}])?{joined}"
        book.on_digit("measure.kitchen", number, self.joined)
        book.on_symbol(VULGAR, "measure.kitchen", number, self.joined)

    def joined(self, match: re.Match[str]) -> str | None:
        """Say 2c flour, 1t baking powder, ½t salt."""
        unit, whole = self._short[match["short"]], match["whole"]
        if not match["part"]:
            return self._speech.counted(whole, unit)
        over, under = VULGAR[match["part"]]
        part = self._speech.words.fraction(over, under)
        if not whole:
            return f"{part} {unit.one}"
        name = "whole_and_half" if under == 2 else "mixed"
        return f"{self._speech.phrase(name, whole=self._speech.cardinal(whole), part=part)} {unit.many}"

    def measure(self, match: re.Match[str]) -> str | None:
        """Say 3/4 c. sugar, 2 c. flour."""
        named = self._measures[match["short"] or match["bare"]]
        one = _ONE.search(match.string, max(0, match.start() - 8), match.start())
        return named.one if one else named.many
