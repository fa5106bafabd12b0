"""The rows of tables in a draft: each is one atom, silent or spoken with its columns' names."""

import re
from typing import Literal

from legato.domain.text import Break
from legato.text.atoms import Block, SpanKind
from legato.text.draft import Draft
from legato.text.lines import WAIT, Line, LineKind, read_line
from legato.text.marks import LINE_END
from legato.text.tables import Table, is_delimiter

LONGEST_CHARS = 4000
LINE_PEEK_CHARS = 100
HEAD_CHARS = 400
"""How much of a line is waited for if it does not begin with a bar."""

_RULED = re.compile(r"[\s|:-]*")


class Rows:
    """Follows the table that a draft is in.

    Args:
        draft: the text.
    """

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._table: Table | None = None
        self._bare = False

    def opens(self, at: int, *, final: bool) -> bool | None:
        """Whether the line with a bar in it is the head of a table without outer bars; it is then held as a row.

        Args:
            at: where the bar is.
            final: whether no more text will come.

        Returns:
            None while the line below may still decide.
        """
        draft = self._draft
        opens = self._heads(final=final)
        draft.seek = at if opens is None else at + 1
        if opens:
            self._bare, draft.held, draft.spans = True, draft.line, []
        return opens

    def _heads(self, *, final: bool) -> bool | None:
        draft = self._draft
        buffer, line = draft.buffer, draft.line
        if line < 0 or draft.start != line:
            return False
        end = buffer.find("\n", line, line + HEAD_CHARS)
        below = buffer[end + 1 : end + 1 + HEAD_CHARS].split("\n", 1) if end >= 0 else [""]
        ended = len(below) > 1 or final or len(below[0]) >= HEAD_CHARS
        if end < 0 or not ended:
            grows = _RULED.fullmatch(below[0]) is not None and len(buffer) - line < HEAD_CHARS
            return None if grows and not final else False
        return "|" in below[0] and is_delimiter(below[0])

    def line(self, at: int, *, final: bool) -> Line | Literal["wait"]:
        """Return what the line that begins at a position is; WAIT if that is not known yet."""
        begun = self._draft.buffer[at : at + LINE_PEEK_CHARS]
        return self.follows(at, final=final) or read_line(begun, final=final)

    def follows(self, at: int, *, final: bool) -> Line | Literal["wait"] | None:
        """Return what a line after a row without outer bars is; None if it is like any other.

        Args:
            at: where it begins.
            final: whether no more text will come.
        """
        buffer = self._draft.buffer
        if not self._bare or buffer.count("\n", self._draft.gap, at) > 1:
            return None
        end = LINE_END.search(buffer, at, at + HEAD_CHARS)
        if "|" in buffer[at : end.start() if end else at + HEAD_CHARS]:
            return Line(LineKind.ROW)
        return None if end or final or len(buffer) - at >= HEAD_CHARS else WAIT

    def leave(self) -> None:
        """Leave the table: a line began that is not a row."""
        self._table = None
        self._bare = False

    def step(self, *, final: bool) -> bool:
        """Go on with the row that began at `held`; return False if more text is needed."""
        draft = self._draft
        buffer = draft.buffer
        limit = draft.held + LONGEST_CHARS
        match = LINE_END.search(buffer, draft.seek, limit)
        end = match.start() if match else min(len(buffer), limit)
        if match is None and not final and end < limit:
            draft.seek = end
            return False
        rest = buffer[end + 1 : end + 1 + LONGEST_CHARS]
        if match and match.group() == "\r":
            rest = rest.removeprefix("\n")
        table = self._table = self._table or Table()
        columns = table.read(buffer[draft.held : end], rest, final=final or match is None)
        if isinstance(columns, str):
            draft.seek = end
            return False
        self._bare = self._bare or (columns is None and table.begun and rest[:1] not in {"|", ""})
        if not (table.begun or self._bare) and not buffer[draft.held : end].rstrip().endswith("|"):
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
        """Close a line that began like a row but is prose: `|x| < 3`."""
        draft = self._draft
        self.leave()
        draft.seek = end
        draft.close(end, Break.PARAGRAPH)
        draft.gap = end
        return True
