"""The targets of the gateway in the relay benchmark, and whether these runs reach them.

A tail (p95, p99) is judged by the greater of its target and three times nginx's figure in the same run. A row that is INVALID gives
no figure, and if the core of the one under test was full, the target is missed; a noisy row is judged, and marked as noisy.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from loadtest.listeners import Load
from loadtest.relay_extras import IDLE_STREAM_KB, idle_cores
from loadtest.relay_loads import CANCELLED, CONVERSATIONS, FULL_HOUSE, PROMISED
from loadtest.relay_rows import Cell, ratio
from loadtest.relay_runs import Runs
from loadtest.targets import Target

TAIL = 3.0
"""Multiple of nginx's tail that is allowed."""
FULL_ENDS = 0.85
"""Share of the core of the ends above which a full house says nothing."""
FLAT = 1.25
"""Multiple of a stream's cost at `FEWEST` streams that is allowed at the most streams."""
FEWEST = 10
COSTS = (
    ("W2", "Legato", "Envoy", 0.8, ""),
    ("W2", "Legato", "nginx", 0.8, ", the prize"),
    ("W1", "Legato", "Envoy", 1.5, ""),
    ("W1", "Legato", "Envoy", 1.0, ", the prize"),
    ("W2", "Legato gRPC", "Envoy gRPC", 1.5, ""),
    ("W2", "Legato gRPC", "Envoy gRPC", 1.25, ", the prize"),
)
"""CPU: workload, contender, the other, the greatest ratio of the two, suffix. Judged at the most streams at which both rows count."""
ADDED = (
    ("W2", "Legato", PROMISED.streams, 1.0, 5.0, ""),
    ("W1", "Legato", 500, 0.6, 5.0, ""),
    ("W1", "Legato", 1_000, 0.2, 2.5, ", the prize"),
    ("W2", "Legato", 500, 0.6, 5.0, ""),
    ("W2", "Legato", 1_000, 0.2, 2.5, ", the prize"),
    ("W2", "Legato gRPC", 300, 1.0, 8.0, ""),
)
"""Added TTFB: workload, contender, streams, the greatest p50 and p99 in milliseconds, suffix."""
ELSEWHERE = (
    ("CPU of a stream on two workers, times that on one process", 1.1, "", "workers"),
    ("a warm line: p99", 2.0, "ms", "acquire"),
    ("espeak: first audio", 3.0, "ms", "voices"),
    ("neural voice, 12 streams: p95 of the first audio", 200.0, "ms", "voices"),
)
_Of = Callable[[Cell], float]


def targets(runs: Runs) -> Iterator[Target]:
    """Yield all targets, met or not."""
    for workload, name, other, most, prize in COSTS:
        yield _cost(runs, f"{workload}, {name}: CPU, times {other}'s{prize}", (workload, name, other), most)
    yield _underruns(runs)
    for workload, name, streams, p50, p99, prize in ADDED:
        what = f"{workload}, {name}, {streams:,} streams: added TTFB"
        cell, nginx = (_under(runs, workload, who, streams) for who in (name, "nginx"))
        yield _judged(f"{what} p50{prize}", p50, cell, lambda one: one.added_ms("p50"))
        yield _tail(f"{what} p99{prize}", p99, (cell, nginx), lambda one: one.added_ms("p99"))
    yield from _full_house(runs, FULL_HOUSE, "1,000 streams without a pause, vendor of 80 ms")
    yield from _full_house(runs, CONVERSATIONS, "1,000 streams that speak 3 s in 7.5, vendor of 80 ms")
    cancels = runs.cell(CANCELLED, "Legato"), runs.cell(CANCELLED, "nginx")
    yield _tail(f"cancel, {CANCELLED.streams} streams: p99", 5.0, cancels, _percentile("cancel_ms", "p99"))
    kb = runs.figures.get(IDLE_STREAM_KB)
    yield Target("an idle stream on a WebSocket: memory", 40.0, kb, "KB")
    for workload in ("W1", "W2"):
        for name in ("Legato", "Legato gRPC"):
            yield _flat(runs, workload, name)
    for what, most, unit, command in ELSEWHERE:
        yield Target(what, most, None, unit, f"make bench BENCH_ARGS={command}")


