"""The atom under construction: the buffer, where its parts begin, and the spans found so far.

Positions are offsets into the buffer; `taken` shifts them when it drops the text that has become atoms.
"""

import re

from legato.domain.text import Break
from legato.text.atoms import Atom, Block, Span, SpanKind
from legato.text.marks import COMBINING

_SILENT = frozenset({SpanKind.MARKER, SpanKind.HIDDEN, SpanKind.TAG, SpanKind.MANNER})

_URL_HEAD = re.compile(r"[a-z][a-z0-9]{1,9}://|www\.")


class Draft:
    """Text that is not yet an atom.

    Attributes:
        buffer: the pending text.
        start: where the atom begins.
        word: where the current word begins.
        gap: where the current run of whitespace begins.
        held: where the hidden text or the table row that is being read begins.
        line: where the current line begins; negative if that text has been dropped.
        seek: the position up to which everything has been looked at.
        block: what kind of line the current one is.
        strength: strength of the border that ended the previous atom.
    """

    __slots__ = (
        "_atoms",
        "_base",
        "_before",
        "block",
        "buffer",
        "gap",
        "held",
        "line",
        "seek",
        "spans",
        "start",
        "strength",
        "word",
    )

    def __init__(self) -> None:
        self.buffer = ""
        self.start = self.word = self.gap = self.held = self.line = self.seek = 0
        self.block = Block.PROSE
        self.strength = Break.PARAGRAPH
        self.spans: list[Span] = []
        self._base = 0
        self._before = ""
        self._atoms: list[Atom] = []

    def close(self, end: int, strength: Break, *, mid_word: bool = False) -> None:
        """Make everything before `end` an atom."""
        start = self.start
        if end > start:
            before = (self._before + self.buffer[max(0, start - 2) : start])[-2:]
            text = self.buffer[start:end]
            spans = tuple(self.spans)
            self._atoms.append(Atom(self._base + start, text, strength, self.block, spans, before, mid_word))
            self.strength = strength
        self.spans = []
        self.start = self.word = end
        self.seek = max(self.seek, end)

    def taken(self) -> list[Atom]:
        """Return the finished atoms and drop their text."""
        start = self.start
        if start:
            self._before = (self._before + self.buffer[max(0, start - 2) : start])[-2:]
            self.buffer = self.buffer[start:]
            self._base += start
            self.start = 0
            self.word = max(0, self.word - start)
            self.gap = max(0, self.gap - start)
            self.held = max(0, self.held - start)
            self.seek = max(0, self.seek - start)
            self.line -= start
        atoms, self._atoms = self._atoms, []
        return atoms

    def protect(
        self, kind: SpanKind, at: tuple[int, int], inner: tuple[int, int], columns: tuple[str, ...] = ()
    ) -> None:
        """Note a protected span.

        Args:
            kind: what it is.
            at: its start and end.
            inner: start and end of its content.
            columns: the names of its table's columns.
        """
        base = self._base
        span = Span(kind, base + at[0], base + at[1], base + inner[0], base + inner[1], columns)
        self.spans.append(span)

    def silence(self, start: int, end: int) -> None:
        """Note markup that is not spoken."""
        self.protect(SpanKind.MARKER, (start, end), (end, end))

    def inside_word(self, at: int, most: int) -> int:
        """Return the last position up to `at`, at most `most` before it, that splits neither digits nor a character from its marks."""
        least, buffer = at - most, self.buffer
        while at > least and (COMBINING.match(buffer, at) or buffer[at - 1 : at + 1].isdigit()):
            at -= 1
        return at

    def beside_span(self, at: int) -> int:
        """Return `at`, or the edge of the protected span that it would cut through."""
        base = self._base
        for span in self.spans:
            start, end = span.start - base, span.end - base
            if start < at < end:
                return start if start > self.word else end
        return at

    def behind_span(self, at: int) -> int:
        """Return `at`, or the end of the last span if that is further on."""
        return max(at, self.spans[-1].end - self._base) if self.spans else at

    def visible(self, start: int, end: int) -> str:
        """Return the characters between two positions; silent spans leave no trace, others appear as a letter."""
        if not self.spans or self.spans[-1].end - self._base <= start:
            return self.buffer[start:end]
        base, text, position = self._base, "", start
        for span in self.spans:
            if span.end - base <= start:
                continue
            text += self.buffer[position : max(position, span.start - base)]
            text += "" if span.kind in _SILENT else "x"
            position = span.end - base
        return text + self.buffer[position:end]

    def has_words(self, end: int) -> bool:
        """Whether anything but whitespace stands between the atom's start and `end`."""
        return end > self.start and not self.buffer[self.start : end].isspace()

    def in_address(self, at: int) -> bool:
        """Whether the word before a position begins a web address."""
        buffer, word = self.buffer, self.behind_span(self.word)
        if (
            buffer.find("://", word, at) < 0 and buffer.find("www.", word, at) < 0
        ):  # quick, so they come before the exact search
            return False
        return _URL_HEAD.search(buffer, word, at) is not None
