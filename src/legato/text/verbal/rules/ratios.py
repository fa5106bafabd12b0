"""Ratios of more than two parts: a 3:2:1 mix, 1 : 2 : 4; and three numbers that name a thing: 784-22-1."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, word_before


class Ratios:
    """The rules of one language for numbers in a row."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._before = frozenset(speech.data.texts("ratio_before"))
        self._behind = re.compile(rf"{SPACE}{any_of(speech.data.texts('ratio_nouns'))}\b")

    def add_mixed(self, book: RuleBook) -> None:
        """Add 1:10 where a word tells of a mixture; it comes before the rules for times of day, whose shape it has."""
        if self._before:
            book.on_digit(
                "ratio",
                r"(?<![\w:.,/-])(?P<a>[1-9][0-9]?):(?P<b>[1-9][0-9]{0,3})(?![0-9:\w]|[.,/-][0-9])",
                self.mixed,
            )

    def mixed(self, match: re.Match[str]) -> str | None:
        """Say Mix 1:10, a 1:10 dilution."""
        told = word_before(match.string, match.start()) in self._before
        if not told and not self._behind.match(match.string, match.end()):
            return None
        return self._speech.phrase("ratio", a=self._speech.say(match["a"]), b=self._speech.say(match["b"]))

    def add(self, book: RuleBook) -> None:
        """Add the rules; those for times of day, and for minutes and seconds, come before them."""
        part = rf"(?!0[0-9]){self._speech.number}"
        book.on_digit(
            "ratio",
            rf"(?<![\w:.]){part}(?P<mark> ?: ?){part}(?:(?P=mark){part}){{1,4}}(?![\w:/]|[.,][0-9])",
            self.said,
        )

        book.on_digit(
            "code.groups",
            r"(?<![\w.,-])(?:[0-9]{3,7}-[0-9]{1,7}-[0-9]{1,7}|[0-9]{1,2}-[0-9]{3,7}-[0-9]{1,7})(?![\w%-]|[.,][0-9])",
            self.groups,
        )

    def groups(self, match: re.Match[str]) -> str | None:
        """Say 784-22-1, 12-345-6: what is left of three numbers in a row is neither a date nor a telephone number."""
        return ", ".join(self._speech.words.digits(group) for group in match.group().split("-"))

    def said(self, match: re.Match[str]) -> str | None:
        """Say 3:2:1."""
        said, *more = [self._speech.say(part.strip()) for part in match.group().split(":")]
        for part in more:
            said = self._speech.phrase("ratio", a=said, b=part)
        return said
