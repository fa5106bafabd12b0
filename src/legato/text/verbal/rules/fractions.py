"""Fractions: 3/4, 2 1/3, ½, grades such as 4.5/5, the time of music."""

import re
from math import gcd

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import LETTER, SPACE, Speech, any_of, pressed, spaced, word_before
from legato.text.verbal.tables import noun

VULGAR = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5),
    "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
_NEXT = re.compile(rf"{SPACE}({LETTER}+)")
_MOST_DIGITS = 18  # nobody grasps more in a fraction
_LEAST_NOUN = 3
"""A shorter word is hardly the thing halved, unless the language's table has it."""
_WHOLE = 100
"""Two shares that add up to this are said one after the other: 80/20."""
LEAST_OVER = 20
"""A larger number over at least this is a pair of readings, not a fraction."""
_SIGHT, _LEAST_SIGHT = 20, 10
"""Eyesight at twenty feet: 20/40 is hardly ever a fraction."""
_HIGHEST = 400
"""No pair of readings has a larger number; English says such fractions in the same way in any case."""
_BEST = 10
_SCALES = frozenset({5, 10, 100})
_STARRED = re.compile(r" [a-z]{3,24}\b(?<! and)(?<! from)(?<! with)(?<! out)(?<! but)(?<! for)")
_LEAST_SIZE, _WIDEST = 8, 8
"""Two sizes of clothes: the smallest that is written so, and how far apart they may be."""
_LEAST_RATE = 10
_LEAST_PAIR, _TENS = 20, range(20, 100, 10)
"""Nothing is measured in sixtieths."""
_LEAST_GRADE = 6
_GRADED_BEFORE = re.compile(r"(?<![\w/])(?:[6-9]/10|10/10) (?:down to|up to|to) \Z")
_GRADED = re.compile(rf"(?!{SPACE}of\b|-)(?:[.,;:!?)]|{SPACE}|\Z)")
_HIGHEST_PRESSURE = 30
"""In centimetres of mercury, as doctors in some countries say it."""
_SHARES = frozenset({2, 3, 4, 8, 16, 32, 64})
"""What a thing is divided into; few tests have as many points."""
_OF = re.compile(rf"{SPACE}of\b|-")
_OVERS = re.compile(r" in [0-9]{1,3}(?:\.[0-5])? ov| \([0-9]{1,3}(?:\.[0-5])? ov")
"""The overs bowled, which follow the runs and the wickets."""

_YEARS = range(1900, 2100)
"""A law may be of such a year, and nothing is divided into as many parts."""


