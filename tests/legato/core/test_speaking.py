"""When a line is leased and for what, which text it is given, and what its events lead to."""

import pytest

from legato.core.batching import REQUESTS_AHEAD
from legato.core.hearing import heard, sampled
from legato.core.speaking import PAUSE_MS, line_ready, line_refused
from legato.core.state import CoreSettings
from legato.core.timeline import Timeline
from legato.core.utterance import Input, PendingFlush, RunState
from legato.domain.delivery import Takes
from legato.domain.effects import (
    Acquire,
    EndInput,
    PauseLine,
    Release,
    ResumeLine,
    Say,
)
from legato.domain.errors import Reason
from legato.domain.events import Heard, LineReady, LineRefused, Marker, Sampled
from legato.domain.facts import AttemptMade
from legato.domain.receipt import Stage
from legato.domain.speech import (
    Failover,
    LineRequest,
    Principal,
    Route,
    UtteranceOptions,
    Voice,
)
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import Break
from tests.legato.core.played import NOW, OTHER, PAIR, RATE, ROUTE, SHOUTS, Played, facts, of, said, segments


def requests(effects):
    return [effect.request for effect in of(effects, Acquire)]


# --- whose turn it is -------------------------------------------------------------------------------------------------


def test_a_line_is_leased_when_there_is_something_to_say_and_not_before():
    play = Played()
    utterance = play.begin("a")
    assert play.release() == []
    play.add(utterance, "Hi.")
    [effect] = play.release()
    asked = (ROUTE, "en", UtteranceOptions(), Principal("me"), "s", "a", NOW + 10.0)
    opening = (play.state.utterances["a"].unsaid[0],)
    assert effect == Acquire(1, LineRequest(*asked, last_resort=True, heard_from=NOW, opening=opening))
    assert play.release() == [], "it is asked for once"
    assert play.state.leases == {1: utterance}


def test_a_lease_says_whether_there_is_another_route():
    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    assert requests(play.release())[0].elsewhere
    line_refused(play.state, LineRefused(1, Reason.VENDOR_QUOTA, "later"), NOW)
    assert utterance.routes_tried == 1
    assert not requests(play.release(NOW + 1))[0].elsewhere


def test_the_next_in_line_may_speak_once_all_text_of_the_head_is_with_its_voice_and_nobody_behind_it():
    play = Played()
    head, second, third = (play.begin(name, "Hi.") for name in "abc")
    assert [request.utterance_id for request in requests(play.release())] == ["a"]
    assert said(play.answer(head)) == ["Hi."]
    assert not second.run, "the head's text may go on"
    head.input = Input.COMPLETE
    assert [request.utterance_id for request in requests(play.release(NOW + 1))] == ["b"]
    second.input = Input.COMPLETE
    play.answer(second)
    assert third.run is None
    assert (head.queued, second.queued, third.queued) == (False, True, True)
    second.stamps.stamp(Stage.WRITE, NOW + 1)
    assert dict(second.stamps.stages())[Stage.TURN_WAIT] == pytest.approx(1.0)


def test_a_pause_after_a_failure_is_waited_for():
    play = Played()
    utterance = play.begin("a", "Hi.")
    utterance.retry_at = NOW + 1
    assert play.release(NOW + 0.999) == []
    assert len(play.release(NOW + 1)) == 1


@pytest.mark.parametrize(
    ("tried", "failover", "route", "patience_s", "last_resort"),
    [
        (0, Failover.SPLICE, ROUTE, 2.0, False),
        (1, Failover.SPLICE, OTHER, 10.0, False),
        (2, Failover.SPLICE, ROUTE, 10.0, True),
        (0, Failover.NONE, ROUTE, 10.0, True),
    ],
)
def test_no_line_is_waited_for_long_while_there_is_another_route(
    tried, failover, route, patience_s, last_resort
):
    play = Played(Voice("pair", ("en",), (ROUTE, OTHER), failover))
    play.begin("a", "Hi.").routes_tried = tried
    [request] = requests(play.release())
    assert (request.route, request.deadline, request.last_resort) == (route, NOW + patience_s, last_resort)


def test_only_routes_that_are_sent_the_same_words_may_overtake_and_only_at_the_start():
    play = Played(Voice("three", ("en",), (ROUTE, SHOUTS, OTHER), hedge_share=0.03))
    play.begin("a", "Hi.")
    [request] = requests(play.release())
    assert (request.rivals, request.hedge_share) == ((OTHER,), 0.03)

    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    utterance.audible_at, utterance.timeline, utterance.written = 0, Timeline(RATE), 480
    assert requests(play.release())[0].rivals == ()


