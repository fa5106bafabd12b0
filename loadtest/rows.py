"""Rows, which a benchmark yields, and steps, which it measures: each figure is the best of several rounds of processor time.

The best round is the one that was disturbed least; a mean would also measure the machine's other work.
"""

import time
import timeit
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

ROUNDS = 7
ROUND_S = 0.01
"""Length of a round: it makes as many calls as fit."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Args:
        name: what was measured.
        value: the figure.
        unit: its unit.
        n: number of measurements.
        mark: why the figure does not count, or not fully; empty if it does.
    """

    name: str
    value: float
    unit: str
    n: int
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that costs processor time.

    Args:
        name: what it is.
        run: does it once.
        unit: unit of the figure.
        per: how many of what the unit counts are done in one call.
    """

    name: str
    run: Callable[[], object]
    unit: str = "us"
    per: float = 1.0


def measured(steps: Iterable[Step]) -> Iterator[Row]:
    """Yield the microseconds of each step."""
    for step in steps:
        timer = timeit.Timer(step.run, timer=time.process_time)
        calls = fitting(timer)
        best = min(timer.repeat(ROUNDS, calls)) / calls
        yield Row(step.name, best * 1e6 / step.per, step.unit, ROUNDS * calls)


def fitting(timer: timeit.Timer) -> int:
    """Return how many calls make a round."""
    timer.timeit(1)
    return max(1, int(ROUND_S / max(timer.timeit(1), 1e-7)))


def table(rows: Iterable[Row | str]) -> Iterator[str]:
    """Yield the rows as lines of text; a benchmark that yields lines of its own is shown by those instead."""
    own = False
    for row in rows:
        if isinstance(row, str):
            own = True
            yield row
        elif not own:
            yield f"  {row.name:<68}{shown(row.value):>10} {row.unit:<12} n={row.n:,}"


def shown(value: float) -> str:
    """Format a value with three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
