"""The verdict: each target can be missed, alone; and a generator at its limit proves nothing."""

from dataclasses import replace

import pytest

from loadtest.swarm.records import Beat, Outcome, Records
from loadtest.swarm.scenarios import outage, ramp, soak, spike, steady
from loadtest.swarm.verdict import Targets, Verdict, judge
from tests.loadtest.swarm.turns_made import turn

SCENARIO = steady(100, 1.0)
[STAGE] = SCENARIO.judged


def records(scenario=SCENARIO, *, lag_s=0.004, cpu=0.3, streams=None, **changed):
    """A run in which all went well, but for what is changed."""
    written = Records(0.0)
    for stage in scenario.stages:
        for second in range(int(stage.from_s), int(stage.to_s)):
            written.beats.append(Beat(second + 0.5, streams or stage.streams, lag_s, cpu))
            written.turns += [turn(second + tenth / 20, **changed) for tenth in range(20)]
    return written


def judged(written, scenario=SCENARIO, targets=None):
    return judge(written, scenario, targets or Targets(), 100)


def missed(judgement):
    return [finding.target for finding in judgement.findings if not finding.met]


def test_a_run_in_which_all_went_well_has_passed():
    judgement = judged(records())
    assert judgement.verdict is Verdict.PASSED
    assert judgement.verdict == 0, "it is the exit status"
    assert len(judgement.findings) == 5
    assert missed(judgement) == []


@pytest.mark.parametrize(
    ("changed", "target"),
    [
        ({"ttfb_speakable_s": 0.2}, "p95 ttfb_speakable < 200 ms"),
        ({"first_audio_s": 0.2}, "p95 first audio of a phrase < 200 ms"),
        ({"end_to_end_s": 0.5}, "p95 end to end of a phrase < 500 ms"),
        ({"ttfb_speakable_s": None}, "p95 ttfb_speakable < 200 ms"),
        ({"streams": 99}, "≥ 100 streams throughout"),
    ],
)
def test_each_target_can_be_missed_alone(changed, target):
    judgement = judged(records(**changed))
    assert judgement.verdict is Verdict.FAILED
    assert missed(judgement) == [target]


def found(judgement):
    return {finding.target: finding.value for finding in judgement.findings}


def test_each_figure_is_told_with_its_percentiles():
    """A hundred turns, of 1 to 100 ms: the 95th value is the p95."""
    written = records()
    written.turns = [turn(STAGE.judged_from_s + n / 100, ttfb_speakable_s=n / 1000) for n in range(1, 101)]
    told = found(judged(written))
    assert told["p95 ttfb_speakable < 200 ms"] == "95.0 ms (p50 50.0, p99 99.0, n 100)"
    assert told["p95 end to end of a phrase < 500 ms"] == "250.0 ms (p50 250.0, p99 250.0, n 100)"
    assert told["errors < 0.001 of the turns"] == "0 of 100"


def test_a_stage_without_a_turn_has_reached_nothing():
    written = records()
    written.turns = []
    judgement = judged(written)
    assert len(missed(judgement)) == 4
    assert found(judgement)["errors < 0.001 of the turns"] == "no turns"


def test_of_a_thousand_turns_not_one_may_fail():
    written = records()
    written.turns = [turn(STAGE.judged_from_s + n / 1000) for n in range(1000)]
    assert judged(written).verdict is Verdict.PASSED
    written.turns[7] = replace(written.turns[7], outcome=Outcome.FAILED)
    assert missed(judged(written)) == ["errors < 0.001 of the turns"]


def test_one_second_with_fewer_streams_is_one_too_many():
    written = records()
    written.beats = [replace(beat, streams=97 if beat.at_s == 30.5 else 100) for beat in written.beats]
    judgement = judged(written)
    assert missed(judgement) == ["≥ 100 streams throughout"]
    assert found(judgement)["≥ 100 streams throughout"] == "97"


@pytest.mark.parametrize(("late_s", "verdict"), [(4, Verdict.PASSED), (6, Verdict.FAILED)])
def test_those_who_come_at_once_have_four_seconds_to_be_there(late_s, verdict):
    scenario = spike(100, 1.5)
    at_once = next(stage for stage in scenario.stages if stage.name == "spike")
    written = records(scenario)
    written.beats = [
        replace(beat, streams=25) if at_once.from_s <= beat.at_s < at_once.from_s + late_s else beat
        for beat in written.beats
    ]
    assert judged(written, scenario).verdict is verdict


@pytest.mark.parametrize(
    ("until_s", "told"), [(24.0, "100"), (26.0, "100, with no record for 7 s")], ids=["5 s", "7 s"]
)
def test_a_silence_of_more_than_five_seconds_is_told(until_s, told):
    written = records()
    written.beats = [beat for beat in written.beats if not 20.0 < beat.at_s < until_s]
    judgement = judged(written)
    assert found(judgement)["≥ 100 streams throughout"] == told
    assert bool(judgement.generator) == bool(missed(judgement)) == ("no record" in told)


def test_a_silence_in_one_stage_of_several_is_told():
    scenario = soak(100, 2.0)
    third = scenario.judged[2]
    written = records(scenario)
    written.beats = [beat for beat in written.beats if not third.from_s + 8 < beat.at_s < third.from_s + 20]
    judgement = judged(written, scenario)
    assert judgement.generator == ("it has told nothing of itself for 13 s (at most 5)",)
    assert [one.stage for one in judgement.findings if not one.met] == ["quarter 3"]


