"""The results of the relay benchmark: medians, ratios to nginx and Envoy, and which rows do not count."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import methodcaller

from loadtest.listeners import Heard, Load

MOST_ENDS = 0.7
"""Cores that the ends may use: 35 % of a machine of two. Above that it is the ends that are measured, not what is between them."""
MOST_FOREIGN = 0.35
"""Cores that other processes may use before a row is called noisy."""
LEAST_SPOKEN = 0.99
FULL = 0.96
"""Share of its core at which the one under test has no more to give."""


@dataclass(slots=True)
class Cell:
    """One contender under one load: its runs, round by round.

    Args:
        load: the load.
        name: name of the contender.
        base: name of the contender that is subtracted.
        heard: its results, one for each round.
        bases: the results of the base in the same rounds.
        broken: why there is no result, if the generator itself failed.
    """

    load: Load
    name: str
    base: str
    heard: list[Heard] = field(default_factory=list)
    bases: list[Heard] = field(default_factory=list)
    broken: str = ""

    def median(self, of: Callable[[Heard], float]) -> float:
        """Return the median of all rounds."""
        return statistics.median(map(of, self.heard))

    def added_ms(self, share: str) -> float:
        """Return what was added to this percentile of the time to first byte, compared with the direct way."""
        pairs = zip(self.heard, self.bases, strict=False)  # the last round may have been cut short
        return statistics.median(
            one.ms("ttfb_ms", share) - direct.ms("ttfb_ms", share) for one, direct in pairs
        )

    @property
    def cost(self) -> float:
        """CPU-seconds for 1,000 seconds of audio."""
        return self.median(lambda one: 1000 * one.cpu_s / one.audio_s if one.audio_s else float("inf"))

    @property
    def full(self) -> bool:
        """Whether its core was used up."""
        return bool(self.heard) and self.median(lambda one: one.cores) > FULL

    @property
    def invalid(self) -> str:
        """Why this cell does not count; empty if it does."""
        if self.broken or not self.heard:
            return self.broken or "not run"
        ends = self.median(lambda one: one.ends_s / one.window_s)
        if ends > MOST_ENDS:
            return f"client and vendor used {ends:.2f} cores"
        spoken = self.median(lambda one: one.told["spoken"] / self.load.utterances)
        if spoken < LEAST_SPOKEN:
            return f"{spoken:.0%} of the offered rate" + (", its core is full" if self.full else "")
        return ""

    @property
    def noisy(self) -> bool:
        """Whether others used the machine."""
        return bool(self.heard) and self.median(lambda one: one.foreign) > MOST_FOREIGN

    def cost_above(self, idle_cores: float) -> float:
        """Return the CPU-seconds for 1,000 seconds of audio, less those that it uses while nobody speaks."""
        return self.median(
            lambda one: 1000 * (one.cpu_s - idle_cores * one.window_s) / one.audio_s if one.audio_s else 0.0
        )

    @property
    def underruns(self) -> int:
        """Underruns in all rounds."""
        return sum(int(one.told["underruns"]) for one in self.heard)

    def figures(self) -> dict[str, float]:
        """Return all its figures by name."""
        return {
            **{f"added_ttfb_{share}_ms": self.added_ms(share) for share in ("p50", "p95", "p99")},
            **{
                f"transit_{share}_ms": self.median(methodcaller("ms", "transit_ms", share))
                for share in ("p50", "p99")
            },
            "cpu_s_per_1000_audio_s": self.cost,
            "cores": self.median(lambda one: one.cores),
            "rss_mb": self.median(lambda one: one.rss_mb),
            "messages_per_audio_s": self.median(
                lambda one: one.told["messages"] / one.audio_s if one.audio_s else 0.0
            ),
            "errors": sum(one.errors for one in self.heard),
            "underruns": self.underruns,
            "gap_ms": sum(one.told["gap_ms"] for one in self.heard),
            "ends_cores": self.median(lambda one: one.ends_s / one.window_s),
            "foreign_cores": self.median(lambda one: one.foreign),
        }


def ratio(cell: Cell, other: Cell | None) -> float | None:
    """Return the median ratio of the costs, round by round; `None` if one of the cells does not count, or is the direct way."""
    if other is None or cell.invalid or other.invalid or cell.name in {other.name, cell.base}:
        return None
    return statistics.median(
        (one.cpu_s / one.audio_s) / (two.cpu_s / two.audio_s)
        for one, two in zip(cell.heard, other.heard, strict=False)  # likewise
        if one.audio_s and two.audio_s and two.cpu_s
    )


HEAD = (
    f"  {'load':<4}{'streams':>8}  {'':<12}{'added TTFB ms p50/p95/p99':>26}{'transit p50/p99':>18}"
    f"{'CPU/1000 s':>12}{'x nginx':>9}{'x Envoy':>9}{'cores':>7}{'RSS MB':>8}{'msg/s':>7}{'err':>5}{'underruns':>16}"
)


def lines(cells: Sequence[Cell]) -> Iterator[str]:
    """Yield the table."""
    yield HEAD
    at = {(cell.load, cell.name): cell for cell in cells}
    for cell in cells:
        yield line(cell, at)


def line(cell: Cell, at: Mapping[tuple[Load, str], Cell]) -> str:
    """Return one line of the table."""
    start = f"  {cell.load.name:<4}{cell.load.streams:>8}  {cell.name:<12}"
    if cell.invalid:
        return f"{start}INVALID: {cell.invalid}"
    told = cell.figures()
    nginx = at.get((cell.load, "nginx"))
    envoy = at.get((cell.load, "Envoy gRPC" if "gRPC" in cell.name else "Envoy"))
    latency = "/".join(f"{told[f'added_ttfb_{share}_ms']:.2f}" for share in ("p50", "p95", "p99"))
    if cell.name == cell.base:
        whole = (cell.median(methodcaller("ms", "ttfb_ms", share)) for share in _SHARES)
        latency = "/".join(f"{one:.2f}" for one in whole) + " whole"
    transit = f"{told['transit_p50_ms']:.2f}/{told['transit_p99_ms']:.2f}"
    underruns = f"{told['underruns']:.0f} ({told['gap_ms']:.0f} ms)" if told["underruns"] else "0"
    return (
        f"{start}{latency:>26}{transit:>18}{_cost(cell):>12}{_times(ratio(cell, nginx)):>9}{_times(ratio(cell, envoy)):>9}"
        f"{told['cores']:>7.2f}{told['rss_mb']:>8.0f}{told['messages_per_audio_s']:>7.1f}{told['errors']:>5.0f}{underruns:>16}"
        f"{'  noisy' if cell.noisy else ''}"
    )


_SHARES = ("p50", "p95", "p99")


def _cost(cell: Cell) -> str:
    return "-" if cell.name == cell.base else f"{cell.cost:.2f}"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
