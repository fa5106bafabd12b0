"""Stretches that are not spoken: reasoning, code fences, comments. They are released piece by piece as they come."""

import re

from legato.domain.text import Break
from legato.text.atoms import SpanKind
from legato.text.draft import Draft

PIECE_CHARS = 1000
"""Hidden text is released in pieces of this length."""
CLOSER_CHARS = 64


class Hidden:
    """One hidden stretch of a draft.

    Args:
        draft: the text.
        closer: pattern that ends it.
        kind: how its first piece is read.
        start: where it begins in the draft.
    """

    def __init__(self, draft: Draft, closer: re.Pattern[str], kind: SpanKind, start: int) -> None:
        self._draft = draft
        self._closer = closer
        self._kind = kind
        self.opens_line = kind in {SpanKind.FENCE, SpanKind.MARKER}
        draft.held = start

    def step(self, *, final: bool) -> bool | None:
        """Go on: return True if it ended, False if more text is needed, None if a piece was released."""
        draft = self._draft
        buffer = draft.buffer
        match = self._closer.search(buffer, draft.seek)
        if match is not None:
            self.opens_line = self.opens_line or not draft.visible(draft.start, draft.held).strip()
            draft.protect(self._kind, (draft.held, match.end()), (draft.held, match.end()))
            draft.seek = draft.gap = match.end()
            return True
        if len(buffer) - draft.held >= PIECE_CHARS + CLOSER_CHARS:
            self._let_go(draft.held + PIECE_CHARS)
            return None
        draft.seek = max(draft.seek, len(buffer) - CLOSER_CHARS)
        if final and len(buffer) > draft.start:
            self._let_go(len(buffer))
        return False

    def _let_go(self, end: int) -> None:
        draft = self._draft
        draft.protect(self._kind, (draft.held, end), (draft.held, end))
        draft.close(end, Break.FORCED)
        draft.held = end
        if self._kind is SpanKind.FENCE:
            self._kind = SpanKind.MARKER
