"""The scenarios: how many streams there are at each moment, and which parts of the run are judged.

A scenario is a row of stages. The streams of a stage come at its rate; it is judged from `settle_s` after its beginning, or not
at all. Beside the streams there are callers of `Speak`, who have none: a tenth as many as streams were asked for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

SETTLE_S = 5.0
"""Until those who came have spoken, a stage is not judged."""
ARRIVE_S = 4.0
"""Locust looks at the scenario once a second, and starts its users once a second: until then not all can be there."""
COOL_S = 3.0
"""The last turns that count may end in so many seconds."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run.

    Args:
        name: what it is called in the report.
        from_s: when it begins.
        to_s: when it ends.
        streams: how many there are to be.
        rate: how many come, or go, in a second.
        settle_s: so long after its beginning it is judged; `None` for one that is not.
        most_errors: share of its turns that may fail; `None` for the run's limit. One that names its own is judged by that alone.
    """

    name: str
    from_s: float
    to_s: float
    streams: int
    rate: float
    settle_s: float | None = SETTLE_S
    most_errors: float | None = None

    @property
    def judged_from_s(self) -> float:
        """When its turns begin to count."""
        return self.from_s + (self.settle_s or 0.0)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A row of stages.

    Args:
        name: as it is asked for.
        stages: one after the other, with no gap.
        until_broken: it ends with the first stage that misses a target.
    """

    name: str
    stages: tuple[Stage, ...]
    until_broken: bool = False

    @property
    def lasts_s(self) -> float:
        """How long at most."""
        return self.stages[-1].to_s

    @property
    def judged(self) -> tuple[Stage, ...]:
        """Those stages that are."""
        return tuple(stage for stage in self.stages if stage.settle_s is not None)

    def at(self, now_s: float) -> Stage | None:
        """The stage of a moment; `None` when all is over."""
        return next((stage for stage in self.stages if now_s < stage.to_s), None)

    def outage(self) -> Stage | None:
        """The stage in which the vendor is down, if there is one."""
        return next((stage for stage in self.stages if stage.name == OUTAGE), None)


OUTAGE = "vendor down"


def speakers(streams: int) -> int:
    """How many callers of `Speak` there are, all the time, in a run for so many streams."""
    return max(1, streams // 10)


def steady(streams: int, minutes: float) -> Scenario:
    """As many streams all the time."""
    return _row("steady", [("coming", _ramp_s(streams), streams), ("steady", minutes * 60, streams)])


def soak(streams: int, minutes: float) -> Scenario:
    """The same for long, judged in quarters, so that a decline is seen."""
    quarter_s = minutes * 15
    quarters = [(f"quarter {number}", quarter_s, streams) for number in (1, 2, 3, 4)]
    return _row("soak", [("coming", _ramp_s(streams), streams), *quarters])


def spike(streams: int, minutes: float) -> Scenario:
    """A quarter of the streams, then all of them within a second, then a quarter again."""
    few, third_s = max(1, streams // 4), minutes * 20
    parts = [("before", third_s, few), ("spike", third_s, streams), ("after", third_s, few)]
    return _row("spike", [("coming", _ramp_s(few), few), *parts], rate=streams)


def ramp(streams: int, minutes: float) -> Scenario:
    """Half as many streams more every twenty seconds, until a target is missed."""
    step, step_s = max(1, streams // 2), 20.0
    count = max(2, round(minutes * 60 / step_s))
    return _row("ramp", [(f"{step * n} streams", step_s, step * n) for n in range(1, count + 1)], broken=True)


def outage(streams: int, minutes: float) -> Scenario:
    """The first vendor of two dies in the middle, and comes back."""
    third_s = minutes * 20
    row = _row(
        "outage",
        [
            ("coming", _ramp_s(streams), streams),
            ("before", third_s, streams),
            (OUTAGE, third_s, streams),
            ("after", third_s, streams),
        ],
    )
    down = row.outage()
    assert down is not None, "it has just been put there"
    tolerant = _tolerant(down)
    return Scenario(row.name, tuple(tolerant if stage is down else stage for stage in row.stages))


SCENARIOS: dict[str, tuple[Callable[[int, float], Scenario], float]] = {
    "steady": (steady, 1.5),
    "ramp": (ramp, 5.0),
    "spike": (spike, 1.5),
    "soak": (soak, 60.0),
    "outage": (outage, 1.5),
}
"""By name: what makes it, and how many minutes it takes where nobody asks for others."""


def _row(
    name: str, parts: Sequence[tuple[str, float, int]], *, rate: float | None = None, broken: bool = False
) -> Scenario:
    stages = list(_placed(parts, rate))
    last = stages[-1]
    assert all(one.to_s == two.from_s for one, two in pairwise(stages)), "with no gap"
    cooling = Stage("cooling", last.to_s, last.to_s + COOL_S, last.streams, last.rate, settle_s=None)
    return Scenario(name, (*stages, cooling), until_broken=broken)


def _placed(parts: Sequence[tuple[str, float, int]], rate: float | None) -> Iterator[Stage]:
    at_s = 0.0
    for name, lasts_s, streams in parts:
        settle_s = None if name == "coming" else min(SETTLE_S if rate is None else 0.0, lasts_s / 4)
        own = rate if rate is not None and name != "coming" else streams / _ramp_s(streams)
        yield Stage(name, at_s, at_s + lasts_s, streams, own, settle_s)
        at_s += lasts_s


def _ramp_s(streams: int) -> float:
    """Twenty streams come in a second; nobody waits longer than ten seconds."""
    return min(10.0, max(1.0, streams / 20))


def _tolerant(stage: Stage) -> Stage:
    """What is being said when a vendor dies may be lost, now and then: one turn in fifty."""
    return Stage(
        stage.name, stage.from_s, stage.to_s, stage.streams, stage.rate, settle_s=0.0, most_errors=0.02
    )
