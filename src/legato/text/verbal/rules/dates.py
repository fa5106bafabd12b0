"""Dates: ISO, by numbers, by month names; decades, years and their ranges.

A number of four digits is a year when a word before it says so, or when it lies between 1900 and 2099 and nothing says that
things are counted. Everything else is a plain number.
"""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.short_dates import is_bracketed, is_day_first, stands_apart
from legato.text.verbal.rules.years import Years
from legato.text.verbal.speech import (
    AS_OF,
    DASH,
    SPACE,
    WEEKDAY_CHARS,
    Speech,
    after_weekday,
    any_of,
    begins_afresh,
    spaced,
    word_before_day,
    word_left,
)

_END = r"(?![0-9]|[/.:,][0-9]|-(?![0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]|[12][0-9]{3}/[0-9])[0-9])"
_YOUNG = frozenset("1234")
"""Two digits that begin with one of these are a year of this century, which has to be said: "twenty-five" is not a year."""

_NAMED = re.compile(r"\b(?i:due|date|deadline|when|starts|ends): \Z")
_LARGEST_MONTH = 12
_LARGEST_SHARE = 10
"""A larger denominator is hardly a fraction in prose."""


class Dates:
    """The date rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._years = Years(speech)
        self._names = list(data.table("months"))
        self._months = {name.lower(): number for number, name in enumerate(self._names)}
        for number, short in enumerate(data.table("months").values()):
            self._months |= dict.fromkeys(short.split(), number)
        months = any_of([*self._months])
        self._date = re.compile(
            rf",?{SPACE}[0-9]{{1,2}}(?:[-/.][0-9]{{1,2}}|(?:er|º|°)?{SPACE}(?:de )?{months}\b)"
        )
        self._after_day = after_weekday(data)
        self._links = data.table("day_links")
        self._days = {**(days := data.table("weekdays")), **{name.lower(): name for name in days.values()}}
        self._plain_words = frozenset(data.texts("month_homographs"))
        self._day_only = frozenset(data.texts("date_prefix_only"))
        self._parts = frozenset(data.texts("part_links"))
        self._goes_on = frozenset(data.texts("date_goes_on"))
        self._dated = frozenset(data.texts("date_before")) | {"bis", "ab", "seit"}
        self._released = frozenset(data.texts("release_words"))
        self._day_before = frozenset(data.texts("date_prefix"))

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        self._add_numeric(book)
        self._add_named(book)
        self._years.add(book)

    def _add_numeric(self, book: RuleBook) -> None:
        book.on_digit(
            "date.instant",
            r"(?P<year>[12][0-9]{3})(?P<sep>-)(?P<month>[01][0-9])-(?P<day>[0-3][0-9])[T ](?P<h>[01][0-9]|2[0-4]):(?P<m>[0-5][0-9])(?::[0-6][0-9](?:\.[0-9]{1,9})?)?(?P<zone>Z|[-+][0-9]{2}:?[0-9]{2})?(?![\w:])",
            self.instant,
        )
        book.on_digit(
            "date.iso",
            rf"(?P<year>[12][0-9]{{3}})(?P<sep>[-/.])(?P<month>[01]?[0-9])(?P=sep)(?P<day>[0-3]?[0-9]){_END}",
            self.by_number,
        )
        book.on_digit(
            "date.number",
            rf"(?P<day>[0-3]?[0-9])(?P<sep>[-/.])(?P<month>[0-3]?[0-9])(?P=sep)(?P<year>[12][0-9]{{3}}|[0-9]{{2}}){_END}",
            self.by_number,
        )
        if self._speech.data.table("settings").get("ordinal_dot"):
            book.on_digit(
                "date.short", r"(?P<day>[0-3]?[0-9])\.(?P<month>[01]?[0-9])\.(?![0-9])", self.dotted
            )
        book.on_digit(
            "date.month",
            r"(?<![\w/])(?P<month>0[1-9]|1[0-2])/(?P<year>(?:19|20)[0-9]{2})(?![\w/]|[-.,][0-9])",
            lambda match: self._years.month_of(int(match["month"]), match["year"]),
        )
        book.on_digit(
            "date.short",
            rf"(?P<day>[0-3]?[0-9])(?P<first>(?:[º°]|er)?)/(?P<month>[0-3]?[0-9]){_END}(?=(?P<more>{SPACE}?[^\W\d_]{{1,8}})?)",
            self.short,
        )

    def _add_named(self, book: RuleBook) -> None:
        month = f"(?i:{any_of(self._months)})"
        year = r"(?P<year>[12][0-9]{3})"
        ending = f"(?i:{any_of(self._speech.data.texts('ordinal_suffixes'))})?"
        link = any_of(f"{word} " for word in self._speech.data.texts("date_link"))
        day = rf"(?P<day>[0-3]?[0-9]){ending}"
        year_link = rf"(?:{SPACE}?,?(?:{SPACE}|-){link}?{year}(?![0-9]|[,.][0-9]))?"
        dot = r"\.?" if self._speech.data.table("settings").get("ordinal_dot") else ""
        book.on_digit(
            "date.days",
            rf"(?P<days>[0-3]?[0-9]{ending}{dot}(?:[-–/][0-3]?[0-9]{ending}{dot}){{1,3}}){SPACE}{link}?(?P<month>{month})(?P<stop>\.)?{year_link}(?![\w])",
            self.days,
        )
        book.on_digit(
            "date.day_month",
            rf"{day}{dot}(?:{SPACE}|-){link}?(?P<month>{month})\b(?P<stop>\.)?{year_link}",
            self.day_month,
        )
        book.on_word(
            self._months,
            "date.month_day",
            rf"(?P<month>[^\W\d_]+)\.?(?:{SPACE}|-)(?P<day>[0-3]?[0-9])(?P<ending>{ending})(?:{DASH}(?P<to>[0-3]?[0-9]){ending}(?![0-9-]))?(?:(?:,?{SPACE}|-|,){year})?(?![0-9]|[:/][0-9]|[.,][0-9]|{SPACE}?[%$€£])",
            self.month_day,
        )
        book.on_word(
            self._months,
            "date.month_year",
            rf"(?P<month>[^\W\d_]+)\.?,?{SPACE}{year}(?![0-9]|[,.:][0-9])",
            self.month_year,
        )
        if "year_zero" in self._speech.phrases:
            short = r"['’‘](?P<year>[0-9]{2})(?![\w'’])"
            book.on_word(
                self._months,
                "date.month_year",
                rf"(?P<month>{month})(?P<part>)\.?{SPACE}{short}",
                self.month_short_year,
            )
            part = rf"(?P<part>[QH][1-4]|FY)(?P<month>){SPACE}?{short}"
            book.on_joined("date.part", part, self.month_short_year)
            book.on_word(["fy"], "date.part", part, self.month_short_year)
        if not self._speech.spaceless:
            names = f"(?i:{any_of([*self._months, *self._days])})"
            book.on_word(
                [*self._months, *self._days],
                "date.names",
                rf"(?P<a>{names})\.?(?P<link>{DASH}|{SPACE}{any_of(self._links)}{SPACE})(?P<b>{names})(?:\.(?=[,:]|{SPACE}[a-z0-9]))?(?![\w-])",
                self.names,
            )
        self._add_days(book, month)

    def _add_days(self, book: RuleBook, month: str) -> None:
        days = any_of(name.title() for name in self._days)
        if "to" in self._speech.phrases:
            book.on_symbol(
                "-–—",
                "date.to",
                rf"(?:(?<=[0-9] )|(?<=[0-9])|(?<=[0-9](?:st|nd|rd|th))){DASH}(?= ?(?:{month}\b\.? [0-9]|{days}\.?,? (?:{month}\b\.? [0-9]|[0-9]{{1,2}}/[0-9])))",
                self.until,
            )
        book.on_word(
            self._speech.data.table("weekdays"),
            "date.weekday",
            rf"(?P<day>[^\W\d_]+)\.?(?=,?{SPACE}(?:{month}\b|[0-9]))",
            self.weekday,
        )

    def by_number(self, match: re.Match[str]) -> str | None:
        """Say 2025-03-14, 3/14/2025, 14.3.2025."""
        year, month, day = match["year"], int(match["month"]), int(match["day"])
        if len(match["year"]) == 4 and match.start("year") > match.start():
            month, day = self._ordered(month, day, match["sep"])
        elif len(match["year"]) == 2:
            if match["sep"] == "." and not self._is_short(match):
                return None
            month, day = self._ordered(month, day, match["sep"])
            if "century" in self._speech.phrases:
                year = f"{self._speech.phrases['century']}{year}" if year[0] in _YOUNG else year
        before = word_before_day(match, self._after_day, self._speech.joined)
        released = match["sep"] == "." and before in self._released
        return None if released else self._full(day, month, year, sep=match["sep"], before=before)

    def _is_short(self, match: re.Match[str]) -> bool:
        """Whether 31.12.25 is a date; in English it is a version, as it is after that word in any language."""
        before = word_before_day(match, self._after_day, self._speech.joined)
        version = self._speech.decimal == "." or before == self._speech.phrases["version"].lower()
        return not version and (before in self._dated or len(match["day"] + match["month"]) == 4)

    def _ordered(self, second: int, first: int, sep: str) -> tuple[int, int]:
        month, day = (first, second) if self._order(sep) == "mdy" else (second, first)
        return (day, month) if month > 12 >= day else (month, day)

    def _order(self, sep: str) -> str:
        settings = self._speech.data.table("settings")
        return settings.get("dotted_order" if sep == "." else "date_order", "dmy")

    def instant(self, match: re.Match[str]) -> str | None:
        """Say 2025-03-14T17:30:00Z; seconds and offsets are for machines."""
        date = self.by_number(match)
        clock = self._speech.words.clock(int(match["h"]), int(match["m"]))
        zone = " UTC" if match["zone"] == "Z" else ""
        return f"{date} {self._speech.phrases['at']} {clock}{zone}" if date else None

    def short(self, match: re.Match[str]) -> str | None:
        """Say 3/14 after a word that introduces dates; anywhere else it is a fraction."""
        if expiry := self._years.expiry(match, days_first=self._order("/") == "dmy"):
            return expiry
        if not self._dates_follow(match):
            return None
        month, day = self._ordered(int(match["month"]), int(match["day"]), "/")
        return self._full(day, month, "", before=word_left(match.string, match.start()))

    def _dates_follow(self, match: re.Match[str]) -> bool:
        before, near = word_left(match.string, match.start()), (max(0, match.start() - 16), match.start())
        dated = any(lead.search(match.string, *near) for lead in (_NAMED, AS_OF)) or stands_apart(match)
        filled = match["first"] or match["month"][0] == "0" or (match["day"][0] == "0" and match["month"][1:])
        if (
            before in self._days
            or self._after_day.search(match.string, *near)
            or (dated if self._order("/") == "mdy" else is_day_first(match))
            or filled
        ):
            return True
        more = (match["more"] or "").strip()
        whole = int(match["day"]) >= int(match["month"]) or int(match["month"]) > _LARGEST_SHARE
        if (
            before in self._speech.data.texts("date_prefix_late")
            and whole
            and (not more or int(match["day"]) > _LARGEST_MONTH)
        ):
            return more not in self._parts
        if before not in self._day_before or more in self._parts:
            return False
        goes_on = more in self._goes_on or int(match["day"]) > _LARGEST_MONTH
        return not more or before in self._day_only or (whole and goes_on)

    def dotted(self, match: re.Match[str]) -> str | None:
        """Say 24.12. after a word that introduces days."""
        day, month = int(match["day"]), int(match["month"])
        before = word_before_day(match, self._after_day, self._speech.joined)
        text, (start, end) = match.string, match.span()
        named = self._after_day.search(text, max(0, start - WEEKDAY_CHARS), start)
        listed = day > _LARGEST_MONTH and text.startswith((",", ";"), end)
        told = before in self._dated or named or listed or is_bracketed(match)
        if not told or not (1 <= day <= 31 and 1 <= month <= 12):
            return None
        said = self._speech.words.day(day, before)
        spoken = self._speech.phrase("date_dm", day=said, month=self._names[month - 1])
        return spoken + ("." if begins_afresh(text, end) and not text.startswith(")", end) else "")

    def day_month(self, match: re.Match[str]) -> str | None:
        """Say 14 March 2025."""
        month = self._months[match["month"].lower()] + 1
        before = word_before_day(match, self._after_day, self._speech.joined)
        said = self._full(int(match["day"]), month, match["year"] or "", match["month"], before=before)
        return None if said is None else self._ended(match, said)

    def days(self, match: re.Match[str]) -> str | None:
        """Say 17-19 June, 17/18 June."""
        numbers = [int(day) for day in re.findall("[0-9]+", match["days"])]
        if not all(1 <= day <= 31 for day in numbers):
            return None
        spoken = [self._speech.words.day(day, word_left(match.string, match.start())) for day in numbers]
        span = len(spoken) == 2 and "/" not in match["days"]
        joined = self._speech.span(match, spoken[0], spoken[1]) if span else " ".join(spoken)
        name = "date_dmy" if match["year"] else "date_dm"
        said = self._speech.phrase(
            name, day=joined, month=self._name(match["month"]), year=self._years.said(match["year"] or "")
        )
        return self._ended(match, said)

    def _ended(self, match: re.Match[str], said: str) -> str:
        """Drop a second article, and add the stop if that of a short month also ended the sentence."""
        article = self._speech.phrases.get("article", "")
        if article and word_left(match.string, match.start()) == article:
            said = said.removeprefix(f"{article} ")
        return said + (
            "." if match["stop"] and not match["year"] and begins_afresh(match.string, match.end()) else ""
        )

    def month_day(self, match: re.Match[str]) -> str | None:
        """Say March 14, 2025; March 14-16."""
        written, day = match["month"], int(match["day"])
        if not match["year"] and self._order("/") != "mdy":
            return None
        if not 1 <= day <= 31 or (written in self._plain_words and not (match["year"] or match["ending"])):
            return None
        days = self._speech.words.day(day)
        if match["to"]:
            days = self._speech.phrase("range", a=days, b=self._speech.words.day(int(match["to"])))
        name = "date_mdy" if match["year"] else "date_md"
        return self._speech.phrase(
            name, month=self._name(written), day=days, year=self._years.said(match["year"] or "")
        )

    def month_year(self, match: re.Match[str]) -> str | None:
        """Say March 2025."""
        if match["month"] in self._plain_words:
            return None
        return self._speech.phrase(
            "date_my", month=self._name(match["month"]), year=self._years.said(match["year"])
        )

    def names(self, match: re.Match[str]) -> str | None:
        """Say Mon-Fri, Jan-Mar."""
        a, b = match["a"], match["b"]
        both_days = a.lower() in self._days and b.lower() in self._days
        both_months = a.lower() in self._months and b.lower() in self._months
        small = not self._names[0].islower() and (a.islower() or b.islower())
        if small or not (both_days or both_months):
            return None
        said = [self._days[name.lower()] if both_days else self._name(name) for name in (a, b)]
        link = match["link"].strip()
        if link not in self._links:
            return self._speech.phrase("range", a=said[0], b=said[1])
        return f"{said[0]} {self._links[link]} {said[1]}"

    def weekday(self, match: re.Match[str]) -> str | None:
        """Say Mon before a date."""
        if match["day"].islower() and not (
            self._names[0].islower() and self._date.match(match.string, match.end())
        ):
            return None
        return self._speech.data.table("weekdays").get(match["day"].lower())

    def until(self, match: re.Match[str]) -> str | None:
        """Say the dash of Dec. 24 - Jan. 2."""
        return spaced(match, self._speech.phrases["to"])

    def month_short_year(self, match: re.Match[str]) -> str | None:
        """Say Jan '24, Q1'24, FY'25."""
        year = self._years.decade_or_year(match["year"], "")
        part = re.sub("[1-4]", lambda number: f" {self._speech.cardinal(number[0])}", match["part"] or "")
        return f"{self._name(match['month']) if match['month'] else part} {year}"

    def _name(self, written: str) -> str:
        """Return the month as written, unless it was short."""
        at = self._months.get(written.lower())  # a raised digit may stand behind it: May² 2020
        return written if at is None or written.lower() == self._names[at].lower() else self._names[at]

    def _full(
        self, day: int, month: int, year: str, written: str = "", *, sep: str = "/", before: str = ""
    ) -> str | None:
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        numeric = not written and self._order("/" if year and sep == "-" else sep) == "mdy"
        name = ("date_mdy" if year else "date_md") if numeric else ("date_dmy" if year else "date_dm")
        spoken = self._name(written) if written else self._names[month - 1]
        return self._speech.phrase(
            name, day=self._speech.words.day(day, before), month=spoken, year=self._years.said(year)
        )
