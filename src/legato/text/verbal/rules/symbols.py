"""Single signs: those that always have a word, and operators, which have one between operands."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import LETTER, SPACE, Speech, any_of, spaced, word_before
from legato.text.verbal.units import stop_behind

_OPERAND = r"(?:[0-9]|[^\W\d_](?![^\W_]))"
_NAME_BEFORE = re.compile(r"[A-Z][\w&-]{1,20}\W{0,2}\Z")
_PICTURE_BEFORE = re.compile(r"(?:[⋮⋯•·]\)?|\((?:…|\.{3})\)) \Z")
"""A menu whose name is a picture: Tap ⋮ > Settings."""
_ASKED = re.compile(r"(?<!\w)(Is|È|É) (?:[-−]?[0-9.,]{1,16}%?|[a-zA-Z]) ?\Z")
"""The verb of a question, and what is compared: Is 3 < 5?"""
_ASKED_CHARS = 24
_BOUNDS = {"<=": "≤", ">=": "≥"}
_ROUGH = re.compile(r"(?:\A|[(\[,;:–—]|['’]s|\b(?:is|are|was|at|of|to|by|for|in|takes|costs)) ?\Z")
"""What precedes an approximate number that is not compared with another: (≈ 300 g)."""
_MEASURE_BEFORE = re.compile(r"[0-9][ \u00a0-]?(?:°[CF]?|%|[^\W\d_]{1,4}) ?\Z")
_MONEY_BEFORE = re.compile(r"[$€£][0-9][0-9.,]{0,16}\Z")
_RATE_BEFORE = re.compile(r"[0-9] ?[^\W\d_]{1,6}/[^\W\d_]{1,6} ?\Z")
_QUANTITY_BEFORE = re.compile(
    rf"(?:[$€£][0-9][0-9.,]*[kKMB]?|[0-9]{SPACE}?(?:[€£%]|[^\W\d_]{{1,3}})){SPACE}\Z"
)
_QUANTITY = re.compile(rf"{SPACE}[$€£]?[0-9]")
_TIMED_BEFORE = re.compile(
    rf"[0-9]{SPACE}?(?:[AaPp]\.?[Mm]\.?)(?:{SPACE}[A-Z]{{2,4}})?{SPACE}\Z|[$€£][0-9][0-9.,]*{SPACE}\Z"
)
_COUNTED_BEFORE = re.compile(r"[0-9] [^\W\d_]{3,16}\Z")
"""What is counted, of which so much is allowed in a time: 4 doses/24 hours."""
_NUMBER_BEFORE = re.compile(rf"[0-9]{SPACE}\Z")
_SHORT = 3
_EQUATION = re.compile(r"[=+*/^](?:(?![A-Za-z]{3})[^=.,;:!?\n]){0,16}\Z")


_APART = re.compile(r" (?:[0-9][0-9.,]{0,16}(?::[0-9]{2}|%|[kKMB]?\+?[ \u00a0-]?[^\W\d_]{2})|[$€£])")
"""What follows a dot between two facts: 9:30, 12 likes, $5."""
_CODE_BEFORE = re.compile(r"[A-Za-z]-?[0-9]{2,8} \Z")
"""A code, which nothing divides: E-404 / 0x80070057."""
_EQUAL = re.compile("[=≈]")
_EQUAL_CHARS = 24


class Symbols:
    """The sign rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._signs = speech.data.table("symbols")
        self._operators = speech.data.table("operators")
        self._numbers = speech.words.vocabulary()
        self._phrases = speech.phrases
        self._greek = speech.data.table("greek")
        self._menu = re.compile(rf"\b(?i:{any_of(speech.data.texts('menu_words'))})\b")
        self._per = frozenset(speech.data.texts("per_words"))
        self._signed = speech.data.table("sign_words")
        self._named = speech.data.table("unit_per")
        spans = any_of(speech.data.texts("rate_spans"))
        self._spans = re.compile(rf"[0-9]{{1,4}}{SPACE}?{spans}(?![\w/])")
        rated = [*speech.data.texts("rate_spans"), *speech.data.texts("rate_things")]
        self._rates = re.compile(rf"{SPACE}{any_of(one for one in rated if len(one) >= _SHORT)}(?!\w)")
        reached = any_of(speech.data.texts("progress_before"))
        self._reached = re.compile(rf"\b{reached}{SPACE}[$€£][0-9.,]{{1,16}}\Z")
        self._slash = speech.data.table("electronic").get("/", "")
        self._compared = frozenset(speech.data.texts("compare_before"))

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        long = [sign for sign in self._operators if len(sign) > 1]
        book.on_symbol([sign[0] for sign in long], "operator", rf"(?P<sign>{any_of(long)})", self.operator)
        compare = [sign for sign in "<>" if sign in self._operators]
        book.on_symbol(
            compare,
            "operator",
            r"(?<![^\s])(?P<sign>[<>])(?=[ \u00a0]\S)|(?<=[0-9])(?P<tight>[<>])(?=[0-9])",
            self.operator,
        )
        book.on_symbol(
            [sign for sign in "*·×^" if sign in self._operators or sign in self._signs],
            "operator",
            rf"(?P<sign>[*·×^])(?={SPACE}?(?:[-−](?=[0-9]))?{_OPERAND})",
            self.between,
        )
        self._add_pairs(book)
        if mod := self._operators.get("%", ""):
            book.on_symbol("%", "operator", r"(?<=[a-z)\]] )%(?= [0-9])", lambda _: mod)
        if "/" in self._operators:
            book.on_symbol("/", "operator", r"(?<=[0-9])(?P<sign>/)(?=[0-9]{1,6}(?![\w/]))", self.shared)
            book.on_symbol("/", "operator", rf"(?<= )(?P<sign>/)(?= {_OPERAND})", self.between)
        book.on_symbol("-−", "operator", rf"(?P<sign>[-−])(?={SPACE}?{_OPERAND})", self.minus)
        book.on_symbol(self._signs, "symbol", rf"(?P<sign>{any_of(self._signs)})", self.sign)
        book.on_symbol(self._greek, "greek", rf"(?P<letter>{any_of(self._greek)})", self.letter)
        if self._slash:
            book.on_joined(
                "slash",
                rf"(?<![/\w]){LETTER}{{2,40}}(?:/{LETTER}{{2,40}}){{1,8}}(?![\w/]|\.\w)(?P<stop>{stop_behind(self._speech)})",
                self.slash,
            )
            book.on_joined("slash", r"(?<![/\w.])[A-Z](?:/[A-Z]){1,3}(?![\w/]|\.\w)(?P<stop>)", self.slash)
            book.on_symbol("/", "slash", r"(?<!\S)/(?=[ \u00a0])", self.apart)
            if over := self._phrases.get("over", "").format(a="", b="").strip():
                book.on_symbol("/", "slash", r"(?<=(?<!\w)[a-z])/(?=[0-9](?!\w))", lambda _: f" {over} ")
            book.on_symbol(
                "/",
                "slash",
                r"(?<=[A-Za-z])/(?=[0-9])|(?<=[0-9])/(?=(?![A-Z][a-z]{2,8}:? [0-9])[A-Za-z]|[0-9]+[A-Z])|(?:(?<=[0-9]st)|(?<=[0-9]nd)|(?<=[0-9]rd)|(?<=[0-9]th))/(?=[A-Z])",
                self.spaced_slash,
            )
        if "bar" in self._phrases:
            book.on_symbol("|·", "bar", r"(?<=\S )[|·](?= \S)", self.bar)
        if "star" in self._phrases:
            book.on_symbol(
                "*",
                "star",
                r"(?<=[A-Z]{3} )\*(?= [A-Z]{3})|(?<=\w\()\*(?=\))|(?<=\bfrom )\*(?= (?:to|across|around|until)\b)",
                lambda _: self._phrases["star"],
            )
            book.on_symbol(
                "*",
                "operator",
                r"(?:(?<=[a-z]{2} )|(?<=[0-9] ))(?P<sign>\*)(?= (?P<by>[a-z]{2,40}))",
                self.product,
            )

    def _add_pairs(self, book: RuleBook) -> None:
        """Add the slashes between two quantities."""
        book.on_symbol(
            "/",
            "slash.measures",
            rf"{SPACE}?/{SPACE}?(?=[0-9](?:[0-9.,]{{0,11}}[0-9])?{SPACE}?[°%a-zA-Z])",
            self.measures,
        )
        book.on_symbol(
            "/",
            "slash.measures",
            r"(?:(?<=°)|(?<=°[CF]))/(?=[A-Za-z][a-z])|(?<=[0-9])/(?=[A-Z][a-z]{2,8}:? [0-9])",
            lambda _: ", ",
        )
        book.on_symbol(
            "/",
            "slash.amounts",
            r"(?:(?<=[0-9])|(?<=[0-9][kKMB]))/(?=[$€£¥₹][0-9])|(?:(?<=[0-9][¢€£])|(?<=[0-9] [€£]))/(?=[0-9][0-9.,]{0,12} ?[¢€£])",
            self.amounts,
        )

    def amounts(self, match: re.Match[str]) -> str:
        """Say $5/$7; of a sum that is reached a part is told: You've met $1,250/$2,000."""
        start = match.start()
        if self._reached.search(match.string, max(0, start - 40), start):
            return self._phrases["out_of"].format(a="", b="")
        return ", "

    def operator(self, match: re.Match[str]) -> str | None:
        """Say <=, and < with spaces around it; between the names of menus > means "then"."""
        if match.group() == ">" and "then" in self._phrases and self._in_menu(match):
            return self._phrases["then"]
        most = self._signed.get(_BOUNDS.get(match.group(), ""))
        if most and not _operand_before(match):
            return spaced(match, most)
        if match.group() == "**" and "star" in self._phrases and not _operand_before(match):
            return spaced(match, f"{self._phrases['star']} {self._phrases['star']}")
        sign = match["sign"] or match.groupdict().get("tight") or ""
        if sign in self._signed and self._is_bound(match):
            return self._signed[sign]
        said = self._operators[sign]
        verb = _ASKED.search(match.string, max(0, match.start() - _ASKED_CHARS), match.start())
        return spaced(match, said.removeprefix(f"{verb[1].lower()} ") if verb else said)

    def _is_bound(self, match: re.Match[str]) -> bool:
        """Whether a preposition before the sign takes the amount after it: bei > 2 GB, for > 72 hours."""
        text, end = match.string, match.end()
        return word_before(text, match.start()) in self._compared and _QUANTITY.match(text, end) is not None

    def product(self, match: re.Match[str]) -> str | None:
        """Say length * width; next to a number word the sign was left there by an earlier reading."""
        if match["by"] in self._numbers or word_before(match.string, match.start()) in self._numbers:
            return None
        return spaced(match, self._operators[match["sign"]])

    def _in_menu(self, match: re.Match[str]) -> bool:
        before, after = (
            match.string[max(0, match.start() - 60) : match.start()],
            match.string[match.end() :][:3],
        )
        if not after[1:2].isupper():
            return False
        named = _NAME_BEFORE.search(before) and self._menu.search(before)
        return bool(named or _PICTURE_BEFORE.search(before))

    def between(self, match: re.Match[str]) -> str | None:
        """Say 2 * 3: between numbers or single letters."""
        sign = match["sign"]
        if not _operand_before(match) or _sets_apart(match):
            return None
        if sign == "/" and _CODE_BEFORE.search(match.string, max(0, match.start() - 16), match.start()):
            return None
        return spaced(match, self._operators.get(sign) or self._signs[sign])

    def shared(self, match: re.Match[str]) -> str | None:
        """Say $276/4 as a division."""
        if not _MONEY_BEFORE.search(match.string, max(0, match.start() - 24), match.start()):
            return None
        return spaced(match, self._operators["/"])

    def minus(self, match: re.Match[str]) -> str | None:
        """Say a minus; a hyphen is one only inside an equation."""
        if not _operand_before(match) or match["sign"] not in self._operators:
            return None
        rest = match.string[match.end() : match.end() + 24]
        before = match.string[max(0, match.start() - 24) : match.start()]
        if (
            match["sign"] == "−"
            or re.match(r" ?\w{1,12}(?: ?[-+*/] ?\w{1,12}){0,3} ?=", rest)
            or _EQUATION.search(before)
        ):
            return spaced(match, self._operators[match["sign"]])
        return None

    def sign(self, match: re.Match[str]) -> str | None:
        """Say &, %, §."""
        sign = match["sign"]
        if not self._signs[sign]:
            return ""
        alone = sign in _BOUNDS.values() and not _operand_before(match)
        if (alone or (sign == "≈" and _ROUGH.search(match.string[: match.start()]))) and sign in self._signed:
            return spaced(match, self._signed[sign])
        if sign == "→" and "then" in self._phrases and self._in_menu(match):
            return self._phrases["then"]
        return spaced(match, self._signs[sign])

    def measures(self, match: re.Match[str]) -> str | None:
        """Say 180°C/350°F: the same in another unit, or what goes with it."""
        text, start = match.string, match.start()
        counted = _COUNTED_BEFORE.search(text, max(0, start - 24), start)
        if _RATE_BEFORE.search(text, max(0, start - 24), start) or (
            counted and self._spans.match(text, match.end())
        ):
            return f" {self._phrases['per']} "
        return ", " if _MEASURE_BEFORE.search(text, max(0, start - 24), start) else None

    def bar(self, _: re.Match[str]) -> str | None:
        """Say one thing | another, Dec 1 · 9:30 AM: a pause."""
        return self._phrases["bar"]

    def letter(self, match: re.Match[str]) -> str | None:
        """Say ΔT, β-blocker: a Greek letter by itself has a name."""
        text, start, end = match.string, match.start(), match.end()
        before = " " if start and text[start - 1].isalnum() else ""
        after = " " if text[end : end + 1].isalnum() else ""
        return f"{before}{self._greek[match['letter']]}{after}"

    def spaced_slash(self, match: re.Match[str]) -> str | None:
        """Say a slash on its own."""
        return spaced(match, self._slash)

    def apart(self, match: re.Match[str]) -> str | None:
        """Say $20 / month, 3pm PST / 6pm EST: a rate, or a pause between two quantities; any other slash by its name."""
        text, start, end = match.string, match.start(), match.end()
        before = text[max(0, start - 24) : start]
        per = self._rates.match(text, end)
        if per and _QUANTITY_BEFORE.search(before):
            return self._phrases["per"]
        if _QUANTITY.match(text, end) and _TIMED_BEFORE.search(before):
            return ","
        return self.spaced_slash(match)

    def slash(self, match: re.Match[str]) -> str | None:
        """Say upload/download; between number words the slash was left there by an earlier reading."""
        parts = match.group()[: match.start("stop") - match.start()].split("/")
        short = parts[-1] in self._named and len(parts[-1]) >= _SHORT - 1
        counted = _NUMBER_BEFORE.search(match.string, max(0, match.start() - 3), match.start())
        if len(parts) == 2 and short and (parts[0].endswith("s") or counted) and parts[0].islower():
            return f"{parts[0]} {self._per_name(parts[1])}"
        short = parts[-1] in self._named and parts[-1] in self._per and len(parts[-1]) < _SHORT
        if len(parts) == 2 and (parts[0].endswith("s") or short) and parts[1] in self._per:
            return f"{parts[0]} {self._per_name(parts[1])}"
        return (
            None
            if any(part.lower() in self._numbers for part in parts)
            else f" {self._slash} ".join(parts) + match["stop"]
        )

    def _per_name(self, written: str) -> str:
        return self._speech.per(self._named.get(written, written))


def _sets_apart(match: re.Match[str]) -> bool:
    """Whether a dot in the middle of the line separates facts: Mon, Dec 1 · 9:30 AM. In an equation it multiplies."""
    text, start, end = match.string, match.start(), match.end()
    if match["sign"] != "·" or text[start - 1 : start] != " " or not _APART.match(text, end):
        return False
    return _EQUAL.search(text, max(0, start - _EQUAL_CHARS), end + _EQUAL_CHARS) is None


def _operand_before(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 8) : match.start()].rstrip(" \u00a0)]")
    return before[-1:].isdigit() or (before[-1:].isalpha() and not before[-2:-1].isalnum())
