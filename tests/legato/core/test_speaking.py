"""When a line is leased and for what, which text it is given, and what its events lead to."""

import math

import pytest

from legato.core.batching import REQUESTS_AHEAD
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.speaking import (
    PAUSE_MS,
    heard,
    line_ready,
    line_refused,
    release,
    sampled,
)
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Input, PendingFlush, RunState, Utterance
from legato.domain import events
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.delivery import Takes
from legato.domain.effects import (
    Acquire,
    CancelLine,
    Emit,
    EndInput,
    Note,
    PauseLine,
    Release,
    ResumeLine,
    Say,
)
from legato.domain.errors import Reason
from legato.domain.events import Begin, Heard, LineReady, LineRefused, Marker, Sampled
from legato.domain.facts import AttemptEnded, AttemptMade, SegmentSpoken
from legato.domain.receipt import Stage
from legato.domain.replies import Warned
from legato.domain.speech import (
    Catalogue,
    Failover,
    Principal,
    Route,
    StreamLimits,
    TextLevel,
    UtteranceOptions,
    Voice,
)
from legato.domain.stages import ANY_STAGE
from legato.domain.text import Break, Reading, Segment

NOW, RATE = 100.0, 24_000
ROUTE, OTHER, SHOUTS = Route("p", "v"), Route("q", "v"), Route("r", "v", text_level=TextLevel.RAW)
ANNA = Voice("anna", ("en",), (ROUTE,))
PAIR = Voice("pair", ("en",), (ROUTE, OTHER), hedge_share=0.03)


def segments(*texts, first=0, ends_with=Break.SENTENCE):
    made, at = [], 0
    for index, text in enumerate(texts, first):
        made.append(Segment(index, at, at + len(text), text, Reading(text), Reading(text), ends_with))
        at += len(text)
    return made


class Played:
    """A stream whose lines answer as the test says, and every effect that followed."""

    def __init__(self, voice=ANNA, settings=None, **limits):
        catalogue = Catalogue({voice.name: voice}, voice.name)
        self.state = StreamState(
            "s", Principal("me"), "native", catalogue, StreamLimits(**limits), settings or CoreSettings()
        )
        self.state.audio_format = AudioFormat(Encoding.PCM_S16LE, RATE)
        self.voice, self.track, self.done = voice, self.state.track(0), []

    def begin(self, name, *texts, ended=False):
        """An utterance whose text is cut into these segments, in line behind those before it."""
        sizer = Sizer(ChunkSettings(), RATE, -1)
        made = Utterance(
            Begin(name),
            1,
            0,
            self.voice,
            "en",
            UtteranceOptions(),
            NOW,
            Timeline(RATE),
            sizer,
            parts=list(texts),
        )
        made.stamps.begin(NOW)
        self.add(made, *texts)
        made.input = Input.COMPLETE if ended else Input.OPEN
        self.state.utterances[name] = made
        self.track.queue.append(made)
        return made

    def add(self, utterance, *texts):
        made = segments(*texts, first=utterance.known_segments)
        utterance.known_segments += len(made)
        utterance.unsaid.extend(made)
        utterance.unsaid_chars += sum(map(len, texts))

    def release(self, now=NOW):
        release(self.state, self.track, now)
        return self.take()

    def answer(self, utterance, now=NOW, **known):
        """Its lease is answered with a line of these abilities; what is released then."""
        abilities = {"reused": True, "keeps_context": True, "word_times": False, "can_pause": True, **known}
        line_ready(self.state, LineReady(utterance.run.lease, 7, **abilities), now)
        return self.release(now)

    def gives(self, utterance, held, now=NOW, **more):
        return sampled(self.state, Sampled(utterance.run.lease, held, **more), now)

    def tells(self, utterance, event, now=NOW):
        heard(self.state, Heard(utterance.run.lease, event), now)
        return self.take()

    def take(self):
        done, self.state.out = self.state.out, []
        return done


def of(done, kind):
    return [effect for effect in done if isinstance(effect, kind)]


def facts(done, kind):
    return [effect.fact for effect in done if isinstance(effect, Note) and isinstance(effect.fact, kind)]


