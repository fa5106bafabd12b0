"""Numbers that are names, not quantities: aircraft and other models, roads, flights, standards with their year."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of

_END = r"(?![\w]|[-.,:/][0-9])"
_YEARS = range(1900, 2100)


class Models:
    """The rules of one language for numbers that name something; if a year has no "oh", only those for aircraft such as the 747."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._zero = speech.phrases.get("year_zero", "")
        self._roads = speech.data.table("road_words")

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        variant = r"-(?P<variant>[1-9][0-9]{0,3})(?P<letters>[A-Z]{0,3})"
        book.on_digit(
            "model.aircraft", rf"(?<![\w$€£.,-])(?P<number>7[0-8]7)(?:{variant}){_END}", self.aircraft
        )
        carriers = self._speech.data.texts("carriers")
        things = self._speech.data.texts("carriers_not")  # AA 1200 batteries
        book.on_word(
            carriers,
            "flight",
            rf"(?<![\w.-])(?P<word>)(?P<line>{any_of(carriers)}) (?P<number>[0-9]{{3,4}}){_END}(?! {any_of(things)})",
            self.flight,
        )
        book.on_digit("model.oil", r"(?<![\w.,-])(?P<a>[0-9]{1,2})W-(?P<b>[0-9]{2})(?![\w-])", self.oil)
        if not self._zero:
            return
        self._add_named(book, variant)
        self._add_numbered(book)

    def _add_named(self, book: RuleBook, variant: str) -> None:
        book.on_digit(
            "model.aircraft",
            r"(?P<number>7[0-8]7)(?P<variant>)(?P<letters>)(?= (?:MAX|Max|NG|Dreamliner)\b)",
            self.aircraft,
        )
        makers = self._speech.data.texts("aircraft_makers")
        book.on_word(
            makers,
            "model.aircraft",
            rf"(?P<maker>(?i:{any_of(makers)}) )(?P<number>[1-9][0-9]{{2}})(?:{variant})?{_END}",
            self.aircraft,
        )
        book.on_joined(
            "model.aircraft",
            rf"(?P<maker>A)(?P<number>[23][0-9]{{2}})(?:{variant})?(?P<suffix>neo|ceo|XLR|LR|F)?{_END}",
            self.aircraft,
        )
        book.on_joined(
            "model.letter",
            rf"(?<![\w-])(?P<name>[A-Z]{{1,2}})-(?P<number>[1-9][0-9]{{2}}){_END}",
            self.letter,
        )
        book.on_joined(
            "model.letter", rf"(?<![\w-])(?P<name>[A-Z])(?P<number>[1-9][0-9]{{2}}){_END}", self.letter
        )

    def _add_numbered(self, book: RuleBook) -> None:
        book.on_word(
            self._roads,
            "road",
            rf"(?P<road>(?i:{any_of(self._roads)}))\.? (?P<number>[1-9][0-9]{{0,2}})(?P<letter>[NSEW])?{_END}",
            self.road,
        )
        book.on_joined(
            "letter.range",
            rf"(?<![\w-])(?P<letter>[QHTF])(?P<a>[1-9])[-–](?P=letter)?(?P<b>[1-9]){_END}",
            self.span,
        )
        book.on_joined(
            "letter.range",
            rf"(?<![\w-])(?P<letter>[A-Z])(?P<a>[1-9][0-9]{{0,2}})[-–](?P=letter)(?P<b>[1-9][0-9]{{0,2}}){_END}",
            self.span,
        )
        flights = self._speech.data.texts("flight_words")
        book.on_word(
            flights,
            "flight",
            rf"(?P<word>(?i:{any_of(flights)}) )(?P<line>[A-Z]{{2}}) (?P<number>[0-9]{{3,4}}){_END}",
            self.flight,
        )
        book.on_digit(
            "standard.year",
            rf"(?<=[A-Z]{{2}} )(?P<number>[0-9]{{3,5}})(?P<part>-[0-9]{{1,3}})?:(?P<year>[12][0-9]{{3}}){_END}",
            self.standard,
        )
        endings = any_of(self._speech.data.texts("digits_behind"))
        book.on_word(
            [words.split()[0] for words in self._speech.data.texts("digits_behind")],
            "digits",
            rf"(?P<word>(?i:{endings}) )(?P<number>[0-9]{{3,6}}){_END}",
            self.digits,
        )

    def aircraft(self, match: re.Match[str]) -> str | None:
        """Say 747-8, Boeing 737, A350-1000, A320neo."""
        found = match.groupdict()
        spoken = f"{found.get('maker') or ''} {self._pairs(match['number'])}".strip()
        if match["variant"]:
            spoken = f"{spoken} {self._speech.cardinal(match['variant'])}"
        last = found.get("suffix") or found.get("letters")
        return f"{' '.join(spoken.split())} {last}" if last else " ".join(spoken.split())

    def letter(self, match: re.Match[str]) -> str | None:
        """Say C-130, I-405, US-101."""
        return f"{match['name']} {self._pairs(match['number'])}"

    def span(self, match: re.Match[str]) -> str | None:
        """Say Q1–Q3, gates A1–A12."""
        a, b = (f"{match['letter']} {self._speech.cardinal(match[side])}" for side in ("a", "b"))
        return self._speech.phrase("range", a=a, b=b) if int(match["a"]) < int(match["b"]) else None

    def oil(self, match: re.Match[str]) -> str | None:
        """Say 5W-30."""
        return f"{self._speech.cardinal(match['a'])} W {self._speech.cardinal(match['b'])}"

    def road(self, match: re.Match[str]) -> str | None:
        """Say Hwy 101, Route 128."""
        named = self._roads[match["road"].lower()]
        named = named if match["road"][0].isupper() else named.lower()
        number, letter = match["number"], f" {match['letter']}" if match["letter"] else ""
        return f"{named} {self._pairs(number) if len(number) == 3 else self._speech.cardinal(number)}{letter}"

    def flight(self, match: re.Match[str]) -> str | None:
        """Say flight UA 1234; without the word, BA 2024 is a year."""
        if not match["word"] and int(match["number"]) in _YEARS:
            return None
        return f"{match['word']}{match['line']} {self._speech.words.digits(match['number'])}"

    def standard(self, match: re.Match[str]) -> str | None:
        """Say ISO 9001:2015."""
        part = f" dash {self._speech.cardinal(match['part'][1:])}" if match["part"] else ""
        year = self._speech.words.year(int(match["year"]))
        return f"{self._speech.cardinal(match['number'])}{part}, {year}"

    def digits(self, match: re.Match[str]) -> str | None:
        """Say "a card ending in 4242", but not a year, which may end a span."""
        if int(match["number"]) in _YEARS:
            return None
        return match["word"] + self._speech.words.digits(match["number"])

    def _pairs(self, number: str) -> str:
        """Say a number in pairs: one forty-seven, four oh five, three hundred."""
        if number.endswith("00") or not self._zero:
            return self._speech.cardinal(number)
        rest = number[1:]
        small = (
            f"{self._zero} {self._speech.cardinal(rest[1])}"
            if rest[0] == "0"
            else self._speech.cardinal(rest)
        )
        return f"{self._speech.cardinal(number[0])} {small}"
