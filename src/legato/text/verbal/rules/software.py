"""What one hears about programs: statuses by themselves, ports, versions behind a name, shortened hashes, revisions."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of

_RUNS = re.compile(r"[0-9]+|[a-z]+")
_FEWEST_RUNS = 3


class Software:
    """The rules of one language for numbers of programs; of no effect where a year has no "oh"."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._zero = speech.phrases.get("year_zero", "")
        self._signs = speech.data.table("electronic")

    def add(self, book: RuleBook) -> None:
        """Enters the rules; they stand before those of plain numbers."""
        book.on_symbol("~", "revision", r"(?<=[A-Za-z])~(?=[0-9])", self.revision)
        for enter in (book.on_digit, book.on_joined):
            enter(
                "code.hash",
                r"(?<![\w-])(?=[0-9]{0,12}[a-f])(?=[a-f]{0,12}[0-9])[0-9a-f]{7,40}(?![\w-]|\.\w)",
                self.hash,
            )
        if not self._zero:
            return
        nouns = any_of(self._speech.data.texts("status_nouns"))
        book.on_digit("status", rf"(?<![\w.,$-])(?P<a>[45])0(?P<b>[1-9])(?= {nouns}\b)", self.status)
        book.on_digit(
            "status",
            r"(?<=\b[Aa] )(?P<a>[45])0(?P<b>[1-9])(?=[.,;:!?)]|[ \t]*(?:\n|\Z)| (?:is|means|was|when|if|and|or)\b)(?![.,][0-9])",
            self.status,
        )
        book.on_word(
            self._speech.data.texts("port_words"),
            "port",
            r"(?P<lead>[Pp]orts? )(?P<number>[0-9]{4,5})(?![\w]|[-.,:/][0-9])",
            self.port,
        )
        names = self._speech.data.texts("program_names")
        book.on_word(
            names,
            "version",
            rf"(?P<lead>(?i:{any_of(names)}) )(?P<a>[0-9]{{1,2}})\.(?P<b>[1-9][0-9]|[0-9])(?![\w]|[.,:/-][0-9]|%)",
            self.version,
        )

    def revision(self, match: re.Match[str]) -> str | None:
        """HEAD~3."""
        sign = self._signs.get(match.group(), "")
        return f" {sign} " if sign else None

    def hash(self, match: re.Match[str]) -> str | None:
        """9fceb02."""
        if len(_RUNS.findall(match.group())) < _FEWEST_RUNS:
            return None
        return " ".join(self._speech.words.digits(char) or char.upper() for char in match.group())

    def status(self, match: re.Match[str]) -> str | None:
        """A 404 page."""
        return f"{self._speech.cardinal(match['a'])} {self._zero} {self._speech.cardinal(match['b'])}"

    def port(self, match: re.Match[str]) -> str | None:
        """Port 8080; port 3000."""
        number = match["number"]
        said = self._speech.cardinal(number) if number.endswith("00") else self._speech.words.digits(number)
        return match["lead"] + said

    def version(self, match: re.Match[str]) -> str | None:
        """Python 3.12: what stands behind the point counts."""
        a, b = self._speech.cardinal(match["a"]), self._speech.cardinal(match["b"])
        return f"{match['lead']}{a} {self._speech.phrases['point']} {b}"
