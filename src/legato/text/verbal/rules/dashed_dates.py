"""Days and months with a dash between them, as the Dutch write them: di. 25-11."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import WEEKDAY_CHARS, Speech, after_weekday, word_before

_MONTHS, _DAYS = 12, 31


class DashedDates:
    """The rule of one language for dates that look as ranges do; of no effect where nobody writes them."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._written = bool(data.table("settings").get("date_dash"))
        self._names = list(data.table("months"))
        self._weekday = after_weekday(data)
        self._before = frozenset(data.texts("date_prefix_only"))

    def add(self, book: RuleBook) -> None:
        """Enters the rule; it stands before that of ranges."""
        if self._written:
            book.on_digit(
                "date.dashed",
                r"(?<![\w.,:/-])(?P<day>[0-3]?[0-9])-(?P<month>[01]?[0-9])(?![\w%€$-]|[.,:/][0-9])",
                self.day,
            )

    def day(self, match: re.Match[str]) -> str | None:
        """Di. 25-11, op 25-11; "op 3-1" is a score."""
        text, start = match.string, match.start()
        day, month = int(match["day"]), int(match["month"])
        if not (1 <= day <= _DAYS and 1 <= month <= _MONTHS):
            return None
        sure = day > _MONTHS or match["month"][0] == "0"
        named = word_before(text, start) in self._before and sure
        if not named and not self._weekday.search(text, max(0, start - WEEKDAY_CHARS), start):
            return None
        return self._speech.phrase("date_dm", day=self._speech.words.day(day), month=self._names[month - 1])
