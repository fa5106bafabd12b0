"""Whether the targets were met, and whether the generator was the limit.

PASSED     every target of every judged stage was met
FAILED     one was missed
UNPROVEN   one was missed while the generator was at its own limit, which says nothing about the gateway

Only the first is a success. A busy generator makes every figure worse, never better, so a run that passes in spite of it has passed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

from loadtest.swarm import figures
from loadtest.swarm.records import Beat, Records, TurnRecord
from loadtest.swarm.scenarios import ARRIVE_S, Scenario, Stage

MOST_LAG_S = 0.05
"""The most lag of the loop in a second; if one second in twenty has more, the generator was the limit."""
MOST_CPU = 0.85
"""The most cores used by the generator's one thread; if half of all seconds have more, the generator was the limit."""
MOST_SILENT_S = 5.0
"""The longest time without a word from the generator, which tells once a second how it is."""
MOST_LATE_S = 0.02
"""How late a turn may begin; if one in a hundred is later, the generator was the limit."""


class Verdict(IntEnum):
    """The exit status of a run."""

    PASSED = 0
    FAILED = 1
    UNPROVEN = 2


@dataclass(frozen=True, slots=True)
class Targets:
    """What must hold.

    Args:
        ttfb_ms: bound of the p95 of `ttfb_speakable`, and of the time from when a phrase was due to its first sound.
        end_to_end_ms: bound of the p95 for a phrase given whole, last text -> last audio.
        errors: share of turns that fail must stay below this.
    """

    ttfb_ms: float = 200.0
    end_to_end_ms: float = 500.0
    errors: float = 0.001


@dataclass(frozen=True, slots=True)
class Finding:
    """A target, and what was found.

    Args:
        stage: name of the stage.
        target: what was asked for.
        value: what was found, in words.
        met: whether the target was met.
    """

    stage: str
    target: str
    value: str
    met: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement of a whole run.

    Args:
        verdict: the verdict.
        findings: every target of every stage.
        generator: why the generator was the limit; empty if it was not.
        remarks: anything else to say.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    generator: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def judge(records: Records, scenario: Scenario, targets: Targets, wanted: int) -> Judgement:
    """Judge a run.

    Args:
        records: records of the run.
        scenario: the scenario that was asked for.
        targets: what must hold.
        wanted: streams that a scenario which runs until it breaks must have carried.
    """
    stages = [stage for stage in scenario.judged if _reached(stage, records, scenario)]
    findings = {stage: tuple(judge_stage(records, stage, targets)) for stage in stages}
    generator = tuple(generator_limits(records, stages))
    every = tuple(finding for stage in stages for finding in findings[stage])
    if not scenario.until_broken:
        met = bool(every) and all(finding.met for finding in every)
        return Judgement(_verdict(generator, met=met), every, generator)
    held = [stage.streams for stage in stages if all(finding.met for finding in findings[stage])]
    broke = next((stage for stage in stages if not all(finding.met for finding in findings[stage])), None)
    before = [streams for streams in held if broke is None or streams < broke.streams]
    carried = max(before, default=0)
    remark = f"carried {carried} streams" + (f", broke at {broke.streams}" if broke else ", did not break")
    asked = Finding("ramp", f"carries ≥ {wanted} streams", str(carried), carried >= wanted)
    return Judgement(_verdict(generator, met=asked.met), (*every, asked), generator, (remark,))


def judge_stage(records: Records, stage: Stage, targets: Targets) -> Iterator[Finding]:
    """Yield the findings of one stage."""
    turns = figures.between(records.turns, stage.judged_from_s, stage.to_s)
    if stage.most_errors is not None:
        yield _errors(stage, turns, stage.most_errors)
        return
    yield _p95(stage, "ttfb_speakable", figures.ttfb_speakable(turns), targets.ttfb_ms)
    yield _p95(stage, "first audio of a phrase", figures.first_audio(turns), targets.ttfb_ms)
    yield _p95(stage, "end to end of a phrase", figures.end_to_end(turns), targets.end_to_end_ms)
    yield _errors(stage, turns, targets.errors)
    there_s = max(stage.judged_from_s, stage.from_s + ARRIVE_S)
    open_then = [beat.streams for beat in beats_of(records, stage) if beat.at_s >= there_s]
    least, silent_s = min(open_then, default=0), _silent_s(records, there_s, stage.to_s)
    found = str(least) if silent_s <= MOST_SILENT_S else f"{least}, with no record for {silent_s:.0f} s"
    met = least >= stage.streams and silent_s <= MOST_SILENT_S
    yield Finding(stage.name, f"≥ {stage.streams} streams throughout", found, met)


