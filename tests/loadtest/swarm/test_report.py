"""The report: verdict, figures, errors, who was busy, and the plots."""

from dataclasses import replace

import pytest

from loadtest.swarm.loop_lag import LoopLag
from loadtest.swarm.records import Beat, Kind, Outcome, Records
from loadtest.swarm.report import STEPS, Run, errors, page, plots, text
from loadtest.swarm.scenarios import ramp, steady
from loadtest.swarm.verdict import Targets, judge
from loadtest.swarm.watch import Sample
from tests.loadtest.swarm.turns_made import turn

SCENARIO = steady(100, 1.0)


@pytest.fixture
def run():
    records = Records(1_000.0)
    for second in range(70):
        records.beats.append(Beat(second + 0.5, 100, 0.2, 0.3))
        records.turns += [turn(second + n / 9, kind=kind) for n, kind in enumerate(Kind)]
    records.turns[100] = replace(records.turns[100], outcome=Outcome.FAILED, error="vendor_<lost>")
    samples = [Sample(999.0 + second, 0.4, 0.2, 0.5, 160.0) for second in range(70)]
    judgement = judge(records, SCENARIO, Targets(), 100)
    return Run(SCENARIO, Targets(), judgement, records, samples, "steady: 100 streams")


def test_the_text_has_every_target_and_the_verdict_last(run):
    told = list(text(run))
    assert told[0] == "steady: 100 streams"
    assert sum(line.startswith("  ok") for line in told) == 4
    assert sum(line.startswith("  MISSED") for line in told) == 1
    assert told[-1] == "UNPROVEN: steady, 210 turns"


def test_it_says_when_the_generator_was_the_limit_and_who_was_busy(run):
    told = "\n".join(text(run))
    assert "THE GENERATOR WAS THE LIMIT: its loop lagged 200 ms" in told
    assert "generator: 30% of a core" in told
    assert "gateway 40% of a core, 160 MB; vendors 20% of a core; machine 50% busy" in told


def test_r31_it_says_how_punctual_the_loop_of_a_gateway_was_that_was_started_for_it(run):
    told = "\n".join(text(replace(run, lag=LoopLag(200, 199))))
    assert "  the gateway's loop was at most 10 ms late in 99.5% of 200 looks" in told
    assert "the gateway's loop" not in "\n".join(text(run))


def test_how_busy_everybody_was_is_told_in_percentiles():
    """Of a hundred values the 50th, the 95th and the 99th; of the memory the last."""
    records = Records(0.0)
    stage = SCENARIO.judged[0]
    for number in range(1, 101):
        at_s = stage.judged_from_s + number / 2
        records.beats.append(Beat(at_s, 100, number / 1000, number / 100))
        records.turns.append(turn(at_s, late_s=number / 1000))
    samples = [Sample(n, n / 1000, n / 500, n / 200, 100.0 + n) for n in range(1, 101)]
    judgement = judge(records, SCENARIO, Targets(), 100)
    run = Run(SCENARIO, Targets(), judgement, records, samples, "steady", stopped=True)
    told = [line.strip() for line in text(run)]
    assert "generator: 50% of a core (p50), loop lag 95 ms (p95 of the worst of each second)" in told
    assert "turns started late by 99.0 ms (p99)" in told
    assert "gateway 5% of a core, 200 MB; vendors 10% of a core; machine 25% busy in total (p50)" in told
    assert told[-1] == f"STOPPED: steady, 100 turns in the first {SCENARIO.lasts_s:.0f} s"


def test_what_a_ramp_carried_is_told():
    scenario = ramp(100, 1.0)
    judgement = judge(Records(0.0), scenario, Targets(), 100)
    told = list(text(Run(scenario, Targets(), judgement, Records(0.0), [], "ramp")))
    assert "carried 0 streams, did not break" in told


