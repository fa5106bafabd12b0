"""Lengths of time that are written without a space, or with the marks of minutes and seconds: 3h58min12s, 3h 58' 12"."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.fractions import agreeing_half
from legato.text.verbal.speech import SPACE, Speech, any_of
from legato.text.verbal.tables import noun

_TWO_DIGITS = 10
_SHARES = 100
"""The parts of a whole sum up to this: 60:40."""
_MINUTE, _SECOND = "['’′]", "(?:[\"″”]|''|’’|′′)"


class Durations:
    """The rules of one language for lengths of time in one word."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        leads = [*speech.data.texts("minutes_before"), *speech.data.texts("duration_names")]
        self._lead = re.compile(rf"\b(?i:{any_of(leads)}):? \Z")

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those that read letters and digits sign by sign."""
        if not {"hour", "minute", "second"} <= self._speech.phrases.keys():
            return
        hours, minutes, seconds = r"(?P<h>[0-9]{1,3})", "(?P<m>[0-5]?[0-9])", "(?P<s>[0-5]?[0-9])"
        book.on_digit(
            "duration",
            rf"{hours}h{minutes}(?:mi?n?{seconds}s?|mi?n)(?![\w:])",
            self.said,
        )
        if halved := self._speech.data.texts("halved_decimals"):
            book.on_digit(
                "duration.half",
                rf"(?<![\w.,])(?P<whole>[0-9]{{1,3}}),5(?={SPACE}(?P<noun>{any_of(halved)})\b)",
                self.halves,
            )
        settings = self._speech.data.table("settings")
        if "h" not in settings.get("clock_mark", "h"):
            book.on_digit("duration", rf"{hours}h(?P<m>[0-5][0-9])(?P<s>)(?![\w:])", self.said)
        book.on_digit(
            "duration",
            rf"{hours}{SPACE}?h{SPACE}?{minutes}{_MINUTE}(?:{SPACE}?{seconds}{_SECOND})?(?![\w'’\"])",
            self.said,
        )
        if "feet" not in self._speech.phrases:
            book.on_digit(
                "duration", rf"(?P<h>){minutes}{_MINUTE}{SPACE}?{seconds}{_SECOND}(?![\w'’\"])", self.said
            )
            book.on_digit(
                "duration",
                rf"{minutes}{_MINUTE}{seconds}{_SECOND}(?P<part>[0-9]{{1,3}})(?![\w'’\"])",
                self.lap,
            )

        self._add_lasting(book, hours)
        self._add_weeks(book)
        self._add_run(book)
        if "year_zero" not in self._speech.phrases:
            pace = rf"(?P<h>){minutes}:(?P<s>[0-5][0-9])(?=/(?:km|mi)(?!\w))"
            book.on_digit("duration.pace", rf"(?<![\w:.,]){pace}", self.said)
        data = self._speech.data
        if data.texts("minutes_before"):
            book.on_digit(
                "duration.minutes",
                rf"(?<![\w.,$])(?P<a>[0-9]{{1,3}})(?:[-–](?P<b>[0-9]{{1,3}}))?m(?![\w²³/^'’]|\.\w|{SPACE}(?:of|tall|long|high|wide|deep|away|[x×])\b)",
                self.minutes,
            )
        if behind := data.texts("minute_suffix"):
            stop = rf"\b(?:\.(?={SPACE}?[,;:)]|{SPACE}[a-zà-ÿ0-9(]))?"
            book.on_digit(
                "duration",
                rf"(?P<h>)(?P<m>[0-9]{{1,3}}):(?P<s>[0-5][0-9]){SPACE}{any_of(behind)}{stop}",
                self.said,
            )
            behind = data.texts("hour_suffix")
            book.on_digit(
                "duration",
                rf"{hours}:{minutes}(?::{seconds})?{SPACE}{any_of(behind)}{stop}",
                self.said,
            )

    def _add_lasting(self, book: RuleBook, hours: str) -> None:
        """Add Dauer 1:30 h, where a time of day has its h as well."""
        if "h" in self._speech.data.texts("clock_suffix"):
            book.on_digit(
                "duration", rf"{hours}:(?P<m>[0-5][0-9])(?P<s>){SPACE}?h(?![\w:]|{SPACE}bis\b)", self.lasting
            )

    def _add_run(self, book: RuleBook) -> None:
        """Add in 26:14, the time of a run, in a language that says "oh five"."""
        if "year_zero" in self._speech.phrases:
            book.on_digit(
                "duration.run",
                r"(?<![\w.,:$€£+-])(?P<m>2[5-9]|[3-9][0-9]|1[0-9]{2}):(?P<s>[0-5][0-9])(?![\w:%]|[-–.,/][0-9])",
                self.run,
            )

    def _add_weeks(self, book: RuleBook) -> None:
        """Add 39w2d, the age of a pregnancy."""
        if {"week", "day"} <= self._speech.phrases.keys():
            book.on_digit(
                "duration.weeks",
                r"(?<![\w.,])(?P<w>[1-9][0-9]?)w ?(?P<d>[0-6])d(?!\w)",
                lambda match: " ".join(
                    self._speech.counted(match[key], noun(self._speech.phrases[name]))
                    for key, name in (("w", "week"), ("d", "day"))
                ),
            )

    def run(self, match: re.Match[str]) -> str | None:
        """Say in 26:14, minutes and seconds that no clock shows; round parts, and those of a hundred, are a ratio."""
        minutes, seconds = int(match["m"]), int(match["s"])
        round_parts = not minutes % 5 and not seconds % 5 and seconds >= _TWO_DIGITS
        if minutes + seconds == _SHARES or round_parts:
            return None
        if not seconds:
            return self._speech.counted(match["m"], noun(self._speech.phrases["minute"]))
        zero = f"{self._speech.phrases['year_zero']} " if seconds < _TWO_DIGITS else ""
        return f"{self._speech.cardinal(match['m'])} {zero}{self._speech.cardinal(str(seconds))}"

    def halves(self, match: re.Match[str]) -> str | None:
        """Say 1,5 uur, with the decimal as a half."""
        whole = "" if match["whole"].strip("0") == "" else match["whole"]
        return agreeing_half(self._speech, whole, self._speech.gender_of(match["noun"])) or None

    def minutes(self, match: re.Match[str]) -> str | None:
        """Say takes 25-30m, ETA: 10m: no metres."""
        if not self._lead.search(match.string, max(0, match.start() - 24), match.start()):
            return None
        minute = noun(self._speech.phrases["minute"])
        if not match["b"]:
            return self._speech.counted(match["a"], minute)
        return self._speech.span(
            match, self._speech.cardinal(match["a"]), self._speech.counted(match["b"], minute)
        )

    def lasting(self, match: re.Match[str]) -> str | None:
        """Say Dauer 1:30 h; without such a word it is a time of day."""
        if not self._lead.search(match.string, max(0, match.start() - 24), match.start()):
            return None
        phrases, hours, minutes = self._speech.phrases, match["h"].lstrip("0"), match["m"].lstrip("0")
        counted = ((hours, phrases["hour"]), (minutes, phrases["minute"]))
        return (
            " ".join(self._speech.counted(number, noun(name)) for number, name in counted if number) or None
        )

    def lap(self, match: re.Match[str]) -> str | None:
        """Say 1'27"097."""
        minute, second = (noun(self._speech.phrases[name]) for name in ("minute", "second"))
        seconds = f"{match['s'].lstrip('0') or '0'}{self._speech.decimal}{match['part']}"
        return f"{self._speech.counted(match['m'], minute)} {self._speech.counted(seconds, second)}"

    def said(self, match: re.Match[str]) -> str | None:
        """Say a length of time by its hours, minutes and seconds."""
        phrases = self._speech.phrases
        parts = [
            self._speech.counted(match[key].lstrip("0") or "0", noun(phrases[name]))
            for key, name in (("h", "hour"), ("m", "minute"), ("s", "second"))
            if match[key]
        ]
        if len(parts) == 3:
            return self._speech.phrase("hms", hours=parts[0], minutes=parts[1], seconds=parts[2])
        return " ".join(parts)
