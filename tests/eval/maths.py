"""Scores the mathematics reader: word error rate and exact share, strict and lenient.

    python tests/eval/maths.py ../shared/corpora        (any folder that holds clearspeak.jsonl; optional)

Strict: lower case, digits as words, punctuation dropped. Lenient: fillers that say nothing about the formula are dropped as well
(`FILLERS`). The held-out file beside this one was written before the first rule, and is never used for tuning.
"""

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from legato.text.maths.reader import MathsData, MathsReader  # noqa: E402  # the path is set above, so that no install is needed

FILLERS = frozenset(
    [
        "the",
        "of",
        "is",
        "are",
        "end",
        "open",
        "close",
        "paren",
        "parens",
        "parenthesis",
        "fraction",
        "power",
        "raised",
    ]
)
_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def number_words(number: int) -> str:
    """Return an English cardinal in words, without `and`; up to a billion."""
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return f"{number_words(number // size)} {name}" + (f" {number_words(rest)}" if rest else "")
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10 - 2] + (f" {_ONES[number % 10]}" if number % 10 else "")


def _digits(found: re.Match[str]) -> str:
    whole, _, part = found.group().replace(",", "").partition(".")
    spoken = number_words(int(whole)) if len(whole) < 12 else " ".join(_ONES[int(digit)] for digit in whole)
    return f" {spoken} " + (" point " + " ".join(_ONES[int(digit)] for digit in part) if part else "") + " "


def canon(text: str, *, lenient: bool) -> list[str]:
    """Return the words that count."""
    words = re.sub(r"\d+(?:,\d{3})*(?:\.\d+)?", _digits, text.lower())
    found = re.findall(r"[^\W_]+", words.replace("'", ""))
    return [word for word in found if not (lenient and word in FILLERS)]


def distance(reference: list[str], spoken: list[str]) -> int:
    """Return how many words must be inserted, dropped or replaced."""
    row = list(range(len(spoken) + 1))
    for index, word in enumerate(reference, 1):
        before, row[0] = row[0], index
        for place, other in enumerate(spoken, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


def score(pairs: Iterable[tuple[str, str]], *, lenient: bool) -> tuple[float, float]:
    """Return the word error rate and the exact share of (reference, spoken) pairs."""
    errors = words = exact = count = 0
    for reference, spoken in pairs:
        wanted, got = canon(reference, lenient=lenient), canon(spoken, lenient=lenient)
        wrong = distance(wanted, got)
        errors, words, count, exact = errors + wrong, words + len(wanted), count + 1, exact + (wrong == 0)
    return errors / max(words, 1), exact / max(count, 1)


def load(language: str = "en") -> MathsData:
    """Load the rules of the working tree."""
    folder = ROOT / "src/legato/text/data/maths"
    files = {
        path.relative_to(folder).with_suffix("").as_posix(): json.loads(path.read_text("utf-8"))
        for path in folder.rglob("*.json")
    }
    return MathsData.parse(language, files)


def report(name: str, pairs: list[tuple[str, str]]) -> None:
    """Print one line of figures."""
    (lenient, lenient_exact), (strict, strict_exact) = score(pairs, lenient=True), score(pairs, lenient=False)
    figures = f"lenient WER {lenient:.3f} exact {lenient_exact:.3f}; strict WER {strict:.3f} exact {strict_exact:.3f}"
    sys.stdout.write(f"{name}: n={len(pairs)} {figures}\n")


def said(pieces: Iterable[object]) -> str:
    """Return the text of pieces."""
    return "".join(piece.text for piece in pieces)  # type: ignore[attr-defined]


def main(arguments: list[str]) -> None:
    """Print the scores of every set that is there."""
    reader = MathsReader(load())
    held = [
        json.loads(line)
        for line in (Path(__file__).parent / "maths_heldout.jsonl").read_text("utf-8").splitlines()
    ]
    report(
        "held-out lecture readings (LaTeX)",
        [(row["spoken"], said(reader.latex(row["latex"]))) for row in held],
    )
    path = Path(arguments[0]) / "clearspeak.jsonl" if arguments else None
    if path is not None and path.exists():
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        report("ClearSpeak (MathML)", [(row["spoken"], said(reader.mathml(row["mathml"]))) for row in rows])


if __name__ == "__main__":
    main(sys.argv[1:])
