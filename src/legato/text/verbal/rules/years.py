"""Years, decades, and their ranges.

A number of four digits is a year when a word before it says so, or when it lies between 1900 and 2099 and nothing says that
things are counted. Everything else is a plain number.
"""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import DASH, SPACE, Speech, any_of, begins_afresh, expiring, word_before

_SPAN_BEFORE = re.compile(
    r"\b(?:from|between|in|since|lasted|ruled|reigned|lived) (?:early |mid-?|late )?[12][0-9]{3} (?:to|until|till|through|and|or) \Z"
)
_TOLD = re.compile(r"(?P<word>(?:\bup )?[^\W\d_]+)(?P<colon>:| is| was| of)? \Z")
_AFTER = re.compile(rf"(?:{SPACE}|-)([^\W\d_]+)")
_ERA = re.compile(r" (?:BCE?|AD|CE|B\.C|A\.D)\b")
_LARGEST_MONTH = 12
_FIRST_YEAR = 1400
"""A smaller number in brackets is more often a count."""
_FIRST_BEHIND, _LAST_BEHIND = 1500, 1900
"""Years that only a word which begins a phrase behind them tells from a count: schrieb 1774 den Werther."""
_CENTURY = "20"
_FIRST_SHORT = 13
"""A smaller number before a slash may be a month."""
_CIRCA = re.compile(r"\bca?\. \Z")


