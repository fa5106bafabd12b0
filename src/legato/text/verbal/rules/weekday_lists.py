"""Short weekdays in a row: Mo, Mi und Fr; Tues. & Thurs.; lun., mié. y vie."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, begins_afresh, word_before, word_left

_WORDS = frozenset({"mar", "set", "out", "dez", "mag", "ago", "may", "mai"})
"""Short months that are words, too."""

_HOUR = r"[0-9]{1,2}(?::[0-9]{2})?"


class WeekdayLists:
    """The rule of one language for days of the week that are listed."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._short = data.table("weekdays")
        self._alone = data.texts("weekdays_alone")
        self._before = frozenset(data.texts("weekday_before"))
        self._links = data.table("day_links")
        self._full = frozenset(name.lower() for name in self._short.values())
        self._told_months = frozenset(data.texts("month_before"))
        self._months = {
            short: full
            for full in data.table("months")
            for short in data.table("months")[full].split()
            if len(short) < len(full)
        }
        self._small = next(iter(data.table("months")), "").islower()
        self._name = re.compile(rf"(?i:{any_of([*self._short, *self._full])})\b\.?")

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for a single day in a date."""
        if not self._links:
            return
        day = rf"(?i:{any_of([*self._short, *self._full])})"
        link = rf"(?:,?{SPACE}{any_of(self._links)}{SPACE}|,{SPACE}|{SPACE}?/{SPACE}?)"
        book.on_word(
            [*self._short, *self._full],
            "date.weekdays",
            rf"(?P<days>{day}(?:\.?{link}{day}){{1,6}})(?:\.(?=[,:)]|{SPACE}[a-zà-ÿ0-9@&]))?(?![\w-])",
            self.days,
        )
        self._add_single(book)
        self._add_labels(book)
        self._add_month(book)
        if self._alone:
            names = {*self._months.values(), *map(str.capitalize, self._months), "May"}
            months = any_of(names)
            end = rf"(?![\w'’/–-]|\.\w|,?{SPACE}(?:[0-9]|{months}\.?{SPACE}[0-9]))"
            book.on_word(
                self._alone,
                "date.weekday",
                rf"(?<![\w–-])(?P<day>{any_of(self._alone)})(?P<stop>\.)?+{end}",
                self.day,
            )

    def _add_single(self, book: RuleBook) -> None:
        names = any_of(self._short if self._small else map(str.capitalize, self._short))
        book.on_word(
            self._short,
            "date.weekday",
            rf"(?<![\w.–-])(?P<day>{names})\.?(?={SPACE}[0-9]{{1,2}}[:h][0-9]{{2}}(?![0-9]))",
            lambda match: self._short[match["day"].lower()],
        )
        if the := self._speech.data.texts("day_articles"):
            book.on_word(
                self._short,
                "date.weekday",
                rf"(?<![\w.–-])(?P<day>{names})\.?(?={SPACE}{any_of(the)}{SPACE}[1-3]?[0-9](?:st|nd|rd|th)\b)",
                lambda match: self._short[match["day"].lower()],
            )
        if self._before:
            book.on_word(
                self._short,
                "date.weekday",
                rf"(?<![\w.–-])(?P<day>{names})(?P<stop>\.)?+(?![\w'’/–-]|\.\w|,?{SPACE}[0-9])",
                lambda match: self.day(match) if self._is_told(match) else None,
            )

    def _add_labels(self, book: RuleBook) -> None:
        """Add Sat: sunny, Sun: 61, Mon: 9-5: a short name that is also a word needs what a day has behind it."""
        if not (labels := self._speech.data.texts("weekday_labels")):
            return
        others = any_of(set(map(str.capitalize, self._short)) - set(labels) - set(self._alone))
        span = rf"{_HOUR}(?:{SPACE}?[ap]\.?m\b|{SPACE}?[–-]{SPACE}?{_HOUR}(?!{SPACE}?h(?:ou)?rs?\b))"
        weather = r"-?[0-9]{2,3}(?:°|/[0-9]|[,;.](?![0-9])|\Z|\n| and\b)"
        known = rf"(?::{SPACE}(?:(?i:{any_of(self._speech.data.texts('weekday_label_words'))})\b|{span}|{weather}))"
        book.on_word(
            self._short,
            "date.weekday",
            rf"(?:(?<![^\s(\[])(?<![a-z] ))(?P<day>{any_of(labels)}(?=:{SPACE})|{others}(?={known}))",
            lambda match: self._short[match["day"].lower()],
        )

    def _add_month(self, book: RuleBook) -> None:
        if told := self._told_months:
            book.on_word(
                self._months,
                "date.month",
                rf"(?<![\w.–-])(?P<month>{any_of(self._months if self._small else map(str.capitalize, self._months))})(?P<stop>\.)?+(?![\w'’/–-]|\.\w|,?{SPACE}[0-9])",
                lambda match: self._month(match) if word_left(match.string, match.start()) in told else None,
            )

    def _month(self, match: re.Match[str]) -> str | None:
        """Say "since Oct."; where months have no capital, one without its stop is any word, and so may be one at the end."""
        stop = "." if match["stop"] and begins_afresh(match.string, match.end()) else ""
        written = match["month"].lower()
        if self._small and (not match["stop"] or written in self._short or (stop and written in _WORDS)):
            return None
        return self._months[match["month"].lower()] + stop

    def _is_told(self, match: re.Match[str]) -> bool:
        before = word_before(match.string, match.start())
        return before in self._before and (match["stop"] is not None or not (self._small or self._alone))

    def days(self, match: re.Match[str]) -> str | None:
        """Say Mo, Mi und Fr; where months have a capital, days have one, too."""
        names = [found.group().rstrip(".") for found in self._name.finditer(match["days"])]
        if not any(name.lower() in self._short for name in names):
            return None
        if not self._small and any(name.islower() for name in names):
            return None
        said = self._name.sub(self._written_out, match["days"])
        return re.sub(rf" ?/ ?|(?<!\S)(?:{any_of(self._links)})(?!\S)", self._linked, said)

    def day(self, match: re.Match[str]) -> str | None:
        """Say "on Tues. at noon"."""
        stop = "." if match["stop"] and begins_afresh(match.string, match.end()) else ""
        return self._short[match["day"].lower()] + stop

    def _written_out(self, found: re.Match[str]) -> str:
        written = found.group().rstrip(".")
        return self._short.get(written.lower(), written)

    def _linked(self, found: re.Match[str]) -> str:
        return self._links.get(found.group(), ", ")
