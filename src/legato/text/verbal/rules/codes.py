"""Text that is read sign by sign: serial numbers, book numbers, command switches, hidden files, Windows paths, ports."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech

_RUNS = re.compile(r"[0-9]+|[A-Za-z]+")
_COMPOUND = re.compile(r"(?:[A-Z][a-z]?[0-9]{0,3})+")
_PARTS = re.compile(r"[^\W_]+|[\W_]")
_ADDRESS_BEFORE = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3} \Z")
_SHORTEST_PORT = 3
_MOST_RUNS = 3
"""A word that changes more often between letters and digits is spelled, not pronounced."""


class Codes:
    """The sign-by-sign rules of one language."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._signs = speech.data.table("electronic")

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        book.on_digit("code.groups", r"(?<![\w-])[0-9]{1,7}(?:-[0-9]{1,7}){3,6}(?![\w]|-\w)", self.groups)
        book.on_digit("code.groups", r"(?<![\w-])[0-9]{3,7}(?:-[0-9]{5,7}){2}(?![\w]|-\w)", self.groups)
        for enter in (book.on_digit, book.on_joined):
            enter(
                "code.serial",
                r"(?<![\w-])(?![0-9]{1,4}(?:x[0-9]{1,4}){1,3}[a-z]{0,2}(?!\w))[0-9A-Za-z]{8,40}(?![\w-])",
                self.serial,
            )
        self._add_short(book)
        if not self._signs:
            return
        pair = "[0-9A-Fa-f]{2}"
        group = "[0-9A-Fa-f]{1,4}"
        hardware = rf"(?<![\w:-]){pair}(?:(?P<sep>[:-]){pair})(?:(?P=sep){pair}){{4}}(?![\w:-])"
        network = rf"(?<![\w:]){group}(?::{group}){{1,6}}(?:::(?:{group}(?::{group}){{0,5}})?|(?::{group}))(?![\w:])"
        short = (
            rf"(?<![\w:])(?=[A-Fa-f]{{0,3}}[0-9])[0-9A-Fa-f]{{3,4}}::(?:{group}(?::{group}){{0,5}})?(?![\w:])"
        )
        for enter in (book.on_digit, book.on_joined):
            enter("code.network", short, self.network)
            enter("code.hardware", hardware, self.hardware)
            enter("code.network", network, self.network)
        self._add_switches(book)
        if star := self._speech.data.table("key_signs").get("*", ""):
            book.on_symbol(
                "*", "dotfile", r"(?<![\w*])\*(?=\.[a-z][a-z0-9]{0,3}(?![\w*]))", lambda _: f"{star} "
            )
        book.on_symbol(
            ".",
            "dotfile",
            r"(?<![^\s(\[\"'`/*])\.(?P<name>[a-z][a-z0-9_-]{1,30}(?:\.[a-z]{2,10})?|[A-Z]{2,5})(?![\w])",
            self.dotfile,
        )
        book.on_joined(
            "path",
            r"(?<![\w\\])[A-Za-z]:\\(?:[\w.+-]{1,64}(?: [\w.+-]{1,64})?\\){0,12}[\w+-]{1,64}(?:\.\w{1,8})?",
            self.windows,
        )
        book.on_digit(
            "port", r"(?<![\w.,:/-])(?P<a>[0-9]{4,5}):(?P<b>[0-9]{2,5})(?![\w]|[-.,:/][0-9])", self.ports
        )
        book.on_digit("port", r"(?<=-p )(?P<a>[0-9]{2,5}):(?P<b>[0-9]{2,5})(?![\w]|[-.,:/][0-9])", self.ports)
        if "port" in self._speech.phrases:
            book.on_word(
                ["localhost"], "port", r"(?P<host>(?i:localhost)):(?P<port>[0-9]{2,5})(?![\w])", self.port
            )

    def _add_switches(self, book: RuleBook) -> None:
        """Add --verbose, -p, /all: what tells a program what to do."""
        book.on_symbol(
            "-", "switch", r"(?<![^\s(\[\"'`])--(?P<name>[a-z][\w-]{1,40})(?![\w]|\.\w)", self.switch
        )
        book.on_symbol(
            "-",
            "switch",
            r"(?:(?<=[A-Za-z][A-Za-z0-9] )|(?<=[A-Za-z]{2} -[a-z] )|(?<=[a-z]{2} [a-z] ))-(?P<name>[a-zA-Z]{1,4})(?![\w'’$-])",
            self.switch,
        )
        book.on_symbol(
            "-", "switch", r"(?<=[0-9] )-(?P<name>[a-zA-Z])(?![\w'’$-]|\.\w)", self.switch_behind_address
        )
        book.on_symbol(
            "/",
            "switch",
            r"(?<![^\s(\[\"'`])(?<![0-9½¼¾][\"'])/(?P<name>(?!or\b|and\b)[a-z]{2,30})(?![\w/]|[-.:]\w)",
            self.slashed,
        )

    def _add_short(self, book: RuleBook) -> None:
        if minus := self._speech.data.table("operators").get("-", ""):
            book.on_joined(
                "operator",
                r"(?<![\w.-])(?P<letter>[ijkmnt])-(?P<number>[0-9]{1,3})(?![\w-]|[.,][0-9])",
                lambda match: f"{match['letter']} {minus} {self._speech.cardinal(match['number'])}",
            )
        if "to" in self._speech.phrases:
            book.on_digit(
                "code.span",
                r"(?<![\w-])(?P<a>[0-9]{1,3})(?P<x>[A-Z])[-–](?P<b>[0-9]{1,3})(?P<y>[A-Z])(?![\w-])",
                self.seats,
            )

    def seats(self, match: re.Match[str]) -> str | None:
        """Say 23A–23C."""
        a, b = self._speech.cardinal(match["a"]), self._speech.cardinal(match["b"])
        return self._speech.phrase("range", a=f"{a} {match['x']}", b=f"{b} {match['y']}")

    def groups(self, match: re.Match[str]) -> str | None:
        """Say 978-3-16-148410-0: four groups or more are not a date, a range or a sum."""
        return ", ".join(self._speech.words.digits(group) for group in match.group().split("-"))

    def serial(self, match: re.Match[str]) -> str | None:
        """Say 1Z999AA101."""
        written = match.group()
        if len(_RUNS.findall(written)) <= _MOST_RUNS or _COMPOUND.fullmatch(written):
            return None
        return self._spelled(written)

    def hardware(self, match: re.Match[str]) -> str | None:
        """Say 00:1A:2B:3C:4D:5E."""
        return ", ".join(self._spelled(pair) for pair in match.group().split(match["sep"]))

    def network(self, match: re.Match[str]) -> str | None:
        """Say 2001:db8::1; times with seconds and ratios have neither eight parts nor an empty one."""
        written = match.group()
        if "::" not in written and written.count(":") != 7:
            return None
        parts = re.findall(r":|[^:]+", written)
        return " ".join(self._signs[":"] if part == ":" else self._spelled(part) for part in parts)

    def _spelled(self, written: str) -> str:
        return " ".join(self._speech.words.digits(char) or char.upper() for char in written)

    def switch(self, match: re.Match[str]) -> str | None:
        """Say --verbose, -p."""
        dashes = match.group()[: -len(match["name"])]
        return " ".join([*(self._signs[dash] for dash in dashes), *self._words(match["name"])])

    def switch_behind_address(self, match: re.Match[str]) -> str | None:
        """Say ping 8.8.8.8 -n 4; behind any other number the sign is a minus."""
        text, start = match.string, match.start()
        return self.switch(match) if _ADDRESS_BEFORE.search(text, max(0, start - 17), start) else None

    def slashed(self, match: re.Match[str]) -> str | None:
        """Say sfc /scannow, cd /tmp."""
        return f"{self._signs['/']} {match['name']}"

    def dotfile(self, match: re.Match[str]) -> str | None:
        """Say .env, .gitignore, .NET."""
        return " ".join([self._signs["."], *self._words(match["name"], keep=".")])

    def windows(self, match: re.Match[str]) -> str | None:
        r"""Say C:\Users\Ann."""
        return " ".join(
            self._signs.get(part, part) for part in _PARTS.findall(match.group()) if not part.isspace()
        )

    def ports(self, match: re.Match[str]) -> str | None:
        """Say 8080:80."""
        said = [self._port(match[side]) for side in ("a", "b")]
        return f" {self._signs[':']} ".join(said)

    def port(self, match: re.Match[str]) -> str | None:
        """Say localhost:8080."""
        return f"{match['host']} {self._speech.phrases['port']} {self._port(match['port'])}"

    def _port(self, port: str) -> str:
        short = len(port) < _SHORTEST_PORT or port.endswith("00")
        return self._speech.cardinal(port) if short else self._speech.words.digits(port)

    def _words(self, name: str, keep: str = "") -> list[str]:
        return [
            self._signs[part] if part in keep else part
            for part in _PARTS.findall(name)
            if part[0].isalnum() or part in keep
        ]
