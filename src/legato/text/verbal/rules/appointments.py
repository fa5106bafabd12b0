"""Times that only the text around them tells from other numbers: Tuesday at 10.20, at 10.20 with Dr Patel; um 18 h; 14:00 hrs."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, word_before

_WINDOW = 48


class Appointments:
    """The rules of one language; without effect if it has no words around such times."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._behind = re.compile(rf"{SPACE}{any_of(data.texts('clock_after'))}\b")
        at, months = any_of(data.texts("clock_links")), any_of(data.table("months"))
        self._before = frozenset(data.texts("clock_before"))
        ending = any_of(data.texts("ordinal_suffixes"))
        days = any_of([*data.table("weekdays").values(), *data.texts("clock_days")])
        self._day = re.compile(
            rf"\b(?i:{days})(?:,?{SPACE}(?:[0-9]{{1,2}}(?:{ending})?|{months})){{0,2}},?{SPACE}{at}{SPACE}\Z"
        )

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for decimals and lengths of time."""
        if self._before and "h" in self._speech.data.texts("clock_suffix"):
            book.on_digit("time.hour", rf"(?<![\w.,:/-])(?P<h>1?[0-9]|2[0-4]){SPACE}?h(?![\w/²])", self.hour)
        if links := self._speech.data.texts("clock_links"):
            behind = "|".join(rf"(?<=\b{link} )" for link in links)
            book.on_digit(
                "time.clock",
                rf"(?:{behind})(?P<h>1?[0-9]|2[0-3])\.(?P<m>[0-5][0-9])(?![0-9:\w%€$]|[.,/-][0-9])",
                self.clock,
            )

        if "year_zero" in self._speech.phrases:
            behind = rf"{SPACE}(?:hours\b|hrs(?:\.(?=[,;:)]|{SPACE}[a-z])|\b))"
            clock = "(?:(?P<h>[01]?[0-9]|2[0-4]):(?P<m>[0-5][0-9])|(?P<first>0[0-9])(?P<then>[0-5][0-9]))"
            book.on_digit("time.hours", clock + behind, self.military)

    def military(self, match: re.Match[str]) -> str | None:
        """Say 14:00 hrs, 0900 hours; 8:00 hours may be so many."""
        zero, words = self._speech.phrases["year_zero"], self._speech.words
        hour, minutes = match["h"] or match["first"], match["m"] or match["then"]
        said = words.cardinal(int(hour))
        if match["first"]:
            said = f"{zero} {said}"
        if minutes == "00":
            return f"{said} hundred hours" if len(hour) > 1 else None
        return f"{said} {f'{zero} ' if minutes[0] == '0' else ''}{words.cardinal(int(minutes))} hours"

    def hour(self, match: re.Match[str]) -> str | None:
        """Say um 18 h; anywhere else it is a length of time."""
        told = word_before(match.string, match.start()) in self._before
        return self._speech.words.clock(int(match["h"]), 0) if told else None

    def clock(self, match: re.Match[str]) -> str | None:
        """Say it if a day stands before it, or somebody whom one meets behind it."""
        text, start = match.string, match.start()
        day = self._day.search(text, max(0, start - _WINDOW), start)
        if day is None and not self._behind.match(text, match.end()):
            return None
        return self._speech.words.clock(int(match["h"]), int(match["m"]))