def said(done):
    return [effect.reading.text for effect in of(done, Say)]


# --- whose turn it is -------------------------------------------------------------------------------------------------


def test_a_line_is_leased_when_there_is_something_to_say_and_not_before():
    play = Played()
    utterance = play.begin("a")
    assert play.release() == []
    play.add(utterance, "Hi.")
    [lease] = play.release()
    options, me = UtteranceOptions(), Principal("me")
    assert lease == Acquire(1, "a", ROUTE, "en", options, me, NOW + 10.0, last_resort=True, heard_from=NOW)
    assert play.release() == [], "it is asked for once"
    assert play.state.leases == {1: utterance}


def test_a_lease_says_whether_there_is_another_route():
    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    assert of(play.release(), Acquire)[0].elsewhere
    line_refused(play.state, LineRefused(1, Reason.VENDOR_QUOTA, "later"), NOW)
    assert utterance.routes_tried == 1
    assert not of(play.release(NOW + 1), Acquire)[0].elsewhere


def test_the_next_in_line_may_speak_once_all_text_of_the_head_is_with_its_voice_and_nobody_behind_it():
    play = Played()
    head, second, third = (play.begin(name, "Hi.") for name in "abc")
    assert [lease.utterance_id for lease in of(play.release(), Acquire)] == ["a"]
    assert said(play.answer(head)) == ["Hi."]
    assert not second.run, "the head's text may go on"
    head.input = Input.COMPLETE
    assert [lease.utterance_id for lease in of(play.release(NOW + 1), Acquire)] == ["b"]
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
    [lease] = of(play.release(), Acquire)
    assert (lease.route, lease.deadline, lease.last_resort) == (route, NOW + patience_s, last_resort)


def test_only_routes_that_are_sent_the_same_words_may_overtake_and_only_at_the_start():
    play = Played(Voice("three", ("en",), (ROUTE, SHOUTS, OTHER), hedge_share=0.03))
    play.begin("a", "Hi.")
    [lease] = of(play.release(), Acquire)
    assert (lease.rivals, lease.hedge_share) == ((OTHER,), 0.03)

    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    utterance.audible_at, utterance.timeline, utterance.written = 0, Timeline(RATE), 480
    assert of(play.release(), Acquire)[0].rivals == ()


def test_a_route_that_acts_other_stage_directions_is_not_sent_the_same_words():
    acts = Route("s", "v", takes=Takes(stages=ANY_STAGE))
    play = Played(Voice("three", ("en",), (ROUTE, acts, OTHER), hedge_share=0.03))
    play.begin("a", "Hi.")
    assert of(play.release(), Acquire)[0].rivals == (OTHER,)


def test_r13_a_route_that_a_failure_has_led_away_from_overtakes_nothing():
    """The stream came back by a race that the first route won, seconds after it had failed."""
    play = Played(PAIR)
    play.begin("a", "Hi.").routes_tried = 1
    assert [(lease.route, lease.rivals) for lease in of(play.release(), Acquire)] == [(OTHER, ())]

    play = Played(Voice("three", ("en",), (ROUTE, OTHER, Route("s", "v")), hedge_share=0.03))
    play.state.home_routes["three"] = 1
    play.begin("a", "Hi.").home_route = 1
    [lease] = of(play.release(), Acquire)
    assert (lease.route, [rival.provider for rival in lease.rivals]) == (OTHER, ["s"])


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
    play.gives(utterance, RATE, begins=True)
    play.tells(utterance, Marker(0))
    [request] = said(play.release())
    assert request.startswith(f"Sentence {REQUESTS_AHEAD}. Sentence {REQUESTS_AHEAD + 1}. ")


def test_a_request_ends_where_the_client_has_flushed():
    play = Played(Voice("counted", ("en",), (Route("p", "v", batch_chars=100),)))
    utterance = play.begin("a", *(f"Sentence {number}. " for number in range(6)))
    utterance.flushes.append(PendingFlush("f", after_segments=REQUESTS_AHEAD + 1))
    play.release()
    play.answer(utterance, keeps_context=False)
    play.gives(utterance, RATE, begins=True)
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
    play.gives(utterance, 480, begins=True)
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
    [lease] = of(play.release(), Acquire)
    assert (lease.lease, lease.route, utterance.attempts) == (2, OTHER, 2)


