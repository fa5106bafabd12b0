"""A table of gateways that were asked in turns: a line for each, the middle of its runs, and each figure as a row."""

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from loadtest.rows import Row, shown

_NAME = 22
_WIDTH = 17
Run = TypeVar("Run")


@dataclass(frozen=True, slots=True)
class Column(Generic[Run]):
    """A figure of a run.

    Args:
        title: over the column.
        unit: of the figure.
        of: the figure.
    """

    title: str
    unit: str
    of: Callable[[Run], float]


def lines(
    runs: Mapping[str, Sequence[Run]], columns: Sequence[Column[Run]], mark: Callable[[Run], str]
) -> Iterator[Row | str]:
    """The table.

    Args:
        runs: of each gateway, by its name.
        columns: what is shown of them.
        mark: why a run is no figure, or not fully one; empty for one that counts.
    """
    heads = (f"{column.title}, {column.unit}" if column.unit else column.title for column in columns)
    yield " " * _NAME + "".join(f"{head:>{_WIDTH}}" for head in heads)
    for name, each in runs.items():
        told = worst(map(mark, each))
        rows = [
            Row(f"{name}: {one.title}", statistics.median(map(one.of, each)), one.unit, len(each), told)
            for one in columns
        ]
        yield (
            f"  {name:<{_NAME - 2}}" + "".join(f"{shown(row.value):>{_WIDTH}}" for row in rows) + f"  {told}"
        )
        yield from rows


def worst(marks: Iterable[str]) -> str:
    """What stands beside a figure of several runs: that one of them is none, or else what was said first."""
    said = [mark for mark in marks if mark]
    return next((mark for mark in said if mark.startswith("INVALID")), said[0] if said else "")
