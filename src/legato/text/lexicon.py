"""The caller's own words: how they are said is decided before any other rule sees them."""

import functools
import re
from collections.abc import Iterable, Iterator

from legato.text.marks import UNSPACED
from legato.text.pieces import Piece
from legato.text.settings import LexiconEntry

RULE = "lexicon"
_KEPT = 64
"""How many sets of words stay compiled."""
_TOKEN = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
"""What an entry may begin with: a word, a sign, or a character of a script without spaces."""
_UNSPACED = re.compile(f"[{UNSPACED}]")


class Lexicon:
    """Words and phrases with their respellings and pronunciations; the longest that fits wins.

    Each word of the text is looked up, so a thousand entries cost no more than ten.

    Args:
        entries: the words; of two entries for the same word, the first counts.

    Attributes:
        pronunciations: words as they appear in readings, with their IPA.
    """

    def __init__(self, entries: Iterable[LexiconEntry]) -> None:
        kept = [entry for entry in entries if entry.written.strip() and (entry.spoken or entry.ipa)]
        pronounced = {
            entry.spoken or entry.written.strip(): entry.ipa for entry in reversed(kept) if entry.ipa
        }
        self.pronunciations = tuple(reversed(pronounced.items()))
        kept.sort(key=lambda entry: len(entry.written), reverse=True)
        self._heads = frozenset(word.lower() for entry in kept for word in entry.written.split()[:-1])
        self._entries: dict[str, list[tuple[re.Pattern[str], LexiconEntry]]] = {}
        for entry in kept:
            first = _TOKEN.match(entry.written.strip())
            if first is not None:
                self._entries.setdefault(first.group().lower(), []).append((_pattern(entry), entry))

    def __bool__(self) -> bool:
        return bool(self._entries)

    def holds(self, tail: str) -> bool:
        """Whether the last word may be the beginning of a phrase."""
        if not self._heads:
            return False
        words = tail.split()
        return bool(words) and words[-1].lower().strip("\"'(*_") in self._heads

    def read(self, text: str, *, spoken: bool) -> list[Piece]:
        """Return pieces that tile a text; those with a rule are respellings.

        Args:
            text: cleaned text.
            spoken: whether this is for a voice that is sent words only; a vendor that reads digits itself is sent fewer respellings.
        """
        pieces, position = [], 0
        for start, end, entry in self._found(text) if self._entries else ():
            if not (spoken or entry.cleaned_too):
                continue
            if start > position:
                pieces.append(Piece(text[position:start], position, start))
            pieces.append(Piece(entry.spoken or text[start:end], start, end, RULE, entry.ipa))
            position = end
        if position < len(text) or not pieces:
            pieces.append(Piece(text[position:], position, len(text)))
        return pieces

    def _found(self, text: str) -> Iterator[tuple[int, int, LexiconEntry]]:
        position = 0
        while token := _TOKEN.search(text, position):
            position = token.end()
            for pattern, entry in self._entries.get(token.group().lower(), ()):
                match = pattern.match(text, token.start())
                if match is not None:
                    position = match.end()
                    yield token.start(), position, entry
                    break


def lexicon_of(entries: tuple[LexiconEntry, ...]) -> Lexicon:
    """Return the lexicon of these entries; utterances with the same ones share it."""
    # The same tuple is found by identity: hashing a thousand entries for every utterance would cost more than reading its text.
    kept = _by_identity.get(id(entries))
    if kept is not None and kept[0] is entries:
        return kept[1]
    lexicon = _of_equals(entries)
    if len(_by_identity) >= _KEPT:
        _by_identity.clear()
    _by_identity[id(entries)] = entries, lexicon
    return lexicon


@functools.lru_cache(maxsize=_KEPT)
def _of_equals(entries: tuple[LexiconEntry, ...]) -> Lexicon:
    return Lexicon(entries)


_by_identity: dict[int, tuple[tuple[LexiconEntry, ...], Lexicon]] = {}


def _pattern(entry: LexiconEntry) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in entry.written.split())
    last = entry.written.strip()[-1]
    after = r"(?!\w)" if last.isalnum() and not _UNSPACED.match(last) else ""
    return re.compile(words + after, 0 if entry.match_case else re.IGNORECASE)
