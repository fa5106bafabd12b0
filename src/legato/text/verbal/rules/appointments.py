"""Times with a full stop where that is a decimal point anywhere else: Tuesday at 10.20, at 10.20 with Dr Patel."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of

_WINDOW = 48


class Appointments:
    """The rule of one language; without effect if it has no words around such times."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._behind = re.compile(rf"{SPACE}{any_of(data.texts('clock_after'))}\b")
        at, months = any_of(data.texts("clock_links")), any_of(data.table("months"))
        ending = any_of(data.texts("ordinal_suffixes"))
        days = any_of([*data.table("weekdays").values(), *data.texts("clock_days")])
        self._day = re.compile(
            rf"\b(?i:{days})(?:,?{SPACE}(?:[0-9]{{1,2}}(?:{ending})?|{months})){{0,2}},?{SPACE}{at}{SPACE}\Z"
        )

    def add(self, book: RuleBook) -> None:
        """Add the rule; it comes before those for decimals."""
        if links := self._speech.data.texts("clock_links"):
            behind = "|".join(rf"(?<=\b{link} )" for link in links)
            book.on_digit(
                "time.clock",
                rf"(?:{behind})(?P<h>1?[0-9]|2[0-3])\.(?P<m>[0-5][0-9])(?![0-9:\w%€$]|[.,/-][0-9])",
                self.clock,
            )

    def clock(self, match: re.Match[str]) -> str | None:
        """Say it if a day stands before it, or somebody whom one meets behind it."""
        text, start = match.string, match.start()
        day = self._day.search(text, max(0, start - _WINDOW), start)
        if day is None and not self._behind.match(text, match.end()):
            return None
        return self._speech.words.clock(int(match["h"]), int(match["m"]))
