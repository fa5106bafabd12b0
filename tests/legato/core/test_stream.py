"""The three verbs: an event in, effects out, and when to be woken. What each event leads to is tested with the modules that decide it."""

import random
import typing

import pytest

from legato.core.passing import STAYS
from legato.core.stream import Stream
from legato.domain import events
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.effects import (
    Acquire,
    CancelLine,
    CloseStream,
    Cut,
    Emit,
    Fade,
    Forget,
    Gather,
    Note,
    OpenText,
    Release,
    Say,
    SetFormat,
    Warm,
    Write,
)
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import FirstAudio, StreamClosed, UtteranceEnded
from legato.domain.receipt import Stage
from legato.domain.replies import (
    GoAway,
    Opened,
    Pong,
    StreamError,
    UtteranceCancelled,
    UtteranceFailed,
    UtteranceFinished,
)
from legato.domain.speech import Catalogue, Position, Principal, Route, StreamLimits, Voice
from legato.domain.text import Break, Reading, Segment

NOW, RATE = 100.0, 24_000
FORMAT = AudioFormat(Encoding.PCM_S16LE, RATE)
VOICE = Voice("anna", ("en",), (Route("p", "v"),))
OPEN = events.Open("", FORMAT, max_lead_ms=-1)
CHUNK = RATE * 40 // 1000


class Played:
    """A stream, and whoever performs its effects: text is cut at once and a line is there at once, when the test says so."""

    def __init__(self, **limits):
        self.stream = Stream(
            "s", Principal(), "native", Catalogue({"anna": VOICE}, "anna"), StreamLimits(**limits)
        )
        self.now = NOW

    def tell(self, *told):
        """What the last of these leads to."""
        done = []
        for event in told:
            done = self.stream.handle(event, self.now)
            for effect in done:
                if isinstance(effect, Write) and effect.first:
                    self.stream.stamp(effect.utterance_id, Stage.WRITE, self.now)
        return done

    def at(self, now):
        self.now = now
        return self

    def tick(self):
        return self.tell(events.Tick())

    def speaks(self, name="a", lease=1, **begin):
        """An utterance whose line has been given its only segment, of text that may go on."""
        self.tell(events.Begin(name, **begin), events.Text(name, "Hi."))
        reading = Reading("Hi.")
        segment = Segment(0, 0, 3, "Hi.", reading, reading, Break.SENTENCE)
        self.tell(events.Segmented(name, (segment,), 0, None))
        return self.tell(
            events.LineReady(lease, reused=True, keeps_context=True, word_times=False, can_pause=True)
        )

    def sounds(self, name="a", lease=1, **begin):
        """One whose first audio is written."""
        self.speaks(name, lease, **begin)
        done = self.tell(events.Sampled(lease, CHUNK, audible_at=0, begins=CHUNK))
        self.tell(events.Written(name))
        return done


@pytest.fixture
def play():
    made = Played()
    made.tell(OPEN)
    return made


def kinds(done):
    return [
        type(effect.reply if isinstance(effect, Emit) else effect)
        for effect in done
        if not isinstance(effect, Note)
    ]


def told(done):
    return [effect.reply for effect in done if isinstance(effect, Emit)]


def noted(done, kind):
    return [effect.fact for effect in done if isinstance(effect, Note) and isinstance(effect.fact, kind)]


# --- what may come, and when ------------------------------------------------------------------------------------------


def test_the_life_of_an_utterance_is_told_in_effects(play):
    fresh = Played()
    assert kinds(fresh.tell(OPEN)) == [SetFormat, Opened, Warm]
    assert kinds(fresh.tell(events.Begin("a"))) == [OpenText]
    assert kinds(fresh.tell(events.Text("a", "Hi."))) == [Cut]
    reading = Reading("Hi.")
    segment = Segment(0, 0, 3, "Hi.", reading, reading, Break.SENTENCE)
    assert kinds(fresh.tell(events.Segmented("a", (segment,), 0, None))) == [Acquire]
    assert kinds(fresh.tell(events.LineReady(1, True, True, False, True))) == [Say]
    assert Write in kinds(fresh.tell(events.Sampled(1, CHUNK, audible_at=0, begins=CHUNK)))
    fresh.tell(events.End("a"), events.Segmented("a", (), 0, None, closed=True), events.Written("a"))
    fresh.tell(events.Heard(1, events.Marker(0)))
    assert kinds(fresh.tell(events.Heard(1, events.Finished()))) == [Release, Forget, UtteranceFinished]
    assert fresh.stream.open_utterances == 0


