"""LaTeX split into tokens: one regular expression, every character in exactly one token, no backtracking."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<space>[\s~\u200b\u2061-\u2064\ufeff]+|(?<!\d)%[^\n]*)"
    r"|(?P<cmd>\\(?:[A-Za-z]+|.|$))"
    r"|(?P<num>\d{1,3}(?:\{,\}\d{3}(?!\d)|\\,\d{3}(?!\d))+(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:(?:\.|\{[.,]\})\d+)?|\.\d+)"
    r"|(?P<prime>['’′]+)"
    r"|(?P<mark>[{}^_&$])"
    r"|(?P<char>.)",
    re.DOTALL,
)


@dataclass(slots=True, frozen=True)
class Token:
    """One token.

    Args:
        kind: space, cmd, num, prime, mark or char.
        text: as written; the digits alone for a number.
        start: first character in the source.
        end: one past the last.
    """

    kind: str
    text: str
    start: int
    end: int


def tokens(source: str, offset: int = 0) -> list[Token]:
    """Return every token except blanks and comments; `offset` is added to each range."""
    out = []
    for found in _TOKEN.finditer(source):
        kind = found.lastgroup or "char"
        if kind == "space":
            continue
        text = found.group()
        if kind == "num":
            text = digits(text)
        out.append(Token(kind, text, found.start() + offset, found.end() + offset))
    return out


def digits(text: str) -> str:
    """Return a number without its grouping marks: `1{,}234` is 1234, `3{,}5` is 3.5, `.5` is 0.5."""
    plain = text.replace("\\,", "").replace("{.}", ".")
    if "{,}" in plain:
        groups = plain.split(".")[0].split("{,}")
        plain = plain.replace("{,}", "" if all(len(part) == 3 for part in groups[1:]) else ".")
    plain = plain.replace(",", "")
    return f"0{plain}" if plain.startswith(".") else plain
