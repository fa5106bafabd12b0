"""The verdict: each target can be missed, alone; and a generator at its limit proves nothing."""

from dataclasses import replace

import pytest

from loadtest.swarm.records import Beat, Outcome, Records
from loadtest.swarm.scenarios import outage, ramp, steady
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
