"""Figures: exact percentiles, and which turns count for which figure."""

import pytest

from loadtest.swarm import figures
from loadtest.swarm.records import Outcome
from loadtest.swarm.turns import Shape
from tests.loadtest.swarm.turns_made import turn


def test_a_percentile_is_a_value_that_was_measured():
    values = [float(number) for number in range(100, 0, -1)]
    assert [figures.percentile(values, share) for share in (0.01, 0.5, 0.95, 0.951, 1.0)] == [
        1,
        50,
        95,
        96,
        100,
    ]
    assert figures.percentile([7.0], 0.95) == 7.0
    with pytest.raises(ValueError, match="nothing"):
        figures.percentile([], 0.5)


def test_what_waited_behind_an_earlier_one_is_no_ttfb():
    turns = [turn(ttfb_speakable_s=0.1), turn(ttfb_speakable_s=3.0, queued=True), turn(ttfb_speakable_s=None)]
    assert figures.ttfb_speakable(turns) == [0.1]


def test_first_audio_is_of_phrases_alone_for_an_answer_is_still_being_written():
    turns = [
        turn(first_audio_s=0.1),
        turn(first_audio_s=0.4, shape=Shape.ANSWER),
        turn(first_audio_s=0.4, queued=True),
        turn(first_audio_s=None),
    ]
    assert figures.first_audio(turns) == [0.1]


def test_end_to_end_is_of_short_phrases_that_were_spoken_to_their_end():
    turns = [
        turn(end_to_end_s=0.2),
        turn(end_to_end_s=0.3, audio_s=1.2),
        turn(end_to_end_s=0.9, audio_s=1.21),
        turn(end_to_end_s=0.9, shape=Shape.ANSWER),
        turn(end_to_end_s=0.9, outcome=Outcome.FAILED),
        turn(end_to_end_s=0.9, queued=True),
        turn(end_to_end_s=None),
    ]
    assert figures.end_to_end(turns) == [0.2, 0.3]


def test_the_error_rate_of_nothing_is_not_zero():
    assert figures.error_rate([]) is None
    assert figures.error_rate([turn(), turn(outcome=Outcome.FAILED)]) == 0.5


def test_a_turn_belongs_to_the_moment_at_which_it_was_due():
    assert [one.due_s for one in figures.between([turn(4.9), turn(5.0), turn(9.9), turn(10.0)], 5, 10)] == [
        5.0,
        9.9,
    ]


def test_over_time_each_step_has_its_own_percentile_and_an_empty_one_none():
    turns = [
        turn(0.1, ttfb_speakable_s=0.1),
        turn(0.9, ttfb_speakable_s=0.3),
        turn(2.5, ttfb_speakable_s=0.2),
    ]
    assert figures.over_time(turns, figures.ttfb_speakable, 0.95, 1.0) == [(0.5, 0.3), (2.5, 0.2)]
    assert figures.over_time(turns, figures.ttfb_speakable, 0.95, 2.0) == [(1.0, 0.3), (3.0, 0.2)]
