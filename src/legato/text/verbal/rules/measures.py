"""Numbers with units: single, ranged, with powers and "per", after fractions."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.places import Places
from legato.text.verbal.rules.fractions import VULGAR, counts_one, halved, is_pair, readings
from legato.text.verbal.speech import DASH, LETTER, SPACE, Speech, any_of, names_follow, word_before
from legato.text.verbal.tables import Noun, noun
from legato.text.verbal.units import (
    SHORT_STOP,
    by_lower,
    is_other,
    is_same_quantity,
    large_numbers,
    lookalikes,
    nearest,
    stop_behind,
)

UNIT = rf"%|‰|[°º℃℉](?:{SPACE}?[CFK])?(?!{LETTER})|[°º]{SPACE}?[cf](?!{LETTER})|Ω|sq\.? (?:ft|in|yd|km|mi|m)(?!{LETTER})|fl\.? oz(?!{LETTER})|(?:N·m|[JN]·s|Pa·s|kW·h|ft[-·]lbs?|lb[-·]ft|sq-ft|Å)(?!{LETTER})|{LETTER}{{1,6}}(?:/{LETTER}{{1,6}}(?:[²³]|\^?[23])?)?"
_LONE = frozenset("gls%Lh")
"""Units of one letter that are units even without a number before them."""
_ENDING = frozenset({"in", "ha"})
"""After a space these are units only if nothing follows that they could belong to."""
_COUNTED = re.compile(r"[a-zà-ÿ]{5,6}")
_SHORTENED = re.compile(r"(?!in\.)[a-z]{2,3}\.(?= [a-z]|[),;:])")
"""A unit with the stop of a short form: 36 mo. and."""
_INCHES_IN_FOOT = 12
_POWERS = {"²": "square", "2": "square", "^2": "square", "³": "cubic", "3": "cubic", "^3": "cubic"}
_NOUN = re.compile(rf"{SPACE}([a-z]{{2,12}})\b")
_AFTER_WORD = re.compile(r"[^\W\d_]-\Z")
_FEW = 300
_LARGE = 3
"""For some letters to be a unit after a space, the number needs at least this many digits: 375 F."""


class Measures:
    """The unit rules of one language."""

    def __init__(self, speech: Speech, units: dict[str, Noun]) -> None:
        self._speech = speech
        self._units = units
        self._lower = by_lower(units)
        data = speech.data
        self._attached = frozenset(data.texts("units_attached"))
        self._spaced = frozenset(data.texts("units_spaced"))
        self._per = data.table("unit_per")
        self._singular = frozenset(data.texts("singular_after"))
        self._made, self._packs = frozenset(data.texts("unit_nouns")), frozenset(data.texts("unit_packs"))
        self._stopless = frozenset(data.texts("units_stopless"))
        self._large, self._only_large = (
            frozenset(data.texts(name)) for name in ("units_large", "units_only_large")
        )
        self._small = data.table("units_small")
        self._is_word = lookalikes(speech, units, self._ends)
        self._places = Places(data)
        self._magnitudes, self._large_number = large_numbers(data)
        sizes = any_of(data.texts("size_words"))
        self._marked = re.compile(rf"[,;:!?)]|{SPACE}?[=×÷]|\.(?!\w)|[^\S\n]*(?:\n|\Z)|{SPACE}{sizes}\b")

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        if not self._units:
            return
        number = self._speech.number
        mixed = rf"(?:(?P<whole>[0-9]{{1,4}})(?:{SPACE}|-))?(?P<over>[0-9]{{1,3}})/(?P<under>[0-9]{{1,3}})"
        gap = rf"(?P<gap>{SPACE}|-)?"
        power = r"(?P<power>[²³]|\^[23](?![0-9])|[23](?![0-9]))?"
        stop = stop_behind(self._speech)
        tail = rf"{gap}(?P<unit>{UNIT}){power}(?:\.?/(?P<per>{any_of(self._per)}|[a-zà-ÿ]{{5,14}}))?(?![^\W_]|⁻|(?<!°[CF])/[^\W\d_]|['’](?:[^\W\d_]{{2}}|d\b)|\.[^\W\d_]\.|\.[0-9]){stop}"
        if "feet" in self._speech.phrases:
            book.on_digit(
                "measure.height",
                rf"(?P<a>[0-9]{{1,2}}){SPACE}?(?:ft|feet|foot)\.?,?{SPACE}(?P<b>[0-9]{{1,2}}){SPACE}?(?:in|inches|inch)\b(?:\.(?=[,;:)]|{SPACE}[a-z]))?(?!{SPACE}(?:the|a|an|all|each|one|width|height)\b)",
                self.height,
            )
        book.on_digit("measure.fraction", mixed + tail, self.fraction)
        vulgar = rf"(?:(?P<whole>[0-9]{{1,4}}){SPACE}?)?(?P<part>[{''.join(VULGAR)}]){tail}"
        book.on_digit("measure.fraction", rf"(?P<from>[0-9]{{1,4}}){DASH}{vulgar}", self.fractions)
        book.on_digit("measure.fraction", vulgar, self.fraction)
        book.on_symbol(VULGAR, "measure.fraction", vulgar, self.fraction)
        book.on_digit(
            "measure",
            rf"(?P<a>{number}){SPACE}?(?P<of>{UNIT}){SPACE}?{DASH}{SPACE}?(?P<b>{number})(?=(?P<gap>{SPACE}?))(?:{SPACE}?(?P<unit>(?P=of)))(?P<mag>)(?P<power>)(?P<per>)(?![^\W_]|/[^\W\d_])",
            self.say,
        )
        self._add_rates(book, number, gap, power)
        book.on_digit(
            "measure",
            rf"(?P<a>{number})(?:{SPACE}?{DASH}{SPACE}?(?P<b>{number}))?{self._large_number}{tail}",
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
            rf"(?P<a>{number}){SPACE}?/{SPACE}?(?P<per>{any_of(self._per)})(?![^\W_]){stop}",
            self.per,
        )
        self._add_sizes(book, number)

    def _add_rates(self, book: RuleBook, number: str, gap: str, power: str) -> None:
        book.on_digit(
            "measure.rate",
            rf"(?P<a>{number}){gap}(?P<unit>{UNIT})/(?P<b>[0-9]{{1,4}}){SPACE}?(?P<under>{any_of(self._per)})(?![^\W_])",
            self.rate,
        )
        book.on_word(
            self._speech.data.texts("per_before"),
            "measure.per",
            rf"(?P<word>(?i:{any_of(self._speech.data.texts('per_before'))})){SPACE}(?P<unit>{UNIT}){power}(?![^\W_]|[/'’.-][^\W_]){SHORT_STOP}",
            self.per_unit,
        )

    def _add_sizes(self, book: RuleBook, number: str) -> None:
        side = rf"(?P<unit>{UNIT})(?![^\W_]|/[^\W_])"
        book.on_digit(
            "measure.size",
            rf"(?P<a>{number}){SPACE}?[x×]{SPACE}?(?P<b>{number})(?:{SPACE}?[x×]{SPACE}?(?P<c>{number}))?(?P<gap>{SPACE}|-)?{side}{stop_behind(self._speech)}",
            self.size,
        )
        book.on_digit(
            "measure.size",
            rf"(?P<a>{number})(?P<unit>['′\"″]) ?[x×] ?(?P<b>{number})(?P=unit)(?: ?[x×] ?(?P<c>{number})(?P=unit))?",
            self.feet,
        )
        book.on_digit(
            "measure.size",
            rf"(?P<a>{number}) ?[x×] ?(?P<b>{number})(?P<c>)(?P<unit>[\"″])(?!\w)",
            self.feet,
        )
        book.on_digit(
            "measure.height", r"(?P<a>[0-9]{1,2})['’′] ?(?P<b>[0-9]{1,2})(?:\"|″|''|”)", self.height
        )
        book.on_digit(
            "measure.height", r"(?P<a>[3-8])['’′](?P<b>1[01]|[0-9])(?P<mark>)(?![\w'’])", self.height
        )

    def say(self, match: re.Match[str]) -> str | None:
        """Say 5 km, 2-5 lb, 80 km/h, 12 m²."""
        a, b = match["a"], match["b"]
        last = "2" if b or match["mag"] else self._speech.plain(a)
        before = word_before(match.string, match.start())
        if (
            match["gap"] == "-"
            or (before in self._singular and names_follow(match))
            or self._attributive(match)
        ):
            last = "1"
        if (
            not match["gap"]
            and len(match["unit"]) == 1
            and (
                self._places.holds(match.string, match.start(), match["unit"])
                or _AFTER_WORD.search(match.string[: match.start()])
            )
        ):
            return None
        unit = self._unit(match, last)
        if unit is None or match.group("gap", "unit") in {("-", "K"), ("-", "Ks")}:  # not a unit: Form 8-K
            return None
        spoken, gender = unit
        if match["mag"] and gender != "-":
            gender = self._speech.data.table("settings").get("magnitude_gender", "m")
        number = self._speech.agreeing(a, gender, spoken, None if b else match)
        if b:
            number = self._speech.span(match, number, self._speech.say(b, gender))
        if match["mag"]:
            number = f"{number} {self._magnitudes[match['mag'].lower()]}"
        return f"{number} {spoken}"

    def _attributive(self, match: re.Match[str]) -> bool:
        """Whether a unit is joined to its number and followed by a thing that is made in such sizes: 35mm film."""
        if match["unit"].startswith(("°", "º")):
            return False
        following = _NOUN.match(match.string, match.end())
        return following is not None and following.group(1) in (self._packs if match["gap"] else self._made)

    def fraction(self, match: re.Match[str]) -> str | None:
        """Say 1 1/2 ft, 3/4 in; -2/5 °C are two temperatures."""
        parts = match.groupdict()
        over, under = (
            VULGAR[parts["part"]] if parts.get("part") else (int(match["over"]), int(match["under"]))
        )
        if parts.get("part") and not match["gap"] and match["unit"] not in self._units:
            return None
        single = counts_one(self._speech, match["whole"], over, under) or (
            not match["whole"] and over < under
        )
        unit = self._unit(match, "1" if single else "2")
        if unit is None or under == 0:
            return None
        if not match["whole"] and (said := readings(self._speech, over, under)):
            return f"{said} {unit[0]}"
        if not match["whole"] and is_pair(self._speech, over, under, unit[0]):
            many = self._unit(match, "2") or unit
            return f"{self._speech.cardinal(str(over))} {self._speech.cardinal(str(under))} {many[0]}"
        if not match["whole"] and over > 1 and match["unit"].startswith("°") and not parts.get("part"):
            many = self._unit(match, "2") or unit
            return f"{self._speech.cardinal(str(over))}, {self._speech.cardinal(str(under))} {many[0]}"
        part = self._speech.words.fraction(over, under)
        if (over, under) == (1, 2) and (half := halved(self._speech, match["whole"], unit[1], unit[0])):
            return half
        if not match["whole"]:
            of = "" if (over, under) == (1, 2) else self._speech.phrases.get("part_of", "")
            return (of or "{part} {unit}").format(part=part, unit=unit[0])
        whole = self._speech.cardinal(match["whole"], unit[1])
        name = "whole_and_half" if (over, under) == (1, 2) else "mixed"
        return f"{self._speech.phrase(name, whole=whole, part=part)} {unit[0]}"

    def fractions(self, match: re.Match[str]) -> str | None:
        """Say 1–1½ hr."""
        last = self.fraction(match)
        return last and self._speech.phrase("range", a=self._speech.cardinal(match["from"]), b=last)

    def rate(self, match: re.Match[str]) -> str | None:
        """Say 4.5 L/100 km."""
        found = self._find(match["unit"], joined=True)
        under = self._units.get(match["under"])
        if found is None or under is found or is_same_quantity(match["unit"], match["under"]):
            return None
        divisor = (
            self._speech.counted(match["b"], under)
            if under
            else f"{self._speech.say(match['b'])} {self._per[match['under']]}"
        )
        return f"{self._speech.counted(match['a'], found)} {self._speech.per_counted(divisor)}"

    def per_unit(self, match: re.Match[str]) -> str | None:
        """Say per kg, pro m²."""
        unit = match["unit"]
        if (
            unit in self._attached
            or unit not in self._units
            or (len(unit) == 1 and unit not in _LONE and not match["power"])
        ):
            return None
        named = self._units[unit].one
        if match["power"]:
            one = f"{_POWERS[match['power']]}_one"
            one = one if one in self._speech.phrases else _POWERS[match["power"]]
            named = self._speech.phrase(one, unit=named)
        # A unit that is a word stays as it is: the stop behind it may end the sentence.
        return f"{match['word']} {named}" if named != unit else None

    def per(self, match: re.Match[str]) -> str | None:
        """Say 100/kg."""
        return f"{self._speech.say(match['a'])} {self._speech.per(self._per[match['per']])}"

    def size(self, match: re.Match[str]) -> str | None:
        """Say 10 x 20 cm, 2 x 4 x 8 ft."""
        found = self._find(match["unit"], joined=match["unit"] in _ENDING and self._ends(match))
        if found is None:
            return None
        before = word_before(match.string, match.start())
        single = (
            match["gap"] == "-"
            or self._attributive(match)
            or (before in self._singular and names_follow(match))
        )
        return f"{self._sides(match)} {found.one if single else found.many}"

    def feet(self, match: re.Match[str]) -> str | None:
        """Say 12' x 14', 8.5" x 11"."""
        name = "feet" if match["unit"] in "'′" else "inches"
        unit = self._speech.phrases.get(name)
        if not unit:
            return None
        of = _NOUN.match(match.string, match.end())
        single = of is not None and of.group(1) in self._made
        return f"{self._sides(match)} {noun(unit).one if single else noun(unit).many}"

    def _sides(self, match: re.Match[str]) -> str:
        spoken = self._speech.say(match["a"])
        for side in filter(None, (match["b"], match["c"])):
            spoken = self._speech.phrase("by", a=spoken, b=self._speech.say(side))
        return spoken

    def named(self, written: str) -> str | None:
        """Return the plural of a unit, with what it is divided by; None if it is not a unit."""
        head, _, under = written.partition("/")
        found = self._find(written, joined=False) or self._find(head, joined=True)
        if found is None or (under and found is not self._units.get(written) and under not in self._per):
            return None
        divided = under and self._units.get(written) is not found
        return f"{found.many} {self._speech.per(self._per[under])}" if divided else found.many

    def height(self, match: re.Match[str]) -> str | None:
        """Say 6'2"."""
        phrases = self._speech.phrases
        if "feet" not in phrases:
            return None
        feet, inches = noun(phrases["feet"]), noun(phrases["inches"])
        if int(match["b"]) >= _INCHES_IN_FOOT:
            feet, inches = noun(phrases["minute"]), noun(phrases["second"])
        if not match.groupdict().get("mark", "-"):
            return f"{self._speech.counted(match['a'], feet)} {self._speech.say(match['b'])}"
        return f"{self._speech.counted(match['a'], feet)} {self._speech.counted(match['b'], inches)}"

    def _unit(self, match: re.Match[str], number: str) -> tuple[str, str] | None:
        written = match["unit"]
        many = len(match.groupdict().get("a") or "") >= _LARGE
        if (written in self._only_large and not many) or self._is_word(match):
            return None
        large = not match["gap"] or (many and written in self._large)
        joined = large or bool(match["power"]) or (written in _ENDING and self._ends(match))
        joined = joined or (_SHORTENED.match(match.string, match.start("unit")) is not None)
        if written in self._stopless and match.string[match.end("unit") :][:1] == ".":
            return None
        if written in self._small and float(self._speech.plain(match["a"])) < _FEW:
            written = self._small[written]
            joined = True
        found = self._find(written, joined=joined)
        per = match["per"]
        pers = [per] if per else []
        if found is None and "/" in written:
            head, _, under = written.partition("/")
            found, pers = self._find(head, joined=True), [under, *([per] if per else [])]
            if under not in self._per and not _COUNTED.fullmatch(under):
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
        for one in pers:
            spoken = f"{spoken} {self._speech.per(self._per.get(one, one))}"
        return spoken, found.gender

    def _ends(self, match: re.Match[str]) -> bool:
        """Whether a mark, the end or a word of sizes follows, so that "in" cannot be the preposition."""
        return match.group().endswith(".") or self._marked.match(match.string, match.end()) is not None

    def _find(self, written: str, *, joined: bool) -> Noun | None:
        if written in (self._spaced if joined else self._attached):
            return None
        if found := self._units.get(written) or self._units.get(re.sub("[. ]", "", written)):
            return found
        symbol = None if is_other(written) else nearest(written, self._lower)
        return self._units[symbol] if symbol and not (symbol in self._attached and not joined) else None
