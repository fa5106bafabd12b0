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
_SHORT_WORDS = frozenset(
    [
        *("an", "am", "as", "at", "be", "by", "do", "go", "he", "if", "in", "is", "it", "me", "my", "no", "of", "oh", "ok", "on"),
        *("or", "so", "to", "up", "us", "we", "vs", "km", "cm", "mm", "kg", "mg"),
    ]
)  # fmt: skip
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
    if word == "I" or word.lower() in _SHORT_WORDS:
        return True
    if word.lower() in _FUNCTIONS or len(word) < 3:
        return False
    return text[match.end() : match.end() + 1] not in {"(", "_", "^"}


def _run(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    if end - start >= 3 and end - start <= LONGEST_CHARS and _SIGN.search(text, start, end):
        yield start, end