def test_the_plots_show_percentiles_by_kind_and_turns_at_the_middle_of_their_step():
    scenario = steady(100, 0.5)
    assert scenario.lasts_s < STEPS, "a step is a second at least"
    records = Records(0.0, beats=[Beat(0.5, 100, 0.2, 0.3)])
    records.turns = [turn(2.0 + n / 200, ttfb_speakable_s=n / 1000, kind=Kind.GRPC) for n in range(100)]
    records.turns.append(turn(5.0, ttfb_speakable_s=0.7, kind=Kind.SPEAK))
    judgement = judge(records, scenario, Targets(), 100)
    drawn = {plot.title: plot for plot in plots(Run(scenario, Targets(), judgement, records, [], "steady"))}
    assert drawn["turns"].lines[0].points == [(2.5, 100.0), (5.5, 1.0)]
    assert drawn["generator"].lines[0].points == [(0.5, 200.0)]
    kinds = {line.name: dict(line.points) for line in drawn["ttfb_speakable by kind"].lines}
    assert kinds[Kind.GRPC][0.5] == pytest.approx(49.0), "the 50th of 0 to 99 ms"
    assert set(kinds[Kind.SPEAK].values()) == {700.0}
    assert kinds[Kind.WEBSOCKET] == {}


def test_how_busy_the_generator_was_is_told_of_the_judged_seconds_each_once():
    """Seconds after the end counted, and those of a late stage once for every stage before it."""
    scenario = ramp(100, 1.0)
    last = scenario.judged[-1]
    records = Records(1_000.0)
    for second in range(int(last.to_s) + 30):
        records.beats.append(Beat(second + 0.5, 100, 0.01, 0.8 if second >= last.from_s else 0.2))
    judgement = judge(records, scenario, Targets(), 100)
    told = "\n".join(text(Run(scenario, Targets(), judgement, records, [], "ramp: 100 streams")))
    assert "generator: 20% of a core" in told


def test_a_gateway_that_runs_elsewhere_is_not_told_of(run):
    elsewhere = [replace(sample, gateway=0.0, vendors=0.0, gateway_mb=0.0) for sample in run.samples]
    told = "\n".join(text(replace(run, samples=elsewhere)))
    assert "gateway 0%" not in told
    assert "this machine 50% busy" in told
    drawn = {plot.title: plot for plot in plots(replace(run, samples=elsewhere))}
    assert [line.name for line in drawn["processor"].lines] == ["generator"]


def test_errors_are_counted_the_most_frequent_first(run):
    assert errors(run.records) == [("vendor_<lost>", 1)]
    more = Records(0.0, [turn(outcome=Outcome.FAILED, error=error) for error in "abb"])
    assert errors(more) == [("b", 2), ("a", 1)]


def test_the_page_has_the_plots_and_no_markup_of_others(run):
    made = page(run)
    assert made.count("<svg") == len(list(plots(run))) == 10
    assert "vendor_&lt;lost&gt;" in made
    assert '<h1 class="unproven">steady: UNPROVEN</h1>' in made


def test_the_plots_show_latency_over_time_percentiles_and_streams(run):
    drawn = {plot.title: plot for plot in plots(run)}
    over_time = drawn["ttfb_speakable over time"]
    assert [line.name for line in over_time.lines] == ["p50", "p95", "p99"]
    assert over_time.limit == 200
    assert drawn["end to end of a phrase over time"].limit == 500
    assert {y for _, y in over_time.lines[1].points} == {85.0}
    assert {line.name for line in drawn["ttfb_speakable by kind"].lines} == {"gRPC", "WebSocket", "Speak"}
    assert {y for _, y in drawn["streams"].lines[0].points} == {100}
    every, failed = drawn["turns"].lines
    step_s = SCENARIO.lasts_s / STEPS
    assert step_s > 1
    assert sum(rate * step_s for _, rate in every.points) == pytest.approx(210), "turns in a second"
    assert len(failed.points) == 1
    gateway = drawn["processor"].lines[1]
    assert gateway.points[0][0] == 0.0, "on the plan's clock, nothing before its beginning"
