"""What workers cost: CPU time per stream, for the same streams on one process and on two workers.

    python -m loadtest.bench workers [--quick]

One process with all streams takes turns with two workers with half of them each, in one run, with the same ends on both sides. On two
cores everybody shares both, and the load leaves room on them: what is compared is the work, not the wall clock. Callers listen to 3 s
of audio and then are silent for as long: if all 500 heard something at once, it would be more than one process carries.
"""

import statistics
from collections.abc import Iterator, Sequence

from loadtest.children import ChildError, cores
from loadtest.columns import Column, lines, worst
from loadtest.contenders import MissingError
from loadtest.gateways import Gateway, Together, Variant, gateways
from loadtest.listeners import Load
from loadtest.rows import Row
from loadtest.targets import Target, verdicts

ONE, TWO = Variant("one process"), Variant("two workers", workers=2)
MOST = 1.1
"""The target: how many times the CPU of one process two workers may take."""
FULL = Load("workers", 500, chunk_ms=40, pace=1, audio_ms=3_000, period_ms=6_000)
QUICK = Load("workers", 200, chunk_ms=40, pace=1, audio_ms=2_000, period_ms=3_000, periods=2)
ROUNDS, QUICK_ROUNDS = 5, 2
COLUMNS: Sequence[Column[Together]] = (
    Column("each stream", "ms/s", lambda run: run.each_ms),
    Column("1,000 s", "CPU-s", lambda run: run.cost),
    Column("used", "cores", lambda run: run.cores),
    Column("TTFB p50", "ms", lambda run: run.ms("ttfb_ms", "p50")),
    Column("TTFB p99", "ms", lambda run: run.ms("ttfb_ms", "p99")),
    Column("RSS", "MB", lambda run: run.rss_mb),
)


def rows(*, quick: bool) -> Iterator[Row | str]:
    """Yield the table as lines, and each of its figures as a row."""
    load, rounds = (QUICK, QUICK_ROUNDS) if quick else (FULL, ROUNDS)
    everywhere = ",".join(map(str, cores()))
    try:
        with gateways((ONE, TWO), everywhere, everywhere, load.streams) as (one, two):
            yield from compared(one, two, load, rounds)
    except (MissingError, ChildError) as error:
        yield f"  skipped: {error}"


def compared(one: Gateway, two: Gateway, load: Load, rounds: int) -> Iterator[Row | str]:
    """Run both in turns; which comes first alternates from round to round."""
    heard: dict[str, list[Together]] = {one.variant.name: [], two.variant.name: []}
    for number in range(rounds):
        for gateway in (one, two) if number % 2 == 0 else (two, one):
            heard[gateway.variant.name].append(gateway.asked(load))
    yield from lines(heard, COLUMNS, lambda run: run.mark)
    yield from verdicts([ratio(heard[one.variant.name], heard[two.variant.name])])


def ratio(one: Sequence[Together], two: Sequence[Together]) -> Target:
    """Return the target with the median ratio of what two workers take to what one process takes, round by round."""
    ratios = [second.each_ms / first.each_ms for first, second in zip(one, two, strict=True)]
    mark = worst(run.mark for run in (*one, *two))
    rounds = "by rounds " + ", ".join(f"{each:.2f}" for each in ratios)
    found = None if mark.startswith("INVALID") else statistics.median(ratios)
    note = "; ".join(part for part in (rounds, mark) if part)
    return Target("CPU for each stream: two workers beside one process", MOST, found, "x", note)
