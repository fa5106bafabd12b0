"""What is to be reached, beside what was found: a table with a verdict in each line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from loadtest.rows import Row, shown


@dataclass(frozen=True, slots=True)
class Target:
    """One figure that is to be reached.

    Args:
        name: what is measured, and where.
        most: how much it may be.
        found: how much it is; `None` where there is no figure.
        unit: of both.
        note: why there is none, or what is to be known of it.
        failed: there is none because it was far from being reached.
    """

    name: str
    most: float
    found: float | None
    unit: str = ""
    note: str = ""
    failed: bool = False

    @property
    def verdict(self) -> str:
        """In words."""
        if self.found is None:
            return "NOT REACHED" if self.failed else "no figure"
        return "reached" if self.found <= self.most else "NOT REACHED"


def verdicts(targets: Iterable[Target]) -> Iterator[Row | str]:
    """The table as lines, and each of its figures as a row whose mark is the verdict."""
    yield ""
    yield f"  {'target':<64}{'found':>9}{'at most':>10}"
    for target in targets:
        found = "-" if target.found is None else shown(target.found)
        note = f" ({target.note})" if target.note else ""
        yield f"  {target.name:<64}{found:>9}{shown(target.most):>10} {target.unit:<5}{target.verdict}{note}"
        if target.found is not None:
            yield Row(f"target: {target.name}", target.found, target.unit, 1, target.verdict)