class Years:
    """The rules of one language for years without a day."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._names = list(data.table("months"))
        self._expires, self._expires_late = expiring(data), frozenset(data.texts("expiry_late"))
        self._year_before = frozenset(data.texts("year_before"))
        self._count_before = frozenset(data.texts("count_before"))
        self._year_behind = frozenset(data.texts("year_behind"))
        self._count_after = frozenset(data.texts("count_after"))
        self._not_plural = frozenset(data.texts("not_plural"))
        self._lives = data.table("life_words")
        self._lasts = frozenset(data.texts("duration_names"))
        self._lasting = re.compile(rf"{SPACE}{any_of(data.texts('seconds_behind'))}\b")
        self._seconds_before = self._lasts | set(data.texts("seconds_before"))
        self._decade_before = frozenset(data.texts("decade_before"))
        self._season_before = frozenset(data.texts("season_before"))
        self._season_after = re.compile(rf"{SPACE}{any_of(data.texts('season_after'))}\b")
        scores = any_of([*data.texts("score_nouns"), *data.texts("date_link")])
        self._scored = re.compile(rf"{SPACE}{scores}\b|-")

    def add(self, book: RuleBook) -> None:
        """Add the rules; dates come before them."""
        if self._lives:
            book.on_word(
                self._lives,
                "year.life",
                rf"(?:(?<=[ (,;–-])|\A)(?P<word>{any_of(self._lives)})\. ?(?P<a>[12][0-9]{{3}})(?:[-–](?P<b>[12][0-9]{{3}}|[0-9]{{2}}))?(?![\w]|[.,:/][0-9])",
                self.life,
            )
            book.on_word(
                self._lives,
                "year.life",
                rf"(?<=[ (,;–-])(?P<word>[bd])\.(?= [0-9]{{1,2}} [A-Z]| (?:{any_of(self._names)}) [0-9])",
                self.born,
            )
            book.on_word(
                ["c"],
                "year.century",
                r"(?:(?<=[0-9](?:st|nd|rd|th) )|(?<=-)(?=c\. (?:BCE?|AD|CE|B\.C|A\.D)\b))c\.",
                self.century,
            )
        book.on_digit(
            "year.range",
            rf"(?P<a>[12][0-9]{{3}})(?P<s>s)?{SPACE}?(?P<dash>{DASH}){SPACE}?(?:['’](?=[0-9]{{2}}(?![0-9])))?(?P<b>[12][0-9]{{3}}|[0-9]{{2}})(?P<t>s)?(?![\w%$€£]|[-,.:/][0-9]|{SPACE}?=)",
            self.year_range,
        )
        book.on_digit(
            "year.season", r"(?P<a>(?:19|20)[0-9]{2})/(?P<b>[0-9]{2})(?![\w/]|[.,][0-9])", self.season
        )
        if self._speech.data.texts("season_after"):
            book.on_digit(
                "year.season",
                r"(?<![\w/.,$€£-])(?P<a>[1-9][0-9])/(?P<b>[1-9][0-9])(?![\w/%]|[-.,][0-9])",
                self.short_season,
            )
        book.on_joined(
            "year.season",
            r"(?P<lead>FY) ?(?P<a>20[0-9]{2})[/–-](?P<b>[0-9]{2})(?![\w/]|[.,][0-9])",
            self.fiscal,
        )
        if self._decade_before:
            book.on_symbol("'’", "year.short", r"['’](?P<a>[2-9]0)(?![0-9\w'’])", self.named_decade)
        if suffixes := self._speech.data.table("decade_suffixes"):
            book.on_digit(
                "year.decade",
                rf"(?P<a>[12][0-9]{{2}}0|[1-9]0)-?(?P<suffix>{any_of(suffixes)})\b",
                self.decades,
            )
        if "year_zero" in self._speech.phrases:
            book.on_digit("year.decade", r"(?P<a>[12][0-9]{2}0|[2-9]0)'?s\b(?!\.[0-9])", self.decade)
            book.on_symbol(
                "'’‘", "year.short", r"['’‘](?P<a>[0-9]{2})(?P<s>'?s)?\b(?![0-9'\"])", self.short_year
            )
        self._add_single(book)

    def _add_single(self, book: RuleBook) -> None:
        if self._speech.data.table("settings").get("date_order") == "mdy":
            book.on_digit(
                "date.month",
                r"(?<![\w/.])(?P<month>[1-9])/(?P<year>(?:19|20)[0-9]{2})(?![\w/]|[-.,][0-9])",
                self.small_month,
            )
        if self._lives:
            book.on_digit("year", r"(?P<a>(?:19|20)[0-9]{2})(?P<letter>[a-d])(?![\w])", self.lettered)
        suffix = self._speech.data.table("settings").get("year_suffix", "")
        if suffix:
            book.on_digit("year", rf"(?P<a>[12][0-9]{{3}})(?={suffix})", self.named_year)
        book.on_digit(
            "year", r"(?P<a>[12][0-9]{3})(?P<s>)(?![\w%$€£°×]|\.?[ºªᵉ]|[,.:/][0-9]|['’′]s?[0-9])", self.year
        )

    def year_range(self, match: re.Match[str]) -> str | None:
        """Say 1960-80, 1947–'91, 1950s-1970s."""
        a, b = match["a"], match["b"]
        if len(b) == 2 and (int(b) <= int(a[2:]) or b == "00"):
            dashed = match["dash"] == "-" and not match["s"] and not match["t"]
            return self.month_of(int(b), a) if dashed and 1 <= int(b) <= 12 else None
        return self._speech.span(
            match, self.decade_or_year(a, match["s"]), self.decade_or_year(b, match["t"])
        )

    def expiry(self, match: re.Match[str], *, days_first: bool) -> str | None:
        """Say exp. 09/27, which is a month; thru 11/30 is a day.

        Args:
            match: two numbers, named as if they were the day and the month of a date.
            days_first: whether they may be: 05/12 is then a date, even after these words.
        """
        month, year = int(match["day"]), match["month"]
        if not 1 <= month <= _LARGEST_MONTH or len(year) < 2 or (days_first and int(year) <= _LARGEST_MONTH):
            return None
        late = match["day"][0] == "0" and word_before(match.string, match.start()) in self._expires_late
        if not late and not self._expires.search(match.string, max(0, match.start() - 24), match.start()):
            return None
        return self.month_of(month, f"{self._speech.phrases.get('century', _CENTURY)}{year}")

    def small_month(self, match: re.Match[str]) -> str | None:
        """Say in 3/2026."""
        text, start = match.string, match.start()
        told = word_before(text, start) in self._speech.data.texts("month_before")
        told = told or self._expires.search(text, max(0, start - 24), start) is not None
        return self.month_of(int(match["month"]), match["year"]) if told else None

    def season(self, match: re.Match[str]) -> str | None:
        """Say 2024/25."""
        if int(match["b"]) != (int(match["a"]) + 1) % 100:
            return None
        return f"{self.said(match['a'])} {self.said(match['b']) if match['b'][0] == '0' else self._speech.cardinal(match['b'])}"

    def short_season(self, match: re.Match[str]) -> str | None:
        """Say the 25/26 season, your tax for 26/27."""
        first, before = int(match["a"]), word_before(match.string, match.start())
        if int(match["b"]) != first + 1 or first < _FIRST_SHORT:
            return None
        behind = self._season_after.match(match.string, match.end())
        if not behind and (
            before not in self._season_before or self._scored.match(match.string, match.end())
        ):
            return None
        return f"{self._speech.cardinal(match['a'])} {self._speech.cardinal(match['b'])}"

    def fiscal(self, match: re.Match[str]) -> str | None:
        """Say FY2024/25."""
        said = self.season(match)
        return f"{match['lead']} {said}" if said else None

    def decades(self, match: re.Match[str]) -> str | None:
        """Say 80er, 1990er where the language has an ending for it."""
        return f"{self.said(match['a']) if len(match['a']) == 4 else self._speech.cardinal(match['a'])}{match['suffix']}"

    def named_decade(self, match: re.Match[str]) -> str | None:
        """Say '80 after a word for years."""
        if word_before(match.string, match.start()) not in self._decade_before:
            return None
        return self._speech.cardinal(match["a"])

    def decade(self, match: re.Match[str]) -> str | None:
        """Say 1980s, 80s; two digits and an s are seconds after a word that expects them: "rest 30s", "timeout: 30s"."""
        if len(match.group()) == 3:
            set_to = match.string[match.start() - 1 : match.start()] == "="
            if set_to or self._lasting.match(match.string, match.end()):
                return None
            before = _TOLD.search(match.string, max(0, match.start() - 24), match.start())
            if before and before["word"].lower() in (
                self._lasts if before["colon"] else self._seconds_before
            ):
                return None
        return self.decade_or_year(match["a"], "s")

    def short_year(self, match: re.Match[str]) -> str | None:
        """Say '05, '80s."""
        before = match.string[match.start() - 1 : match.start()]
        if before.isalnum() or (match["s"] and match["a"][1] != "0"):
            return None
        return self.decade_or_year(match["a"], match["s"])

    def year(self, match: re.Match[str]) -> str | None:
        """Say 1994 if a year is meant."""
        number = int(match["a"])
        before = word_before(match.string, match.start())
        if (
            before in self._year_before
            or _CIRCA.search(match.string, max(0, match.start() - 6), match.start())
            or self._ends_span(match)
            or self._stands_alone(match, number)
        ):
            return self.said(match["a"])
        after = _AFTER.match(match.string, match.end())
        if after and after.group(1) in self._year_behind and _FIRST_BEHIND <= number < _LAST_BEHIND:
            return self.said(match["a"])
        if after and self._counts(after.group(1)):
            return None
        if before in self._count_before or not 1900 <= number <= 2099:
            return None
        return self.said(match["a"])

    def _stands_alone(self, match: re.Match[str], number: int) -> bool:
        """Whether a year of the past is all that stands in brackets: the treaty (1648). Where they begin a text it was cut before them."""
        text, start, end = match.string, match.start(), match.end()
        enclosed = text[start - 1 : start] == "(" and text[end : end + 1] == ")"
        return enclosed and number >= _FIRST_YEAR and text[max(0, start - 2) : start - 1] in {" ", ""}

    def _ends_span(self, match: re.Match[str]) -> bool:
        """Whether this ends a span: from 1643 to 1715."""
        start = match.start()
        return bool(self._lives) and _SPAN_BEFORE.search(match.string, max(0, start - 40), start) is not None

    def life(self, match: re.Match[str]) -> str | None:
        """Say c. 1452, b. 1990, d. 1519."""
        year = self.said(match["a"])
        if match["b"]:
            year = self._speech.phrase("range", a=year, b=self.said(match["b"]))
        return f"{self._lives[match['word']]} {year}"

    def lettered(self, match: re.Match[str]) -> str | None:
        """Say Lee 2018a."""
        return f"{self.said(match['a'])} {match['letter']}"

    def born(self, match: re.Match[str]) -> str | None:
        """Say b. 12 May 1820."""
        return self._lives[match["word"]]

    def century(self, match: re.Match[str]) -> str | None:
        """Say the 5th c. BCE."""
        era = _ERA.match(match.string, match.end())
        stop = "." if era is None and begins_afresh(match.string, match.end()) else ""
        return self._speech.phrases["hundred_years"] + stop

    def named_year(self, match: re.Match[str]) -> str | None:
        """Say a number that the language itself marks as a year."""
        return self.said(match["a"])

    def _counts(self, word: str) -> bool:
        lower = word.lower()
        return lower in self._count_after or (
            word == lower and len(word) > 2 and word.endswith("s") and lower not in self._not_plural
        )

    def decade_or_year(self, written: str, decade: str | None) -> str:
        """Say a year, or with an ending its decade."""
        if not decade:
            return self.said(written)
        words = self._speech.words.cardinal(int(written)) if len(written) == 2 else self.said(written)
        return words[:-1] + "ies" if words.endswith("y") else words + "s"

    def said(self, written: str) -> str:
        """Say a year of four digits, or the last two of one; empty for nothing."""
        if len(written) == 2 and written[0] == "0":
            return (
                f"{self._speech.phrases.get('year_zero', 'oh')} {self._speech.words.cardinal(int(written))}"
            )
        return self._speech.words.year(int(written)) if written else ""

    def month_of(self, month: int, year: str) -> str:
        """Say January 2024, by the number of the month."""
        return self._speech.phrase("date_my", month=self._names[month - 1], year=self.said(year))
