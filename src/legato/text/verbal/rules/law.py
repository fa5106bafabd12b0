"""What lawyers cite: reports of cases by their series, circuits, articles of the books of a code."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of

_SERIES = r"(?P<n>2d|[23](?:nd|rd)|3d|[4-9]th)"


class Law:
    """The rules of one language for citations; those for cases are without effect if a year has no "oh"."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for units, which would read a report as one."""
        if books := self._speech.data.texts("law_books"):
            book.on_word(
                books,
                "law.article",
                rf"(?<![\w'’.-])(?P<book>{any_of(books)})\.?{SPACE}?(?P<a>[0-9]{{1,4}})-(?P<b>[0-9]{{1,3}})(?:-(?P<c>[0-9]{{1,3}}))?(?![\w-])",
                self.article,
            )
            book.on_word(
                ["art"],
                "law.article",
                rf"(?<![\w.-])[Aa]rt\.(?={SPACE}{any_of(books)}\.{SPACE}?[0-9])",
                lambda match: "Article" if match.group()[0] == "A" else "article",
            )
        if not self._speech.phrases.get("year_zero"):
            return
        book.on_digit(
            "law.section",
            rf"(?:(?<=[^§]§)|(?<=\A§)|(?<=[^§]§{SPACE})|(?<=\A§{SPACE}))(?P<book>)(?P<a>[0-9]{{1,3}})-(?P<b>[0-9]{{1,4}})(?P<c>)(?![\w-]|\.[0-9])",
            self.article,
        )
        book.on_joined(
            "law.report",
            rf"(?<=[0-9] )(?P<name>(?:[A-Z]\.){{1,2}}|So\.|Cal\.){_SERIES}(?= [0-9])",
            self.report,
        )
        book.on_digit(
            "law.report",
            rf"(?<=[a-z]\. )(?P<name>){_SERIES}(?= [0-9])|(?P<circuit>[23]d)(?= Cir\.)",
            self.report,
        )
        book.on_word(
            ["cir"], "law.circuit", r"(?<=[0-9](?:st|nd|rd|th) )Cir\.|(?<=[0-9]d )Cir\.", lambda _: "circuit"
        )

    def report(self, match: re.Match[str]) -> str | None:
        """Say 123 F.3d 456, 9 Cal. App. 4th 12, 2d Cir."""
        name = " ".join((match["name"] or "").replace(".", " ").split())
        number = match["n"] or match.groupdict()["circuit"]
        return f"{name} {self._speech.words.ordinal(int(number[0]))}".strip()

    def article(self, match: re.Match[str]) -> str | None:
        """Say L. 121-1: the hyphen is said, since this is not a span."""
        hyphen = f" {self._speech.data.table('electronic')['-']} "
        numbers = [self._speech.cardinal(match[name]) for name in "abc" if match[name]]
        return f"{match['book']} {hyphen.join(numbers)}".lstrip()
