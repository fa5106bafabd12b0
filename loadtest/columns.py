"""A table of gateways that took turns: a line for each with the medians of its runs, and each figure as a row."""

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
        title: heading of the column.
        unit: unit of the figure.
        of: computes the figure.
    """

    title: str
    unit: str
    of: Callable[[Run], float]


def lines(
    runs: Mapping[str, Sequence[Run]], columns: Sequence[Column[Run]], mark: Callable[[Run], str]
) -> Iterator[Row | str]:
    """Yield the table.

    Args:
        runs: the runs of each gateway, by its name.
        columns: the figures to show.
        mark: tells why a run does not count, or not fully; empty for one that does.
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
    """Return the mark for a figure of several runs: the first that says INVALID, or else the first one."""
    said = [mark for mark in marks if mark]
    return next((mark for mark in said if mark.startswith("INVALID")), said[0] if said else "")
