"""Numbers in speech about programs: bare status codes, ports, versions after a name, shortened hashes, revisions."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech, any_of, word_before

_RUNS = re.compile(r"[0-9]+|[a-z]+")
_FEWEST_RUNS = 3
_EACH = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})")
_SEVERAL_BEFORE = re.compile(r"(?<!\w)[1-5][0-9]{2}s(?: (?:and|or)|,) \Z")
_DASHES = frozenset("-–—")
_BUILD = re.compile(r"([a-z]+)([0-9]*)")
"""A build of a version: 3.13t, 3.14rc1."""
_VERSION = r"[0-9]{1,2}\.(?:[1-9][0-9]|[0-9])(?![0-9])"
_JOINT = r"(?:,? ?(?:and|or|to|through|until|vs\.?|versus) |, |/|[-–—])"
_NO_MORE = r"(?![\w%]|[.,:/-]?[0-9]| (?:[kmgtKMGT]i?[bB]|million|billion|percent|times|seconds|minutes|hours|points)\b)"


class Software:
    """The rules of one language for numbers of programs; if a year has no "oh", only those for hashes and revisions."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._zero = speech.phrases.get("year_zero", "")
        self._signs = speech.data.table("electronic")
        self._several = frozenset(speech.data.texts("several_before"))

    def add(self, book: RuleBook) -> None:
        """Add the rules; they come before those for plain numbers."""
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
        book.on_digit(
            "status.several", r"(?<![\w.,$-])(?P<code>[1-5](?:0[0-9]|1[0-8]|2[0-9]|51))s(?!\w)", self.several
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
            rf"(?P<lead>(?i:{any_of(names)}) )(?P<all>{_VERSION}(?:{_JOINT}{_VERSION}(?=(?:{_JOINT}[0-9]|t(?!\w)|rc[0-9]|{_NO_MORE}))){{0,7}})(?:(?P<build>t|rc[0-9]{{1,2}}|[ab][0-9]{{1,2}})(?!\w)|{_NO_MORE})",
            self.versions,
        )

    def revision(self, match: re.Match[str]) -> str | None:
        """Say HEAD~3."""
        sign = self._signs.get(match.group(), "")
        return f" {sign} " if sign else None

    def hash(self, match: re.Match[str]) -> str | None:
        """Say 9fceb02."""
        if len(_RUNS.findall(match.group())) < _FEWEST_RUNS:
            return None
        return " ".join(self._speech.words.digits(char) or char.upper() for char in match.group())

    def status(self, match: re.Match[str]) -> str | None:
        """Say "a 404 page"."""
        return f"{self._speech.cardinal(match['a'])} {self._zero} {self._speech.cardinal(match['b'])}"

    def several(self, match: re.Match[str]) -> str | None:
        """Say the 404s, the 404s and 500s: not seconds, which have no article."""
        text, start, code = match.string, match.start(), match["code"]
        if word_before(text, start) not in self._several and not _SEVERAL_BEFORE.search(
            text, max(0, start - 12), start
        ):
            return None
        zero = f"{self._zero} " if code[1] == "0" and code[2] != "0" else ""
        rest = code[1:].lstrip("0")
        said = (
            f"{self._speech.cardinal(code[0])} {zero}{self._speech.cardinal(rest)}"
            if rest
            else self._speech.cardinal(code)
        )
        return (
            said.removesuffix("y") + "ies"
            if said.endswith("y")
            else said + ("es" if said.endswith("x") else "s")
        )

    def port(self, match: re.Match[str]) -> str | None:
        """Say port 8080, port 3000."""
        number = match["number"]
        said = self._speech.cardinal(number) if number.endswith("00") else self._speech.words.digits(number)
        return match["lead"] + said

    def versions(self, match: re.Match[str]) -> str | None:
        """Say Python 3.12 and 3.13: what follows each point is a number of its own."""
        said, done = match["lead"], 0
        for one in _EACH.finditer(match["all"]):
            said += self._joint(match["all"][done : one.start()])
            a, b = self._speech.cardinal(one[1]), self._speech.cardinal(one[2])
            said += f"{a} {self._speech.phrases['point']} {b}"
            done = one.end()
        build = _BUILD.sub(r"\1 \2", match["build"] or "").strip()
        number = self._speech.cardinal(found[0]) if (found := re.findall("[0-9]+", build)) else ""
        return f"{said} {build.rstrip('0123456789')}{number}" if build else said

    def _joint(self, written: str) -> str:
        """Return what stands between two versions, as it is said."""
        if written in _DASHES:
            return f" {self._speech.phrases['to']} "
        return ", " if written == "/" else written
