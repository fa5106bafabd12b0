"""Numbers with units: single, ranged, with powers and "per", after fractions."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import DASH, LETTER, SPACE, Speech, any_of
from legato.text.verbal.tables import Noun, noun

_UNIT = rf"%|‰|[°º℃℉]{SPACE}?[CFK]?(?!{LETTER})|[°º]{SPACE}?[cf](?!{LETTER})|Ω|{LETTER}{{1,6}}(?:/{LETTER}{{1,6}}(?:[²³]|\^?[23])?)?"
_POWERS = {"²": "square", "2": "square", "^2": "square", "³": "cubic", "3": "cubic", "^3": "cubic"}


class Measures:
    """The unit rules of one language."""

    def __init__(self, speech: Speech, units: dict[str, Noun]) -> None:
        self._speech = speech
        self._units = units
        self._lower = _by_lower(units)
        data = speech.data
        self._attached = frozenset(data.texts("units_attached"))
        self._spaced = frozenset(data.texts("units_spaced"))
        self._per = data.table("unit_per")
        self._magnitudes = data.table("magnitude_words")

    def add(self, book: RuleBook) -> None:
        """Enters the rules, most telling first."""
        if not self._units:
            return
        number = self._speech.number
        mixed = rf"(?:(?P<whole>[0-9]{{1,4}}){SPACE})?(?P<over>[0-9]{{1,3}})/(?P<under>[0-9]{{1,3}})"
        gap = rf"(?P<gap>{SPACE}|-)?"
        power = r"(?P<power>[²³]|\^[23](?![0-9])|[23](?![0-9]))?"
        tail = rf"{gap}(?P<unit>{_UNIT}){power}(?:/(?P<per>{any_of(self._per)}))?(?![^\W_]|/[^\W_])"
        magnitude = rf"(?:{SPACE}(?P<mag>(?i:{any_of(self._magnitudes)}))\b)?"
        book.on_digit("measure.fraction", mixed + tail, self.fraction)
        book.on_digit(
            "measure",
            rf"(?P<a>{number})(?:{SPACE}?{DASH}{SPACE}?(?P<b>{number}))?{magnitude}{tail}",
            self.say,
        )
        book.on_symbol(
            self._speech.decimal,
            "measure",
            rf"(?<![\w.])(?P<a>{re.escape(self._speech.decimal)}[0-9]+)(?P<b>)(?P<mag>){tail}",
            self.say,
        )
        book.on_digit(
            "measure.per",
            rf"(?P<a>{number}){SPACE}?/{SPACE}?(?P<per>{any_of(self._per)})(?![^\W_])",
            self.per,
        )
        book.on_digit("measure.height", r"(?P<a>[0-9]{1,2})['′] ?(?P<b>[0-9]{1,2})(?:\"|″|'')", self.height)

    def say(self, match: re.Match[str]) -> str | None:
        """5 km, 2-5 lb, 80 km/h, 12 m²."""
        a, b = match["a"], match["b"]
        last = "2" if b or match["mag"] else self._speech.plain(a)
        if match["gap"] == "-":
            last = "1"
        unit = self._unit(match, last)
        if unit is None:
            return None
        spoken, gender = unit
        if match["mag"] and gender != "-":
            gender = self._speech.data.table("settings").get("magnitude_gender", "m")
        number = self._speech.say(a, gender)
        if b:
            number = self._speech.phrase("range", a=number, b=self._speech.say(b, gender))
        if match["mag"]:
            number = f"{number} {self._magnitudes[match['mag'].lower()]}"
        return f"{number} {spoken}"

    def fraction(self, match: re.Match[str]) -> str | None:
        """1 1/2 ft, 3/4 in."""
        over, under = int(match["over"]), int(match["under"])
        unit = self._unit(match, "2" if match["whole"] or over != 1 else "1")
        if unit is None or under == 0:
            return None
        part = self._speech.words.fraction(over, under)
        if not match["whole"]:
            of = self._speech.phrases.get("part_of", "{part} {unit}")
            return of.format(part=part, unit=unit[0])
        whole = self._speech.cardinal(match["whole"], unit[1])
        name = "whole_and_half" if (over, under) == (1, 2) else "mixed"
        return f"{self._speech.phrase(name, whole=whole, part=part)} {unit[0]}"

    def per(self, match: re.Match[str]) -> str | None:
        """100/kg."""
        return f"{self._speech.say(match['a'])} {self._speech.phrases['per']} {self._per[match['per']]}"

    def height(self, match: re.Match[str]) -> str | None:
        """6'2"."""
        phrases = self._speech.phrases
        if "feet" not in phrases:
            return None
        feet, inches = noun(phrases["feet"]), noun(phrases["inches"])
        return f"{self._speech.counted(match['a'], feet)} {self._speech.counted(match['b'], inches)}"

    def _unit(self, match: re.Match[str], number: str) -> tuple[str, str] | None:
        written = match["unit"]
        found = self._find(written, joined=not match["gap"] or bool(match["power"]))
        per = match["per"]
        if found is None and "/" in written:
            head, _, under = written.partition("/")
            found, per = self._find(head, joined=True), under if under in self._per else None
            if per is None:
                return None
        if found is None:
            return None
        spoken = found.after(number)
        if match["power"]:
            one = (
                "_one"
                if spoken == found.one and f"{_POWERS[match['power']]}_one" in self._speech.phrases
                else ""
            )
            spoken = self._speech.phrase(_POWERS[match["power"]] + one, unit=spoken)
        return (f"{spoken} {self._speech.phrases['per']} {self._per[per]}" if per else spoken), found.gender

    def _find(self, written: str, *, joined: bool) -> Noun | None:
        if written in (self._spaced if joined else self._attached):
            return None
        if found := self._units.get(written) or self._units.get(written.replace(" ", "")):
            return found
        nearest = max(
            self._lower.get(written.lower(), ()), key=lambda symbol: _same_case(symbol, written), default=None
        )
        return self._units[nearest] if nearest and not (nearest in self._attached and not joined) else None


def _same_case(symbol: str, written: str) -> int:
    return sum(a == b for a, b in zip(symbol, written, strict=True))


def _small(word: str) -> str:
    """German nouns lose their capital behind a prefix."""
    return word[:1].lower() + word[1:]


def all_units(speech: Speech) -> dict[str, Noun]:
    """The units of the language by symbol: those written out, and every prefix before every SI unit."""
    data = speech.data
    units: dict[str, Noun] = {}
    for symbol, base in data.nouns("si_units").items():
        units[symbol] = base
        for prefix, name in data.table("si_prefixes").items():
            units[prefix + symbol] = Noun(name + _small(base.one), name + _small(base.many), base.gender)
    for symbol in data.texts("units_never"):
        units.pop(symbol, None)
    return units | data.nouns("units")


def _by_lower(units: dict[str, Noun]) -> dict[str, list[str]]:
    """Symbols of two letters and more by their lower case, for texts that do not keep to the case."""
    found: dict[str, list[str]] = {}
    for symbol in units:
        if len(symbol) > 1:
            found.setdefault(symbol.lower(), []).append(symbol)
    return found
