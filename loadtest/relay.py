"""What the gateway adds: direct, nginx, Envoy and Legato over the same fake vendor, interleaved in one run; medians of rounds.

    python -m loadtest.bench relay [--quick]

Vendor and generator share one core; the one under test has the other. There are two workloads: in W1 the vendor sends 40 ms chunks
at real time, so that nothing may be held; in W2 it sends 20 ms chunks at four times real time, as vendors do, so that chunks may grow.
A row is INVALID if the ends used too much of the machine or the offered rate was missed, and `noisy` if others used the machine.

Every run is written to `var/bench/relay.jsonl` when it is over; an interruption (Ctrl-C, SIGTERM) ends with what there is by then.
"""

import time
from collections.abc import Iterator

from loadtest.children import ChildError, cores
from loadtest.contenders import Contender, Field, MissingError, everybody
from loadtest.listeners import Load
from loadtest.machine import machine
from loadtest.relay_extras import extras, extras_told, heard_or_broken, idle
from loadtest.relay_loads import FULL, QUICK, W1, W2, Plan
from loadtest.relay_rows import Cell, lines
from loadtest.relay_runs import FILE, QUICK_FILE, Runs
from loadtest.relay_targets import targets
from loadtest.rows import Row
from loadtest.targets import verdicts


def rows(*, quick: bool) -> Iterator[Row | str]:
    """Yield the table as lines, and each of its figures as a row."""
    free = cores()
    if len(free) < 2:
        yield "  skipped: two cores are needed, one for client and vendor and one for the gateway between them"
        return
    plan, file = (QUICK, QUICK_FILE) if quick else (FULL, FILE)
    began = time.monotonic()
    try:
        with everybody(str(free[0]), str(free[1])) as field:
            bout = Bout(field, Runs(file, machine()), plan, began + plan.most_s)
            bout.run()
    except (MissingError, ChildError) as error:
        yield f"  skipped: {error}"
        return
    yield from summary(bout.runs)
    yield from bout.remarks()
    yield f"  took {time.monotonic() - began:.0f} s; results are in {file}"


def summary(runs: Runs) -> Iterator[Row | str]:
    """Yield what these runs say: the table, the figures beside it, and the verdicts."""
    cells = [cell for cell in runs.cells if cell.load.name in {W1.name, W2.name}]
    yield from lines(cells)
    for cell in cells:
        yield from _rows_of(cell)
    yield ""
    yield from extras_told(runs)
    yield from verdicts(targets(runs))


def _rows_of(cell: Cell) -> Iterator[Row]:
    mark = f"INVALID: {cell.invalid}" if cell.invalid else "noisy" if cell.noisy else ""
    for name, value in (cell.figures() if cell.heard else {}).items():
        what = f"{cell.load.name} {cell.load.streams} {cell.name}: {name}"
        yield Row(what, value, "", len(cell.heard), mark)


class Bout:
    """All contenders under every load, round by round; after the first round, the loads beside the table.

    Args:
        field: the running contenders.
        runs: takes the results.
        plan: what to run.
        until: monotonic seconds; nothing is begun that would end later.
    """

    def __init__(self, field: Field, runs: Runs, plan: Plan, until: float) -> None:
        self.runs = runs
        self._field = field
        self._plan = plan
        self._until = until
        self._full_from: dict[tuple[str, str], int] = {}
        self._left_out: list[str] = []
        self._interrupted = False

    def run(self) -> None:
        """Run the whole plan, until its end or an interruption."""
        try:
            idle(self._field, self.runs)  # first, before other streams leave memory that could be reused
            for number in range(self._plan.rounds):
                for load in self._plan.loads:
                    self._round(load, number)
                if number == 0:
                    extras(self._field, self.runs, self._plan)
            for load in self._plan.once:
                self._round(load, 0)
        except KeyboardInterrupt:
            self._interrupted = True

    def remarks(self) -> Iterator[str]:
        """Yield what was not run."""
        if self._left_out:
            yield f"  left out for lack of time: {', '.join(self._left_out)}"
        if self._interrupted:
            yield "  interrupted: figures that need later runs are missing"

    def _round(self, load: Load, number: int) -> None:
        if number and not self._worth(load):
            return
        asked = [one for one in self._field.contenders if not self._is_full(load, one)]
        if time.monotonic() + len(asked) * load.lasts_s > self._until:
            self._left_out.append(f"{load.name} {load.streams} in round {number + 1}")
            return
        for contender in asked:
            self._listen(contender, load)

    def _worth(self, load: Load) -> bool:
        """Whether a load is worth another round: if Legato carries it on neither wire, one look at the others is enough."""
        return any(
            not self.runs.cell(load, one.name).invalid
            for one in self._field.contenders
            if one.child is self._field.legato
        )

    def _is_full(self, load: Load, contender: Contender) -> bool:
        """Whether the contender's core was full with this many streams or fewer."""
        return load.streams >= self._full_from.get((load.name, contender.name), load.streams + 1)

    def _listen(self, contender: Contender, load: Load) -> None:
        heard_or_broken(self._field, contender, load, self.runs)
        cell = self.runs.cell(load, contender.name)
        if cell.invalid and cell.full:
            self._full_from[load.name, contender.name] = load.streams
