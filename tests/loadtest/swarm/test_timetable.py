"""How many callers Locust is to have."""

from dataclasses import replace

from loadtest.swarm.records import Beat, Records
from loadtest.swarm.scenarios import ramp, steady
from loadtest.swarm.timetable import PATIENCE_S, Timetable
from loadtest.swarm.verdict import Targets
from tests.loadtest.swarm.turns_made import turn


def test_callers_of_speak_come_beside_the_streams_until_all_is_over():
    table = Timetable(steady(100, 1.0), Targets(), Records(), 10)
    assert table.tick(0.0) == (110, 22.0)
    assert table.tick(64.0)[0] == 110
    assert table.tick(steady(100, 1.0).lasts_s) is None


def ramped(ttfb_s):
    records = Records(0.0)
    table = Timetable(ramp(100, 2), Targets(), records, 10)
    for second in range(300):
        told = table.tick(float(second))
        if told is None:
            return second
        streams = ramp(100, 2).at(second).streams
        records.beats.append(Beat(second + 0.5, streams, 0.001, 0.2))
        records.turns += [replace(turn(float(second)), ttfb_speakable_s=ttfb_s(streams)) for _ in range(10)]
    return None


def test_a_ramp_goes_on_until_a_stage_misses_a_target():
    assert ramped(lambda streams: 0.4 if streams >= 150 else 0.1) == 60 + PATIENCE_S


def test_a_ramp_that_does_not_break_ends_with_its_last_stage():
    assert ramped(lambda streams: 0.1) == ramp(100, 2).lasts_s
