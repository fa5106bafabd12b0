"""Proves that no corpus was memorised: `python tests/eval/copied.py FOLDER...` fails if a sentence of a corpus is found in src/.

Every text of at least four words and 24 characters in the folders' *.jsonl files is searched for, with white space collapsed, in
the sources and in the decoded strings of the data files.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORDS, CHARS = 4, 24


def texts(value: object) -> Iterator[str]:
    """Yield all strings inside a decoded JSON value; a list of tokens also as the text that they make."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield str(key)
            yield from texts(one)
    elif isinstance(value, list):
        if all(isinstance(one, str) for one in value):
            yield "".join(value)
        for one in value:
            yield from texts(one)


def plain(text: str) -> str:
    """Return the form that is compared."""
    return " ".join(text.split()).lower()


def sources() -> str:
    """Return everything in src/ as one text."""
    parts = [plain(path.read_text("utf-8")) for path in sorted((ROOT / "src").rglob("*.py"))]
    for path in sorted((ROOT / "src").rglob("*.json")):
        parts += [plain(text) for text in texts(json.loads(path.read_text("utf-8")))]
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Print what was found; return 1 if anything was."""
    wanted = {
        plain(text)
        for folder in arguments
        for path in sorted(Path(folder).glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
        for text in texts(json.loads(line))
    }
    wanted = {text for text in wanted if len(text) >= CHARS and len(text.split()) >= WORDS}
    known = sources()
    found = sorted(text for text in wanted if text in known)
    for text in found:
        sys.stdout.write(f"found in src/: {text}\n")
    sys.stdout.write(f"sentences known by heart: {len(found)} of {len(wanted)}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
