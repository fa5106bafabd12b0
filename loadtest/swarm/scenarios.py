"""The scenarios: how many streams there are at each moment, and which parts of the run are judged.

A scenario is a row of stages. The streams of a stage come at its rate; a stage is judged from `settle_s` after its beginning, or not
at all. Beside the streams there are callers of `Speak`, which has no stream: a tenth as many as streams were asked for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

SETTLE_S = 5.0
"""A stage is not judged until the callers who came have spoken."""
ARRIVE_S = 4.0
"""Locust looks at the scenario once a second, and starts its users once a second: before this time not all can be there."""
COOL_S = 3.0
"""Time in which the last turns that count may end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a run.

    Args:
        name: its name in the report.
        from_s: when it begins.
        to_s: when it ends.
        streams: how many streams there are to be.
        rate: how many come, or go, per second.
        settle_s: how long after its beginning it is judged; `None` if it is not.
        most_errors: share of its turns that may fail; `None` for the run's limit. A stage with its own is judged by that alone.
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
        name: its name on the command line.
        stages: its stages, one after the other without a gap.
        until_broken: whether it ends with the first stage that misses a target.
    """

    name: str
    stages: tuple[Stage, ...]
    until_broken: bool = False

    @property
    def lasts_s(self) -> float:
        """How long it lasts at most."""
        return self.stages[-1].to_s

    @property
    def judged(self) -> tuple[Stage, ...]:
        """The stages that are judged."""
        return tuple(stage for stage in self.stages if stage.settle_s is not None)

    def at(self, now_s: float) -> Stage | None:
        """Return the stage at a moment; `None` when all is over."""
        return next((stage for stage in self.stages if now_s < stage.to_s), None)

    def until(self, at_s: float) -> "Scenario":
        """Return the part of it before a moment: what was played when it was stopped then.

        A stage that had just begun is not judged; nor, where stages show how much is carried, one that was not played to its end.
        """
        played = [stage for stage in self.stages if stage.from_s < at_s] or [self.stages[0]]
        last = played[-1]
        is_judged = last.judged_from_s < at_s and not (self.until_broken and at_s < last.to_s)
        end = replace(
            last, to_s=max(last.from_s, min(at_s, last.to_s)), settle_s=last.settle_s if is_judged else None
        )
        return replace(self, stages=(*played[:-1], end))

    def outage(self) -> Stage | None:
        """Return the stage in which the vendor is down, if there is one."""
        return next((stage for stage in self.stages if stage.name == OUTAGE), None)


OUTAGE = "vendor down"


def speakers(streams: int) -> int:
    """Return how many callers of `Speak` there are, all the time, in a run with this many streams."""
    return max(1, streams // 10)


def steady(streams: int, minutes: float) -> Scenario:
    """Return a scenario with the same number of streams all the time."""
    return _row("steady", [("coming", _ramp_s(streams), streams), ("steady", minutes * 60, streams)])


def soak(streams: int, minutes: float) -> Scenario:
    """Return the same over a long time, judged in quarters, so that a decline is seen."""
    quarter_s = minutes * 15
    quarters = [(f"quarter {number}", quarter_s, streams) for number in (1, 2, 3, 4)]
    return _row("soak", [("coming", _ramp_s(streams), streams), *quarters])


def spike(streams: int, minutes: float) -> Scenario:
    """Return a scenario with a quarter of the streams, then all of them within a second, then a quarter again."""
    few, third_s = max(1, streams // 4), minutes * 20
    parts = [("before", third_s, few), ("spike", third_s, streams), ("after", third_s, few)]
    return _row("spike", [("coming", _ramp_s(few), few), *parts], rate=streams)


def ramp(streams: int, minutes: float) -> Scenario:
    """Return a scenario that adds half of the streams every twenty seconds, until a target is missed."""
    step, step_s = max(1, streams // 2), 20.0
    count = max(2, round(minutes * 60 / step_s))
    return _row("ramp", [(f"{step * n} streams", step_s, step * n) for n in range(1, count + 1)], broken=True)


def outage(streams: int, minutes: float) -> Scenario:
    """Return a scenario in which the first of two vendors dies in the middle, and comes back."""
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
"""By name: the function that makes the scenario, and how many minutes it lasts by default."""


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
    """Return how long the streams take to come: twenty a second, but ten seconds at most."""
    return min(10.0, max(1.0, streams / 20))


def _tolerant(stage: Stage) -> Stage:
    """Return the stage with its own limit of errors: what is being said when a vendor dies may be lost in one turn in fifty."""
    return Stage(
        stage.name, stage.from_s, stage.to_s, stage.streams, stage.rate, settle_s=0.0, most_errors=0.02
    )
