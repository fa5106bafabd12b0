"""Scores the verbaliser against written and spoken pairs, by language and class.

Usage: python tests/eval/normalization.py CORPORA [--misses [LANG [CLASS]]]

CORPORA is the folder that holds normalization.jsonl. Both sides are compared after a canon: lower case, hyphens as spaces,
punctuation and "and" dropped. A line that lists several readings is met by any of them.
"""

# ruff: noqa: T201 - a command line prints
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from legato.text.verbal.verbaliser import VerbalData, Verbaliser

_DATA = Path(__file__).resolve().parents[2] / "src" / "legato" / "text" / "data"
_AND = {"en": "and"}


def canon(text: str, language: str) -> str:
    """Return the canonical form that is compared."""
    words = re.sub(r"[^\w\s]", "", re.sub(r"[-–—]", " ", text.lower())).replace("_", " ").split()
    return " ".join(word for word in words if word != _AND.get(language))


def verbaliser(language: str) -> Verbaliser:
    """Return the verbaliser of a language, with its data read from the source tree."""
    files = sorted((_DATA / language).glob("verbal*.json"))
    return Verbaliser(
        VerbalData.parse(language, {file.stem: json.loads(file.read_text("utf-8")) for file in files})
    )


def read(reader: Verbaliser, text: str) -> str:
    """Return the spoken form of a text."""
    return "".join(piece.text for piece in reader.read(text))


def scores(corpora: Path) -> tuple[dict[tuple[str, str], list[bool]], list[tuple[str, str, str, str, str]]]:
    """Return the hits by language and class, and the misses: language, class, written, wanted, said."""
    hits: dict[tuple[str, str], list[bool]] = defaultdict(list)
    misses: list[tuple[str, str, str, str, str]] = []
    readers: dict[str, Verbaliser] = {}
    for line in (corpora / "normalization.jsonl").read_text("utf-8").splitlines():
        pair = json.loads(line)
        language = pair["lang"]
        if language not in readers:
            readers[language] = verbaliser(language)
        said = read(readers[language], pair["written"])
        hit = canon(said, language) in {canon(wanted, language) for wanted in pair["spoken"].split("~")}
        hits[language, pair["class"]].append(hit)
        if not hit:
            misses.append((language, pair["class"], pair["written"], pair["spoken"], said))
    return hits, misses


def main(arguments: list[str]) -> int:
    """Print the scores; with --misses every miss as well."""
    if not arguments:
        print(__doc__)
        return 2
    hits, misses = scores(Path(arguments[0]))
    for language in dict.fromkeys(language for language, _ in hits):
        of_language = [hit for (lang, _), found in hits.items() if lang == language for hit in found]
        print(
            f"{language}: {sum(of_language) / len(of_language):.3f} ({sum(of_language)}/{len(of_language)})"
        )
        for (lang, kind), found in sorted(hits.items()):
            if lang == language:
                print(f"  {kind:14} {sum(found) / len(found):.2f} ({sum(found)}/{len(found)})")
    if "--misses" in arguments:
        wanted = arguments[arguments.index("--misses") + 1 :]
        for miss in misses:
            if list(miss[: len(wanted)]) == wanted:
                print(" | ".join(miss))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