def test_a_route_that_acts_other_stage_directions_is_not_sent_the_same_words():
    acts = Route("s", "v", takes=Takes(directions=ANY_DIRECTION))
    play = Played(Voice("three", ("en",), (ROUTE, acts, OTHER), hedge_share=0.03))
    play.begin("a", "Hi.")
    assert requests(play.release())[0].rivals == (OTHER,)


def test_rule_13_a_route_that_a_failure_has_led_away_from_overtakes_nothing():
    """The stream came back by a race that the first route won, seconds after it had failed."""
    play = Played(PAIR)
    play.begin("a", "Hi.").routes_tried = 1
    assert [(request.route, request.rivals) for request in requests(play.release())] == [(OTHER, ())]

    play = Played(Voice("three", ("en",), (ROUTE, OTHER, Route("s", "v")), hedge_share=0.03))
    play.state.home_routes["three"] = 1
    play.begin("a", "Hi.").home_route = 1
    [request] = requests(play.release())
    assert (request.route, [rival.provider for rival in request.rivals]) == (OTHER, ["s"])


# --- text -------------------------------------------------------------------------------------------------------------


def test_what_is_ready_is_handed_out_in_order_and_the_end_behind_it():
    play = Played()
    utterance = play.begin("a", "One. ", "Two. ")
    play.release()
    says = of(play.answer(utterance), Say)
    assert [(say.segment, say.reading.text, say.pause_ms) for say in says] == [
        (0, "One. ", 0),
        (1, "Two. ", 0),
    ]
    play.add(utterance, "Three.")
    utterance.input = Input.COMPLETE
    assert [type(effect) for effect in play.release()] == [Say, EndInput]
    assert utterance.run.state is RunState.ENDING
    assert (utterance.sent_chars, utterance.unsaid_chars) == (16, 0)
    assert play.release() == []


def test_a_voice_that_keeps_no_context_is_told_the_pause_that_a_mark_deserves():
    play = Played()
    utterance = play.begin("a", "One. ", "Two. ")
    utterance.unsaid.extend(segments("Three, ", first=2, ends_with=Break.COMMA))
    utterance.unsaid.extend(segments("four.", first=3))
    play.release()
    pauses = [effect.pause_ms for effect in of(play.answer(utterance, keeps_context=False), Say)]
    assert pauses == [0, PAUSE_MS[Break.SENTENCE], PAUSE_MS[Break.SENTENCE], PAUSE_MS[Break.COMMA]]


def test_where_requests_count_what_waits_behind_those_under_way_is_asked_for_in_one():
    play = Played(Voice("counted", ("en",), (Route("p", "v", batch_chars=100),)))
    utterance = play.begin("a", *(f"Sentence {number}. " for number in range(6)))
    play.release()
    assert len(said(play.answer(utterance, keeps_context=False))) == REQUESTS_AHEAD
    assert play.track.release_at == NOW + 1.0, "who hears nothing for so long is given more"
    play.gives(utterance, RATE, begins=RATE)
    play.tells(utterance, Marker(0))
    [request] = said(play.release())
    assert request.startswith(f"Sentence {REQUESTS_AHEAD}. Sentence {REQUESTS_AHEAD + 1}. ")


def test_a_request_ends_where_the_client_has_flushed():
    play = Played(Voice("counted", ("en",), (Route("p", "v", batch_chars=100),)))
    utterance = play.begin("a", *(f"Sentence {number}. " for number in range(6)))
    utterance.flushes.append(PendingFlush("f", after_segments=REQUESTS_AHEAD + 1))
    play.release()
    play.answer(utterance, keeps_context=False)
    play.gives(utterance, RATE, begins=RATE)
    play.tells(utterance, Marker(0))
    assert said(play.release()) == [f"Sentence {REQUESTS_AHEAD}. "]


def test_no_more_text_is_released_than_there_is_room_for():
    play = Played()
    play.state.max_lead_ms = 1_000
    utterance = play.begin("a", "x" * 20, "y" * 20)
    play.release()
    assert len(said(play.answer(utterance))) == 1
    assert NOW < play.track.release_at <= NOW + 1.001, "it is looked at again"


