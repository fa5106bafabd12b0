"""Times of day, lengths of time, ISO instants."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import (
    DASH,
    SPACE,
    WEEKDAY_CHARS,
    Speech,
    after_weekday,
    any_of,
    begins_afresh,
    names_follow,
    spaced,
    word_before,
)
from legato.text.verbal.tables import noun

_STOP = rf"\.(?=[,;:)]|{SPACE}[a-zà-ÿ])"
"""The stop of a short word for the hour that ends no sentence: om 16.30 u., spoor 4."""
_HALF = r"(?P<half>[AaPp])(?:{space}?[Mm]\b|\.{space}?[Mm]\b(?P<stop>\.(?![0-9a-zA-Z]))?)"
_AFTER_HALF = re.compile(rf"[0-9]{{1,2}}(?::[0-9]{{2}})?{SPACE}?[AaPp](?:[Mm]|\.{SPACE}?[Mm]\.?){SPACE}?\Z")
_NAME_BEFORE = re.compile(r"\b[A-ZÀ-Þ][^\W\d_]{1,20}[ \u00a0]\Z")
_SPAN_BEFORE = re.compile(rf"[0-9][.][0-9]{{2}}{DASH}[0-9]{{1,2}}[.][0-9]{{2}}(?:,| [eyo]| en| und){SPACE}\Z")
"""Another span of the same day before this one: 9.00-13.00 e."""
_NOON = 12
_FULL_HOUR = " o'clock"
"""Not said for an hour after noon if its zone is named: 18:00 UTC."""


class Times:
    """The time rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._zeros = bool(speech.data.table("settings").get("zero_parts"))
        goes_on = [
            *speech.data.texts("time_zones"),
            *speech.data.table("weekdays").values(),
            *(day.title() for day in speech.data.table("weekdays")),
        ]
        self._zone = re.compile(rf"{SPACE}\(?{any_of(goes_on)}(?![\w])")
        bare = any_of(speech.data.texts("clock_names"))
        self._bare = re.compile(rf"(?<=:00){SPACE}{bare}\b")
        self._before = frozenset(speech.data.texts("clock_before"))
        self._placed = frozenset(speech.data.texts("clock_not_before"))
        self._after_day = after_weekday(speech.data)
        self._between = speech.data.table("between")
        self._halves = speech.data.table("times_am_pm")
        self._singular = frozenset(speech.data.texts("singular_after"))
        codes = speech.data.table("currency_codes")
        paid = any_of({name.partition("|")[0].split()[-1] for name in codes.values()} | {*codes})
        self._unpaid = rf"(?![0-9:\w%€$]|[.,/-][0-9]|{SPACE}{paid}(?!\w))"
        """What follows a time of day, but no sum: van 12.50 euro."""

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        half = _HALF.format(space=SPACE) if self._halves else "(?P<half>(?!))(?P<stop>(?!))"
        settings, texts = self._speech.data.table("settings"), self._speech.data.texts
        hour, minute = "(?P<h>[01]?[0-9]|2[0-4])", "(?P<m>[0-5][0-9])"
        clock, suffix = f"{hour}:{minute}", any_of(texts("clock_suffix"))
        unit = SPACE + "?"
        book.on_digit(
            "time.half",
            rf"(?P<h>[01]?[0-9]|2[0-4])(?:[:.](?P<m>[0-5][0-9])(?::(?P<s>[0-5][0-9]))?)?{SPACE}?{half}(?![A-Za-z0-9])",
            self.half,
        )
        book.on_digit(
            "time.half_range",
            rf"(?P<h1>1?[0-9])(?::(?P<m1>[0-5][0-9]))?{SPACE}?{DASH}{SPACE}?(?P<h>1?[0-9])(?::(?P<m>[0-5][0-9]))?(?P<s>){SPACE}?{half}(?![A-Za-z0-9])",
            self.half_range,
        )
        self._add_exact(book)
        book.on_digit(
            "time.seconds",
            rf"{clock}:(?P<s>[0-5][0-9](?:[.{re.escape(self._speech.decimal)}][0-9]{{1,3}}(?![0-9]))?)(?:\.[0-9]{{1,6}})?(?![0-9:])(?P<named>{SPACE}?{suffix}(?!\w))?",
            self.seconds,
        )
        book.on_digit(
            "time.range",
            rf"{clock}{SPACE}?{DASH}{SPACE}?(?P<h2>[01]?[0-9]|2[0-4]):(?P<m2>[0-5][0-9])(?:{SPACE}?(?:{suffix}|hrs)(?!\w))?(?![0-9:])(?!{SPACE}?[AaPp]\.?[Mm])",
            self.range,
        )
        book.on_digit(
            "time.range",
            rf"{clock}{DASH}(?P<h2>[01]?[0-9]|2[0-4])(?P<m2>)(?![0-9:\w]|[-.,/][0-9])(?!{SPACE}?[AaPp]\.?[Mm])",
            self.range,
        )
        marks = settings.get("clock_mark", ":")
        if "h" in marks:
            to = rf"{SPACE}?{DASH}{SPACE}?(?P<h2>[01]?[0-9]|2[0-4]){SPACE}?h{SPACE}?(?P<m2>[0-5][0-9])?(?![0-9\w])"
            book.on_digit("time.range", rf"{hour}{SPACE}?h{SPACE}?{minute}?{to}", self.range)
        end = (
            rf"(?:{SPACE}?{suffix}(?:{_STOP})?|h\b|{SPACE}o['’]clock)?(?:(?=-?ish\b)|(?![0-9:\w]|[.,][0-9]))"
        )
        book.on_digit("time.clock", f"{hour}[{marks}]{minute}{end}", self.clock)
        book.on_digit(
            "time.range",
            rf"{hour}\.{minute}{SPACE}?{DASH}{SPACE}?(?P<h2>[01]?[0-9]|2[0-4])\.(?P<m2>[0-5][0-9])(?:{SPACE}?{suffix})(?!\w)",
            self.range,
        )
        self._add_mixed(book, hour, suffix)
        if self._before or settings.get("clock_dot"):
            self._add_dotted_range(book, rf"{hour}\.{minute}", always=bool(settings.get("clock_dot")))
        if settings.get("clock_dot"):
            book.on_digit("time.clock", rf"{hour}\.{minute}{end}", self.unnamed)
        book.on_digit("time.clock", rf"{hour}[.]{minute}{SPACE}?{suffix}(?:{_STOP}|(?!\w))", self.clock)
        if self._before:
            book.on_digit("time.clock", rf"{hour}\.{minute}{self._unpaid}", self.dotted)
        book.on_digit(
            "time.hour",
            rf"{hour}(?P<m>){SPACE}?{any_of(texts('hour_words'))}(?!\w|{SPACE}?[0-9])",
            self.clock,
        )
        self._add_durations(book, unit)

    def _add_exact(self, book: RuleBook) -> None:
        if self._halves:
            book.on_digit(
                "time.half_range",
                rf"(?P<h1>1?[0-9])(?::(?P<m1>[0-5][0-9]))?(?P<first>[ap]){DASH}(?P<h>1?[0-9])(?::(?P<m>[0-5][0-9]))?(?P<s>)(?P<half>[ap])(?P<stop>)(?![\w]|\.\w)",
                self.halves,
            )
            book.on_digit(
                "time.half_range",
                rf"(?<![\w.,])(?P<h1>1?[0-9])(?::(?P<m1>[0-5][0-9]))?{DASH}(?P<h>1?[0-9])(?::(?P<m>[0-5][0-9]))?(?P<s>)(?P<half>p|(?<=:[0-5][0-9])a)(?P<stop>)(?![\w]|\.\w)",
                self.half_range,
            )
            book.on_digit(
                "time.half",
                r"(?P<h>1?[0-9]):(?P<m>[0-5][0-9])(?P<s>)(?P<half>[apAP])(?P<stop>)(?![\w]|\.\w)",
                self.half,
            )
            book.on_symbol(":", "time.past", r"(?<!\S):(?P<m>[0-5][0-9])(?![\w:])", self.past)
        book.on_digit(
            "duration", r"(?P<h>)(?P<m>[0-9]{1,3}):(?P<s>[0-5][0-9]\.[0-9]{1,3})(?![0-9:\w])", self.precise
        )
        zone = r"(?P<zone>UTC|GMT)[-−](?P<h>0?[0-9]|1[0-4])(?::(?P<m>[0-5][0-9]))?(?![\w:]|[.-]\w)"
        book.on_word(("UTC", "GMT") if self._halves else (), "time.zone", zone, self.behind)

    def _add_mixed(self, book: RuleBook, hour: str, suffix: str) -> None:
        """Add 14:30Z, 10-17.30 Uhr, Mo 9-12 h; spans only if a language has a word after a time."""
        book.on_digit(
            "time.zulu", r"(?<![\w:.,-])(?P<h>[01][0-9]|2[0-4]):(?P<m>[0-5][0-9])Z(?!\w)", self.zulu
        )
        book.on_digit(
            "time.range",
            rf"(?<![\w.,:/-])(?P<h>1?[0-9]|2[0-4])(?P<m>){SPACE}?{DASH}{SPACE}?(?P<h2>1?[0-9]|2[0-4]):(?P<m2>[0-5][0-9])(?:{SPACE}?{suffix}(?!\w))?(?![0-9:\w])(?!{SPACE}?[AaPp]\.?[Mm])",
            self.range_to,
        )
        if self._speech.data.texts("clock_suffix"):
            book.on_digit(
                "time.range",
                rf"{hour}(?P<m>){SPACE}?{DASH}{SPACE}?(?P<h2>[01]?[0-9]|2[0-4])[.:](?P<m2>[0-5][0-9]){SPACE}?{suffix}(?!\w)",
                self.range,
            )
            names = any_of(self._speech.data.texts("hour_words"))
            book.on_digit(
                "time.range",
                rf"{hour}(?P<m>){SPACE}?{DASH}{SPACE}?(?P<h2>[01]?[0-9]|2[0-4])(?P<m2>){SPACE}?(?!{names}){suffix}(?!\w)",
                self.opened,
            )

    def _add_dotted_range(self, book: RuleBook, clock: str, *, always: bool) -> None:
        """Add ore 9.00-13.00: a word that introduces times says what both are."""
        until = r"(?P<h2>[01]?[0-9]|2[0-4])\.(?P<m2>[0-5][0-9])(?![0-9:\w%€$]|[.,/-][0-9])"
        book.on_digit(
            "time.range",
            rf"{clock}{SPACE}?{DASH}{SPACE}?{until}",
            lambda match: self.range(match) if self._told(match) or (always and not _named(match)) else None,
        )

    def _told(self, match: re.Match[str]) -> bool:
        text, start = match.string, match.start()
        return (
            word_before(text, start) in self._before
            or _SPAN_BEFORE.search(text, max(0, start - 16), start) is not None
        )

    def _add_durations(self, book: RuleBook, unit: str) -> None:
        book.on_digit(
            "duration",
            rf"(?P<h>[0-9]{{1,4}}){unit}h(?:rs?)?{unit}(?P<m>[0-9]{{1,2}}){unit}m(?:ins?)?(?:{unit}(?P<s>[0-9]{{1,2}}){unit}s(?:ecs?)?)?\b",
            self.duration,
        )
        if "h" not in self._speech.data.texts("clock_suffix") and self._halves:
            book.on_digit("duration", r"(?P<h>[0-9]{1,3})h(?P<m>[0-5][0-9])(?P<s>)(?![\w:])", self.duration)
        book.on_digit(
            "duration",
            rf"(?P<h>)(?P<m>[0-9]{{1,4}}){unit}m(?:ins?)?{unit}(?P<s>[0-9]{{1,2}}){unit}s(?:ecs?)?\b",
            self.duration,
        )
        book.on_symbol(
            "-–—", "time.to", rf"(?:(?<!\s){DASH}(?={SPACE}?[0-9])|{DASH}(?={SPACE}[0-9]))", self.to
        )

    def half(self, match: re.Match[str]) -> str | None:
        """Say 5:30 PM, 10 a.m."""
        hour, minute = int(match["h"]), int(match["m"] or 0)
        if hour > 24 or (match["s"] and hour > 12):
            return None
        spoken = self._speech.words.cardinal(hour, "f")
        if minute:
            spoken = self._speech.words.clock(hour, minute)
        if match["s"]:
            spoken = f"{spoken} {self._speech.counted(match['s'].lstrip('0') or '0', noun(self._speech.phrases['second']))}"
        ends = (
            match["stop"]
            and begins_afresh(match.string, match.end())
            and not self._zone.match(match.string, match.end())
        )
        stop = "." if ends else ""
        half = match["half"].lower()
        return f"{spoken} {self._halves.get(f'{hour}{half}') or self._halves[half]}{stop}"

    def halves(self, match: re.Match[str]) -> str | None:
        """Say 8a-6p."""
        hour, minute = int(match["h1"]), int(match["m1"] or 0)
        start = self._speech.words.clock(hour, minute) if minute else self._speech.words.cardinal(hour)
        first = self._halves[match["first"]]
        return self._speech.phrase("range", a=f"{start} {first}", b=self.half(match) or "")

    def past(self, match: re.Match[str]) -> str | None:
        """Say :15, minutes past whatever hour."""
        minutes = match["m"]
        zero = f"{self._speech.phrases.get('year_zero', '')} " if minutes[0] == "0" else ""
        return zero + self._speech.cardinal(minutes.lstrip("0") or "0")

    def half_range(self, match: re.Match[str]) -> str | None:
        """Say 5-7 PM."""
        hour, minute = int(match["h1"]), int(match["m1"] or 0)
        start = self._speech.words.clock(hour, minute) if minute else self._speech.words.cardinal(hour)
        return self._speech.span(match, start, self.half(match) or "")

    def clock(self, match: re.Match[str]) -> str | None:
        """Say 17:45."""
        said = self._speech.words.clock(int(match["h"]), int(match["m"] or 0))
        if self._bare.match(match.string, match.end()):
            return self._speech.cardinal(match["h"].lstrip("0") or "0", "f")
        if (
            said.endswith(_FULL_HOUR)
            and int(match["h"]) > _NOON
            and self._zone.match(match.string, match.end())
        ):
            return f"{said.removesuffix(_FULL_HOUR)} hundred"
        return said

    def zulu(self, match: re.Match[str]) -> str | None:
        """Say 14:30Z."""
        return f"{self._speech.words.clock(int(match['h']), int(match['m']))} UTC"

    def dotted(self, match: re.Match[str]) -> str | None:
        """Say 9.30 after a word that introduces times."""
        return self.clock(match) if self._told(match) else None

    def unnamed(self, match: re.Match[str]) -> str | None:
        """Say 9.30; after a name or a place the number belongs to it: Python 3.11, aula 1.12."""
        placed = word_before(match.string, match.start()) in self._placed
        return None if placed or _named(match) else self.clock(match)

    def range(self, match: re.Match[str]) -> str | None:
        """Say 9:00-17:30."""
        words = self._speech.words
        start, end = (
            words.clock(int(match["h"]), int(match["m"] or 0)),
            self._until(match),
        )
        return self._speech.span(match, start, end)

    def range_to(self, match: re.Match[str]) -> str | None:
        """Say 10–11:30."""
        said = self._speech.words.cardinal(int(match["h"]), "f")
        return self._speech.span(match, said, self._until(match)) if match["h"] != match["h2"] else None

    def opened(self, match: re.Match[str]) -> str | None:
        """Say Mo-Fr 9-12 h: after a weekday this is not a length of time."""
        start = match.start()
        told = self._after_day.search(match.string, max(0, start - WEEKDAY_CHARS), start)
        words = self._speech.words
        return (
            self._speech.span(match, words.cardinal(int(match["h"]), "-"), words.clock(int(match["h2"]), 0))
            if told
            else None
        )

    def _until(self, match: re.Match[str]) -> str:
        """Say the end of a range; without minutes a language that has no word for the hour says the number."""
        hour, words = int(match["h2"]), self._speech.words
        if match["m2"] or "h" in match.group():
            return words.clock(hour, int(match["m2"] or 0))
        return words.cardinal(hour, "f")

    def seconds(self, match: re.Match[str]) -> str | None:
        """Say 1:02:03 by its units; 10:02:03 Uhr."""
        if match["named"] and not (match["named"].strip() == "h" and len(match["h"]) == 1):  # 2:03:59 h
            hours, minutes = (
                self._speech.words.clock(int(match["h"]), 0),
                self._speech.cardinal(match["m"].lstrip("0") or "0"),
            )
            seconds = self._speech.counted(
                match["s"].lstrip("0") or "0", noun(self._speech.phrases["second"])
            )
            return self._speech.phrase("hms", hours=hours, minutes=minutes, seconds=seconds)
        return self.duration(match) or self._speech.counted("0", noun(self._speech.phrases["second"]))

    def precise(self, match: re.Match[str]) -> str | None:
        """Say 3:43.13 by its units."""
        minutes = self._speech.counted(match["m"].lstrip("0") or "0", noun(self._speech.phrases["minute"]))
        seconds = match["s"].replace(".", self._speech.decimal)
        seconds = seconds[1:] if seconds[0] == "0" else seconds
        return f"{minutes} {self._speech.counted(seconds, noun(self._speech.phrases['second']))}"

    def behind(self, match: re.Match[str]) -> str | None:
        """Say UTC−5, UTC-07:00."""
        parts = (match["h"].lstrip("0") or "0", (match["m"] or "").lstrip("0"))
        said = (self._speech.cardinal(part) for part in parts if part)
        return " ".join([match["zone"], self._speech.phrases["minus"], *said])

    def duration(self, match: re.Match[str]) -> str | None:
        """Say 2h 30m 5s."""
        parts = []
        single = word_before(match.string, match.start()) in self._singular and names_follow(match)
        for key, name in (("h", "hour"), ("m", "minute"), ("s", "second")):
            written = (match[key] or "").lstrip("0")
            if not written and match[key] and self._zeros:
                written = "0"
            if written:
                thing, written = noun(self._speech.phrases[name]), written.replace(".", self._speech.decimal)
                parts.append(self._speech.counted(written, thing.single if single else thing))
        if len(parts) == 3:
            return self._speech.phrase("hms", hours=parts[0], minutes=parts[1], seconds=parts[2])
        return " ".join(parts) or None

    def to(self, match: re.Match[str]) -> str | None:
        """Say the dash of 5 PM - 7 PM."""
        half = _AFTER_HALF.search(match.string, max(0, match.start() - 12), match.start())
        if half is None:
            return None
        between = self._between.get(word_before(match.string, half.start()))
        return spaced(match, between.format(a="", b="").strip() if between else self._speech.phrases["to"])


def _named(match: re.Match[str]) -> bool:
    """Whether a name precedes the time, which then belongs to the name: Python 3.11."""
    return _NAME_BEFORE.search(match.string, max(0, match.start() - 24), match.start()) is not None
