"""Text that machines read: e-mail addresses, URLs (of which only the host is said), file names, paths, handles, identifiers."""

import re

from legato.text.verbal.book import RuleBook
from legato.text.verbal.speech import Speech

_LABEL = r"[^\W_](?:[\w-]{0,62}[^\W_])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL}){{1,8}}"
_TAIL = r"(?::[0-9]{1,5})?(?:[/?#][^\s<>\"“”]{0,2000})?"
_SCHEMES = r"https?|ftps?|sftp|wss?|ssh|git|grpcs?|tcp|udp|postgres(?:ql)?|mysql|rediss?|mongodb(?:\+srv)?|amqps?|mqtts?|rtsp|rtmps?|ldaps?|smb"
"""Protocols whose addresses begin with a host."""
_PORT = re.compile(r":([0-9]{2,5})(?![0-9])")
_OWN = re.compile(r"(?i:localhost)|[0-9.]+")
"""Hosts that people run themselves, whose addresses differ in the port."""
_MODEL = re.compile(
    r"(?P<name>[A-Za-z]{1,24}-?)(?P<a>[0-9]{1,3})\.(?P<b>[0-9]{1,2})(?P<rest>(?:-[0-9A-Za-z]{1,12}){0,3})"
)
_SHORT_PATH = re.compile(r"/[a-z]{2,16}(?:-[a-z]{2,16}){0,2}/?")
"""A path that is said if the address has no protocol, and so is meant to be typed: acme.com/returns."""
_SYLLABLE = re.compile("[b-df-hj-np-tv-z][aeiou][b-df-hj-np-tv-z]|[aeiou][b-df-hj-np-tv-z][aeiou]")
"""Three letters that are pronounced, not spelled: ana, max, web."""
_PARTS = re.compile(r"[0-9]+|[^\W\d_]+|.")


