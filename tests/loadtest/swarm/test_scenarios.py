"""The scenarios: how many streams at each moment, and what is judged."""

from itertools import pairwise

import pytest

from loadtest.swarm.scenarios import OUTAGE, SCENARIOS, outage, ramp, soak, speakers, spike, steady


@pytest.mark.parametrize("name", SCENARIOS)
def test_stages_follow_one_another_and_end_with_a_part_that_is_not_judged(name):
    make, minutes = SCENARIOS[name]
    scenario = make(100, minutes)
    assert scenario.name == name
    assert scenario.stages[0].from_s == 0
    assert all(one.to_s == two.from_s for one, two in pairwise(scenario.stages))
    assert all(stage.from_s <= stage.judged_from_s < stage.to_s for stage in scenario.judged)
    assert scenario.stages[-1] not in scenario.judged
    assert scenario.at(scenario.lasts_s) is None


def test_steady_is_over_in_two_minutes():
    make, minutes = SCENARIOS["steady"]
    assert make(100, minutes).lasts_s < 110
    assert {stage.streams for stage in make(100, minutes).stages} == {100}


def test_beside_ten_streams_there_is_one_caller_without():
    assert [speakers(streams) for streams in (1, 10, 100)] == [1, 1, 10]


def test_a_spike_comes_within_a_second_and_is_judged_from_its_first_moment():
    before, peak, after = spike(100, 1.5).judged
    assert (before.streams, peak.streams, after.streams) == (25, 100, 25)
    assert peak.rate >= 75
    assert peak.judged_from_s == peak.from_s


def test_a_ramp_rises_by_half_of_what_was_asked_for_until_it_breaks():
    scenario = ramp(100, 2)
    assert scenario.until_broken
    assert [stage.streams for stage in scenario.judged] == [50, 100, 150, 200, 250, 300]


def test_a_soak_is_judged_in_quarters():
    assert [stage.to_s - stage.from_s for stage in soak(100, 60).judged] == [900.0] * 4


def test_in_an_outage_a_few_turns_may_be_lost_and_behind_it_none():
    scenario = outage(100, 1.5)
    assert scenario.outage() is scenario.judged[1]
    assert [(stage.name, stage.most_errors) for stage in scenario.judged] == [
        ("before", None),
        (OUTAGE, 0.02),
        ("after", None),
    ]
    assert steady(100, 1.5).outage() is None


def test_what_was_played_when_it_was_stopped_is_a_scenario_too():
    whole = soak(100, 60)
    assert whole.until(1e9) == whole
    some = whole.until(1_000.0)
    assert [stage.name for stage in some.judged] == ["quarter 1", "quarter 2"]
    assert some.lasts_s == 1_000.0
    assert some.judged[0] == whole.judged[0]
    quarter = whole.judged[1]
    assert len(whole.until(quarter.from_s + 1).judged) == 1, "it had just begun"
    for early_s in (-1.0, 0.0, 0.5):
        assert whole.until(early_s).judged == ()
        assert whole.until(early_s).lasts_s == max(0.0, early_s)


def test_a_step_of_a_ramp_that_was_not_played_to_its_end_carries_nothing():
    assert [stage.streams for stage in ramp(100, 5).until(50.0).judged] == [50, 100]
    assert [stage.streams for stage in ramp(100, 5).until(60.0).judged] == [50, 100, 150]


def played(scenario):
    return [(one.name, one.from_s, one.to_s, one.streams, one.rate, one.settle_s) for one in scenario.stages]


def test_each_scenario_has_its_streams_at_their_times():
    """A hundred streams come within 5 s, twenty a second; a minute and a half is three times 30 s."""
    assert played(steady(100, 1.5)) == [
        ("coming", 0, 5, 100, 20, None),
        ("steady", 5, 95, 100, 20, 5),
        ("cooling", 95, 98, 100, 20, None),
    ]
    assert played(spike(100, 1.5)) == [
        ("coming", 0, 1.25, 25, 20, None),
        ("before", 1.25, 31.25, 25, 100, 0),
        ("spike", 31.25, 61.25, 100, 100, 0),
        ("after", 61.25, 91.25, 25, 100, 0),
        ("cooling", 91.25, 94.25, 25, 100, None),
    ]
    assert played(outage(100, 1.5)) == [
        ("coming", 0, 5, 100, 20, None),
        ("before", 5, 35, 100, 20, 5),
        (OUTAGE, 35, 65, 100, 20, 0),
        ("after", 65, 95, 100, 20, 5),
        ("cooling", 95, 98, 100, 20, None),
    ]
    assert played(ramp(100, 1))[:3] == [
        ("50 streams", 0, 20, 50, 20, 5),
        ("100 streams", 20, 40, 100, 20, 5),
        ("150 streams", 40, 60, 150, 20, 5),
    ]
    assert [stage.name for stage in soak(100, 60).judged] == [f"quarter {number}" for number in (1, 2, 3, 4)]


@pytest.mark.parametrize(("streams", "coming_s"), [(1, 1), (10, 1), (60, 3), (200, 10), (1_000, 10)])
def test_the_streams_come_within_ten_seconds(streams, coming_s):
    coming = steady(streams, 1.5).stages[0]
    assert (coming.to_s, coming.rate) == (coming_s, streams / coming_s)


def test_of_one_stream_each_scenario_makes_at_least_one():
    assert {stage.streams for stage in spike(1, 1.5).stages} == {1}
    assert [stage.streams for stage in ramp(1, 0.1).judged] == [1, 2], "two steps at least"


def test_a_short_stage_is_judged_from_its_first_quarter_on():
    (short,) = steady(10, 0.04).judged
    assert (short.to_s - short.from_s, short.settle_s) == (pytest.approx(2.4), pytest.approx(0.6))
