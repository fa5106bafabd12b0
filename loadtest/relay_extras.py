"""What the relay benchmark runs beside its table: cancels, full houses, and what is used while nobody speaks."""

import time
from collections.abc import Iterator

from loadtest.contenders import Contender, Field
from loadtest.listeners import Load, listen
from loadtest.relay_loads import CANCELLED, CONVERSATIONS, FULL_HOUSE, IDLE, Plan
from loadtest.relay_rows import Cell
from loadtest.relay_runs import Runs
from loadtest.rows import Row

IDLE_STREAM_KB = "idle stream: memory, KB"
_TOLD = {
    CANCELLED.name: ("cancel_ms", "cancel"),
    FULL_HOUSE.name: ("ttfb_ms", "ttfb"),
    CONVERSATIONS.name: ("ttfb_ms", "ttfb with pauses"),
}
"""The time that each load is run for, and its name in the output."""
_IDLE_S = 5.0
"""Time at rest that is measured: the interval at which warm lines are tended."""


def idle(field: Field, runs: Runs) -> None:
    """Measure what everybody uses without streams, and what a silent stream costs."""
    for name, used in at_rest(field).items():
        runs.figure(idle_cores(name), used)
    before_mb = field.legato.rss_mb()
    heard = listen(field, field.of("Legato"), IDLE)
    runs.figure(IDLE_STREAM_KB, (heard.rss_mb - before_mb) * 1024 / IDLE.streams)


def at_rest(field: Field) -> dict[str, float]:
    """Return the cores that each contender uses while nobody speaks, by name."""
    children = {one.name: one.child for one in field.contenders if one.child is not None}
    before = {name: child.cpu_s() for name, child in children.items()}
    began = time.monotonic()
    time.sleep(_IDLE_S)
    return {
        name: (child.cpu_s() - before[name]) / (time.monotonic() - began) for name, child in children.items()
    }


def idle_cores(name: str) -> str:
    """Return the name of the figure for what a contender uses while nobody speaks."""
    return f"idle, no streams: cores, {name}"


def extras(field: Field, runs: Runs, plan: Plan) -> None:
    """Run everything that the plan has beside the table."""
    for name, load in plan.beside:
        heard_or_broken(field, field.of(name), load, runs)


def heard_or_broken(field: Field, contender: Contender, load: Load, runs: Runs) -> None:
    """Run a load and record its result, or that the generator failed; nothing is run whose base failed."""
    if runs.lacks_base(load, contender.name):
        return
    try:
        runs.heard(load, contender.name, listen(field, contender, load))
    except RuntimeError as error:
        runs.broke(load, contender.name, str(error))


# --- told -------------------------------------------------------------------------------------------------------------


def extras_told(runs: Runs) -> Iterator[Row | str]:
    """Yield the results of all that was run beside the table."""
    for name, value in runs.figures.items():
        yield f"  {name}: {value:.3g}"
        yield Row(name, value, "", 1)
    for cell in runs.cells:
        if cell.load.name in _TOLD:
            yield from _percentiles(cell, *_TOLD[cell.load.name])


def _percentiles(cell: Cell, what: str, called: str) -> Iterator[Row | str]:
    name = f"{called}, {cell.load.streams} streams, {cell.name}"
    if cell.invalid:
        yield f"  {name}: INVALID: {cell.invalid}"
        return
    heard, mark = cell.heard[-1], "noisy" if cell.noisy else ""
    told = heard.told
    yield (
        f"  {name}: p50 {heard.ms(what, 'p50'):.2f}, p95 {heard.ms(what, 'p95'):.2f}, p99 {heard.ms(what, 'p99'):.2f} ms, "
        f"{heard.errors} errors, {told['spoken']} of {told['offered']} spoken, {heard.cores:.2f} cores, "
        f"ends {heard.ends_s / heard.window_s:.2f}, RSS {heard.rss_mb:.0f} MB{'  noisy' if cell.noisy else ''}"
    )
    for share in ("p50", "p95", "p99"):
        yield Row(f"{name}: {what} {share}", heard.ms(what, share), "ms", told[what]["n"], mark)
    yield Row(f"{name}: errors", heard.errors, "", told["offered"], mark)
    yield Row(f"{name}: RSS", heard.rss_mb, "MB", 1, mark)
