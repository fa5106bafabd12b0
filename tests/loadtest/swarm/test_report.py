"""The report: verdict, figures, errors, who was busy, and the plots."""

from dataclasses import replace

import pytest

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
