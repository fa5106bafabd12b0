"""What every language must be able to say of a number: a class with these few methods."""

import re
from abc import ABC, abstractmethod


class NumberWords(ABC):
    """The number words of a language.

    Numbers are never negative here; the sign is a word of its own. A number of `limit` or more is read digit by digit.
    """

    limit = 10**18

    @abstractmethod
    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return how many: 21 is "twenty-one". Gender is that of the thing counted; "-" when nothing is."""

    @abstractmethod
    def ordinal(self, number: int, form: str = "m") -> str:
        """Return which one: 21 is "twenty-first". Form is a gender or an ending that the language knows."""

    @abstractmethod
    def fraction(self, over: int, under: int) -> str:
        """Return a part: 3, 4 is "three quarters"."""

    def one(self, gender: str) -> str:
        """Return "one" after a word that takes the dative; only languages that list such words have another form there."""
        return self.cardinal(1, gender)

    def accusative(self) -> str:
        """Return the masculine "one" after a word that takes the accusative; only languages that list such words have another form there."""
        return self.cardinal(1, "m")

    def gender_of(self, noun: str) -> str:
        """Guess the gender of an unknown noun, in lower case; "-" if numbers do not agree."""
        del noun
        return "-"

    def vocabulary(self) -> frozenset[str]:
        """Return the words that numbers are made of."""
        numbers = [*range(1001), *range(2000, 100_000, 1000), 10**6, 10**9, 10**12]
        return frozenset(re.findall(r"[^\W\d_]+", " ".join(self.cardinal(number) for number in numbers)))

    def year(self, number: int) -> str:
        """Return a year as it is said; in most languages the plain number."""
        return self.cardinal(number, "-")

    def day(self, number: int, before: str = "") -> str:
        """Return a day of the month inside a date, after the word before it."""
        del before
        return self.cardinal(number, "-")

    def ordinal_before(self, number: int, before: str, noun: str) -> str:
        """Return an ordinal between the word before it and its noun."""
        del noun
        return self.day(number, before)

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler after the name: Henry VIII is "the eighth"."""
        del gender
        return self.cardinal(number, "-")

    def clock(self, hour: int, minute: int) -> str:
        """Return a time of day without seconds, 0:00 to 24:59."""
        return f"{self.cardinal(hour, 'f')} {self.cardinal(minute, 'm')}"

    def digits(self, written: str) -> str:
        """Return the digits one by one; other characters are skipped."""
        return " ".join(self.cardinal(int(digit), "-") for digit in written if digit in "0123456789")

    def decimals(self, written: str) -> str:
        """Return what is said after the decimal mark."""
        return self.digits(written)
