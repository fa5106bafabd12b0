"""Growing text -> atoms: one buffer, every character looked at once.

Rules:
- atoms and their borders are a function of the characters alone, never of how they arrived; `finish` and `cut` are the
  only other events;
- the scanner is in one of four places: in TEXT, in the GAP between two words, inside something HIDDEN, in a table ROW;
  each place has a step that consumes something or says that it needs more.
"""

import re
from collections.abc import Callable

from legato.domain.text import Break
from legato.text import openers
from legato.text.atoms import Atom, Block, SpanKind
from legato.text.borders import Borders, Verdict
from legato.text.draft import Draft
from legato.text.gaps import Gaps
from legato.text.hidden import LINE_REST, Hidden, fence_end, hidden_by
from legato.text.lines import FENCE_PEEK_CHARS, TEXT, Line, LineKind
from legato.text.marks import LINE_END, LONE_CHARS, LONE_MARKS, LOOK_AHEAD, NONSPACE, WIDE, WIDE_TAIL
from legato.text.rows import Rows
from legato.text.signs import signs

WORD_CHARS = 400
"""A run without any space is cut here."""
WIDE_WORD_CHARS = 80
GAP_CHARS = 1000

OPEN_ENDS = frozenset("`$\\<[{~*_&|/")


class Scanner:
    """Finds atoms in text that arrives in pieces.

    Args:
        borders: the border rules of the text's language.
        markup: whether to look for markdown and maths; without it (SSML), only for tags.
        nested: whether the text is the inside of a span: no blocks, and its end is not a line end.
        protected: the caller's own pairs of marks.
    """

    def __init__(
        self,
        borders: Borders,
        *,
        markup: bool = True,
        nested: bool = False,
        protected: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self._markup, self._nested = markup, nested
        self._plain_words = not protected  # a caller's own mark may begin with any letter
        marks = signs(markup=markup, protected=protected)
        self._interesting, self._openers = marks.search, marks.openers
        self._draft = Draft()
        self._draft.line -= nested  # the inside of a span has no lines of its own
        self._final = False
        self._fresh_line = not nested
        self._after_marker = False
        self._hidden: Hidden | None = None
        self._rows = Rows(self._draft)
        self._gaps = Gaps(self._draft, borders, nested=nested)
        self._step: Callable[[Scanner], bool] = Scanner._in_gap

    @property
    def pending(self) -> str:
        """The text that is not yet in an atom."""
        return self._draft.buffer

    @property
    def settled(self) -> str:
        """The pending text up to where `cut` would cut it: a word after it that is not yet decided stays."""
        return self._draft.buffer[: self._cut_at()]

    @property
    def guarded(self) -> bool:
        """Whether the settled text ends inside something that may not be cut."""
        if self._step is not Scanner._in_text:
            return self._step is not Scanner._in_gap
        buffer = self._draft.buffer
        return self._draft.seek < len(buffer) - 1 or buffer[-1:] in OPEN_ENDS

    @property
    def hiding(self) -> bool:
        """Whether the pending text ends inside something that is not spoken."""
        return self._step is Scanner._in_hidden

    @property
    def lone_marks(self) -> str:
        """The marks at the end of the pending text that only what follows gives a meaning, if nothing else waits before them."""
        draft = self._draft
        found = LONE_MARKS.search(draft.buffer, max(0, len(draft.buffer) - LONE_CHARS))
        if found is None or self._step not in {Scanner._in_text, Scanner._in_gap}:
            return ""
        return found.group() if max(draft.word, draft.seek) >= found.start() else ""

    @property
    def last_word(self) -> str:
        """The last word of the pending text, without what follows it."""
        draft = self._draft
        return draft.visible(draft.word, draft.gap if self._step is Scanner._in_gap else len(draft.buffer))

    def feed(self, text: str) -> list[Atom]:
        """Append text; return the atoms that it completed."""
        self._draft.buffer += text
        while self._step(self):
            pass
        return self._draft.taken()

    def finish(self, but: str = "") -> list[Atom]:
        """Take the text as complete up to here: everything pending becomes atoms. More text may still follow.

        Args:
            but: the end of the pending text that stays pending.
        """
        draft = self._draft
        draft.buffer = draft.buffer.removesuffix(but)
        draft.seek = min(draft.seek, len(draft.buffer))
        self._final = True
        atoms = self.feed("")
        self._final = False
        return atoms + self.feed(but) if but else atoms

    def cut(self, strength: Break) -> Atom | None:
        """Make the settled text an atom as it stands; an idle moment may do so if `guarded` is false."""
        draft = self._draft
        end = self._cut_at()
        if not end:
            return None
        self._fresh_line = self._fresh_line or (self._step is Scanner._in_gap and self._ends_line())
        draft.gap, self._gaps.mark = end, None
        draft.close(end, strength, mid_word=not draft.buffer[end - 1].isspace())
        return draft.taken()[0]

    def _cut_at(self) -> int:
        if self._step is not Scanner._in_gap:
            return len(self._draft.buffer)
        match = NONSPACE.search(self._draft.buffer, self._draft.gap)
        return match.start() if match else len(self._draft.buffer)

    # In text: between two spaces, or two marks that need none.

    def _in_text(self) -> bool:
        draft = self._draft
        buffer = draft.buffer
        if self._plain_words and not (self._markup and self._fresh_line):
            self._gaps.pass_plain_words()
        limit = WIDE_WORD_CHARS if WIDE.match(buffer, draft.word) else WORD_CHARS
        farthest = draft.word + limit + 9
        match = self._interesting(buffer, draft.seek, farthest)
        at = match.start() if match else min(len(buffer), farthest)
        if at - draft.word > limit + 8:
            return self._cut_word(limit)
        if match is None:
            draft.seek = max(draft.seek, len(buffer) - (buffer[-1:] in LOOK_AHEAD))
            return self._end_of_text()
        sign = match.group()
        if sign.isspace():
            self._step, draft.gap, draft.seek = Scanner._in_gap, at, at
            self._gaps.end_word(at)
            return True
        if sign in ".|":
            return self._at_glued_dot(at) if sign == "." else self._at_bar(at)
        if WIDE_TAIL.match(sign):
            return self._at_wide_mark(at)
        return self._at_opener(at, sign)

    def _at_glued_dot(self, at: int) -> bool:
        draft = self._draft
        verdict = self._gaps.glued(at)
        if isinstance(verdict, str) and not self._final:
            draft.seek = at
            return False
        draft.seek = at + 1
        if isinstance(verdict, Break):
            draft.close(at + 1, verdict)
        return True

    def _at_bar(self, at: int) -> bool:
        opens = self._rows.opens(at, final=self._final)
        self._step = Scanner._in_row if opens else Scanner._in_text
        return opens is not None

    def _cut_word(self, limit: int) -> bool:
        draft = self._draft
        at = draft.beside_span(draft.inside_word(draft.word + limit, limit // 2))
        draft.seek = at
        draft.close(at, Break.FORCED)
        return True

    def _end_of_text(self) -> bool:
        draft = self._draft
        if self._final:
            draft.seek = len(draft.buffer)
            draft.close(len(draft.buffer), Break.SENTENCE, mid_word=True)
        return False

    def _at_wide_mark(self, at: int) -> bool:
        draft = self._draft
        buffer = draft.buffer
        match = WIDE_TAIL.match(buffer, at)
        end = match.end() if match else at + 1
        if end == len(buffer) and not self._final:
            draft.seek = at
            return False
        verdict = self._gaps.wide(at, end)
        draft.seek = end
        if verdict is None:
            return True
        if not buffer[end : end + 1].strip():
            self._gaps.mark, draft.gap, self._step = verdict, end, Scanner._in_gap
        else:
            draft.close(end, verdict)
        return True

    def _at_opener(self, at: int, sign: str) -> bool:
        draft = self._draft
        if sign not in "<`/" and draft.in_address(at):
            draft.seek = at + 1
            return True
        found = self._openers[sign](draft.buffer, at, final=self._final)
        if isinstance(found, str):
            draft.seek = at
            return False
        if found is None:
            draft.seek = at + (2 if sign == "\\" and not draft.buffer[at + 1 : at + 2].isspace() else 1)
            return True
        return self._protect(found)

    def _protect(self, found: openers.Found) -> bool:
        draft = self._draft
        draft.seek = found.end
        if found.kind in {SpanKind.HIDDEN, SpanKind.FENCE}:
            self._hidden = hidden_by(draft, found)
            self._step = Scanner._in_hidden if self._hidden else Scanner._in_text
            return True
        draft.protect(found.kind, (found.start, found.end), (found.inner_start, found.inner_end))
        if found.kind in {SpanKind.BREAK, SpanKind.MANNER}:
            draft.seek = end = found.inner_end
            parts = found.kind is SpanKind.BREAK
            draft.close(end, Break.PARAGRAPH if parts else self._gaps.so_far(end))
            self._step, draft.gap = Scanner._in_gap, end
        return True

    # In the gap between two words, which may hold line ends.

    def _in_gap(self) -> bool:
        draft = self._draft
        match = NONSPACE.search(draft.buffer, max(draft.seek, draft.gap))
        if match is None:
            return self._open_gap()
        at = draft.seek = match.start()
        if self._markup and (self._fresh_line or LINE_END.search(draft.buffer, draft.gap, at)):
            return self._at_line(at, len(LINE_END.findall(draft.buffer, draft.gap, at)))
        return self._resume(at, self._gaps.between(at, final=self._final))

    def _open_gap(self) -> bool:
        draft = self._draft
        draft.seek = len(draft.buffer)
        if len(draft.buffer) - draft.gap > GAP_CHARS:
            self._fresh_line = self._fresh_line or self._ends_line()
            draft.gap += GAP_CHARS
            draft.close(draft.gap, Break.PARAGRAPH)
            return True
        if self._final and draft.start < len(draft.buffer):
            self._fresh_line = self._fresh_line or self._ends_line()
            draft.close(len(draft.buffer), self._gaps.mark or Break.SENTENCE)
            draft.gap = len(draft.buffer)
        return False

    def _ends_line(self) -> bool:
        return self._markup and LINE_END.search(self._draft.buffer, self._draft.gap) is not None

    def _resume(self, at: int, verdict: Verdict) -> bool:
        if isinstance(verdict, str):
            return False
        draft = self._draft
        if verdict is not None and draft.has_words(draft.gap):
            draft.close(at, verdict)
        self._gaps.begin_word(paragraph=verdict is Break.PARAGRAPH)
        draft.word = draft.seek = at
        self._step = Scanner._in_text
        return True

    # At the start of a line, which tells what the line is.

    def _at_line(self, at: int, ends: int) -> bool:
        draft = self._draft
        if self._nested:
            return self._resume(at, self._gaps.before_line(at, ends, TEXT, final=self._final))
        line = self._rows.line(at, final=self._final)
        if isinstance(line, str):
            return False
        opens = self._after_marker or not draft.has_words(draft.gap)
        verdict = None if opens else self._gaps.before_line(at, ends, line, final=self._final)
        if isinstance(verdict, str):
            return False
        after_marker, self._after_marker = self._after_marker, False
        self._resume(at, verdict)
        draft.line, self._fresh_line = at, False
        if line.kind is not LineKind.ROW:
            self._rows.leave()
        if not after_marker and (line.kind is not LineKind.TEXT or verdict is not None):
            draft.block = Block.PROSE
        self._enter(at, line)
        return True

    def _enter(self, at: int, line: Line) -> None:
        if line.kind is LineKind.TEXT:
            return
        draft = self._draft
        end = at + line.marker_chars
        if line.kind is LineKind.HEADING:
            draft.block = Block.HEADING
        elif line.kind in {LineKind.BULLET, LineKind.NUMBERED}:
            draft.block = Block.ITEM
        if line.kind is LineKind.NUMBERED:
            self._gaps.begin_item(draft.buffer[at:end])
        if line.kind in {LineKind.HEADING, LineKind.BULLET, LineKind.QUOTE}:
            if at - draft.start > WORD_CHARS:  # nothing but marks
                draft.close(at, Break.PARAGRAPH)
            draft.silence(at, end)
            draft.word = draft.seek = draft.gap = end
            self._step = Scanner._in_gap
            self._fresh_line = self._after_marker = line.kind is not LineKind.HEADING
        elif line.kind is LineKind.ROW:
            self._step, draft.held = Scanner._in_row, at
        elif line.kind is LineKind.FENCE:
            own_line = LINE_END.search(draft.buffer, at, at + FENCE_PEEK_CHARS) is not None
            self._hide_until(fence_end(line.fence, own_line=own_line), SpanKind.FENCE, at)
        elif line.kind in {LineKind.RULE, LineKind.DEFINITION}:
            self._hide_until(LINE_REST, SpanKind.MARKER, at)

    def _hide_until(self, closer: re.Pattern[str], kind: SpanKind, at: int) -> None:
        self._hidden = Hidden(self._draft, closer, kind, at)
        self._step = Scanner._in_hidden

    def _in_hidden(self) -> bool:
        hidden = self._hidden
        assert hidden is not None, "it has begun"
        ended = hidden.step(final=self._final)
        if ended:
            self._step = Scanner._in_gap if hidden.opens_line else Scanner._in_text
        return ended is not False

    def _in_row(self) -> bool:
        if not self._rows.step(final=self._final):
            return False
        self._step, self._fresh_line = Scanner._in_gap, True
        return True
