"""What the events of a leased line lead to."""

import math

import pytest

from legato.domain import events
from legato.domain.effects import (
    CancelLine,
    Emit,
    Release,
)
from legato.domain.errors import Reason
from legato.domain.events import Marker
from legato.domain.facts import AttemptEnded, AttemptMade, SegmentSpoken
from legato.domain.replies import Warned
from tests.legato.core.played import (
    NOW,
    OTHER,
    PAIR,
    Played,
    facts,
    of,
)


@pytest.fixture
def sounding():
    """A line that has said "One. " and "Two. ", in one context."""
    play = Played()
    utterance = play.begin("a", "One. ", "Two. ")
    play.release()
    play.answer(utterance)
    return play, utterance


def test_audio_is_counted_and_tells_the_track(sounding):
    play, utterance = sounding
    assert play.gives(utterance, 480) is play.track
    play.gives(utterance, 1_200, audible_at=240, withheld=60, begins=480)
    assert (utterance.held, utterance.run.produced, utterance.audible_at, utterance.withheld) == (
        1_200,
        1_200,
        240,
        60,
    )
    assert utterance.timeline.segments[0].start_sample == 480, (
        "its own audio begins behind those that were there"
    )
    assert play.take() == []


@pytest.mark.parametrize(("keeps_context", "counted_from"), [(True, 480), (False, 0)])
def test_word_times_of_a_context_count_from_where_its_sound_begins(keeps_context, counted_from):
    """How long the pause before it became is known only then; where each segment is a request its own beginning is known."""
    play = Played()
    utterance = play.begin("a", "One. ", "Two. ")
    play.release()
    play.answer(utterance, keeps_context=keeps_context)
    play.gives(utterance, 480, begins=480)
    assert utterance.run.samples_before == counted_from
    play.gives(utterance, 4_800)
    play.tells(utterance, Marker(0))
    play.gives(utterance, 4_800, begins=4_800)
    assert utterance.run.samples_before == counted_from, "one context is one clock"


def test_a_marker_completes_what_was_said_up_to_it(sounding):
    play, utterance = sounding
    play.gives(utterance, 4_800, begins=4_800)
    done = play.tells(utterance, Marker(0), NOW + 0.5)
    assert [(fact.segment, fact.chars, fact.took_s) for fact in facts(done, SegmentSpoken)] == [
        (0, 5, pytest.approx(0.5))
    ]
    done = play.tells(utterance, Marker(1))
    assert (utterance.completed_segments, len(utterance.run.awaited), len(utterance.run.requests)) == (
        2,
        0,
        0,
    )
    assert "p/v" in play.state.shared.paces


def test_one_marker_ends_segments_that_were_joined(sounding):
    play, utterance = sounding
    play.gives(utterance, 4_800, begins=4_800)
    assert play.tells(utterance, events.Joined(1)) == []
    assert [fact.segment for fact in facts(play.tells(utterance, Marker(1)), SegmentSpoken)] == [0, 1]
    assert [one.joined for one in utterance.timeline.segments] == [False, True]


def test_the_end_completes_all_and_gives_the_line_back_clean(sounding):
    play, utterance = sounding
    play.gives(utterance, 4_800, begins=4_800)
    done = play.tells(utterance, events.Finished())
    assert len(facts(done, SegmentSpoken)) == 2
    assert of(done, Release) == [Release(1, clean=True)]
    assert not of(done, CancelLine), "it says nothing more"
    assert facts(done, AttemptEnded)[0].outcome == "let_go", "its text may go on, on another line"
    assert utterance.run is None


@pytest.mark.parametrize("end", [Marker(0), events.Finished()])
def test_r4_an_end_without_a_sound_is_a_failure(sounding, end):
    play, utterance = sounding
    done = play.tells(utterance, end)
    assert facts(done, AttemptEnded)[0].outcome == "vendor_empty"
    assert of(done, Release) == [Release(1, clean=False)]
    assert [segment.raw for segment in utterance.unsaid] == ["One. ", "Two. "], "all of it is said again"


def test_r4_but_not_where_there_was_nothing_to_say():
    play = Played()
    utterance = play.begin("a", "... ", ended=True)
    play.release()
    play.answer(utterance)
    done = play.tells(utterance, events.Finished())
    assert facts(done, AttemptMade) == []
    assert of(done, Release) == [Release(1, clean=True)]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (events.Failed(Reason.VENDOR_QUOTA, "no more", 3.0), "vendor_quota"),
        (events.Lost("gone"), "vendor_lost"),
    ],
)
def test_a_line_that_breaks_is_a_failed_attempt(sounding, event, reason):
    play, utterance = sounding
    done = play.tells(utterance, event)
    assert [fact.outcome for fact in facts(done, AttemptEnded)] == [reason]
    assert not facts(done, AttemptMade), "it was asked for once"
    assert utterance.last_failure.retry_after_s == getattr(event, "retry_after_s", None)
    assert utterance.retry_at is not None


def test_what_stops_nothing_is_passed_on_as_a_warning(sounding):
    play, _ = sounding
    [told] = play.tells(play.track.head, events.Warned("slow today"))
    assert told == Emit(Warned("vendor", "slow today", "a"))


def test_another_route_has_overtaken_and_what_it_was_given_counts():
    play = Played(PAIR)
    utterance = play.begin("a", "One. ")
    play.release()
    play.answer(utterance)
    assert utterance.run.can_pause
    play.tells(utterance, events.SaidAgain(5))
    play.tells(utterance, events.Overtaken(OTHER, word_times=True, can_pause=False))
    assert utterance.run.word_times
    assert not utterance.run.can_pause
    assert utterance.run.most_held == play.state.most_held < math.inf
    assert (utterance.last_route, utterance.run.route, utterance.sent_chars) == ("q/v", OTHER, 10)
    assert (utterance.home_route, utterance.routes_tried) == (1, 0), "another one comes next"
    play.gives(utterance, 480, begins=480)
    play.tells(utterance, Marker(0))
    assert play.state.home_routes == {"pair": 1}, "the stream stays with what has spoken"
