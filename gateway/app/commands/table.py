"""Rows for people, in columns; names for people, of which there may be thousands."""

import itertools
from collections.abc import Collection, Iterable, Sequence

MOST = 20
"""How many names or rows are shown one by one; of more, some."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows in columns as wide as their widest cell, two spaces apart, without spaces at the end of a line."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def some(names: Collection[str], most: int = MOST) -> str:
    """Name the first of them, `most` at most, and how many more there are."""
    shown = ", ".join(itertools.islice(names, most))
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