@pytest.mark.parametrize(
    "event",
    [
        events.Begin("a"),
        events.Text("a", "Hi."),
        events.Flush("a"),
        events.End("a"),
        events.Cancel(),
        events.Pause(),
        events.Resume(),
        events.Played(1),
        events.Configure(),
        events.Prewarm(),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_comes_before_the_open_is_refused_by_name_and_nothing_ends(event):
    play = Played()
    [refused] = told(play.tell(event))
    assert refused.error.reason is Reason.BAD_ORDER
    assert type(event).__name__ in refused.error.message
    assert not play.stream.closed
    assert Opened in kinds(play.tell(OPEN))


def test_some_things_may_always_be_said():
    play = Played()
    assert told(play.tell(events.Ping("p"))) == [Pong("p")]
    error = SpeechError(Reason.BAD_FRAME, "what is this")
    assert told(play.tell(events.Refused(error))) == [StreamError(error)]
    assert told(play.tell(events.Drain(NOW + 5)))[0] == GoAway(5.0, "shutting_down")


def test_every_event_is_known(play):
    """The vocabulary is closed, and whatever of it comes at a wrong moment harms nobody."""
    samples = {
        events.Open: OPEN, events.Begin: events.Begin("a"), events.Text: events.Text("a", "x"), events.Flush: events.Flush("x"),
        events.End: events.End("x"), events.Played: events.Played(5), events.Ping: events.Ping(), events.Drain: events.Drain(NOW),
        events.Refused: events.Refused(SpeechError(Reason.BAD_FRAME, "no")), events.Segmented: events.Segmented("x", (), 0, None),
        events.LineReady: events.LineReady(9, True, True, True, True), events.Sampled: events.Sampled(9, 480),
        events.LineRefused: events.LineRefused(9, Reason.OVERLOADED, "full"), events.Heard: events.Heard(9, events.Marker(0)),
        events.Written: events.Written("x"),
    }  # fmt: skip
    kinds_of_all = typing.get_args(events.Event)
    assert len(kinds_of_all) > 20
    for kind in kinds_of_all:
        stream = Played()
        stream.tell(OPEN)
        stream.tell(samples[kind] if kind in samples else kind())


# --- time -------------------------------------------------------------------------------------------------------------


def test_a_head_that_is_given_a_piece_of_a_word_no_longer_keeps_others_waiting_for_nothing():
    play = Played(head_idle_ms=5_000)
    play.tell(OPEN, events.Begin("head"), events.Begin("next"), events.Text("next", "S"))
    play.tell(events.Segmented("next", (), 1, None))
    play.at(NOW + 4.0).tell(events.Text("head", "Hel"), events.Segmented("head", (), 3, None))
    assert not any(isinstance(effect, Cut) for effect in play.at(NOW + 6.0).tick()), "its text goes on"


def test_it_asks_to_be_woken_at_the_earliest_of_what_is_due(play):
    assert play.stream.deadline() == NOW + 590, "the warning of an idle stream"
    play.tell(events.Text("a", "Hi."))
    assert play.stream.deadline() == NOW + 120, "a text that does not come"
    play.tell(events.Segmented("a", (), 3, 400))
    assert play.stream.deadline() == NOW + 0.4, "an idle cut"
    assert kinds(play.at(NOW + 0.4).tick()) == [Cut]
    assert play.stream.deadline() == NOW + 120


def test_a_stream_that_was_never_opened_is_not_woken():
    assert Played().stream.deadline() is None


def test_a_pause_that_is_too_long_is_a_cancel(play):
    play.sounds()
    play.tell(events.Pause())
    assert kinds(play.tell(events.Sampled(1, CHUNK, 0))) == [], "nothing is written meanwhile"
    assert play.stream.deadline() == NOW + 10
    assert UtteranceCancelled in kinds(play.at(NOW + 10).tick())


def test_a_pause_ends_where_it_began(play):
    [first] = [effect for effect in play.sounds() if isinstance(effect, Write)]
    play.tell(events.Pause(), events.Pause(), events.Sampled(1, CHUNK, 0))
    [write] = [effect for effect in play.at(NOW + 9).tell(events.Resume()) if isinstance(effect, Write)]
    assert write.sample_offset == first.sample_offset + first.samples


# --- cancelling -------------------------------------------------------------------------------------------------------


def test_a_cancel_of_the_track_ends_what_was_begun_before_it_and_what_comes_next_is_of_a_new_generation(play):
    play.speaks("a")
    play.speaks("b")
    done = play.tell(events.Cancel())
    assert [reply.utterance_id for reply in told(done)] == ["a", "b"]
    assert CancelLine in kinds(done)
    play.tell(events.Begin("c"))
    assert play.stream.open_utterances == 1
    assert play.tell(events.Cancel(track=7)) == [], "another track's"
    assert told(play.tell(events.Cancel(track=0)))[0].utterance_id == "c"


def test_one_that_may_not_be_interrupted_is_not_unless_it_is_forced(play):
    play.speaks("a", interruptible=False)
    assert told(play.tell(events.Cancel())) == []
    assert told(play.tell(events.Cancel("a"))) == []
    assert told(play.tell(events.Cancel(force=True)))[0].utterance_id == "a"


def test_an_utterance_can_be_cancelled_by_itself_once(play):
    play.speaks("a")
    play.speaks("b")
    assert [reply.utterance_id for reply in told(play.tell(events.Cancel("a")))] == ["a"]
    assert told(play.tell(events.Cancel("a"))) == [], "it may have crossed its end"
    [refused] = told(play.tell(events.Cancel("nobody")))
    assert refused.error.reason is Reason.UNKNOWN_UTTERANCE
    assert play.stream.open_utterances == 1


def test_what_the_listener_says_was_played_decides_what_was_heard(play):
    play.sounds()
    [cancelled] = told(play.at(NOW + 9).tell(events.Cancel(played_sample=0)))
    assert (cancelled.heard, cancelled.truncate_at_sample) == ("", 0)


@pytest.mark.parametrize(("asked_ms", "faded_ms"), [(-5, 0), (50, 50), (60_000, 200)])
def test_a_fade_is_bounded(play, asked_ms, faded_ms):
    play.sounds()
    play.stream.takes(0.0)
    play.tell(events.Sampled(1, RATE, 0))
    fades = [one.samples for one in play.tell(events.Cancel(fade_ms=asked_ms)) if isinstance(one, Fade)]
    assert sum(fades) == RATE * faded_ms // 1000


def test_what_replaces_ends_what_stands_before_it(play):
    play.speaks("a")
    play.speaks("b", interruptible=False)
    done = play.tell(events.Begin("c", position=Position.REPLACE))
    assert [reply.utterance_id for reply in told(done)] == ["a"]
    assert play.stream.open_utterances == 2


# --- the end ----------------------------------------------------------------------------------------------------------


def test_a_half_close_ends_every_text_and_the_stream_behind_the_last(play):
    play.speaks("a")
    assert [
        (cut.utterance_id, cut.end) for cut in play.tell(events.HalfClosed()) if isinstance(cut, Cut)
    ] == [("a", True)]
    assert not play.stream.closed
    play.tell(events.Segmented("a", (), 0, None, closed=True), events.Sampled(1, CHUNK, 0, begins=CHUNK))
    done = play.tell(
        events.Written("a"), events.Heard(1, events.Marker(0)), events.Heard(1, events.Finished())
    )
    assert kinds(done)[-2:] == [UtteranceFinished, CloseStream]
    assert play.stream.closed


def test_with_nothing_open_a_half_close_is_the_end(play):
    done = play.tell(events.HalfClosed())
    assert [effect.error for effect in done if isinstance(effect, CloseStream)] == [None]
    assert noted(done, StreamClosed)[0].reason == ""


@pytest.mark.parametrize("speaks", [False, True])
def test_a_client_that_goes_is_told_nothing_and_vendors_stop_at_once(play, speaks):
    if speaks:
        play.speaks()
    done = play.at(NOW + 2).tell(events.Closed())
    assert told(done) == []
    assert (CancelLine in kinds(done)) is speaks
    assert [fact.reason for fact in noted(done, UtteranceEnded)] == ["client_gone"] * speaks
    [closed] = noted(done, StreamClosed)
    assert (closed.reason, closed.lasted_s) == ("client_gone" if speaks else "", 2.0)


def test_behind_its_end_nothing_is_decided(play):
    play.tell(events.Closed())
    assert play.tell(events.Ping()) == play.tell(events.Text("a", "Hi.")) == play.tick() == []
    assert play.stream.deadline() is None


def test_a_gateway_that_goes_lets_finish_what_is_said_until_its_deadline(play):
    play.speaks()
    assert told(play.tell(events.Drain(NOW + 5))) == [GoAway(5.0, "shutting_down")]
    assert told(play.tell(events.Drain(NOW + 3))) == [], "told once; the deadline is the last one's"
    assert told(play.tell(events.Begin("b")))[0].error.reason is Reason.SHUTTING_DOWN
    assert play.stream.deadline() == NOW + 3
    assert kinds(play.at(NOW + 2.9).tick()) == [], "r30: whatever else wakes it, nothing is cut before"
    done = play.at(NOW + 3).tick()
    assert kinds(done)[-3:] == [UtteranceFailed, StreamError, CloseStream]
    [end] = [effect for effect in done if isinstance(effect, CloseStream)]
    assert end.error.retry_after_s == 1.0, "another gateway, or the next one, can be asked by then"
    assert play.stream.closed


def test_a_gateway_that_should_have_gone_already_says_that_no_time_is_left(play):
    play.speaks()
    assert told(play.tell(events.Drain(NOW - 5))) == [GoAway(0.0, "shutting_down")]


def test_a_stream_without_an_utterance_goes_at_once(play):
    assert kinds(play.tell(events.Drain(NOW + 5))) == [GoAway, CloseStream]


# --- beside the events ------------------------------------------------------------------------------------------------


def test_the_first_write_answers_with_its_fact_and_no_later_one(play):
    play.at(NOW).speaks()
    assert play.stream.stamp("a", Stage.SEND, NOW + 0.1) is None
    fact = play.stream.stamp("a", Stage.WRITE, NOW + 0.25)
    assert isinstance(fact, FirstAudio)
    assert (fact.utterance_id, fact.ttfb_s) == ("a", pytest.approx(0.25))
    assert play.stream.stamp("nobody", Stage.WRITE, NOW) is None


def test_audio_passes_behind_audio_of_the_same_lease_alone(play):
    """As it comes in real time: a chunk a moment before the listener would run dry."""
    due = [NOW + 0.04 * number - 0.01 for number in range(6)]
    assert play.stream.passes(1, CHUNK, NOW) == STAYS, "nothing has come"
    play.sounds()
    play.at(due[1]).tell(events.Ping())
    assert play.stream.passes(1, CHUNK, due[1]) == STAYS, "the last was no audio"
    play.tell(events.Sampled(1, CHUNK, 0))
    assert play.stream.passes(2, CHUNK, due[2]) == STAYS, "another line's"
    assert [play.stream.passes(1, CHUNK, at) for at in due[2:4]] == [
        (CHUNK, 2 * CHUNK, 0),
        (CHUNK, 3 * CHUNK, 0),
    ]
    play.at(due[4]).tell(events.Ping())
    assert play.stream.passes(1, CHUNK, due[4]) == STAYS
    [write] = [one for one in play.tell(events.Sampled(1, CHUNK, 0)) if isinstance(one, Write)]
    assert write.sample_offset == 4 * CHUNK, "what has passed is written"


def test_audio_passes_behind_a_write_of_its_utterance(play):
    """Such as the first, or one that an outlet took piece by piece when it had opened."""
    play.sounds()
    assert play.stream.passes(1, CHUNK, NOW + 0.03) == (CHUNK, CHUNK, 0)
    assert play.stream.passes(2, CHUNK, NOW + 0.07) == STAYS, "another line's"
    play.stream.shuts()
    play.at(NOW + 0.07).tell(events.Written("a"))
    assert play.stream.passes(1, CHUNK, NOW + 0.07)[2], "it waits, and is gathered"


@pytest.mark.parametrize("pace", [1.0, 1.3, 2.0, 4.0])
@pytest.mark.parametrize("max_lead_ms", [-1, 0, 400])
def test_what_passes_is_written_and_gathered_as_by_an_event(pace, max_lead_ms):
    """Two streams hear the same audio, one by events alone: the same writes, the same leave to gather, the same deadlines."""
    dice, passed = random.Random(f"{pace} {max_lead_ms}"), 0
    came = told_of = wrote = leave = 0
    plain, short = Played(), Played()
    for play in (plain, short):
        play.tell(events.Open("", FORMAT, max_lead_ms=max_lead_ms))
        play.sounds()
    for _ in range(400):
        now = NOW + came / RATE / pace + dice.uniform(0.001, 0.01)
        came += dice.choice([480, 960, 1_000])
        for play in (plain, short):
            play.at(now).stream.takes(10_000.0)
        due = plain.stream.deadline()
        rings = due is not None and due <= now
        if came - told_of < leave and not rings:
            continue
        held = told_of - wrote
        event = events.Sampled(1, held + came - told_of, 0)
        whole = writes(plain, event)
        samples, offset, gathers = short.stream.passes(1, event.held, now)
        if samples:
            passed += 1
            assert moved(whole) == [(samples, offset), *([gathers] if gathers else [])]
        else:
            assert moved(writes(short, event)) == moved(whole)
        told_of = came
        if rings:
            done = writes(plain, events.Tick())
            again = moved(writes(short, events.Tick()))
            assert again == moved(done) or (not again and moved(done) == [gathers]), (
                "it has that leave already"
            )
            whole += done
        wrote += sum(effect.samples for effect in whole if isinstance(effect, Write))
        leave = sum(effect.samples for effect in whole[-2:] if isinstance(effect, Gather))
        assert short.stream.deadline() == pytest.approx(plain.stream.deadline(), abs=1e-6)
    assert passed > 1 or max_lead_ms == 0


def writes(play, event):
    """What it leads to, until no more is to be written."""
    done = last = play.tell(event)
    while any(isinstance(effect, Write) and effect.more for effect in last):
        last = play.tell(events.Written("a"))
        done = [*done, *last]
    return done


def moved(done):
    """Writes and leaves to gather, without their names."""
    return [
        (effect.samples, effect.sample_offset) if isinstance(effect, Write) else effect.samples
        for effect in done
        if isinstance(effect, Write | Gather)
    ]


@pytest.fixture
def gathering(play):
    """A stream that has leave to gather, and until when."""
    play.sounds()
    play.tell(events.Sampled(1, CHUNK, 0))
    assert play.stream.passes(1, CHUNK, NOW)[2] > 0
    return play, play.stream.deadline()


def test_a_tick_that_finds_nothing_gathered_ends_the_wait_and_nothing_else(gathering):
    play, due = gathering
    play.at(due + 0.001)
    assert play.tick() == []
    assert play.stream.deadline() > due + 1, "there is nothing to wait for"
    assert play.stream.passes(1, CHUNK, due + 0.045)[0] == CHUNK, "what comes next may still pass"


def test_a_tick_behind_what_was_gathered_leaves_the_new_leave_as_it_is(gathering):
    play, due = gathering
    samples, _, gathers = play.stream.passes(1, 2 * CHUNK, due)
    then = play.stream.deadline()
    assert samples
    assert gathers
    assert then > due
    assert play.at(due).tick() == []
    assert play.stream.deadline() == then


def test_a_tick_for_something_else_is_not_slept_through(gathering):
    play, due = gathering
    drains_at = due + 1
    play.at(due).tell(events.Drain(drains_at))
    play.tell(events.Sampled(1, CHUNK, 0))
    assert play.at(drains_at).tick()


def test_an_outlet_that_has_room_again_wakes_nobody_where_nothing_waits(play):
    play.sounds()
    play.stream.shuts()
    assert play.stream.reopens()
    play.stream.shuts()
    assert Write not in kinds(play.tell(events.Sampled(1, CHUNK, 0)))
    assert not play.stream.reopens()
    assert Write in kinds(play.tell(events.OutletDrained()))


def test_an_outlet_that_has_shut_again_is_not_taken_for_open(play):
    play.sounds()
    play.stream.shuts()
    play.tell(events.Sampled(1, CHUNK, 0))
    play.stream.reopens()
    play.stream.shuts()
    assert play.tell(events.OutletDrained()) == []


def test_no_more_leaves_in_one_than_the_outlet_takes(play):
    play.speaks()
    play.stream.takes(20.0)
    [write] = [one for one in play.tell(events.Sampled(1, RATE, 0, begins=RATE)) if isinstance(one, Write)]
    assert (write.samples, write.more) == (RATE * 20 // 1000, True)
