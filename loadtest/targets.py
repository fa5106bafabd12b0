"""Targets beside what was found: a table with a verdict in each line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loadtest.rows import Row, shown


@dataclass(frozen=True, slots=True)
class Target:
    """A target for one figure.

    Args:
        name: what is measured, and where.
        most: the greatest value that reaches the target.
        found: the measured value; `None` if there is none.
        unit: unit of both.
        note: why there is no value, or what to know about it.
        failed: whether there is no value because the target was missed by far.
    """

    name: str
    most: float
    found: float | None
    unit: str = ""
    note: str = ""
    failed: bool = False

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        if self.found is None:
            return "NOT REACHED" if self.failed else "no figure"
        return "reached" if self.found <= self.most else "NOT REACHED"


def verdicts(targets: Iterable[Target]) -> Iterator[Row | str]:
    """Yield the table as lines, and each of its figures as a row whose mark is the verdict."""
    yield ""
    yield f"  {'target':<64}{'found':>9}{'at most':>10}"
    for target in targets:
        found = "-" if target.found is None else shown(target.found)
        note = f" ({target.note})" if target.note else ""
        yield f"  {target.name:<64}{found:>9}{shown(target.most):>10} {target.unit:<5}{target.verdict}{note}"
        if target.found is not None:
            yield Row(f"target: {target.name}", target.found, target.unit, 1, target.verdict)
