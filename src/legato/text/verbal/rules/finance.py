"""What analysts write: losses in brackets, tables in millions, estimates for a year, pairs of currencies, fiscal years."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import DASH, Speech, any_of
from legato.text.verbal.tables import noun

_LARGE = {
    "K": "thousands",
    "M": "millions",
    "MM": "millions",
    "mm": "millions",
    "B": "billions",
    "bn": "billions",
}


class Finance:
    """The rules of one language for reports; without effect, but for pairs of currencies, if a year has no "oh"."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._letters = data.table("magnitude_letters")
        self._signs = {
            sign: noun("|".join(name.split("|")[:2])) for sign, name in data.table("currency_signs").items()
        }

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for money, years and slashes."""
        data = self._speech.data
        codes = any_of(code for code in data.table("currency_codes") if len(code) == 3)
        book.on_joined(
            "money.pair",
            rf"(?<![\w/])(?P<a>{codes})/(?P<b>{codes})(?![\w/])",
            lambda match: f"{match['a']} {match['b']}",
        )
        if "year_zero" not in self._speech.phrases:
            return
        signs = [sign for sign in self._signs if len(sign) == 1]
        letters = any_of(self._letters)
        book.on_symbol(
            signs,
            "money.loss",
            rf"(?P<cur>{any_of(signs)})\((?P<a>{self._speech.amount})\)(?P<mag>{letters})?(?![\w])",
            self.loss,
        )
        book.on_symbol(
            signs,
            "money.unit",
            rf"(?P<cur>{any_of(signs)})(?P<mag>{any_of(_LARGE)})(?![\w'’&+-]|\.\w)",
            self.unit,
        )
        book.on_digit(
            "year.estimate", r"(?<![\w.,$€£-])(?P<year>20[0-9]{2})(?P<letter>[EF])(?!\w)", self.estimate
        )
        book.on_joined(
            "year.fiscal",
            rf"(?<!\w)(?P<lead>FY) ?(?P<a>[0-9]{{2}}){DASH}(?P<b>[0-9]{{2}})(?![\w/-]|[.,][0-9])",
            self.fiscal,
        )

    def loss(self, match: re.Match[str]) -> str | None:
        """Say $(12.4)M, a loss."""
        number = f"{self._speech.phrases['minus']} {self._speech.say(match['a'])}"
        large = f" {self._letters[match['mag']]}" if match["mag"] else ""
        return f"{number}{large} {self._signs[match['cur']].many}"

    def unit(self, match: re.Match[str]) -> str | None:
        """Say (in $M)."""
        return f"{_LARGE[match['mag']]} of {self._signs[match['cur']].many}"

    def estimate(self, match: re.Match[str]) -> str | None:
        """Say 2026E."""
        return f"{self._speech.words.year(int(match['year']))} {match['letter']}"

    def fiscal(self, match: re.Match[str]) -> str | None:
        """Say FY24–25."""
        a, b = (self._speech.cardinal(match[side]) for side in ("a", "b"))
        return f"{match['lead']} {self._speech.phrase('range', a=a, b=b)}"
