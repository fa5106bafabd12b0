"""Feet and inches written as marks: 6'2", 5' long, a 27" monitor, 1/4"."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.rules.fractions import VULGAR
from legato.text.verbal.speech import DASH, SPACE, Speech, any_of, names_follow, word_before
from legato.text.verbal.tables import Noun, noun

_FEET, _INCHES = "['’′]", '["″”]'
_OPENED = re.compile(r"(?<!\w)['‘](?=[^\W\d])")
_QUOTED, _OPEN = re.compile(r"(?<!\w)\"[^\"]*\""), re.compile(r"(?<!\w)\"")
"""Quoted text, and an open quote; none opens after a word or a number."""
_SAFE_CHARS = 400
"""How far back an open quote is looked for."""
_SEVERAL = re.compile(rf"{SPACE}([a-z]{{4,20}}s)\b")


class Lengths:
    """The rules of one language for the marks of feet and inches; without effect if it has no words for them."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._singular = frozenset(speech.data.texts("singular_after"))
        self._not_plural = frozenset(speech.data.texts("not_plural"))
        self._made = re.compile(
            rf"{SPACE}(?:[0-9]{{1,2}}K{SPACE})?{any_of(speech.data.texts('unit_nouns'))}\b"
        )

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come after those for a height and a size, which have more to go by."""
        if "inches" not in self._speech.phrases:
            return
        marks = (_FEET, _INCHES) if "feet" in self._speech.phrases else ('["″]',)
        end = rf"(?![\w'’\"”]|{SPACE}?[x×])"
        if "feet" in self._speech.phrases:
            tall = rf"(?P<feet>[0-9]{{1,2}}){_FEET} ?(?P<whole>[0-9]{{1,2}}){SPACE}?(?P<part>[{''.join(VULGAR)}])(?P<mark>{_INCHES}){end}"
            book.on_digit("measure.height", tall, self.height)
        fraction = rf"(?:(?P<whole>[0-9]{{1,4}})(?:{SPACE}|-))?(?P<over>[0-9]{{1,2}})/(?P<under>[0-9]{{1,2}})"
        sign = rf"(?:(?P<whole>[0-9]{{1,4}}){SPACE}?)?(?P<part>[{''.join(VULGAR)}])(?P<mark>{marks[-1]}){end}"
        book.on_digit("measure.mark", sign, self.fraction)
        book.on_symbol(VULGAR, "measure.mark", sign, self.fraction)
        book.on_digit("measure.mark", rf"{fraction}(?P<mark>{marks[-1]}){end}", self.fraction)
        book.on_digit(
            "measure.mark",
            rf"(?P<from>{self._speech.number}){DASH}(?P<a>{self._speech.number})(?P<mark>{marks[-1]}){end}",
            self.span,
        )
        for mark in marks:
            book.on_digit("measure.mark", rf"(?P<a>{self._speech.number})(?P<mark>{mark}){end}", self.length)

    def fraction(self, match: re.Match[str]) -> str | None:
        """Say 1/4", 2 1/2"."""
        if _in_quotes(match):
            return None
        parts = match.groupdict()
        over, under = (
            VULGAR[parts["part"]] if parts.get("part") else (int(match["over"]), int(match["under"]))
        )
        part = self._speech.words.fraction(over, under)
        if not match["whole"]:
            return f"{part} {self._unit(match).one}"
        name = "whole_and_half" if (over, under) == (1, 2) else "mixed"
        whole = self._speech.phrase(name, whole=self._speech.cardinal(match["whole"]), part=part)
        return f"{whole} {self._unit(match).many}"

    def height(self, match: re.Match[str]) -> str | None:
        """Say 5'11¾"."""
        feet = self._speech.counted(match["feet"], noun(self._speech.phrases["feet"]))
        inches = self.fraction(match)
        return inches and f"{feet} {inches}"

    def length(self, match: re.Match[str]) -> str | None:
        """Say 5', 12"."""
        if _in_quotes(match):
            return None
        return self._speech.counted(match["a"], self._unit(match))

    def span(self, match: re.Match[str]) -> str | None:
        """Say 0.5-1"."""
        last = self.length(match)
        many = self._unit(match).many
        if last is None:
            return None
        return self._speech.phrase(
            "range", a=self._speech.say(match["from"]), b=f"{self._speech.say(match['a'])} {many}"
        )

    def _unit(self, match: re.Match[str]) -> Noun:
        named = noun(self._speech.phrases["feet" if match["mark"] in "'’′" else "inches"])
        before = word_before(match.string, match.start())
        made = self._made.match(match.string, match.end()) or self._is_of_several(match)
        return named.single if made or (before in self._singular and names_follow(match)) else named

    def _is_of_several(self, match: re.Match[str]) -> bool:
        """Whether a plural after the mark is what has this length: with 9' ceilings."""
        of = _SEVERAL.match(match.string, match.end())
        return of is not None and of[1] not in self._not_plural


def _in_quotes(match: re.Match[str]) -> bool:
    """Whether the mark closes a quote rather than measuring something."""
    start = max(0, match.start() - _SAFE_CHARS)
    before = match.string[start : match.start()]
    mark = match["mark"]
    if mark in "'’":
        return _OPENED.search(before) is not None
    if mark == "”":
        return "“" in before
    return mark == '"' and '"' in before and _OPEN.search(_QUOTED.sub("", before)) is not None