@pytest.mark.parametrize("silent", [(30.0, 1e9), (20.0, 27.0)])
def test_a_generator_that_dies_or_hangs_has_proved_nothing(silent):
    """What it had measured before was judged as if it were the whole run, and passed."""
    written = records()
    written.beats = [beat for beat in written.beats if not silent[0] < beat.at_s < silent[1]]
    written.turns = [one for one in written.turns if not silent[0] < one.due_s < silent[1]]
    judgement = judged(written)
    assert judgement.verdict is Verdict.UNPROVEN
    assert missed(judgement) == ["≥ 100 streams throughout"]
    assert "told nothing of itself for" in judgement.generator[0]


def test_one_error_in_a_thousand_is_one_too_many():
    written = records()
    counted = [number for number, one in enumerate(written.turns) if one.due_s >= STAGE.judged_from_s]
    errors = len(counted) // 1000 + 1
    for number in counted[:errors]:
        written.turns[number] = replace(written.turns[number], outcome=Outcome.FAILED, error="vendor_lost")
    assert missed(judged(written)) == ["errors < 0.001 of the turns"]


def test_errors_while_the_callers_come_do_not_count():
    written = records()
    written.turns = [
        replace(one, outcome=Outcome.FAILED) if one.due_s < STAGE.judged_from_s else one
        for one in written.turns
    ]
    assert judged(written).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"lag_s": 0.2}, "loop lagged 200 ms"),
        ({"cpu": 0.95}, "95% of a core"),
        ({"late_s": 0.05}, "50 ms late"),
    ],
)
def test_r26_a_generator_at_its_limit_proves_nothing_against_the_gateway(changed, why):
    judgement = judged(records(ttfb_speakable_s=0.3, **changed))
    assert judgement.verdict is Verdict.UNPROVEN
    assert why in judgement.generator[0]


@pytest.mark.parametrize(
    ("what", "value", "few", "many"),
    [("lag_s", 0.2, 25, 15), ("cpu", 0.95, 3, 1.5), ("late_s", 0.05, 200, 50)],
)
def test_the_generator_was_the_limit_if_it_was_so_often_enough(what, value, few, many):
    """One second in twenty for the lag, every other one for the processor, one turn in a hundred for what began late."""
    for every, limited in ((few, False), (many, True)):
        written = records()
        of_beats = hasattr(written.beats[0], what)
        changed = [
            replace(one, **{what: value}) if n % every < 1 else one
            for n, one in enumerate(written.beats if of_beats else written.turns)
        ]
        written = Records(0.0, written.turns, changed) if of_beats else replace_turns(written, changed)
        assert bool(judged(written).generator) is limited


def test_how_busy_the_generator_was_while_the_callers_came_does_not_count():
    written = records()
    written.beats = [
        beat if STAGE.judged_from_s <= beat.at_s < STAGE.to_s else replace(beat, lag_s=0.2, cpu=1.0)
        for beat in written.beats
    ]
    assert judged(written).generator == ()


def test_what_passes_beside_a_busy_generator_has_passed_and_is_told_of():
    judgement = judged(records(lag_s=0.2))
    assert judgement.verdict is Verdict.PASSED
    assert judgement.generator


def test_a_generator_that_told_nothing_of_itself_proves_nothing():
    judgement = judged(Records(0.0))
    assert judgement.verdict is Verdict.UNPROVEN
    assert judgement.generator == ("it reported nothing about itself",)


def test_a_ramp_tells_where_it_broke():
    scenario = ramp(100, 2)
    written = records(scenario)
    written.turns = [replace(one, ttfb_speakable_s=0.4) if one.due_s >= 60 else one for one in written.turns]
    judgement = judged(written, scenario)
    assert judgement.remarks == ("carried 150 streams, broke at 200",)
    assert judgement.verdict is Verdict.PASSED


def test_a_ramp_that_breaks_before_what_was_asked_for_has_failed():
    scenario = ramp(100, 2)
    written = records(scenario)
    written.turns = [replace(one, ttfb_speakable_s=0.4) if one.due_s >= 20 else one for one in written.turns]
    assert judged(written, scenario).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("bad", "carried", "verdict"),
    [
        ((40, 1e9), "carried 100 streams, broke at 150", Verdict.PASSED),
        ((0, 1e9), "carried 0 streams, broke at 50", Verdict.FAILED),
        ((20, 40), "carried 50 streams, broke at 100", Verdict.FAILED),
    ],
    ids=["just enough", "none", "what holds after a break was not carried"],
)
def test_a_ramp_has_carried_what_held_before_it_broke(bad, carried, verdict):
    scenario = ramp(100, 2)
    written = records(scenario)
    written.turns = [
        replace(one, ttfb_speakable_s=0.4) if bad[0] <= one.due_s < bad[1] else one for one in written.turns
    ]
    judgement = judged(written, scenario)
    assert judgement.remarks == (carried,)
    assert judgement.verdict is verdict


def test_a_ramp_that_never_broke_says_so_and_is_judged_as_far_as_it_came():
    scenario = ramp(100, 2)
    written = records(scenario)
    written.beats = [beat for beat in written.beats if beat.at_s < 60]
    judgement = judged(written, scenario)
    assert judgement.remarks == ("carried 150 streams, did not break",)


def test_in_an_outage_one_turn_in_fifty_may_be_lost_behind_it_none():
    scenario = outage(100, 1.5)
    _, down, after = scenario.judged
    written = records(scenario)

    def losing(stage, every):
        return [
            replace(one, outcome=Outcome.FAILED)
            if stage.from_s <= one.due_s < stage.to_s and not n % every
            else one
            for n, one in enumerate(written.turns)
        ]

    assert judged(replace_turns(written, losing(down, 60)), scenario).verdict is Verdict.PASSED
    assert judged(replace_turns(written, losing(down, 30)), scenario).verdict is Verdict.FAILED
    assert judged(replace_turns(written, losing(after, 60)), scenario).verdict is Verdict.FAILED


def replace_turns(written, turns):
    return Records(written.begun_s, turns, written.beats)
