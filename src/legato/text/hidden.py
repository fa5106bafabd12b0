"""Stretches that are not spoken: reasoning, code fences, comments. They are released piece by piece as they come."""

import re

from legato.domain.text import Break
from legato.text import tags
from legato.text.atoms import SpanKind
from legato.text.draft import Draft
from legato.text.openers import Found

PIECE_CHARS = 1000
"""Hidden text is released in pieces of this length."""
MATHML_CHARS = 4000
"""MathML is read in pieces of this length."""
CLOSER_CHARS = 240
"""No closer is longer than this, the code before it on its line included."""
LINE_REST = re.compile(r"(?=[\n\r])")


def fence_end(mark: str, *, own_line: bool) -> re.Pattern[str]:
    """Return the pattern that ends a fenced code block.

    Args:
        mark: the opening run of backticks or tildes.
        own_line: whether the fence opened at the start of a line; one that opened within a line also ends within one.
    """
    ends = rf"\n[ \t>]{{0,32}}{mark}[`~]{{0,40}}(?=[\s.,;:!?)\]*_<|\"'])"
    if not own_line:
        ends += rf"|[^`~\"'\n]{mark}[`~]{{0,40}}(?=[\s.,;:!?)\]*])"
    elif mark[0] == "`":  # a model forgot the line end: the run is the only one on a line of code
        ends += rf"|\n[^`\n]{{0,159}}[^`\s]{mark}(?=[\s.,;:!?])"
    return re.compile(ends)


class Hidden:
    """One hidden stretch of a draft.

    Args:
        draft: the text.
        closer: pattern that ends it; what its group `nested` finds opens another stretch in it. Between what `quote` finds, on one
            `line`, nothing opens or ends, and what `escaped` finds means nothing; what `broken` finds ends all.
        kind: how its first piece is read.
        start: where it begins in the draft.
        opener_chars: how many characters from there its closer may not begin in.
    """

    def __init__(
        self, draft: Draft, closer: re.Pattern[str], kind: SpanKind, start: int, opener_chars: int = 0
    ) -> None:
        self._draft = draft
        self._closer = closer
        self._kind = kind
        self._piece_chars = MATHML_CHARS if kind is SpanKind.MATHML else PIECE_CHARS
        self._opener_chars = opener_chars
        self._depth = 0
        """How many other stretches are open in it."""
        self._is_quoted = False
        self._gone = ""
        """The end of what a flush released: the closer may begin in it."""
        self.opens_line = kind in {SpanKind.FENCE, SpanKind.MARKER}
        draft.held = start

    def step(self, *, final: bool) -> bool | None:
        """Go on: return True if it ended, False if more text is needed, None if a piece was released.

        A piece is released where no closer ends before a fixed place after it, so that the pieces do not depend on how the text came.
        """
        draft = self._draft
        buffer = draft.buffer
        least = draft.held + self._piece_chars
        end = self._ended_in_the_gone() if self._gone else None
        while end is None and (match := self._closer.search(buffer, draft.seek, least + CLOSER_CHARS)):
            draft.seek = match.end()
            if self._ends(match):
                end = match.end()
        if end is not None:
            self.opens_line = self.opens_line or not draft.visible(draft.start, draft.held).strip()
            if end > draft.held:
                draft.protect(self._kind, (draft.held, end), (draft.held, end))
            draft.seek = draft.gap = end
            return True
        if len(buffer) >= least + CLOSER_CHARS:
            self._let_go(least)
            return None
        draft.seek = max(draft.seek, len(buffer) - CLOSER_CHARS)
        if final and len(buffer) > draft.start:
            seen = draft.held + self._opener_chars
            gone = self._gone + buffer[seen:] if draft.seek <= seen else buffer[draft.seek :]
            self._let_go(len(buffer))
            self._gone = gone[-CLOSER_CHARS:]
        return False

    def _ends(self, match: re.Match[str]) -> bool:
        """Whether this is the end, and not the edge of another stretch in it, or quoted."""
        edge = match.lastgroup
        if edge == "quote":
            self._is_quoted = not self._is_quoted
        elif edge == "line":
            self._is_quoted = False
        elif edge != "escaped" and not self._is_quoted:
            self._depth += 1 if edge == "nested" else -1
        return self._depth < 0 or edge == "broken"

    def _ended_in_the_gone(self) -> int | None:
        """Return where a closer ends that began in released text."""
        draft = self._draft
        held = draft.held
        text, gone = self._gone + draft.buffer[held : held + CLOSER_CHARS], len(self._gone)
        at = 0
        while match := self._closer.search(text, at):
            at = match.end()
            if self._ends(match):
                return held + max(0, at - gone)
            draft.seek = max(draft.seek, held + at - gone)
        self._gone = text[at:gone]
        return None

    def _let_go(self, end: int) -> None:
        draft = self._draft
        draft.protect(self._kind, (draft.held, end), (draft.held, end))
        draft.close(end, Break.FORCED)
        draft.held, self._gone, self._opener_chars = end, "", 0
        if self._kind is SpanKind.FENCE:
            self._kind = SpanKind.MARKER


def hidden_by(draft: Draft, found: Found) -> Hidden | None:
    """Return the stretch that a span opens; None if the span is all that is silent, which is noted."""
    opener = draft.buffer[found.start : found.end]
    if found.kind is SpanKind.FENCE:
        return Hidden(draft, fence_end(opener, own_line=False), SpanKind.FENCE, found.start, len(opener))
    name = tags.opens_secret(opener)
    if name is None:
        draft.silence(found.start, found.end)
        return None
    kind = SpanKind.MATHML if name == tags.MATHML else SpanKind.HIDDEN
    return Hidden(draft, tags.closer_of(name), kind, found.start, len(opener))
