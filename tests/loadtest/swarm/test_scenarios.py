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