class Fractions:
    """The fraction rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._pressed = pressed(speech.data)
        self._placed = frozenset((*speech.data.texts("place_words"), *speech.data.texts("step_words")))
        self._stars = re.compile(rf"{SPACE}{any_of(speech.data.texts('grade_nouns'))}\b")
        self._points = re.compile(rf"{SPACE}{any_of(speech.data.texts('score_nouns'))}\b")
        self._scored = frozenset(speech.data.texts("grade_before")) | frozenset(
            speech.data.texts("score_before")
        )
        self._graded = frozenset(speech.data.texts("grade_before"))
        self._labelled = re.compile(
            rf"\b(?i:{any_of(self._graded)})(?:{SPACE}?:{SPACE}{{0,4}}\(?|{SPACE}{{1,4}}\()\Z"
        )
        self._sized = frozenset(speech.data.texts("fitted_words"))
        self._beats = any_of(speech.data.texts("meter_words"))
        self._not_counted = frozenset(speech.data.texts("not_counted")) | frozenset(
            speech.data.texts("range_links")
        )

    def add(self, book: RuleBook) -> None:
        """Add the rules; those for what has units or is a date come before them."""
        number = self._speech.number
        ending = any_of(self._speech.data.texts("ordinal_suffixes"))
        if self._speech.data.texts("meter_words"):
            behind = (
                "|".join(rf"(?<=\b{word} )" for word in self._speech.data.texts("meter_before")) or "(?!)"
            )
            book.on_digit(
                "meter",
                rf"(?:[2-9]|12)/(?:[248]|16)(?={SPACE}(?:{self._beats}\b|at{SPACE}[0-9]{{2,3}}{SPACE}?(?i:bpm)\b))",
                self.beats,
            )
            book.on_digit(
                "meter", rf"(?:{behind})(?:[24]/4|(?:6|12)/8)(?!{SPACE}of\b|[^\W_]|[/.,:-][0-9])", self.beats
            )
        if any(key.startswith("behind_") for key in self._speech.data.table("halves")):
            half = r"(?:(?:[ \u00a0\u202f]|-)1[/⁄]2|[ \u00a0\u202f]?½)"
            book.on_digit(
                "fraction.mixed",
                rf"(?P<whole>[0-9]{{1,5}}){half}{SPACE}(?P<noun>{LETTER}{{3,24}})\b",
                self.half_behind,
            )
        book.on_digit(
            "fraction.mixed",
            rf"(?P<whole>[0-9]{{1,5}})(?:{SPACE}|-)(?P<over>[0-9]{{1,5}})[/⁄](?P<under>[0-9]{{1,5}})(?:(?i:{ending}))?(?![\w]|[/,.:-][0-9])",
            self.mixed,
        )
        book.on_digit(
            "fraction",
            rf"(?<![\w/])(?P<over>{self._speech.whole})[/⁄](?P<under>{self._speech.whole})(?P<ending>(?i:{ending}s?)?)(?![^\W_]|[/,.:-][0-9A-Za-z])",
            self.fraction,
        )
        book.on_digit(
            "fraction",
            rf"(?P<over>{number})/(?P<under>[0-9]{{1,3}})(?:{re.escape(self._speech.decimal)}0)?(?![^\W_]|[/,.:-][0-9A-Za-z])",
            self.points,
        )
        if "stars" in self._speech.phrases:
            book.on_symbol("★", "stars", r"(?<=[0-9])★(?!\w)", self.stars)
            rated = rf"[0-5](?:{re.escape(self._speech.decimal)}[0-9]{{1,2}})?"
            book.on_symbol("★", "stars", rf"(?<![\w★])★(?P<number>{rated})(?![\w]|[.,][0-9])", self.rated)
        vulgar = "".join(VULGAR)
        book.on_digit(
            "fraction.sign",
            rf"(?P<a>[0-9]{{1,6}})[-–](?P<whole>[0-9]{{1,6}}){SPACE}?(?P<part>[{vulgar}])",
            self.vulgar_range,
        )
        book.on_digit("fraction.sign", rf"(?P<whole>[0-9]{{1,6}}){SPACE}?(?P<part>[{vulgar}])", self.vulgar)
        book.on_symbol(VULGAR, "fraction.sign", rf"(?P<whole>)(?P<part>[{vulgar}])", self.vulgar)
        if to := self._speech.phrases.get("to", ""):
            part = rf"(?<=[{vulgar}])[-–](?=[0-9{vulgar}])"
            book.on_symbol("-–", "fraction.to", part, lambda _: f" {to} ")
            book.on_symbol("–", "range.to", r"(?<=[a-zA-Z])–(?=[0-9])", lambda _: f" {to} ")

    def _half(self, match: re.Match[str]) -> str:
        """Return a half that agrees with its noun: medio litro, media hora; empty if a language has no such word."""
        following = _NEXT.match(match.string, match.end())
        if following is None:
            return ""
        word = following.group(1)
        if len(word) < _LEAST_NOUN and word.lower() not in self._speech.genders:
            return ""
        return agreeing_half(self._speech, None, self._speech.gender_of(word))

    def fraction(self, match: re.Match[str]) -> str | None:
        """Say 3/4."""
        over_digits, under_digits = self._speech.plain(match["over"]), self._speech.plain(match["under"])
        if max(len(over_digits), len(under_digits)) > _MOST_DIGITS:
            return None
        over, under = int(over_digits), int(under_digits)
        if over > under and self._is_pressure(match, over):
            return self._speech.phrase(
                "readings", a=self._speech.cardinal(str(over)), b=self._speech.cardinal(str(under))
            )
        if said := self._sizes(match, over, under) or self._pair(match, over, under):
            return said
        if (over, under) == (1, 2) and (half := self._half(match)):
            return half
        if (link := self._speech.data.table("settings").get("year_over")) and under in _YEARS:
            return f"{self._speech.cardinal(str(over))} {link} {self._speech.words.year(under)}"
        if over == _SIGHT and under > _LEAST_SIGHT and not under % 5 and "over" in self._speech.phrases:
            return f"{self._speech.cardinal(str(over))} {self._speech.cardinal(str(under))}"
        if over + under == _WHOLE and not over % 5 and over > under:
            return f"{self._speech.cardinal(str(over))} {self._speech.cardinal(str(under))}"
        if max(over, under) >= 10**9:
            return None
        return readings(self._speech, over, under) or self._speech.words.fraction(over, under)

    def _is_pressure(self, match: re.Match[str], over: int) -> bool:
        if self._pressed is None or over > _HIGHEST_PRESSURE:
            return False
        return self._pressed.search(match.string, max(0, match.start() - 64), match.start()) is not None

    def _pair(self, match: re.Match[str], over: int, under: int) -> str:
        """Say a part out of a total, or runs for wickets; empty for anything else."""
        phrases, name = self._speech.phrases, ""
        of_hundred = over >= 10 and under == 100 and "over" in phrases
        if (
            (over == under and over > 4)
            or of_hundred
            or self._is_grade(match, over, under)
            or self._is_score(match, over, under)
            or (over <= under and self._stars.match(match.string, match.end()))
        ):
            name = "out_of"
        elif "wickets" in phrases and under <= _BEST and _OVERS.match(match.string, match.end()):
            name = "wickets"
        elif "of_all" in phrases and over <= under and self._counts(match):
            name = "of_all"
        a, b = self._speech.cardinal(str(over)), self._speech.cardinal(str(under))
        return self._speech.phrase(name, a=a, b=b) if name else ""

    def _sizes(self, match: re.Match[str], over: int, under: int) -> str:
        """Say size 42/44; empty for anything else."""
        if not _LEAST_SIZE <= over < under <= over + _WIDEST or match["ending"]:
            return ""
        if word_before(match.string, match.start()) not in self._sized:
            return ""
        return f"{self._speech.cardinal(str(over))} {self._speech.cardinal(str(under))}"

    def _counts(self, match: re.Match[str]) -> bool:
        """Whether a word before says that this is one of several: step 2/5."""
        return (
            match.string[match.start() - 1 : match.start()] in {" ", "\u00a0"}
            and word_before(match.string, match.start()) in self._placed
        )

    def _is_grade(self, match: re.Match[str], over: int, under: int) -> bool:
        """Whether this is a grade: 8/10 is one more often than a share, if nothing follows that it could be a share of."""
        if match["ending"] or under not in _SCALES:
            return False
        before = match.string[max(0, match.start() - 24) : match.start()]
        if over <= under and (
            word_before(match.string, match.start()) in self._graded
            or self._labelled.search(before)
            or _GRADED_BEFORE.search(before)
        ):
            return True
        if under != _BEST or "over" not in self._speech.phrases:
            return False
        return _LEAST_GRADE <= over < _BEST and _GRADED.match(match.string, match.end()) is not None

    def _is_score(self, match: re.Match[str], over: int, under: int) -> bool:
        """Whether this is how many points or answers of a test someone got: You scored 24/35, 17/20 correct."""
        if over > under or match["ending"] or (under in _SHARES and gcd(over, under) == 1):
            return False
        text, end = match.string, match.end()
        if self._points.match(text, end):
            return True
        return word_before(text, match.start()) in self._scored and not _OF.match(text, end)

    def beats(self, match: re.Match[str]) -> str | None:
        """Say 4/4 time, 3/4 at 90 bpm."""
        return " ".join(map(self._speech.cardinal, match.group().split("/")))

    def points(self, match: re.Match[str]) -> str | None:
        """Say 4.5/5."""
        if self._speech.decimal not in match["over"] or "out_of" not in self._speech.phrases:
            return None
        return self._speech.phrase(
            "out_of", a=self._speech.say(match["over"]), b=self._speech.cardinal(match["under"])
        )

    def stars(self, match: re.Match[str]) -> str | None:
        """Say 4.5★, a 5★ hotel."""
        stars = noun(self._speech.phrases["stars"])
        of = _STARRED.match(match.string, match.end())
        return f" {stars.one if of else stars.many}"

    def rated(self, match: re.Match[str]) -> str | None:
        """Say ★4.9."""
        return self._speech.counted(match["number"], noun(self._speech.phrases["stars"]))

    def mixed(self, match: re.Match[str]) -> str | None:
        """Say 2 1/3."""
        over, under = int(match["over"]), int(match["under"])
        following = _NEXT.match(match.string, match.end())
        gender = self._speech.gender_of(following.group(1)) if following else "-"
        if (over, under) == (1, 2) and (said := agreeing_half(self._speech, match["whole"], gender)):
            return said
        part = self._speech.words.fraction(over, under)
        return self._speech.phrase("mixed", whole=self._speech.cardinal(match["whole"]), part=part)

    def half_behind(self, match: re.Match[str]) -> str | None:
        """Say 2 1/2 tazas where the half follows its noun, "dos tazas y media"; after one the noun is singular."""
        whole, noun, halves = match["whole"], match["noun"], self._speech.data.table("halves")
        if one := self._speech.data.table("halves_ones").get(noun.lower()):
            gender = self._speech.gender_of(one)
            return halved(self._speech, whole, gender, one if whole == "1" else noun)
        many = halves.get("many", "")
        if noun.lower() in self._not_counted or (many and not noun.endswith(many) and whole != "1"):
            return None
        if whole == "1":
            noun = noun.removesuffix(many) if many else noun
            ends = (halves.get("one_ends", "") or noun[-1:]).split()
            if noun[-1:] not in ends and noun.lower() not in self._speech.genders:
                return None
        return halved(self._speech, whole, self._speech.gender_of(noun), noun) if noun else None

    def vulgar_range(self, match: re.Match[str]) -> str | None:
        """Say 1-1½."""
        last = self.vulgar(match)
        return last and self._speech.phrase("range", a=self._speech.cardinal(match["a"]), b=last)

    def vulgar(self, match: re.Match[str]) -> str | None:
        """Say ½, 2½."""
        over, under = VULGAR[match["part"]]
        part = self._speech.words.fraction(over, under)
        if not match["whole"]:
            return spaced(match, (self._half(match) if (over, under) == (1, 2) else "") or part)
        following = _NEXT.match(match.string, match.end())
        gender = self._speech.gender_of(following.group(1)) if following else "-"
        if under == 2 and (said := agreeing_half(self._speech, match["whole"], gender)):
            return said
        name = "whole_and_half" if under == 2 else "mixed"
        return self._speech.phrase(name, whole=self._speech.cardinal(match["whole"]), part=part)


def agreeing_half(speech: Speech, whole: str | None, gender: str) -> str:
    """Return a half, or a whole number and a half, that agrees with its noun: media, dos y media; empty if nothing agrees."""
    halves = speech.data.table("halves")
    if not whole:
        return halves.get(gender, "")
    wording = (halves.get(f"one_{gender}", "") if whole == "1" else "") or halves.get(f"whole_{gender}", "")
    return wording.format(whole=speech.cardinal(whole, gender), bare=speech.cardinal(whole, "m"))


def halved(speech: Speech, whole: str | None, gender: str, noun: str) -> str:
    """Return half a thing, or a number of things and a half, with the noun; empty if nothing agrees."""
    behind = speech.data.table("halves").get(f"behind_{gender}", "") if whole else ""
    if whole and behind:
        return f"{speech.agreeing(whole, gender, noun)} {noun} {behind}"
    half = agreeing_half(speech, whole, gender)
    return half and f"{half} {noun}"


def counts_one(speech: Speech, whole: str | None, over: int, under: int) -> bool:
    """Whether the noun of a fraction is singular: half a kilo, or "un kilo y medio" where the half follows its noun."""
    return over == 1 and (
        not whole or (whole == "1" and under == 2 and "behind_m" in speech.data.table("halves"))
    )


def is_pair(speech: Speech, over: int, under: int, unit: str) -> bool:
    """Whether these are two readings, of which the first is large: a rate in town and on the road (28/36 mpg), or two mains (50/60 Hz)."""
    if over >= _LEAST_PAIR and under in _TENS:
        return True
    return over >= _LEAST_RATE and "over" in speech.phrases and f" {speech.phrases['per']} " in unit


def readings(speech: Speech, over: int, under: int) -> str:
    """Say 120/80: a larger number over one that is no denominator is said as two numbers; empty for what may be a fraction."""
    name = next((name for name in ("readings", "over") if name in speech.phrases), "")
    least = 1 if over >= _WHOLE and "over" in speech.phrases else LEAST_OVER
    if "over" not in speech.phrases and over >= _HIGHEST:
        return ""
    if not name or not over > under >= least:
        return ""
    return speech.phrase(name, a=speech.cardinal(str(over)), b=speech.cardinal(str(under)))