def carried(runs: Runs, workload: str, name: str) -> list[Cell]:
    """Return this contender's rows that count, fewer streams first."""
    return [
        cell for cell in runs.cells if (cell.load.name, cell.name) == (workload, name) and not cell.invalid
    ]


def cost_above_idle(runs: Runs, cell: Cell) -> float:
    """Return the CPU-seconds for 1,000 seconds of audio, less what it uses while nobody speaks."""
    return cell.cost_above(runs.figures.get(idle_cores(cell.name), 0.0))


def _under(runs: Runs, workload: str, name: str, streams: int) -> Cell | None:
    found = (cell for cell in runs.cells if (cell.load.name, cell.name) == (workload, name))
    return next((cell for cell in found if cell.load.streams == streams), None)


def _percentile(what: str, share: str) -> _Of:
    return lambda cell: cell.median(lambda one: one.ms(what, share))


def _judged(name: str, most: float, cell: Cell | None, of: _Of, unit: str = "ms") -> Target:
    if cell is None or cell.invalid:
        full = cell is not None and cell.full
        return Target(name, most, None, unit, "not run" if cell is None else cell.invalid, full)
    return Target(name, most, of(cell), unit, "noisy" if cell.noisy else "")


def _tail(name: str, most: float, cells: tuple[Cell | None, Cell | None], of: _Of) -> Target:
    cell, nginx = cells
    if nginx is not None and not nginx.invalid:
        most = max(most, TAIL * of(nginx))
    return _judged(name, most, cell, of)


def _cost(runs: Runs, what: str, who: tuple[str, str, str], most: float) -> Target:
    workload, name, other = who
    beside = [(cell, ratio(cell, runs.cell(cell.load, other))) for cell in carried(runs, workload, name)]
    known = [(cell, times) for cell, times in beside if times is not None]
    if not known:
        return Target(what, most, None, "", "no load with valid runs of both")
    cell, times = known[-1]
    return Target(what, most, times, "", _at(cell))


def _underruns(runs: Runs) -> Target:
    what, cells = "W2, Legato: underruns", carried(runs, "W2", "Legato")
    if not cells:
        return Target(what, 0.0, None, "", "no load with a valid run")
    return Target(what, 0.0, cells[-1].underruns, "", _at(cells[-1]))


def _at(cell: Cell) -> str:
    return f"{cell.load.streams} streams{', noisy' if cell.noisy else ''}"


def _full_house(runs: Runs, load: Load, what: str) -> Iterator[Target]:
    cell, nginx = runs.cell(load, "Legato"), runs.cell(load, "nginx")
    judged = (
        _tail(f"{what}: p95 of the TTFB", 200.0, (cell, nginx), _percentile("ttfb_ms", "p95")),
        _judged(f"{what}: errors", 0.0, cell, lambda one: one.median(lambda heard: heard.errors), ""),
        _judged(f"{what}: RSS", 512.0, cell, lambda one: one.median(lambda heard: heard.rss_mb), "MB"),
    )
    void = bool(cell.heard) and cell.median(lambda one: one.ends_s / one.window_s) > FULL_ENDS
    for target in judged:
        yield (
            replace(target, found=None, note="invalid: the core of client and vendor was full")
            if void
            else target
        )


def _flat(runs: Runs, workload: str, name: str) -> Target:
    what = f"{workload}, {name}: CPU of a stream, times that at {FEWEST}"
    cells = [cell for cell in carried(runs, workload, name) if cell.load.streams >= FEWEST]
    if len(cells) < 2 or cells[0].load.streams != FEWEST:
        return Target(what, FLAT, None, "", "too few loads with valid runs")
    few, many = (cost_above_idle(runs, cell) for cell in (cells[0], cells[-1]))
    return Target(what, FLAT, many / few, "", _at(cells[-1]))