def test_a_home_that_is_not_well_again_is_no_failure():
    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    utterance.home_route, utterance.asks_back = 1, True
    [lease] = of(play.release(), Acquire)
    assert (lease.route, lease.returning) == (ROUTE, True)
    line_refused(play.state, LineRefused(1, Reason.VENDOR_UNREACHABLE, "not yet"), NOW)
    assert facts(play.take(), AttemptMade) == []
    [lease] = of(play.release(), Acquire)
    assert (lease.route, lease.returning, utterance.attempts) == (OTHER, False, 1)


def test_a_home_that_is_well_again_is_home():
    play = Played(PAIR)
    utterance = play.begin("a", "Hi.")
    utterance.home_route, utterance.asks_back = 1, True
    play.release()
    play.answer(utterance)
    assert utterance.home_route == 0
    play.state.home_routes["pair"] = 1
    play.gives(utterance, 480, begins=True)
    play.tells(utterance, Marker(0))
    assert play.state.home_routes == {}, "what has spoken is where the voice lives"


def test_what_comes_for_a_lease_that_is_gone_is_nobodys():
    play = Played()
    line_ready(play.state, LineReady(9, 7, True, True, False, True), NOW)
    line_refused(play.state, LineRefused(9, Reason.OVERLOADED, "full"), NOW)
    heard(play.state, Heard(9, Marker(0)), NOW)
    assert sampled(play.state, Sampled(9, 480), NOW) is None
    assert play.take() == []


# --- what a line tells ------------------------------------------------------------------------------------------------


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
    assert play.gives(utterance, 480, begins=True) is play.track
    play.gives(utterance, 1_200, audible_at=240, withheld=60)
    assert (utterance.held, utterance.run.produced, utterance.audible_at, utterance.withheld) == (
        1_200,
        1_200,
        240,
        60,
    )
    assert utterance.timeline.segments[0].start_sample == 480, "its own audio begins behind these samples"
    assert play.take() == []


@pytest.mark.parametrize(("keeps_context", "counted_from"), [(True, 480), (False, 0)])
def test_word_times_of_a_context_count_from_where_its_sound_begins(keeps_context, counted_from):
    """How long the pause before it became is known only then; where each segment is a request its own beginning is known."""
    play = Played()
    utterance = play.begin("a", "One. ", "Two. ")
    play.release()
    play.answer(utterance, keeps_context=keeps_context)
    play.gives(utterance, 480, begins=True)
    assert utterance.run.samples_before == counted_from
    play.gives(utterance, 4_800)
    play.tells(utterance, Marker(0))
    play.gives(utterance, 4_800, begins=True)
    assert utterance.run.samples_before == counted_from, "one context is one clock"


def test_a_marker_completes_what_was_said_up_to_it(sounding):
    play, utterance = sounding
    play.gives(utterance, 4_800, begins=True)
    done = play.tells(utterance, Marker(0), NOW + 0.5)
    assert [(fact.segment, fact.chars, fact.took_s) for fact in facts(done, SegmentSpoken)] == [
        (0, 5, pytest.approx(0.5))
    ]
    done = play.tells(utterance, Marker(1))
    assert (utterance.completed_segments, len(utterance.run.said), len(utterance.run.requests)) == (2, 0, 0)
    assert "p/v" in play.state.shared.paces


def test_one_marker_ends_segments_that_were_joined(sounding):
    play, utterance = sounding
    play.gives(utterance, 4_800, begins=True)
    assert play.tells(utterance, events.Joined(1)) == []
    assert [fact.segment for fact in facts(play.tells(utterance, Marker(1)), SegmentSpoken)] == [0, 1]
    assert [one.joined for one in utterance.timeline.segments] == [False, True]


def test_the_end_completes_all_and_gives_the_line_back_clean(sounding):
    play, utterance = sounding
    play.gives(utterance, 4_800, begins=True)
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
    play.gives(utterance, 480, begins=True)
    play.tells(utterance, Marker(0))
    assert play.state.home_routes == {"pair": 1}, "the stream stays with what has spoken"
