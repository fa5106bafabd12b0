"""Minutes of a match, by a mark that means feet elsewhere: Saka 23', Palmer 90+2', in the 67'; and what a player did."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, begins_afresh, in_match, word_before
from legato.text.verbal.tables import VerbalData, noun

_MOST_MINUTES = 120
_WINDOW = 96
_IN_THE = re.compile(r"\b(?:in|until|on) the \Z")
_ENDS = re.compile(r"\s*(?:[.,;:!?)]|\Z|(?:and|when|with|to|from|for|after|as|pen|og)\b)")


def scored_by(data: VerbalData) -> re.Pattern[str] | None:
    """Return the pattern of a score and, in brackets that are open, of who scored: "3-1 (Saka 12', Palmer ", "2-1 Arsenal (Haaland "; None as for `in_match`."""
    if not data.texts("match_words"):
        return None
    team = r"(?: [A-ZÀ-Þ][\w.'’ ]{1,30})?"
    return re.compile(rf"(?<![\w.,-])[0-9]{{1,2}}(?:[-–]| x )[0-9]{{1,2}}{team} \([A-ZÀ-Þ][^()\n]{{0,88}}\Z")


class Matches:
    """The rules of one language; without effect if it has no words for a match."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._played, self._scored = in_match(speech.data), scored_by(speech.data)
        self._before = frozenset(speech.data.texts("match_before"))
        self._lines = frozenset(speech.data.texts("line_before"))
        self._wording = speech.phrases.get("match_minute", "")

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for feet."""
        if self._speech.data.table("settings").get("ordinal_dot") and "plus" in self._speech.phrases:
            book.on_digit(
                "minute.added",
                r"(?<![\w.,])(?P<number>45|90|105|120)\.?\+(?P<more>[0-9]{1,2})(?P<min> Min\.)?(?![\w]|[.,:/+*=-]\w)",
                self.added_to_half,
            )
        if self._lines:
            number = "[1-9]?[0-9]"
            book.on_digit(
                "number.line",
                rf"(?<![\w.,:/-])(?:1[3-9]|[2-9][0-9])/{number}/{number}(?![\w/]|[-.,][0-9])",
                self.line,
            )
        if self._played is None:
            return
        number = r"(?<![\w.,'’-])(?P<number>[0-9]{1,3})"
        added = rf"{number}(?:\+(?P<more>[0-9]{{1,2}})['’′]|['’′]\+(?P<late>[0-9]{{1,2}})['’′]?)(?![\w'’\"])"
        book.on_digit("minute.added", added, self.added)
        book.on_digit("minute", rf"{number}['’′](?![\w'’\"])", self.minute)

    def line(self, match: re.Match[str]) -> str | None:
        """Say "LeBron had 31/8/11": what a player did, and no day, which another word would introduce."""
        if word_before(match.string, match.start()) not in self._lines:
            return None
        return ", ".join(map(self._speech.cardinal, match.group().split("/")))

    def added(self, match: re.Match[str]) -> str | None:
        """Say 90+2'."""
        return self._with_more(match["number"], match["more"] or match["late"])

    def added_to_half(self, match: re.Match[str]) -> str | None:
        """Say 45.+2, where a stop makes an ordinal: the last minute of a half needs no mark of minutes."""
        said = self._with_more(match["number"], match["more"])
        if not match["min"]:
            return said
        stop = "." if begins_afresh(match.string, match.end()) else ""
        return f"{said} {noun(self._speech.phrases['minute']).one}{stop}"

    def _with_more(self, minute: str, more: str) -> str:
        return f"{self._speech.cardinal(minute)} {self._speech.phrases['plus']} {self._speech.cardinal(more)}"

    def minute(self, match: re.Match[str]) -> str | None:
        """Say "Goals: Saka 23'", or "in the 67'" and "3-1 (Saka 23', " if nothing follows that could have this length."""
        text, start, number = match.string, match.start(), int(match["number"])
        if self._played is None or self._scored is None or not 0 < number <= _MOST_MINUTES:
            return None
        told = _ENDS.match(text, match.end()) and (
            _IN_THE.search(text, max(0, start - 12), start)
            or self._scored.search(text, max(0, start - _WINDOW), start)
        )
        if (
            not told
            and not self._is_told(text, start)
            and not self._played.search(text, max(0, start - _WINDOW), start)
        ):
            return None
        if self._wording:
            named = self._speech.words.ordinal(number, "") if "{ordinal}" in self._wording else ""
            return self._wording.format(number=self._speech.cardinal(match["number"]), ordinal=named)
        return f"{self._speech.words.ordinal(number, '')} {noun(self._speech.phrases['minute']).one}"

    def _is_told(self, text: str, start: int) -> bool:
        """Whether a minute stands in brackets or after its article, in a language in which the mark is never feet: al 12', (67')."""
        if not self._before:
            return False
        return text[start - 1 : start] == "(" or word_before(text, start) in self._before
