"""What the garbage collector costs in CPU and in tail latency, as the gateway tunes it and with Python's defaults.

    python -m loadtest.bench collector [--quick]

Four gateways over the same vendor take turns under load: one process and two workers, each tuned (`gateway.app.process.tune_collector`:
objects made during start-up are frozen, and collections are fewer) and untuned. Each collection is recorded by the process it stops.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loadtest.children import ChildError, cores
from loadtest.columns import Column, lines
from loadtest.contenders import FOLDER, MissingError
from loadtest.garbage import PAUSES, UNTUNED, Pause, pauses
from loadtest.gateways import Gateway, Together, Variant, gateways
from loadtest.listeners import Load
from loadtest.rows import Row

FULL = Load("collector", 100, chunk_ms=20, pace=4, audio_ms=2_000, period_ms=2_000, periods=4)
QUICK = Load("collector", 50, chunk_ms=20, pace=4, audio_ms=2_000, period_ms=2_000, periods=2)
ROUNDS, QUICK_ROUNDS = 5, 2
WARM_LINES = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """One run.

    Args:
        heard: what the listeners heard in the window.
        pauses: collections in the gateway's processes, in the window and in the seconds before and after it.
        cpu_s: processor seconds of the same processes in the same time.
        took_s: how long that was.
    """

    heard: Together
    pauses: Sequence[Pause]
    cpu_s: float
    took_s: float

    @property
    def share(self) -> float:
        """Share of the gateway's CPU time that was spent collecting, in percent."""
        return 100 * sum(pause.cpu_s for pause in self.pauses) / self.cpu_s

    @property
    def worst_ms(self) -> float:
        """The longest pause in CPU time, since other processes' use of the core is not the collector's; 0 if there was none."""
        return 1e3 * max((pause.cpu_s for pause in self.pauses), default=0.0)

    def rate(self, least: int) -> float:
        """Return the collections per second of this generation and older ones."""
        return sum(pause.generation >= least for pause in self.pauses) / self.took_s


COLUMNS: Sequence[Column[Seen]] = (
    Column("collections", "/s", lambda run: run.rate(0)),
    Column("full ones", "/s", lambda run: run.rate(2)),
    Column("share of CPU", "%", lambda run: run.share),
    Column("worst", "ms", lambda run: run.worst_ms),
    Column("TTFB p50", "ms", lambda run: run.heard.ms("ttfb_ms", "p50")),
    Column("TTFB p99", "ms", lambda run: run.heard.ms("ttfb_ms", "p99")),
    Column("transit p99", "ms", lambda run: run.heard.ms("transit_ms", "p99")),
    Column("1,000 s", "CPU-s", lambda run: run.heard.cost),
)


def variants(folder: Path) -> Iterator[Variant]:
    """Yield the four variants; each writes its pauses to a file of its own."""
    for name, workers in (("one process", 1), ("two workers", 2)):
        for state, untuned in (("tuned", ""), ("untuned", "1")):
            env = {PAUSES: str(folder / f"pauses of {name}, {state}"), UNTUNED: untuned}
            yield Variant(f"{name}, {state}", workers, (sys.executable, "-m", "loadtest.garbage"), env)


def rows(*, quick: bool) -> Iterator[Row | str]:
    """Yield the table as lines, and each of its figures as a row."""
    load, rounds = (QUICK, QUICK_ROUNDS) if quick else (FULL, ROUNDS)
    free, every = [str(core) for core in cores()], list(variants(FOLDER))
    for one in every:
        Path(one.env[PAUSES]).unlink(missing_ok=True)
    try:
        with gateways(every, free[0], free[-1], WARM_LINES) as running:
            yield from compared(running, load, rounds)
    except (MissingError, ChildError) as error:
        yield f"  skipped: {error}"


def compared(running: Sequence[Gateway], load: Load, rounds: int) -> Iterator[Row | str]:
    """Run all gateways in turns and yield the table."""
    seen: dict[str, list[Seen]] = {one.variant.name: [] for one in running}
    for _ in range(rounds):
        for one in running:
            seen[one.variant.name].append(_seen(one, load))
    yield from lines(seen, COLUMNS, lambda run: run.heard.mark)


def _seen(gateway: Gateway, load: Load) -> Seen:
    began_s, before_s = time.monotonic(), gateway.child.cpu_s()
    heard = gateway.asked(load)
    cpu_s, took_s = gateway.child.cpu_s() - before_s, time.monotonic() - began_s
    then = [one for one in pauses(Path(gateway.variant.env[PAUSES])) if one.at_s >= began_s]
    return Seen(heard, then, cpu_s, took_s)
