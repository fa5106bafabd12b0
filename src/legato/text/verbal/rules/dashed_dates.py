"""Days and months with a dash between them, as the Dutch write them, and spans of them: di. 25-11, 24.–26.12."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.short_dates import is_bracketed_day
from legato.text.verbal.speech import (
    DASH,
    SPACE,
    WEEKDAY_CHARS,
    Speech,
    after_weekday,
    any_of,
    begins_afresh,
    in_match,
    spaced,
    word_before,
    word_before_day,
)

_FULL = r"(?:(?:[0-9]{1,2}/[0-9]{1,2}/|[0-9]{1,2}\.[0-9]{1,2}\.|[0-9]{1,2}-[0-9]{1,2}-)(?:[12][0-9]{3}|[0-9]{2})|[12][0-9]{3}(?:/[01]?[0-9]/|-[01][0-9]-)[0-3]?[0-9])"
_FULL_BEFORE = re.compile(rf"(?<![\w.,:/-]){_FULL} ?\Z")
"""A day with its month and year, of which a span may go on."""
_MONTHS, _DAYS = 12, 31
_CENTURY = 2000
_INCH = 16
"""As the second number this is more often a fraction of an inch than a day."""


class DashedDates:
    """The rules of one language for dates that look like ranges; without effect if nobody writes them."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._written = bool(data.table("settings").get("date_dash"))
        self._months_first = data.table("settings").get("date_order") == "mdy"
        self._names = list(data.table("months"))
        self._weekday = after_weekday(data)
        self._before = frozenset(data.texts("date_prefix_only"))
        self._starts = frozenset(data.texts("date_starts"))
        self._played = in_match(data)
        self._scored = frozenset(data.texts("score_words"))
        to = any_of(data.texts("day_spans"))
        self._timed = re.compile(rf" {speech.phrases.get('at', '(?!)')} [0-9]")
        self._span = re.compile(rf" {to} [0-3]?[0-9]-[01]?[0-9](?![\w-])")
        self._span_before = re.compile(rf"(?<![\w-])(?:1[3-9]|2[0-9]|3[01])-[01]?[0-9] {to} \Z")
        """The other end of a span of days."""
        self._ends = re.compile(rf"[.,;:!?)]|\s*\Z| {any_of(data.texts('after_days'))}\b")
        """What follows a day that counts nothing: per 1-1, but not per 1-4 personen."""

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for ranges."""
        to = self._speech.phrases.get("to", "")
        if to:
            full = rf"(?:(?<=[0-9])|(?<=[0-9] )){DASH}(?={SPACE}?{_FULL}(?![A-Za-z0-9/]))"
            book.on_symbol("-–—", "date.to", full, self.until)
        if self._months_first:
            day = r"(?P<{}>[1-9]|1[0-2])/(?P<{}>[12][0-9]|3[01]|[1-9])"
            book.on_digit(
                "date.span",
                rf"(?<![\w.,:/-]){day.format('m', 'd')} ?[-–] ?{day.format('m2', 'd2')}(?:/(?P<year>20[0-9]{{2}}|[0-9]{{2}}))?(?![\w/]|[-.,][0-9])",
                self.span,
            )
            book.on_symbol(
                "-–", "fraction.to", r"(?<=[0-9]/[0-9])[-–](?=[0-9]/[0-9]{1,2}(?![\w/]))", lambda _: f" {to} "
            )
        if self._speech.data.table("settings").get("ordinal_dot"):
            day, month = r"(?P<{}>[0-3]?[0-9])\.", r"(?P<{}>[01]?[0-9])\."
            book.on_digit(
                "date.span",
                rf"(?<![\w.,:/-]){day.format('d')}(?:{month.format('m')})?{SPACE}?[-–/]{SPACE}?{day.format('d2')}{month.format('m2')}(?P<year>[12][0-9]{{3}}|[0-9]{{2}})?(?![0-9])",
                self.dotted_span,
            )
        if self._written:
            book.on_digit(
                "date.dashed",
                r"(?<![\w.,:/-])(?P<day>[0-3]?[0-9])-(?P<month>[01]?[0-9])(?![\w%€$-]|[.,:/][0-9])",
                self.day,
            )
            book.on_digit(
                "score",
                r"(?<![\w.,:/-])(?P<a>1?[0-9])-(?P<b>1?[0-9])(?![\w%€$-]|[.,:/][0-9])",
                self.score,
            )

    def until(self, match: re.Match[str]) -> str | None:
        """Say the dash of 6/1/2025 - 5/31/2026."""
        text, start = match.string, match.start()
        if not _FULL_BEFORE.search(text, max(0, start - 12), start):
            return None
        to = self._speech.phrases["to"]
        return to if self._speech.spaceless else spaced(match, to)

    def day(self, match: re.Match[str]) -> str | None:
        """Say di. 25-11, op 25-11; "op 3-1" is a score."""
        text, start = match.string, match.start()
        day, month = int(match["day"]), int(match["month"])
        if not (1 <= day <= _DAYS and 1 <= month <= _MONTHS):
            return None
        sure = day > _MONTHS or match["month"][0] == "0"
        before = word_before(text, start)
        named = before in self._before and (
            sure or (before in self._starts and self._ends.match(text, match.end()))
        )
        named = named or (before in self._before and self._timed.match(text, match.end()) is not None)
        named = named or (sure and self._span.match(text, match.end()) is not None)
        named = named or (is_bracketed_day(match) and not self._is_played(text, start))
        named = named or self._span_before.search(text, max(0, start - 24), start) is not None
        if not named and not self._weekday.search(text, max(0, start - WEEKDAY_CHARS), start):
            return None
        return self._speech.phrase("date_dm", day=self._speech.words.day(day), month=self._names[month - 1])

    def _is_played(self, text: str, start: int) -> bool:
        """Whether what stands before tells of a match, so that a pair is its score."""
        return self._played is not None and self._played.search(text, max(0, start - 96), start) is not None

    def score(self, match: re.Match[str]) -> str | None:
        """Say 3-1, a score: a span would rise."""
        a, b = match["a"], match["b"]
        told = word_before(match.string, match.start()) in self._scored
        if (int(a) < int(b) and not told) or (a[0] == "0" and len(a) > 1):
            return None
        return f"{self._speech.cardinal(a)} {self._speech.cardinal(b)}"

    def span(self, match: re.Match[str]) -> str | None:
        """Say 3/7–3/9, 7/1–7/15/25: fractions of one numerator would fall, but the days of a month rise."""
        m, d, m2, d2 = (int(match[part]) for part in ("m", "d", "m2", "d2"))
        across = m != m2 and (d > _MONTHS or d2 > _MONTHS) and _INCH not in {d, d2}
        if not match["year"] and not across and not (m == m2 and d < d2):
            return None
        day = self._speech.words.day
        first = self._speech.phrase("date_md", month=self._names[m - 1], day=day(d))
        last = self._speech.phrase("date_md", month=self._names[m2 - 1], day=day(d2))
        said = self._speech.phrase("range", a=first, b=day(d2) if m == m2 else last)
        return (
            f"{said}, {self._speech.words.year(int(match['year'][-2:]) + _CENTURY)}"
            if match["year"]
            else said
        )

    def dotted_span(self, match: re.Match[str]) -> str | None:
        """Say 24.–26.12., 24.12.–2.1.2026."""
        days, months = [int(match["d"]), int(match["d2"])], [int(match["m"] or match["m2"]), int(match["m2"])]
        if not all(1 <= day <= _DAYS for day in days) or not all(1 <= month <= _MONTHS for month in months):
            return None
        before = word_before_day(match, self._weekday, self._speech.joined)
        first, last = (self._speech.words.day(day, before) for day in days)
        if match["m"]:
            first = self._speech.phrase("date_dm", day=first, month=self._names[months[0] - 1])
        last = self._speech.phrase("date_dm", day=last, month=self._names[months[1] - 1])
        year = f" {self._speech.words.year(int(match['year']))}" if match["year"] else ""
        stop = "." if not match["year"] and begins_afresh(match.string, match.end()) else ""
        return f"{self._speech.phrase('range', a=first, b=last)}{year}{stop}"
