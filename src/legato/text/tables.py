"""Tables in markdown: which row is what, and what its cells are called.

A row is spoken as "header: cell, header: cell". The first row is the header when the row below it is made of dashes.
"""

import itertools
import re
from typing import Final, Literal

WAIT: Final = "wait"

_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_RULED = re.compile(r"[ \t|:-]*")
"""A line of dashes, as far as it has come."""
_CELL_BORDER = re.compile(r"(?<!\\)\|")
MAX_COLUMNS = 64


def cells(row: str) -> list[tuple[int, int]]:
    """Return where the cells of a row are, without the space around them.

    Args:
        row: one line; the outer pipes are optional.

    Returns:
        start and end of each cell in the row; at most 64.
    """
    borders = [match.start() for match in _CELL_BORDER.finditer(row)][: MAX_COLUMNS + 1]
    if not borders or borders[0] > len(row) - len(row.lstrip()):
        borders.insert(0, -1)
    if borders[-1] < len(row.rstrip()) - 1:
        borders.append(len(row))
    found = []
    for left, right in itertools.pairwise(borders):
        body = row[left + 1 : right]
        start = left + 1 + len(body) - len(body.lstrip())
        found.append((start, start + len(body.strip())))
    return found


def is_delimiter(row: str) -> bool:
    """Whether a line is the line of dashes below a table's head."""
    return _DELIMITER.fullmatch(row.strip()) is not None


class Table:
    """One table, row by row."""

    def __init__(self) -> None:
        self._columns: tuple[str, ...] | None = None

    @property
    def begun(self) -> bool:
        """Whether a header was read, so that the columns have names."""
        return bool(self._columns)

    def read(self, row: str, rest: str, *, final: bool) -> tuple[str, ...] | Literal["wait"] | None:
        """Return what a complete row is.

        Args:
            row: the row.
            rest: what is known after its line end.
            final: whether no more text will come.

        Returns:
            the names of the columns for a row that is spoken (empty: it has none), None for a silent row (a header, a
            line of dashes), WAIT while the next line decides.
        """
        if _DELIMITER.fullmatch(row.strip()):
            return None
        if self._columns is not None:
            return self._columns
        following, ended = rest.lstrip(" \t"), "\n" in rest
        if not following and not final:
            return WAIT
        if (following.startswith("|") or _RULED.fullmatch(following)) and not ended and not final:
            return WAIT  # the first dash of a list is not yet a line of dashes
        below = following.split("\n", 1)[0]
        header = "|" in below and is_delimiter(below)  # without a bar it is a drawn line
        self._columns = tuple(row[start:end] for start, end in cells(row)) if header else ()
        return None if header else ()
