"""The rows of tables in a draft: each is one atom, silent or spoken with its columns' names."""

from legato.domain.text import Break
from legato.text.atoms import Block, SpanKind
from legato.text.draft import Draft
from legato.text.marks import LINE_END
from legato.text.tables import Table

LONGEST_CHARS = 4000


class Rows:
    """Follows the table that a draft stands in.

    Args:
        draft: the text.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._table = Table()

    def leave(self) -> None:
        """A line began that is no row."""
        self._table = Table()

    def step(self, *, final: bool) -> bool:
        """Go on over the row that began at `held`; False when more is needed."""
        draft = self._draft
        buffer = draft.buffer
        limit = draft.held + LONGEST_CHARS
        match = LINE_END.search(buffer, draft.seek, limit)
        end = match.start() if match else min(len(buffer), limit)
        if match is None and not final and end < limit:
            draft.seek = end
            return False
        rest = buffer[end + 1 : end + 1 + LONGEST_CHARS]
        columns = self._table.read(buffer[draft.held : end], rest, final=final or match is None)
        if isinstance(columns, str):
            draft.seek = end
            return False
        if not self._table.begun and not buffer[draft.held : end].rstrip().endswith("|"):
            return self._prose(end)
        kind = SpanKind.MARKER if columns is None else SpanKind.ROW
        draft.protect(kind, (draft.held, end), (draft.held, end), columns or ())
        draft.block = Block.ROW
        draft.seek = end
        draft.close(end, Break.PARAGRAPH)
        draft.block = Block.PROSE
        draft.gap = end
        return True

    def _prose(self, end: int) -> bool:
        """A line that began like a row and is none: `|x| < 3`."""
        draft = self._draft
        self._table = Table()
        draft.seek = end
        draft.close(end, Break.PARAGRAPH)
        draft.gap = end
        return True
