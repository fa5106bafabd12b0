"""Bare mathematics in prose: where it may stand. What it is, the maths reader decides."""

import re
from collections.abc import Iterator

LONGEST_CHARS = 200

_SIGN = re.compile(r"[\^√∛≤≥≠≈≡±×÷∑∏∫∂∇∞∈∉⊂⊆∪∩→⇒⇔∀∃²³⁴⁵⁶⁷⁸⁹⁰¹⁻ⁿ₀-₉=<>*]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FUNCTIONS = frozenset(
    {
        "sin",
        "cos",
        "tan",
        "log",
        "ln",
        "exp",
        "sqrt",
        "lim",
        "max",
        "min",
        "det",
        "gcd",
        "mod",
        "sinh",
        "cosh",
        "tanh",
    }
)
_PRODUCTS = frozenset(
    {"dx", "dy", "dt", "xy", "ab", "ac", "bc", "mc", "ax", "bx", "kx", "nx", "vt", "rt", "pv", "ma"}
)
"""Letters side by side that are more often a product than a word."""
_LEFT = frozenset(" \t\n(\"“'‘—–")
_RIGHT = frozenset(" \t\n)\"”'’.,;:!?—–")
_EDGE = ' \t.,;:!?"“”'


def candidates(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each run between two ordinary words that holds a sign of mathematics; linear, at most 200 characters."""
    if not _SIGN.search(text):
        return
    start = 0
    for match in _WORD.finditer(text):
        if _is_ordinary(text, match):
            yield from _run(text, start, match.start())
            start = match.end()
    yield from _run(text, start, len(text))


def _is_ordinary(text: str, match: re.Match[str]) -> bool:
    word = match.group()
    if len(word) == 1 or word.lower() in _FUNCTIONS or word in _PRODUCTS:
        return word == "I"
    following, before = text[match.end() : match.end() + 1], text[match.start() - 1 : match.start()]
    if len(word) == 2 and (before.isdigit() or _SIGN.match(following)):
        return False
    return following not in {"(", "_", "^"} or following == ""


def _run(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    if (start and text[start - 1] not in _LEFT) or (end < len(text) and text[end] not in _RIGHT):
        return
    if end - start >= 3 and end - start <= LONGEST_CHARS and _SIGN.search(text, start, end):
        yield start, end
