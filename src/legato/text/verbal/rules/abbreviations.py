"""Abbreviations, dotted acronyms, Roman numerals, fixed spellings."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import SPACE, Speech, any_of, begins_afresh, word_before

_STOP = r"(?P<stop>\.)"
_ROMAN = re.compile(r"M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\Z")
_SECTION = re.compile(f"§{SPACE}?\\Z")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_NUMBER_BEFORE = re.compile(rf"[0-9]{SPACE}?\Z")
_NAME_BEFORE = re.compile(r"(?<![\w])([A-Z][a-zé]{1,20})[ \u00a0]\Z")
_SEQUELS = re.compile(r"(?!XX|XI\Z)[IVX]{2,5}")
"""What counts the parts of a series; two letters may be an abbreviation."""
_AHEAD = re.compile(SPACE)
_WORD = re.compile(rf"{SPACE}([^\W\d_]+)")


class Abbreviations:
    """The rules for short forms of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._titles, self._after = data.table("titles"), data.table("after_names")
        self._plain, self._numbered = data.table("abbreviations"), data.table("numbered")
        self._dotted = data.table("dotted")
        self._after_number = data.table("abbreviations_after_number")
        self._never_end = frozenset(data.texts("never_end"))
        self._small = frozenset(data.texts("roman_any_case"))
        self._not_roman = frozenset(data.texts("not_roman"))
        self._headings, self._names = (
            frozenset(data.texts("heading_words")),
            frozenset(data.texts("regnal_names")),
        )
        self._centuries = frozenset(data.texts("century_words"))
        self._after_names = bool(data.table("settings").get("roman_after_names"))
        self._starters = frozenset(data.texts("sentence_starters"))
        self._spelled = data.table("spelled_words")

    def add(self, book: RuleBook) -> None:
        """Enters the rules, most telling first."""
        for spelled in self._spelled:
            head = re.match(r"[^\W\d_]+|[0-9]|.", spelled)
            pattern = rf"{re.escape(spelled)}(?![\w+#])"
            if head is None or not head.group().isalnum():
                book.on_symbol(spelled[0], "spelling", pattern, self.spelling)
            elif head.group().isdigit():
                book.on_digit("spelling", rf"(?<![\w/.]){pattern}(?!/)", self.spelling)
            else:
                book.on_word([head.group()], "spelling", pattern, self.spelling)
        book.on_word(
            self._numbered,
            "numbered",
            rf"(?<![-/.@])(?P<word>[^\W\d_]+)\.(?={SPACE}?\(?[0-9])",
            self.numbered,
        )
        book.on_word(
            [*self._titles, *self._after],
            "title",
            rf"(?<![-/.@])(?P<word>[^\W\d_]+){_STOP}(?![\w])",
            self.title,
        )
        book.on_word(
            self._plain, "abbreviation", rf"(?<![-/.@])(?P<word>[^\W\d_]+){_STOP}(?![\w])", self.abbreviation
        )
        dotted = any_of(self._dotted)
        self._begins_dotted = re.compile(rf"(?i:{dotted})(?![\w])").match
        ordinal_dot = self._speech.data.table("settings").get("ordinal_dot")
        stop = rf"(?:\.(?={SPACE}[a-zäöü]|[,;:)]))?" if ordinal_dot else ""
        book.on_joined("initials", r"[A-Z]\.(?: [A-Z]\.){1,3}(?= [A-Z][a-z])", self.initials)
        book.on_joined("dotted", rf"(?P<word>(?i:{dotted}))(?P<stop>\.)?(?![\w])", self.dotted)
        heads = [
            head
            for head, space, _ in (short.partition(" ") for short in self._dotted)
            if space and head.isalpha()
        ]
        book.on_word(
            heads,
            "dotted",
            rf"(?P<word>(?i:{any_of(key for key in self._dotted if key.split(' ')[0] in heads)}))(?P<stop>\.)?(?![\w])",
            self.dotted,
        )
        book.on_joined(
            "acronym", r"(?P<word>[^\W\d_](?:\.[^\W\d_]){1,9})(?P<stop>\.)?(?!\w|\.\w)", self.acronym
        )
        bare = self._speech.data.texts("titles_bare")
        book.on_word(
            bare, "title", rf"(?<![-/.@])(?P<word>{any_of(bare)})(?={SPACE}[^\W\d_])", self.bare_title
        )
        if endings := self._speech.data.texts("roman_endings"):
            book.on_word(
                [f"{roman}{ending}" for roman in _all_romans() for ending in endings],
                "roman.ordinal",
                rf"(?P<roman>[IVX]+)(?P<ending>{any_of(endings)})(?![^\W_]|-)",
                self.roman_ordinal,
            )
        book.on_word(
            _all_romans(), "roman", r"(?P<roman>[IVXLCDMivxlcdm]+)\b(?![.'’-]?[^\W_])" + stop, self.roman
        )

    def spelling(self, match: re.Match[str]) -> str | None:
        """AT&T."""
        before = match.string[match.start() - 1 : match.start()]
        return None if before.isalnum() else self._spelled[match.group()]

    def numbered(self, match: re.Match[str]) -> str | None:
        """No. 5, Fig. 3."""
        return self._numbered.get(match["word"])

    def title(self, match: re.Match[str]) -> str | None:
        """Dr. Smith, Elm St."""
        word, text, end = match["word"], match.string, match.end()
        follows = text[end : end + 8].lstrip(" \u00a0\"'“")[:1]
        name = end < len(text) and text[end] in " \u00a0" and follows.isupper()
        if word in self._titles and (name or word not in self._after):
            return self._titles[word] + ("" if follows.strip() else ".")
        return self._after[word] + self._stop(match) if word in self._after else None

    def bare_title(self, match: re.Match[str]) -> str | None:
        """Dr before a name, as the British and the French write it."""
        text, start = match.string, match.start()
        if not text[match.end() + 1].isupper() or _NAME_BEFORE.search(text, max(0, start - 32), start):
            return None
        return self._titles.get(match["word"])

    def abbreviation(self, match: re.Match[str]) -> str | None:
        """etc., approx."""
        spoken = self._plain.get(match["word"].lower())
        if spoken is None or match["word"].isupper() or self._begins_dotted(match.string, match.start()):
            return None
        after = _NUMBER_BEFORE.search(match.string, max(0, match.start() - 24), match.start())
        spoken = self._after_number.get(match["word"], spoken) if after else spoken
        stop = "" if match["word"].lower() in self._never_end else self._stop(match)
        return (spoken.capitalize() if match["word"][0].isupper() else spoken) + stop

    def dotted(self, match: re.Match[str]) -> str | None:
        """e.g., a.m."""
        written = match["word"].lower()
        return self._dotted[written] + (
            "" if re.sub(r"\s", "", written) in self._never_end else self._stop(match)
        )

    def acronym(self, match: re.Match[str]) -> str | None:
        """U.S., J.R.R."""
        if not match["stop"] and not match["word"].isupper():
            return None
        follows = _WORD.match(match.string, match.end())
        stop = (
            ""
            if follows and follows.group(1)[0].isupper() and follows.group(1) not in self._starters
            else self._stop(match)
        )
        return match["word"].replace(".", " ") + stop

    def initials(self, match: re.Match[str]) -> str | None:
        """J. R. R. before a surname."""
        return match.group().replace(".", "")

    def roman(self, match: re.Match[str]) -> str | None:
        """VIII after a ruler's name is an ordinal, after a heading a number."""
        written = match["roman"]
        if not written.isupper():
            return self._small_roman(match)
        if _SECTION.search(match.string, max(0, match.start() - 2), match.start()) and _ROMAN.match(written):
            return self._speech.words.cardinal(roman_value(written), "-")
        before = word_before(match.string, match.start())
        if (
            _AHEAD.match(match.string, match.end())
            and self._counts_centuries(match)
            and _ROMAN.match(written)
        ):
            return self._speech.words.ordinal(roman_value(written))
        if (
            not _ROMAN.match(written)
            or written in self._not_roman
            or not before
            or match.string[match.start() - 1] not in " \u00a0"
        ):
            return None
        if before in self._names and self._capital_before(match):
            return self._speech.words.regnal(roman_value(written))
        if before in self._headings or (self._after_names and self._belongs_to_name(match)):
            return self._speech.words.cardinal(roman_value(written), "-")
        return None

    def roman_ordinal(self, match: re.Match[str]) -> str | None:
        """XXIe."""
        if not _ROMAN.match(match["roman"]):
            return None
        return self._speech.words.ordinal(roman_value(match["roman"]), match["ending"])

    def _counts_centuries(self, match: re.Match[str]) -> bool:
        following = _WORD.match(match.string, match.end())
        return following is not None and following.group(1).lower() in self._centuries

    def _belongs_to_name(self, match: re.Match[str]) -> bool:
        """Rocky II, Final Fantasy VII; a verb with a capital stands at the beginning of its sentence."""
        written, start = match["roman"], match.start()
        named = _NAME_BEFORE.search(match.string, max(0, start - 32), start)
        if named is None or named.group(1) in self._starters or not _SEQUELS.fullmatch(written):
            return False
        inside = match.string[: named.start()].rstrip(" \u00a0\"'“‘(*")
        return len(written) > 2 or written in {"II", "IX"} or bool(inside and inside[-1] not in ".!?:\n")

    def _small_roman(self, match: re.Match[str]) -> str | None:
        written = match["roman"].upper()
        if word_before(match.string, match.start()) not in self._small or not _ROMAN.match(written):
            return None
        return self._speech.words.cardinal(roman_value(written), "-")

    def _capital_before(self, match: re.Match[str]) -> bool:
        words = match.string[max(0, match.start() - 32) : match.start()].split()
        return words[-1][:1].isupper()

    def _stop(self, match: re.Match[str]) -> str:
        return "." if match["stop"] and begins_afresh(match.string, match.end()) else ""


def roman_value(written: str) -> int:
    """The value of a Roman numeral that is known to be well formed."""
    total = 0
    for letter, following in zip(written, [*written[1:], ""], strict=True):
        value = _VALUES[letter]
        total += -value if _VALUES.get(following, 0) > value else value
    return total


def _all_romans() -> list[str]:
    """Every numeral from 1 to 399, in lower case."""
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    tens = ["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"]
    hundreds = ["", "c", "cc", "ccc"]
    return [h + t + o for h in hundreds for t in tens for o in ones if h + t + o]
