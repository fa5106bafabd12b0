"""What lawyers cite: reports of cases by their series, and circuits."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech

_SERIES = r"(?P<n>2d|[23](?:nd|rd)|3d|[4-9]th)"


class Law:
    """The rules of one language for citations; of no effect where a year has no "oh"."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def add(self, book: RuleBook) -> None:
        """Enters the rules; they stand before those of units, which would read a report as one."""
        if not self._speech.phrases.get("year_zero"):
            return
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
        """123 F.3d 456, 9 Cal. App. 4th 12, 2d Cir."""
        name = " ".join((match["name"] or "").replace(".", " ").split())
        number = match["n"] or match.groupdict()["circuit"]
        return f"{name} {self._speech.words.ordinal(int(number[0]))}".strip()