def test_a_context_that_has_nothing_to_say_for_long_is_given_back():
    play = Played(settings=CoreSettings(context_idle_s=8.0))
    utterance = play.begin("a", "One. ")
    play.release()
    play.answer(utterance)
    play.gives(utterance, 480, begins=480)
    play.tells(utterance, Marker(0), NOW + 1)
    assert play.release(NOW + 8.99) == []
    assert [type(effect) for effect in play.release(NOW + 9)] == [EndInput]


def test_a_line_is_given_back_and_paused_though_others_were_put_before_who_has_it():
    play = Played()
    head, utterance = play.begin("a", "Hi.", ended=True), play.begin("b", "You.")
    play.release()
    play.answer(head)
    play.answer(utterance)
    play.begin("c")
    play.track.queue.rotate(1)
    play.gives(utterance, 2 * RATE)
    assert [type(effect) for effect in play.release()] == [PauseLine]
    play.tells(utterance, Marker(0))
    assert [type(effect) for effect in play.release(NOW + 8)] == [EndInput]


def test_a_line_is_paused_above_the_high_mark_and_resumed_below_half_of_it():
    play = Played(settings=CoreSettings(held_high_ms=1_000.0))
    utterance = play.begin("a", "One. ")
    play.release()
    play.answer(utterance)
    found = []
    for held in (RATE, RATE + 1, RATE + 2, RATE // 2, RATE // 2 - 1, 0):
        play.gives(utterance, held)
        found.append([type(effect) for effect in play.release()])
    assert found == [[], [PauseLine], [], [], [ResumeLine], []]


def test_one_that_cannot_pause_is_not_told_to():
    play = Played(settings=CoreSettings(held_high_ms=1_000.0))
    utterance = play.begin("a", "One. ")
    play.release()
    play.answer(utterance, can_pause=False)
    play.gives(utterance, 9 * RATE)
    assert play.release() == []


# --- leases -----------------------------------------------------------------------------------------------------------


def test_a_line_that_is_there_is_told_with_how_long_it_took():
    play = Played()
    utterance = play.begin("a", "Hi.")
    play.release()
    done = play.answer(utterance, NOW + 0.2, reused=False)
    [made] = facts(done, AttemptMade)
    assert (made.route, made.reused, made.acquire_s, made.reason) == ("p/v", False, pytest.approx(0.2), "")
    utterance.stamps.stamp(Stage.WRITE, NOW + 0.5)
    assert dict(utterance.stamps.stages())[Stage.ACQUIRE] == pytest.approx(0.2)


def test_a_refusal_is_a_failed_attempt_and_the_next_route_is_asked():
    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    play.release()
    line_refused(play.state, LineRefused(1, Reason.OVERLOADED, "full"), NOW)
    done = play.take()
    assert of(done, Release) == [Release(1, clean=False)]
    assert facts(done, AttemptMade)[0].reason == "overloaded"
    [request] = requests(play.release())
    assert (play.state.last_lease, request.route, utterance.attempts) == (2, OTHER, 2)


def test_a_home_that_is_not_well_again_is_no_failure():
    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    utterance.home_route, utterance.asks_back = 1, True
    [request] = requests(play.release())
    assert (request.route, request.returning) == (ROUTE, True)
    line_refused(play.state, LineRefused(1, Reason.VENDOR_UNREACHABLE, "not yet"), NOW)
    assert facts(play.take(), AttemptMade) == []
    [request] = requests(play.release())
    assert (request.route, request.returning, utterance.attempts) == (OTHER, False, 1)


def test_a_home_that_is_well_again_is_home():
    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    utterance.home_route, utterance.asks_back = 1, True
    play.release()
    play.answer(utterance)
    assert utterance.home_route == 0
    play.state.home_routes["pair"] = 1
    play.gives(utterance, 480, begins=480)
    play.tells(utterance, Marker(0))
    assert play.state.home_routes == {}, "what has spoken is where the voice lives"


def test_what_comes_for_a_lease_that_is_gone_is_nobodys():
    play = Played()
    line_ready(play.state, LineReady(9, True, True, False, True), NOW)
    line_refused(play.state, LineRefused(9, Reason.OVERLOADED, "full"), NOW)
    heard(play.state, Heard(9, Marker(0)), NOW)
    assert sampled(play.state, Sampled(9, 480), NOW) is None
    assert play.take() == []
