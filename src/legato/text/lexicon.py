"""The caller's own words: what is written so is said so, before any other rule sees it."""

import re
from collections.abc import Iterable

from legato.text.pieces import Piece
from legato.text.settings import LexiconEntry


class Lexicon:
    """Words and phrases with their respellings; the longest that fits wins."""

    def __init__(self, entries: Iterable[LexiconEntry]) -> None:
        self._entries = sorted(
            (entry for entry in entries if entry.written.strip()),
            key=lambda entry: len(entry.written),
            reverse=True,
        )
        self._exact = {_key(entry.written): entry for entry in reversed(self._entries) if entry.match_case}
        self._folded = {
            _key(entry.written).lower(): entry for entry in reversed(self._entries) if not entry.match_case
        }
        heads = {word.lower() for entry in self._entries for word in entry.written.split()[:-1]}
        self._heads = frozenset(heads)
        self._pattern = _pattern(self._entries)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def holds(self, tail: str) -> bool:
        """Whether the last word may be the beginning of a phrase."""
        if not self._heads:
            return False
        words = tail.split()
        return bool(words) and words[-1].lower().strip("\"'(*_") in self._heads

    def read(self, text: str, *, spoken: bool) -> list[Piece]:
        """Pieces that tile a text; those with a rule are respellings.

        Args:
            text: cleaned text.
            spoken: for a voice that is sent words only; a vendor that reads by itself is sent fewer of them.
        """
        if self._pattern is None:
            return [Piece(text, 0, len(text))]
        pieces, position = [], 0
        for match in self._pattern.finditer(text):
            entry = self._entry(match.group())
            if entry is None or not (spoken or entry.cleaned_too):
                continue
            if match.start() > position:
                pieces.append(Piece(text[position : match.start()], position, match.start()))
            pieces.append(Piece(entry.spoken, match.start(), match.end(), "lexicon"))
            position = match.end()
        if position < len(text) or not pieces:
            pieces.append(Piece(text[position:], position, len(text)))
        return pieces

    def _entry(self, found: str) -> LexiconEntry | None:
        key = _key(found)
        return self._exact.get(key) or self._folded.get(key.lower())


def _key(written: str) -> str:
    return " ".join(written.split())


def _pattern(entries: list[LexiconEntry]) -> re.Pattern[str] | None:
    if not entries:
        return None
    branches = []
    for entry in entries:
        words = r"\s+".join(re.escape(word) for word in entry.written.split())
        before = r"(?<!\w)" if entry.written.strip()[0].isalnum() else ""
        after = r"(?!\w)" if entry.written.strip()[-1].isalnum() else ""
        branches.append(f"{before}{words}{after}")
    return re.compile("|".join(branches), re.IGNORECASE)
