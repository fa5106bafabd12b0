"""Pieces -> the text that is sent, with every word's source."""

import re
from collections.abc import Iterable

from legato.domain.text import Break, Pronunciation, Reading, Segment, TextLevel, WordSpan
from legato.text.pieces import Piece

_WORD = re.compile(r"\S+")
_QUOTED_END = re.compile(r"[^\W\d_]{2}[.!?…][\"'”’»]{1,2}\Z")
"""The end of a sentence within quotes, which needs no other stop."""
_HUGS = frozenset(".,;:!?)]}”’…")


class ReadingBuilder:
    """Joins pieces into one tidy line: single spaces, none at the ends, and none left before a mark by a dropped piece."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._runs: list[tuple[int, int, int, bool]] = []
        self._pronounced: list[tuple[int, int, str]] = []
        self._length = 0
        self._spaced = True
        self._dropped = False

    def add(self, piece: Piece) -> None:
        """Append a piece; its offsets are of the accepted text."""
        text, start = piece.text, piece.start
        if not text:
            self._dropped = True
            return
        linear = not piece.rule and len(text) == piece.end - piece.start
        if self._spaced and text[0] == " ":
            stripped = text.lstrip(" ")
            start += (len(text) - len(stripped)) if linear else 0
            text = stripped
            if not text:
                return
        pauses = bool(piece.rule) and text[0] == ","
        if (
            (self._dropped or pauses)
            and self._spaced
            and text[0] in _HUGS
            and not text[1:2].isalnum()
            and self._parts
        ):
            self._unspace()
        self._dropped = False
        if piece.ipa:
            inner = len(text) - len(text.lstrip(" "))
            self._pronounced.append((self._length + inner, self._length + len(text.rstrip(" ")), piece.ipa))
        self._runs.append((self._length, start, piece.end, linear))
        self._parts.append(text)
        self._length += len(text)
        self._spaced = text[-1] == " "

    def close(self) -> None:
        """End a block with a space, and with a full stop before it if nothing else ends it."""
        text = "".join(self._parts).rstrip(" ")
        if not text:
            return
        if (text[-1].isalnum() or text[-1] in "\"'”’)]}»%°€$£") and not _QUOTED_END.search(text[-8:]):
            source = self._runs[-1][2]
            self._unspace()
            self.add(Piece(".", source - 1, source, "clean/stop"))
        self.add(Piece(" ", self._runs[-1][2], self._runs[-1][2], "clean/space"))

    def build(self) -> Reading:
        """Return the finished reading."""
        text = "".join(self._parts).rstrip(" ")
        runs = self._runs
        words: list[WordSpan] = []
        moved = runs[0][1] if runs else 0
        if len(runs) == 1:
            plain = runs[0][3]
        else:
            plain = all(linear and source - at == moved for at, source, _, linear in runs)
        if plain and not self._pronounced:  # as in prose that no rule changes
            for match in _WORD.finditer(text):
                start, end = match.span()
                words.append(WordSpan(start, end, moved + start, moved + end))
            return Reading(text, tuple(words))
        first, most = 0, len(runs) - 1
        for match in _WORD.finditer(text):
            start, end = match.span()
            while first < most and runs[first + 1][0] <= start:
                first += 1
            at, source, _, linear = runs[first]
            begins = source + start - at if linear else source
            last = first
            while last < most and runs[last + 1][0] < end:
                last += 1
            at, source, source_end, linear = runs[last]
            ends = source + end - at if linear else source_end
            words.append(WordSpan(start, end, begins, max(begins, ends)))
        pronunciations = tuple(Pronunciation(*one) for one in self._pronounced)
        return Reading(text, tuple(words), pronunciations)

    def _unspace(self) -> None:
        while self._parts and self._parts[-1].endswith(" "):
            kept = self._parts[-1].rstrip(" ")
            self._length -= len(self._parts[-1]) - len(kept)
            self._parts[-1] = kept
            if not kept:
                self._parts.pop()
                self._runs.pop()
        self._spaced = not self._parts


def transcript(segments: Iterable[Segment], level: TextLevel = TextLevel.SPOKEN) -> str:
    """Return what consecutive segments say, as one text.

    Args:
        segments: the segments, in order.
        level: which of their readings to use.

    Returns:
        their readings, with a space between two if the source has one or if a line or block ended.
    """
    text, spaced = "", False
    for segment in segments:
        said = segment.at(level).text
        if said:
            spaced = spaced or segment.raw[:1].isspace()
            text += (" " if spaced and text else "") + said
            spaced = False
        spaced = spaced or _ends_with_space(segment.raw) or segment.ends_with is Break.PARAGRAPH
    return text


def _ends_with_space(raw: str) -> bool:
    """Whether a space stands at the end of a source, or before the tags that end it."""
    end = len(raw)
    while end and raw[end - 1] == ">" and (opened := raw.rfind("<", 0, end)) >= 0:
        end = opened
    return raw[end - 1 : end].isspace()
