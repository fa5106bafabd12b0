"""How many times: 10x faster, 3x täglich, 2x/day, 3 x 20 €."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, word_before
from legato.text.verbal.tables import Noun, noun
from legato.text.verbal.units import stop_behind


class Multiples:
    """The rules of one language for numbers with a multiplication sign and nothing that they multiply."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._per = speech.data.table("unit_per")
        written = speech.phrases.get("times_more", "")
        self._risen = frozenset(speech.data.texts("times_behind"))
        self._counts = "|" in written
        self._times = noun(written) if self._counts else Noun(written, written, "-")

    def add(self, book: RuleBook) -> None:
        """Add the rules; that for 10x has no effect if a language has no words that may follow it."""
        self._add_amounts(book)
        if self._risen:
            book.on_digit(
                "number.times", r"(?P<number>[1-9][0-9]{0,3})[x×](?!\w|[-./]\w|[ ]?[+*/=−^(])", self.risen
            )
        self._add_sets(book)
        before = self._speech.data.texts("times_before")
        if not before:
            return
        number = self._speech.number
        # "2x Espresso" is two of them, if the language has a noun for "times" that says so.
        named = r"|(?<=[0-9][x×])(?=[ \u00a0][A-ZÀ-Þ][a-zà-ÿ]{2})" if self._counts else ""
        book.on_digit(
            "number.times",
            rf"(?P<number>{number})(?:[-–](?P<to>{number}))?{SPACE}?[xX×](?:/(?P<per>{any_of(self._per)})(?![\w/]){stop_behind(self._speech)}|(?={SPACE}{any_of(before)}(?!\w)){named})",
            self.times,
        )
        if "over" in self._speech.phrases:
            decimal = rf"[1-9][0-9]*{re.escape(self._speech.decimal)}[0-9]{{1,2}}"
            book.on_digit(
                "number.times",
                rf"(?<![\w.,])(?:(?P<number>{decimal})(?P<to>)|(?P<least>[0-9]{{1,3}}(?:{re.escape(self._speech.decimal)}[0-9])?)[-–](?P<most>[0-9]{{1,3}}(?:{re.escape(self._speech.decimal)}[0-9])?))[x×](?P<per>)(?=[,;:!?.)]|{SPACE})(?!\.\w|{SPACE}?[+*/=−-])",
                self.multiple,
            )

    def _add_sets(self, book: RuleBook) -> None:
        """Add 3 sets x 12, where the sign says how many are in each."""
        led = "|".join(rf"(?<=\b{word} )" for word in self._speech.data.texts("sets_words"))
        if led:
            said = rf"(?:{led})[x×](?= ?[0-9])"
            book.on_word(["x"], "number.sets", said, self.sets)
            book.on_joined("number.sets", said, self.sets)
            book.on_symbol("×", "number.sets", said, self.sets)

    def _add_amounts(self, book: RuleBook) -> None:
        """Add 3 x 20 €, where neither number is a side of something."""
        times = self._speech.data.table("symbols").get("×", "")
        signs = any_of(self._speech.data.table("currency_signs"))
        number = self._speech.number
        if times:
            book.on_word(
                ["x"],
                "operator",
                r"(?<=[0-9a-z.)%] )x(?= [$€£]?[0-9][0-9.,]{0,16}%? ?[=≈])",
                lambda _: times,
            )
            book.on_digit(
                "number.times",
                rf"(?P<number>[0-9]{{1,3}}){SPACE}?[xX×]{SPACE}?(?={signs}{SPACE}?[0-9]|{number}(?:{SPACE}?{signs}|{SPACE}(?:EUR|[Ee]uros?)\b))",
                lambda match: f"{self._of_amount(match['number'], times)} ",
            )

    def _of_amount(self, number: str, times: str) -> str:
        counts = self._counts and times in {self._times.one, self._times.many}
        return self._speech.counted(number, self._times) if counts else f"{self._speech.say(number)} {times}"

    def sets(self, match: re.Match[str]) -> str:
        """Say 3 sets x 12."""
        joined = match.string[match.end() : match.end() + 1].isdigit()
        return self._speech.phrases["sets_of"] + (" " if joined else "")

    def risen(self, match: re.Match[str]) -> str | None:
        """Say sales rose 3x."""
        risen = word_before(match.string, match.start()) in self._risen
        return self._speech.counted(match["number"], self._times) if risen else None

    def multiple(self, match: re.Match[str]) -> str | None:
        """Say 2.1x EBITDA, 15–16x forward earnings."""
        if match["number"]:
            return self._speech.counted(match["number"], self._times)
        return f"{self._speech.span(match, self._speech.say(match['least']), self._speech.say(match['most']))} {self._times.many}"

    def times(self, match: re.Match[str]) -> str | None:
        """Say 10x faster, 5-6x faster, 3x täglich."""
        said = self._speech.counted(match["to"] or match["number"], self._times)
        if match["to"]:
            first = self._speech.say(match["number"], self._times.gender)
            said = self._speech.phrase("range", a=first, b=said)
        if match["per"]:
            said += f" {self._speech.per(self._per[match['per']])}"
        return said
