"""What the gateway adds: direct, nginx, Envoy and Legato over the same fake vendor, interleaved in one run, medians of rounds.

    python -m loadtest.bench relay [--quick]

Vendor and generator have one core, who is measured has the other. Two workloads: W1, the vendor sends 40 ms chunks at real time,
so that nothing may be held; W2, 20 ms chunks at four times real time, as vendors send, so that chunks may grow. Whoever fills its
core is not asked for more streams. A row is INVALID where the ends used too much of the machine or the offered rate was missed,
and `noisy` where others used the machine.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loadtest.children import ChildError, cores
from loadtest.contenders import Field, MissingError, everybody
from loadtest.listeners import Heard, Load, listen
from loadtest.relay_rows import Cell, lines
from loadtest.rows import Row

W1 = Load("W1", 100, chunk_ms=40, pace=1)
W2 = Load("W2", 100, chunk_ms=20, pace=4)
ALONE = {"audio_ms": 400, "period_ms": 500, "periods": 10}
"""One stream speaks short utterances, or there would be too few of them."""
CANCELLED = replace(W2, name="cancel", streams=500, cancel_ms=300, audio_ms=2_000)
FULL_HOUSE = replace(W1, name="1,000", streams=1_000, first_ms=80)
IDLE_STREAMS = 1_000
IDLE = Load("idle", IDLE_STREAMS, chunk_ms=40, pace=1, period_ms=1_000_000, warm_ms=1_000, measure_ms=1_000)
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run.

    Args:
        loads: under which everybody is measured.
        rounds: how often.
    """

    loads: tuple[Load, ...]
    rounds: int


FULL = Plan(
    (
        replace(W1, streams=1, **ALONE),
        replace(W1, streams=100),
        replace(W1, streams=500),
        replace(W1, streams=1_000),
        replace(W2, streams=1, **ALONE),
        replace(W2, streams=100),
        replace(W2, streams=300),
        replace(W2, streams=500),
    ),
    ROUNDS,
)
QUICK = Plan((W1, W2), 1)


def rows(*, quick: bool) -> Iterator[Row | str]:
    """The table as lines, and each of its figures as a row, in the order in which they come to be."""
    free = cores()
    if len(free) < 2:
        yield "  skipped: two cores are needed, one for the ends and one for what is between them"
        return
    plan = QUICK if quick else FULL
    try:
        with everybody(str(free[0]), str(free[1])) as field:
            yield from _measured(field, plan)
    except (MissingError, ChildError) as error:
        yield f"  skipped: {error}"


def _measured(field: Field, plan: Plan) -> Iterator[Row | str]:
    began = time.monotonic()
    idle = list(idle_streams(field))  # first, while the memory of no other stream can be used again
    cells = compared(field, plan)
    yield from lines(cells)
    for cell in cells:
        yield from _rows_of(cell)
    yield ""
    yield from idle
    yield from extras(field)
    yield f"  took {time.monotonic() - began:.0f} s"


def compared(field: Field, plan: Plan) -> list[Cell]:
    """Everybody under every load, round by round."""
    cells = [
        Cell(load, one.name, "direct gRPC" if one.wire == "grpc" else "direct")
        for load in plan.loads
        for one in field.contenders
    ]
    filled: set[tuple[str, str]] = set()
    for _ in range(plan.rounds):
        for load in plan.loads:
            _round(field, [cell for cell in cells if cell.load is load], filled)
    return [cell for cell in cells if cell.heard]


def _round(field: Field, cells: Sequence[Cell], filled: set[tuple[str, str]]) -> None:
    heard: dict[str, Heard] = {}
    for cell in cells:
        who = (cell.load.name, cell.name)
        if who in filled and not cell.heard:
            continue
        heard[cell.name] = listen(field, field.of(cell.name), cell.load)
        cell.heard.append(heard[cell.name])
        cell.bases.append(heard[cell.base])
        if cell.invalid and cell.full:
            filled.add(who)


def _rows_of(cell: Cell) -> Iterator[Row]:
    mark = f"INVALID: {cell.invalid}" if cell.invalid else "noisy" if cell.noisy else ""
    for name, value in cell.figures().items():
        what = f"{cell.load.name} {cell.load.streams} {cell.name}: {name}"
        yield Row(what, value, "", len(cell.heard), mark)


# --- beside the table -------------------------------------------------------------------------------------------------


def extras(field: Field) -> Iterator[Row | str]:
    """What is asked of the gateway alone: cancels, a full house, idle streams."""
    legato, nginx = field.of("Legato"), field.of("nginx")
    for contender in (legato, field.of("Legato gRPC")):
        heard = listen(field, contender, replace(CANCELLED, streams=500 if contender is legato else 200))
        yield from _percentiles(f"cancel, {contender.name}", heard, "cancel_ms")
    for contender in (nginx, legato):
        heard = listen(field, contender, FULL_HOUSE)
        yield from _percentiles(f"1,000 streams, vendor of 80 ms, {contender.name}", heard, "ttfb_ms")


def _percentiles(name: str, heard: Heard, what: str) -> Iterator[Row | str]:
    told = heard.told
    errors = told["failed"] + told["lost_streams"]
    noise = f", noisy: others used {heard.foreign:.2f}" if heard.foreign > 0.35 else ""
    yield (
        f"  {name}: p50 {heard.ms(what, 'p50'):.2f}, p95 {heard.ms(what, 'p95'):.2f}, p99 {heard.ms(what, 'p99'):.2f} ms, "
        f"{errors} errors, {told['spoken']} of {told['offered']} spoken, {heard.cores:.2f} cores, "
        f"ends {heard.ends_s / heard.window_s:.2f}, RSS {heard.rss_mb:.0f} MB{noise}"
    )
    for share in ("p50", "p95", "p99"):
        yield Row(f"{name}: {what} {share}", heard.ms(what, share), "ms", told[what]["n"])
    yield Row(f"{name}: errors", errors, "", told["offered"])
    yield Row(f"{name}: RSS", heard.rss_mb, "MB", 1)


def idle_streams(field: Field) -> Iterator[Row | str]:
    """What a stream costs that says nothing."""
    before = field.legato.rss_mb()
    heard = listen(field, field.of("Legato"), IDLE)
    each = (heard.rss_mb - before) * 1024 / IDLE_STREAMS
    yield f"  idle streams, Legato: {each:.1f} KB each"
    yield Row("idle stream: memory", each, "KB", IDLE_STREAMS)
