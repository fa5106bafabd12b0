"""What an utterance costs by itself, and what each second of its audio costs: turns of one and of six seconds, with contenders alternating.

    python -m loadtest.bench turns [--quick]

The table of `relay` has utterances of 3 s. For a gateway that reads text, chooses a vendor and accounts for what was heard, half of
their cost does not depend on their length. What each contender uses while nobody speaks is subtracted.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from loadtest.children import ChildError, cores
from loadtest.columns import Column, lines, worst
from loadtest.contenders import Contender, Field, MissingError, everybody
from loadtest.listeners import Heard, Load, listen
from loadtest.relay_extras import at_rest
from loadtest.relay_loads import W1, W2
from loadtest.relay_rows import Cell
from loadtest.rows import Row

SHORT_S, LONG_S = 1, 6
ROUNDS = 3
AGAINST = {"Legato": "Envoy", "Legato gRPC": "Envoy gRPC"}
ASKED = ("Envoy", "Legato", "Envoy gRPC", "Legato gRPC")


def both(load: Load) -> tuple[Load, Load]:
    """Return the load in short turns with a pause after each, and in long turns without."""
    return (
        replace(load, audio_ms=1000 * SHORT_S, period_ms=3_000, periods=2),
        replace(load, audio_ms=1000 * LONG_S, period_ms=1000 * LONG_S),
    )


FULL = (replace(W2, streams=200), replace(W1, streams=80))
QUICK = (replace(W2, streams=100),)


@dataclass(frozen=True, slots=True)
class Turns:
    """One contender in one round.

    Args:
        short: what was heard in short turns.
        long: what was heard in long turns.
        idle_cores: cores that the contender uses while nobody speaks.
        mark: why this does not count, or not fully; empty if it does.
    """

    short: Heard
    long: Heard
    idle_cores: float
    mark: str = ""

    @property
    def second_ms(self) -> float:
        """Milliseconds of CPU for each second of audio, beyond what the utterance itself costs."""
        return (self._each_ms(self.long) - self._each_ms(self.short)) / (LONG_S - SHORT_S)

    @property
    def utterance_ms(self) -> float:
        """Milliseconds of CPU for an utterance without its audio."""
        return self._each_ms(self.short) - SHORT_S * self.second_ms

    def _each_ms(self, heard: Heard) -> float:
        used_s = heard.cpu_s - self.idle_cores * heard.window_s
        return 1000 * used_s / heard.told["spoken"] if heard.told["spoken"] else math.nan


COLUMNS: Sequence[Column[Turns]] = (
    Column("an utterance", "ms", lambda run: run.utterance_ms),
    Column("each second", "ms", lambda run: run.second_ms),
)


def rows(*, quick: bool) -> Iterator[Row | str]:
    """Yield the tables as lines, and each of their figures as a row."""
    free = cores()
    if len(free) < 2:
        yield "  skipped: two cores are needed, one for client and vendor and one for the gateway between them"
        return
    loads = QUICK if quick else FULL
    try:
        with everybody(str(free[0]), str(free[1]), max(load.streams for load in loads)) as field:
            idle = at_rest(field)
            for load in loads:
                yield from compared(field, load, idle, 1 if quick else ROUNDS)
    except (MissingError, ChildError) as error:
        yield f"  skipped: {error}"


def compared(field: Field, load: Load, idle: Mapping[str, float], rounds: int) -> Iterator[Row | str]:
    """Run all contenders under this load, round by round, and yield the table."""
    heard: dict[str, list[Turns]] = {name: [] for name in ASKED}
    for _ in range(rounds):
        for name in ASKED:
            heard[name].append(asked(field, field.of(name), load, idle[name]))
    yield f"  {load.name}, {load.streams} streams, {load.chunk_ms} ms chunks at {load.pace} x real time"
    yield from lines(
        {f"{load.name} {name}": each for name, each in heard.items()}, COLUMNS, lambda run: run.mark
    )
    for name, other in AGAINST.items():
        yield from beside(f"{load.name}, each second: {name} beside {other}", heard[name], heard[other])


def asked(field: Field, contender: Contender, load: Load, idle: float) -> Turns:
    """Run one contender in short turns and in long ones."""
    short, long = both(load)
    heard = (listen(field, contender, short), listen(field, contender, long))
    marks = (
        _mark(Cell(load, contender.name, "", [one])) for load, one in zip((short, long), heard, strict=True)
    )
    return Turns(*heard, idle, worst(marks))


def _mark(cell: Cell) -> str:
    if cell.invalid:
        return f"INVALID: {cell.invalid}"
    return "noisy" if cell.noisy else ""


def beside(name: str, ours: Sequence[Turns], theirs: Sequence[Turns]) -> Iterator[Row | str]:
    """Yield the median ratio of what a second of audio costs, and the ratios of the rounds."""
    ratios = [one.second_ms / two.second_ms for one, two in zip(ours, theirs, strict=True)]
    row = Row(name, median(ratios), "x", len(ratios), worst(run.mark for run in (*ours, *theirs)))
    by_rounds = ", ".join(f"{each:.2f}" for each in ratios)
    yield f"  {row.name}: {row.value:.2f} x (by rounds {by_rounds})  {row.mark}".rstrip()
    yield row
