"""Scores streaming cases in every chunking: `python tests/eval/cases.py FOLDER`, a folder that holds text.jsonl.

A case passes if what is said is as expected for the tokens as they came, for single characters, for one token, and for
twenty random cuts (seeded by the case's id); and, if it names segments, if those are found at minimum lengths of one.
Texts are compared in canonical form: NFC, lower case, punctuation dropped, spaces collapsed. If a case's notes say that a
wording "is acceptable", a text that contains that wording passes as well.
"""

import json
import random
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gateway.app.text_data import text_data
from legato.domain.text import Segment
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import TextSettings, Thresholds

RANDOM_CUTS = 20
ACCEPTABLE = re.compile(r"'([^']+)' is acceptable")
EVERY_SENTENCE = Thresholds(first_min_chars=1, min_chars=1)


def canon(text: str) -> str:
    """Return the canonical form that is compared."""
    plain = unicodedata.normalize("NFC", text).lower()
    marks = "".join(" " if unicodedata.category(char).startswith("P") else char for char in plain)
    return " ".join(marks.split())


def chunkings(tokens: list[str], seed: str) -> Iterator[list[str]]:
    """Yield the same text cut in every way that is tried."""
    whole = "".join(tokens)
    yield tokens
    yield list(whole)
    yield [whole]
    chance = random.Random(seed)
    for _ in range(RANDOM_CUTS):
        cuts = sorted(chance.sample(range(1, len(whole)), chance.randint(1, min(12, len(whole) - 1))))
        yield [whole[left:right] for left, right in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


def segments_of(tokens: list[str], settings: TextSettings) -> list[Segment]:
    """Return the segments of an utterance that comes in these tokens."""
    front = FrontEnd(text_data(settings.language), settings)
    return [segment for token in tokens for segment in front.feed(token)] + front.end()


def misses(case: dict[str, object]) -> list[str]:
    """Return what a case's chunkings said instead; empty if all agree with it."""
    tokens, language = [str(token) for token in case["tokens"]], str(case["lang"])  # type: ignore[attr-defined]
    others = [canon(other) for other in ACCEPTABLE.findall(str(case["notes"]))]
    wrong = []
    for cut in chunkings(tokens, str(case["id"])):
        said = transcript(segments_of(cut, TextSettings(language=language)))
        agreed = canon(said) == canon(str(case["expected_spoken"]))
        if not agreed and not any(other in canon(said) for other in others):
            wrong.append(said)
    if "segments" in case:
        settings = TextSettings(language=language, thresholds=EVERY_SENTENCE)
        found = [one.spoken.text for one in segments_of(tokens, settings) if one.spoken.text]
        if [canon(one) for one in found] != [canon(str(one)) for one in case["segments"]]:  # type: ignore[attr-defined]
            wrong.append(" | ".join(found))
    return wrong


def main(arguments: list[str]) -> None:
    """Print the misses and the score of every tier."""
    right: dict[int, int] = defaultdict(int)
    every: dict[int, int] = defaultdict(int)
    for line in (Path(arguments[0]) / "text.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        wrong = misses(case)
        every[case["tier"]] += 1
        right[case["tier"]] += not wrong
        for said in dict.fromkeys(wrong):
            sys.stdout.write(f"{case['id']}\n  want {case['expected_spoken']}\n  said {said}\n")
    for tier in sorted(every):
        sys.stdout.write(
            f"streaming cases, tier {tier}: {right[tier]}/{every[tier]} in {RANDOM_CUTS + 3} chunkings each\n"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
