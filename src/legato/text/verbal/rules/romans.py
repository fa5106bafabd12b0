"""Roman numerals: after a ruler's name, a heading, the name of a series, before a century."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, begins_afresh, word_before

_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_SECTION = re.compile(f"§{SPACE}?\\Z")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_NAME_BEFORE = re.compile(r"(?<![\w])([A-Z][a-zé]{1,20})[ \u00a0]\Z")
_SEQUELS = re.compile(r"(?!XX|XI\Z)[IVX]{2,5}")
"""Numerals of the parts of a series; two letters may be an abbreviation."""
_SHORT_BEFORE = re.compile(rf"([^\W\d_]{{1,6}})\.{SPACE}?\Z")
_SIGN_BEFORE = re.compile(rf"\w{SPACE}?#{SPACE}\Z")
_AHEAD = re.compile(SPACE)
_WORD = re.compile(rf"{SPACE}([^\W\d_]+)")


class Romans:
    """The rules of one language for Roman numerals."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._numbered = data.table("numbered")
        self._small = frozenset(data.texts("roman_any_case"))
        self._not_roman = frozenset(data.texts("not_roman"))
        self._headings = frozenset(data.texts("heading_words"))
        self._names = frozenset(data.texts("regnal_names"))
        self._articles = frozenset(data.texts("date_before"))
        self._things = data.table("roman_before")
        self._queens = frozenset(data.texts("regnal_queens"))
        self._joined = re.compile(
            rf"{SPACE}[IVXLC]{{1,8}},?{SPACE}{any_of(data.texts('roman_links'))}{SPACE}\Z"
        )
        self._centuries = frozenset(data.texts("century_words"))
        self._after_names = bool(data.table("settings").get("roman_after_names"))
        short = ("titles", "after_names", "numbered", "abbreviations", "street_suffixes", "compass", "states")
        self._no_names = frozenset(
            {word.capitalize() for name in short for word in data.table(name).values()}
            | {noun.many.split()[-1] for noun in data.nouns("units").values()}
            | set(data.texts("sentence_starters"))
        )
        """Words with a capital that no number belongs to: short forms written out, units, words that begin sentences."""

    def add(self, book: RuleBook) -> None:
        """Add the rules."""
        ordinal_dot = self._speech.data.table("settings").get("ordinal_dot")
        stop = rf"(?:\.(?={SPACE}[a-zäöü]|[,;:)]))?" if ordinal_dot else ""
        if endings := self._speech.data.texts("roman_endings"):
            book.on_word(
                [f"{roman}{ending}" for roman in _all_romans() for ending in endings],
                "roman.ordinal",
                rf"(?P<roman>[IVX]+)(?P<ending>{any_of(endings)})(?![^\W_]|-)(?P<century>{SPACE}s\.(?!\w))?",
                self.roman_ordinal,
            )
        if pages := self._speech.data.texts("roman_pages"):
            behind = "|".join(
                rf"(?<=\b{re.escape(page)}{SPACE})" for one in pages for page in (one, one.capitalize())
            )
            book.on_word(
                _all_romans(),
                "roman.pages",
                rf"(?:{behind})(?P<a>[ivxl]{{1,8}})(?:[-–](?P<b>[ivxl]{{1,8}}))?(?![\w-]|['’]\w)",
                self.pages,
            )
        if ordinal_dot:
            book.on_word(
                _all_romans(),
                "roman.ordinal",
                rf"(?P<roman>[IVX]{{1,6}})\.(?={SPACE}(?P<next>[A-ZÄÖÜ][^\W\d_]{{2,30}}))",
                self.dotted,
            )
        book.on_word(
            _all_romans(),
            "roman",
            r"(?P<roman>[IVXLCDMivxlcdm]+)\b(?![.-]?[^\W_]|['’](?!s\b)[^\W_])" + stop,
            self.roman,
        )

    def pages(self, match: re.Match[str]) -> str | None:
        """Say pp. xii–xiv, page iv; page x is a placeholder."""
        written = [one.upper() for one in match.groups() if one]
        if not all(map(_ROMAN.match, written)) or not any(len(one) > 1 for one in written):
            return None
        first, *last = (self._speech.words.cardinal(roman_value(one)) for one in written)
        return self._speech.span(match, first, last[0]) if last else first

    def roman(self, match: re.Match[str]) -> str | None:
        """Say VIII: after a ruler's name it is an ordinal, after a heading a number."""
        written = match["roman"]
        if not written.isupper():
            return self._small_roman(match)
        if self._numbers_section(match) and _ROMAN.match(written):
            return self._speech.words.cardinal(roman_value(written), "-")
        before = word_before(match.string, match.start()) or self._shortened(match)
        if (
            _AHEAD.match(match.string, match.end())
            and self._counts_centuries(match)
            and _ROMAN.match(written)
        ):
            return self._speech.words.ordinal(roman_value(written))
        if (
            before in self._names
            and len(written) > 1
            and _ROMAN.match(written)
            and self._capital_before(match)
        ):
            return self._regnal(written, before)
        if form := self._ordered(match):
            return self._speech.words.ordinal(roman_value(written), form)
        if (
            not _ROMAN.match(written)
            or written in self._not_roman
            or not before
            or match.string[match.start() - 1] not in " \u00a0"
        ):
            return None
        if before in self._names and self._capital_before(match):
            return self._regnal(written, before)
        if (
            before in self._headings
            or self._goes_on(match)
            or (self._after_names and self._belongs_to_name(match))
        ):
            return self._speech.words.cardinal(roman_value(written), "-")
        return None

    def dotted(self, match: re.Match[str]) -> str | None:
        """Say das II. Vatikanische Konzil: after an article it is neither a ruler's number nor an initial."""
        before = word_before(match.string, match.start())
        if before not in self._articles or not _ROMAN.match(match["roman"]):
            return None
        return self._speech.words.ordinal_before(roman_value(match["roman"]), before, match["next"])

    def roman_ordinal(self, match: re.Match[str]) -> str | None:
        """Say XXIe; XIXe s."""
        if not _ROMAN.match(match["roman"]):
            return None
        said = self._speech.words.ordinal(roman_value(match["roman"]), match["ending"])
        if not match["century"]:
            return said
        stop = "." if begins_afresh(match.string, match.end()) else ""
        return f"{said} {self._speech.phrases['hundred_years']}{stop}"

    def _shortened(self, match: re.Match[str]) -> str:
        """Return the heading whose short form, or the sign of numbers, comes before: vol. II, suite # II."""
        if _SIGN_BEFORE.search(match.string, max(0, match.start() - 4), match.start()):
            return self._speech.phrases.get("number", "")
        return self._heading_before(match.string, match.start())

    def _heading_before(self, text: str, start: int) -> str:
        found = _SHORT_BEFORE.search(text, max(0, start - 12), start)
        if found is None:
            return ""
        short = found.group(1)
        return (self._numbered.get(short) or self._numbered.get(short.lower(), "")).lower()

    def _regnal(self, written: str, name: str) -> str:
        return self._speech.words.regnal(roman_value(written), "f" if name in self._queens else "m")

    def _ordered(self, match: re.Match[str]) -> str:
        """Return the form of the ordinal before a thing that is counted this way: la II Guerra Mundial; empty if there is none."""
        following = _WORD.match(match.string, match.end()) if self._things else None
        if following is None or not _ROMAN.match(match["roman"]):
            return ""
        return self._things.get(following.group(1).lower(), "")

    def _goes_on(self, match: re.Match[str]) -> bool:
        """Whether a numeral of the same heading comes before: siglos XIX y XX."""
        joined = self._joined.search(match.string, max(0, match.start() - 20), match.start())
        if joined is None:
            return False
        heading = word_before(match.string, joined.start() + 1) or self._heading_before(
            match.string, joined.start() + 1
        )
        return heading in self._headings

    def _counts_centuries(self, match: re.Match[str]) -> bool:
        following = _WORD.match(match.string, match.end())
        return following is not None and following.group(1).lower() in self._centuries

    def _belongs_to_name(self, match: re.Match[str]) -> bool:
        """Whether it is part of a name: Rocky II, Final Fantasy VII. A verb has a capital where a sentence begins, and it may, behind a pause."""
        written, start = match["roman"], match.start()
        named = _NAME_BEFORE.search(match.string, max(0, start - 32), start)
        if named is None or named.group(1) in self._no_names or not _SEQUELS.fullmatch(written):
            return False
        inside = match.string[: named.start()].rstrip(" \u00a0\"'“‘(*")
        return len(written) > 2 or written in {"II", "IX"} or bool(inside and inside[-1] not in ".,;!?:\n")

    def _small_roman(self, match: re.Match[str]) -> str | None:
        written = match["roman"].upper()
        if written == "I" and self._after_names:
            return None
        if not _ROMAN.match(written) or not (
            self._numbers_section(match) or word_before(match.string, match.start()) in self._small
        ):
            return None
        return self._speech.words.cardinal(roman_value(written), "-")

    def _numbers_section(self, match: re.Match[str]) -> bool:
        return _SECTION.search(match.string, max(0, match.start() - 2), match.start()) is not None

    def _capital_before(self, match: re.Match[str]) -> bool:
        words = match.string[max(0, match.start() - 32) : match.start()].split()
        return words[-1][:1].isupper()


def roman_value(written: str) -> int:
    """Return the value of a Roman numeral that is known to be well formed."""
    total = 0
    for letter, following in zip(written, [*written[1:], ""], strict=True):
        value = _VALUES[letter]
        total += -value if _VALUES.get(following, 0) > value else value
    return total


def _all_romans() -> list[str]:
    """Return every numeral from 1 to 399, in lower case."""
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    tens = ["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"]
    hundreds = ["", "c", "cc", "ccc"]
    return [h + t + o for h in hundreds for t in tens for o in ones if h + t + o]
