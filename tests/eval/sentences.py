"""Scores the segmenter against public sentence lists: `python tests/eval/sentences.py CORPORA [--failures]`.

A text counts when its whole list of sentences is found: each as it is written, or as it is cleaned (the lists drop
markup and join what a line break tore apart), white space collapsed. Thresholds are at their minimum, so that every
sentence is a segment.
"""

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from gateway.app.text_data import text_data
from legato.domain.text import Segment
from legato.text.frontend import FrontEnd
from legato.text.settings import TextSettings, Thresholds

FAR = 10**9
EVERY_SENTENCE = Thresholds(
    first_min_chars=1, min_chars=1, first_clause_chars=FAR, first_max_chars=FAR, soft_chars=FAR, max_chars=FAR
)
NAMES = {"english": "en", "danish": "da"}
TOKEN_CHARS = 4


def segments_of(text: str, language: str) -> list[Segment]:
    """Return the segments of a text that comes in tokens of four characters."""
    front = FrontEnd(text_data(language), TextSettings(language=language, thresholds=EVERY_SENTENCE))
    found = []
    for at in range(0, len(text), TOKEN_CHARS):
        found += front.feed(text[at : at + TOKEN_CHARS])
    return found + front.end()


def agrees(segments: list[Segment], sentences: list[str]) -> bool:
    """Whether the segments are these sentences."""
    visible = [segment for segment in segments if segment.cleaned.text]
    wanted = [_plain(sentence) for sentence in sentences]
    return len(visible) == len(wanted) and all(
        sentence
        in {_plain(segment.raw), _plain(segment.cleaned.text), _plain(segment.cleaned.text.rstrip("."))}
        for segment, sentence in zip(visible, wanted, strict=True)
    )


def main() -> None:
    """Print the score of every language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--failures", action="store_true")
    options = parser.parse_args()
    right: dict[str, int] = defaultdict(int)
    every: dict[str, int] = defaultdict(int)
    for line in (options.corpora / "sentences.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        language = NAMES.get(row["lang"], row["lang"])
        segments = segments_of(row["text"], language)
        good = agrees(segments, row["sentences"])
        right[language] += good
        every[language] += 1
        if options.failures and not good:
            sys.stdout.write(
                f"{language}\n  want {row['sentences']}\n  have {[segment.raw for segment in segments]}\n"
            )
    for language in sorted(every):
        sys.stdout.write(f"{language} {right[language]}/{every[language]}\n")
    for name, keys in (("en", ["en"]), ("all", list(every))):
        score = sum(right[key] for key in keys) / sum(every[key] for key in keys)
        sys.stdout.write(f"exact {name} {score:.3f}\n")


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


if __name__ == "__main__":
    main()
