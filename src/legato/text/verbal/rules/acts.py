"""Two numbers with a slash that are not a fraction: acts of the EU, seasons, dockets and files, a house with its letter."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of, docketed

_END = r"(?![\w/]|[.,-][0-9])"
_BODY = (
    r"(?:(?<=\((?:EU|UE|EC|CE|EG)\) )|(?<=\((?:EEC|EWG|CEE|EEG|JHA|JAI)\) )"
    r"|(?<=\((?:CFSP|GASP|PESC|GBVB)\) )|(?<=\(Euratom\) ))"
)
"""The bodies and policies whose acts are numbered by their year; a look behind has one width."""
ENACTING = re.compile(rf"\(\w+\) {_BODY}\Z")
"""A text that such an act may follow."""
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_COUNTED = re.compile(r"[1-9][0-9]{0,2}")
"""The number of a file that is said as one; others are said digit by digit."""
_SHARE_DIGITS = 2
"""A file's number that has no year has more digits than this; shorter ones may be a share."""
_WINDOW = 16


class Acts:
    """The rules of one language; without effect if it has no word for the slash."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._slash = speech.data.table("electronic").get("/", "")
        self._docketed = docketed(speech.data)

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for fractions and for laws by their year."""
        if not self._slash:
            return
        year = r"(?<![\w.,/-])(?P<a>(?:19|20)[0-9]{2})"
        file = r"(?P<a>[0-9]{1,6})(?P<sep>[/-])(?P<b>[0-9]{1,6})-(?P<part>[A-Z]{1,2})(?![\w/-]|[.,][0-9])"
        for enter in (book.on_digit, book.on_joined):
            enter("code.file", rf"(?<![\w.,/-])(?:(?P<head>[A-Z]{{1,5}})-)?{file}", self.file)
        book.on_digit("act", rf"{_BODY}{year}/(?P<b>[0-9]{{1,4}}){_END}", self.act)
        book.on_digit("year.season", rf"{year}/(?P<b>(?:19|20)[0-9]{{2}}){_END}", self.season)
        book.on_digit("act", rf"{year}/(?P<b>[1-9][0-9]{{2,3}}){_END}", self.act)
        book.on_digit(
            "act",
            r"(?<![\w.,/-])(?P<a>[0-9]{2}|(?:19|20)[0-9]{2})/(?P<b>[0-9]{1,4})/(?P<of>E[CGU]|EEC|EWG|CEE?|UE|[GJ]AI)(?![\w/])",
            self.act,
        )
        if "." in self._speech.data.table("settings").get("group", ""):
            book.on_digit(
                "act", rf"(?<![\w.,/-])(?P<a>[1-9][0-9]?\.[0-9]{{3}})/(?P<b>[0-9]{{2}}){_END}", self.law
            )
        if self._docketed is not None:
            book.on_digit(
                "law.docket", rf"(?<![\w.,/-])(?P<a>[0-9]{{1,5}})/(?P<b>[0-9]{{2}}){_END}", self.docket
            )
        if following := any_of(self._speech.data.texts("article_behind")):
            book.on_digit(
                "law.article",
                rf"(?<![\w.,:/-])(?P<a>[0-9]{{1,2}}):(?P<b>[0-9]{{1,3}})(?= (?:{following})\b)",
                lambda match: " ".join(self._speech.cardinal(match[key]) for key in "ab"),
            )
        if "house_slash" in self._speech.phrases:
            book.on_digit("address", rf"(?<![\w.,/-])(?P<a>[0-9]{{1,4}})/(?P<b>[A-Z]){_END}", self.house)

    def season(self, match: re.Match[str]) -> str | None:
        """Say 2024/2025."""
        a, b = int(match["a"]), int(match["b"])
        return f"{self._year(a)} {self._year(b)}" if b == a + 1 else None

    def act(self, match: re.Match[str]) -> str | None:
        """Say 2016/679, 95/46/EC."""
        a, b, of = match["a"], match["b"], match.groupdict().get("of")
        first = self._year(int(a)) if len(a) == len("2016") else self._speech.cardinal(a)
        said = f"{first} {self._slash} {self._speech.cardinal(b.lstrip('0') or '0')}"
        return f"{said} {of}" if of else said

    def file(self, match: re.Match[str]) -> str | None:
        """Say 2024/118-B, 4471/22-A, 2024-118-B: the letter of a file's part is not taken from its number."""
        a, b, slashed = match["a"], match["b"], match["sep"] == "/"
        dated = _YEAR.fullmatch(a) or _YEAR.fullmatch(b)
        if not dated and not (slashed and max(len(a), len(b)) > _SHARE_DIGITS):
            return None
        head = f"{match['head']} " if match["head"] else ""
        first, second = self._numbered(a), self._numbered(b)
        said = f"{first} {self._slash} {second} " if slashed else f"{first}, {second}, "
        return f"{head}{said}{match['part']}"

    def _numbered(self, digits: str) -> str:
        if _YEAR.fullmatch(digits):
            return self._year(int(digits))
        return (
            self._speech.cardinal(digits) if _COUNTED.fullmatch(digits) else self._speech.words.digits(digits)
        )

    def law(self, match: re.Match[str]) -> str | None:
        """Say Lei 8.078/90."""
        link = self._speech.data.table("settings").get("year_over") or self._slash
        return f"{self._speech.say(match['a'])} {link} {self._speech.cardinal(match['b'])}"

    def docket(self, match: re.Match[str]) -> str | None:
        """Say VIII ZR 12/19, 5 C 123/20."""
        start = match.start()
        if self._docketed is None or not self._docketed.search(match.string, max(0, start - _WINDOW), start):
            return None
        a, b = self._speech.cardinal(match["a"]), self._speech.cardinal(match["b"])
        return self._speech.phrase("docket", a=a, b=b)

    def house(self, match: re.Match[str]) -> str | None:
        """Say Via Roma 12/B."""
        return f"{self._speech.cardinal(match['a'])} {self._speech.phrases['house_slash']} {match['b']}"

    def _year(self, year: int) -> str:
        return self._speech.words.year(year)