def generator_limits(records: Records, stages: Sequence[Stage]) -> Iterator[str]:
    """Yield why the generator was the limit; nothing if it was not."""
    beats = [beat for stage in stages for beat in beats_of(records, stage)]
    late = [
        turn.late_s
        for stage in stages
        for turn in figures.between(records.turns, stage.judged_from_s, stage.to_s)
    ]
    if not beats:
        yield "it reported nothing about itself"
        return
    silent_s = max(_silent_s(records, stage.judged_from_s, stage.to_s) for stage in stages)
    if silent_s > MOST_SILENT_S:
        yield f"it has told nothing of itself for {silent_s:.0f} s (at most {MOST_SILENT_S:.0f})"
    lag_s = figures.percentile([beat.lag_s for beat in beats], 0.95)
    if lag_s > MOST_LAG_S:
        yield f"its loop lagged {lag_s * 1e3:.0f} ms (p95 of the worst of each second; at most {MOST_LAG_S * 1e3:.0f})"
    cpu = figures.percentile([beat.cpu for beat in beats], 0.5)
    if cpu > MOST_CPU:
        yield f"it used {cpu:.0%} of a core (p50; at most {MOST_CPU:.0%})"
    late_s = figures.percentile(late, 0.99) if late else 0.0
    if late_s > MOST_LATE_S:
        yield f"it started turns {late_s * 1e3:.0f} ms late (p99; at most {MOST_LATE_S * 1e3:.0f})"


def beats_of(records: Records, stage: Stage) -> list[Beat]:
    """Return what the generator told of itself while this stage was judged."""
    return [beat for beat in records.beats if stage.judged_from_s <= beat.at_s < stage.to_s]


def _reached(stage: Stage, records: Records, scenario: Scenario) -> bool:
    """Whether a stage is judged: a run until it breaks may end before it, other runs must come to their end."""
    return not scenario.until_broken or any(beat.at_s >= stage.to_s - 1 for beat in records.beats)


def _silent_s(records: Records, from_s: float, to_s: float) -> float:
    """Return the longest time without a beat: the generator may have died, and what it measured before looks good."""
    told = [from_s, *(beat.at_s for beat in records.beats if from_s < beat.at_s < to_s), max(from_s, to_s)]
    return max(after - before for before, after in pairwise(told))


def _p95(stage: Stage, name: str, values: Sequence[float], limit_ms: float) -> Finding:
    target = f"p95 {name} < {limit_ms:g} ms"
    if not values:
        return Finding(stage.name, target, "nothing to measure", met=False)
    p50, p95, p99 = (figures.percentile(values, share) * 1e3 for share in (0.5, 0.95, 0.99))
    told = f"{p95:.1f} ms (p50 {p50:.1f}, p99 {p99:.1f}, n {len(values):,})"
    return Finding(stage.name, target, told, met=p95 < limit_ms)


def _errors(stage: Stage, turns: Sequence[TurnRecord], limit: float) -> Finding:
    rate = figures.error_rate(turns)
    target = f"errors < {limit:.3g} of the turns"
    if rate is None:
        return Finding(stage.name, target, "no turns", met=False)
    return Finding(
        stage.name, target, f"{sum(turn.failed for turn in turns)} of {len(turns):,}", met=rate < limit
    )


def _verdict(generator: Sequence[str], *, met: bool) -> Verdict:
    if met:
        return Verdict.PASSED
    return Verdict.UNPROVEN if generator else Verdict.FAILED