class Electronic:
    """The rules of one language for text that machines read."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        data = speech.data
        self._signs = data.table("electronic")
        self._spelled = frozenset(data.texts("spelled_labels"))
        self._words = frozenset(data.texts("common_labels"))
        self._names = data.table("label_words")
        self._spell_short = data.table("settings").get("spell_short") == "yes"

    def add(self, book: RuleBook) -> None:
        """Add the rules, the most telling first."""
        if not self._signs:
            return
        mail = rf"(?P<user>[^\W_][\w.%+'’-]{{0,63}})@(?P<host>{_HOST})(?P<path>(?:/[\w-]{{1,64}}){{0,4}})"
        for enter in (book.on_joined, book.on_digit):
            enter("email", mail, self.email)
        book.on_joined(
            "url",
            rf"(?i:{_SCHEMES})://(?:[^\s/@]{{1,64}}@)?(?P<host>{_HOST}|[0-9.]{{7,15}}|{_LABEL}){_TAIL}",
            self.url,
        )
        book.on_joined("path", r"file://(?:/[\w.+-]{1,64}){1,16}/?(?![\w])", self.path)
        book.on_joined("path", r"(?i:s3a?|gs|hdfs|abfss?|oci)://[\w+-](?:[\w./+-]{0,252}[\w/])?", self.path)
        book.on_joined("url", rf"(?P<host>(?i:www)\.{_HOST}){_TAIL}", self.url)
        book.on_joined("url", rf"(?P<host>{_HOST})(?:/[^\s<>\"“”]{{0,2000}})", self.url)
        book.on_joined("host", rf"(?P<host>{_HOST})(?![\w@])", self.host)
        book.on_joined("identifier", r"[^\W_]{1,64}(?:_[^\W_]{1,64}){1,16}(?![\w])", self.identifier)
        book.on_symbol(
            "/~.\\", "path", r"(?<![\w/.])(?:~|\.{1,2})?(?:/[\w.+-]{1,64}){1,16}/?(?![\w])", self.path
        )
        book.on_symbol("@", "handle", r"(?<![\w.])@(?P<name>[^\W_][\w.]{0,30})(?![\w@])", self.handle)

    def email(self, match: re.Match[str]) -> str | None:
        """Say me@home.org."""
        user = match["user"].replace("'", "").replace("’", "")
        return f"{self._say(user)} {self._signs['@']} {self._host(match['host'])}{self._tail(match)}"

    def _tail(self, match: re.Match[str]) -> str:
        return f" {self._say(match['path'])}" if match["path"] else ""

    def url(self, match: re.Match[str]) -> str | None:
        """Say the host, and the stop or comma that ended the sentence rather than the address."""
        written = match.group()
        kept = written.rstrip(".,;:!?)]}'\"")
        while written[len(kept) : len(kept) + 1] == ")" and kept.count("(") > kept.count(")"):
            kept += ")"
        rest = written[len(kept) :] if match.end() > match.end("host") else ""
        port = _PORT.match(kept, match.end("host") - match.start())
        if port and _OWN.fullmatch(match["host"]) and "port" in self._speech.phrases:
            return f"{self._host(match['host'])} {self._speech.phrases['port']} {self._part(port[1])}{rest}"
        host = self._host(match["host"])
        path = written[match.end("host") - match.start() : len(kept)]
        if match.start("host") == match.start() and _SHORT_PATH.fullmatch(path):
            host = f"{host} {self._say(path.rstrip('/'))}"
        return host + rest

    def host(self, match: re.Match[str]) -> str | None:
        """Say example.com, main.py, but not two sentences without a space between them."""
        host = match["host"]
        head, _, last = host.rpartition(".")
        if last[0].isupper() and not (last.isupper() and len(last) > 1) and head[-1:].islower():
            return None
        if last[0].isdigit() and head[-1].isdigit() and "." not in head:
            return self._model(head, last)
        if all(len(label) == 1 for label in host.split(".")) or (last[0].isdigit() and head.isalpha()):
            return None
        return self._host(host)

    def _model(self, head: str, last: str) -> str | None:
        """Say PM2.5, GPT-4.1-mini: a name and a decimal, and what is joined to it."""
        found = _MODEL.fullmatch(f"{head}.{last}")
        if found is None:
            return None
        mark = self._speech.phrases["point"] if self._speech.decimal == "." else self._signs["."]
        decimals = self._speech.words.digits(found["b"])
        parts = [found["name"].strip("-"), self._speech.cardinal(found["a"]), mark, decimals]
        return " ".join([*parts, *self._say(found["rest"].replace("-", " ")).split()])

    def identifier(self, match: re.Match[str]) -> str | None:
        """Say snake_case."""
        return " ".join(self._say(part) for part in match.group().split("_"))

    def path(self, match: re.Match[str]) -> str | None:
        """Say /usr/local/bin, ./run.sh."""
        written = match.group()
        if written.count("/") < 2 and written[0] not in "~.":
            return None
        stop = "." if written.endswith(".") else ""
        return self._say(written.removesuffix(".")) + stop

    def handle(self, match: re.Match[str]) -> str | None:
        """Say @someone."""
        name = match["name"]
        stop = "." if name.endswith(".") else ""
        return f"{self._signs['@']} {self._say(name.removesuffix('.'))}{stop}"

    def said(self, name: str) -> str:
        """Say a path by its words and signs, an ending of two letters in capitals."""
        folders, slash, last = name.rpartition("/")
        lead = f"{self._say(folders)} {self._signs['/']} " if slash else ""
        return lead + self._host(last)

    def _host(self, host: str) -> str:
        head, _, last = host.rpartition(".")
        if len(last) == 2 and last.isalpha():
            last = last.upper() if not self._spell_short or last in self._words else " ".join(last)
            return f"{self._say(head)} {self._signs['.']} {last}"
        return self._say(host)

    def _say(self, written: str) -> str:
        return " ".join(self._part(part) for part in _PARTS.findall(written))

    def _part(self, part: str) -> str:
        if part[0] in "0123456789":
            return (
                self._speech.cardinal(part)
                if len(part) < 3 or part.endswith("00")
                else self._speech.words.digits(part)
            )
        lower = part.lower()
        if lower in self._names:
            return self._names[lower]
        if lower in self._spelled:
            return " ".join(part) if self._spell_short else part.upper()
        short = self._spell_short and len(part) <= 3 and part.isalpha() and not _SYLLABLE.fullmatch(lower)
        if short and lower not in self._words:
            return " ".join(part)
        return self._signs.get(part, part)
