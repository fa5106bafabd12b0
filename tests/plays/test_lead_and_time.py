"""Rules 6 to 14 of the stream, as plays on a virtual clock. Names the promises R5, R19, R21, R24 and R29."""

import io
import math
import wave
from dataclasses import replace

import pytest

from legato.core.speaking import PAUSE_MS
from legato.core.state import CoreSettings
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason
from legato.domain.facts import BugFound, StreamClosed, Underran
from legato.domain.receipt import Stage
from legato.domain.speech import Failover, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, TextLevel
from tests.plays.world import CHAR_MS, FORMAT, RATE, Script, World

LONG = "abcdefghij. " * 20


def written_ahead_s(world: World) -> list[float]:
    """Lead after every write, by the playback clock."""
    leads, due = [], 0.0
    for at, reply in world.log:
        if isinstance(reply, replies.AudioChunk):
            due = max(due, at) + len(reply.data) / 2 / RATE
            leads.append(due - at)
    return leads


class OneAtATime(World):
    """A client whose outlet is full after every chunk."""

    def write(self, reply):
        super().write(reply)
        if isinstance(reply, replies.AudioChunk):
            assert not self.paused
            self.paused = True


class TestLead:
    def test_a_voice_that_tells_no_ends_is_given_all_text_once_nothing_sounds(self):
        """R8: neither waits for the other."""
        voice = Script(marks=False, speed=20.0)
        world = World(scripts={"one": voice}).open(max_lead_ms=400).speak("a", LONG).run(120)
        assert world.said().replace(" ", "") == LONG.replace(" ", "")
        assert world.of(replies.UtteranceFinished)

    def test_a_voice_that_tells_no_ends_is_given_all_text_though_its_sound_so_far_makes_no_whole_frame(self):
        """R8: what is left of a segment behind the last frame waits for the next one, which waited for it."""
        world = World(scripts={"one": Script(marks=False, speed=20.0, chunk_ms=7)})
        world.tell(events.Open("", AudioFormat(Encoding.MULAW, 8_000), max_lead_ms=400)).speak("a", LONG).run(
            120
        )
        assert world.of(replies.UtteranceFinished)

    @pytest.mark.parametrize("max_lead_ms", [400, 1000, 3000])
    def test_a_voice_that_tells_no_ends_goes_on_as_soon_as_nothing_sounds(self, max_lead_ms):
        """R21: one that is faster than most, so that its text seems to be owed for long. It was looked at a second later."""
        sentences = "".join(f"{letter * 70}. " for letter in "abcdefgh")
        world = World(scripts={"one": Script(marks=False, speed=4.0)}).open(max_lead_ms=max_lead_ms)
        world.speak("a", sentences).run(60)
        assert world.said().replace(" ", "") == sentences.replace(" ", "")
        assert max([fact.gap_s for fact in world.facts if isinstance(fact, Underran)], default=0.0) < 0.3

    @pytest.mark.parametrize("max_lead_ms", [400, 1000, 3000])
    def test_a_voice_that_tells_no_ends_is_asked_for_more_before_nothing_sounds(self, max_lead_ms):
        """R21: it was asked only then, and each border was silent for a round trip and a first byte."""
        sentences = "".join(f"{letter * 70}. " for letter in "abcdefgh")
        world = World(scripts={"one": Script(marks=False, speed=4.0)}).open(max_lead_ms=max_lead_ms)
        world.speak("a", sentences).run(60)
        assert world.said().replace(" ", "") == sentences.replace(" ", "")
        assert len([fact for fact in world.facts if isinstance(fact, Underran)]) <= 1, (
            "its pace is not known yet"
        )

    @pytest.mark.parametrize("max_lead_ms", [200, 400, 3000])
    def test_audio_never_gets_further_ahead_than_the_limit(self, max_lead_ms):
        """R21."""
        world = (
            World(scripts={"one": Script(speed=20.0)}).open(max_lead_ms=max_lead_ms).speak("a", LONG).run(30)
        )
        leads = written_ahead_s(world)
        assert max(leads) <= max_lead_ms / 1000 + 1e-6
        assert world.said().replace(" ", "") == LONG.replace(" ", "")
        assert not [f for f in world.facts if isinstance(f, Underran)]

    @pytest.mark.parametrize("marks", [True, False])
    def test_the_next_segment_is_asked_for_while_the_one_before_it_is_on_its_way(self, marks):
        """R21: a voice hardly faster than speech, and one that tells no ends, is given text before its sound has run out."""
        sentences = "x" * 70 + ". " + "y" * 70 + ". " + "z" * 70 + ". "
        world = World(scripts={"one": Script(speed=1.1, first_s=0.3, marks=marks)}).open(max_lead_ms=3000)
        world.speak("a", sentences).run(3.0)
        assert len(world.sent) == 2, "and not before it is needed"
        world.run(4.0)
        assert len(world.sent) == 3
        assert world.run(20).said().replace(" ", "") == sentences.replace(" ", "")
        assert not [f for f in world.facts if isinstance(f, Underran)]

    @pytest.mark.parametrize("end", [events.Resume(), events.HalfClosed()], ids=["resume", "half-close"])
    @pytest.mark.parametrize("dies", [False, True])
    def test_the_silence_of_a_pause_is_no_underrun_and_no_gap_of_a_splice(self, end, dies):
        """Nobody but the client has asked for it."""
        one = Script(speed=4.0, word_times=True, die_after_chars=30 if dies else None, deaths=1)
        world = World(scripts={"one": one, "two": Script(word_times=True)}).open(max_lead_ms=300)
        world.speak("a", "alpha beta gamma delta epsilon zeta.").run(0.5).tell(events.Pause()).run(5)
        world.tell(end).run(20)
        assert world.said().replace(" ", "") == "alphabetagammadeltaepsilonzeta."
        assert not [fact for fact in world.facts if isinstance(fact, Underran)]
        assert [seam.gap_ms < 1 for seam in world.of(replies.Seam)] == [True] * dies

    def test_real_time_keeps_two_frames_ahead(self):
        world = World(scripts={"one": Script(speed=20.0)}).open(max_lead_ms=0).speak("a", LONG).run(30)
        assert max(written_ahead_s(world)) <= 0.0401
        assert world.said().replace(" ", "") == LONG.replace(" ", "")
        assert not [f for f in world.facts if isinstance(f, Underran)]

    def test_text_is_not_released_far_ahead_of_the_ear(self):
        world = World(scripts={"one": Script(speed=0.0)}).open(max_lead_ms=1000).speak("a", LONG).run(0.5)
        assert sum(map(len, world.sent)) * CHAR_MS <= 1000 + 2 * 11 * CHAR_MS
        assert world.run(30).said().replace(" ", "") == LONG.replace(" ", "")

    def test_text_that_waits_behind_a_pause_is_not_looked_at_over_and_over(self):
        """R31: what is held is exactly the bound, and gets no less."""
        voice = Script(speed=20.0, keeps_context=True)
        world = World(scripts={"one": voice}).open(max_lead_ms=400).tell(events.Pause())
        world.speak("a", "x" * 11 + ". " + "y" * 20).run(9)
        assert world.sent == ["x" * 11 + "."]
        assert world.alarm.rung < 20
        world.tell(events.Resume()).run(9)
        assert world.terminals() == {"a": ["UtteranceFinished"]}

    def test_text_that_waits_behind_a_voice_that_falls_silent_is_not_looked_at_over_and_over(self):
        """R31: what is expected is just above the bound, and gets no less while nothing comes."""
        world = World(scripts={"one": Script(speed=1.0)}).open(max_lead_ms=0)
        world.speak("a", "x" * 13).speak("b", "then.").run(0.281)
        [line] = world.lines
        line.paused = True
        before = world.run(0.25).alarm.rung
        assert world.sent == ["x" * 13]
        assert world.run(0.5).alarm.rung - before < 10
        world.run(0.5)
        assert world.sent == ["x" * 13, "then."], "its listener hears nothing"
        line.resume()
        assert set(world.run(9).terminals()) == {"a", "b"}

    def test_a_line_that_gives_too_much_is_paused(self):
        world = World(scripts={"one": Script(speed=0.0)}).open(max_lead_ms=300).speak("a", "x" * 300).run(30)
        assert world.line_pauses >= 1
        assert world.said() == "x" * 300

    def test_played_corrects_the_clock(self):
        world = World(scripts={"one": Script(speed=0.0)}).open(max_lead_ms=400).speak("a", "x" * 100).run(0.2)
        before = len(world.audio())
        world.tell(events.Played(before)).run(0.001)
        assert len(world.audio()) > before

    def test_played_beyond_what_was_sent_is_clamped_with_a_warning(self):
        world = (
            World().open().speak("a", "hello.").run(1).tell(events.Played(10**9), events.Played(5, track=3))
        )
        assert [w.code for w in world.of(replies.Warned)] == ["played_clamped"] * 2

    def test_who_has_heard_nothing_yet_may_say_so(self):
        assert World().open().tell(events.Played(0)).of(replies.Warned) == []

    def test_the_outlet_is_not_written_while_it_is_paused(self):
        """R21: nothing is dropped for a slow reader."""
        world = World(scripts={"one": Script(speed=20.0)}).open(max_lead_ms=-1).speak("a", LONG).run(0.1)
        world.paused = True
        world.run(0.5)
        count = len(world.audio())
        world.run(5)
        assert len(world.audio()) == count
        assert world.line_pauses == 1
        world.paused = False
        world.session.drained()
        assert world.run(10).said().replace(" ", "") == LONG.replace(" ", "")

    @pytest.mark.parametrize("marks", [True, False])
    def test_r21_a_line_that_cannot_be_paused_is_asked_for_no_more_than_may_be_held(self, marks):
        """However much text there is, and however slowly it is read: all of it is heard."""
        voice = Script(speed=20.0, can_pause=False, marks=marks)
        world = World(scripts={"one": voice}, limits=StreamLimits(max_held_audio_ms=10_000))
        world.open(max_lead_ms=-1).run(0)
        world.paused = True
        world.speak("a", LONG).run(60)
        assert 4.0 <= sum(map(len, world.sent)) * CHAR_MS / 1000 <= 6.0
        assert not world.of(replies.UtteranceFailed)
        world.paused = False
        world.session.drained()
        assert world.run(60).said().replace(" ", "") == LONG.replace(" ", "")
        assert world.of(replies.UtteranceFinished)

    def test_r21_what_it_gives_beyond_that_ends_its_utterance_and_no_other(self):
        voice = Script(speed=20.0, can_pause=False)
        world = World(scripts={"one": voice}, limits=StreamLimits(max_held_audio_ms=1_000))
        world.open(max_lead_ms=-1).run(0)
        world.paused = True
        world.speak("a", "x" * 99 + ".").speak("b", "hello.").run(60)
        [failed] = world.of(replies.UtteranceFailed)
        assert (failed.utterance_id, failed.error.reason) == ("a", Reason.OVERLOADED)
        assert "at most 1 s may be held (limits.max_held_audio_ms)" in failed.error.message
        world.paused = False
        world.session.drained()
        assert world.run(10).said("b") == "hello."
        assert world.leased == 0

    def test_what_has_waited_leaves_in_no_more_than_the_outlet_takes_in_one(self):
        """R7: however much is held by then; and not in splinters."""
        world = OneAtATime(scripts={"one": Script(speed=0.0)}).open(max_lead_ms=-1).speak("a", LONG).run(5)
        for room_ms, written_ms in ((50, 50), (130, 130), (1, 20), (1_000, 240)):
            world.paused, world.room_ms = False, room_ms
            world.session.drained()
            assert len(world.of(replies.AudioChunk)[-1].data) == written_ms * RATE // 1000 * 2
        world.room_ms = 30
        while not world.of(replies.UtteranceFinished):
            world.paused = False
            world.session.drained()
            world.run(0.3)
        assert world.said().replace(" ", "") == LONG.replace(" ", "")

    def test_an_outlet_that_has_room_again_is_believed_with_the_next_event(self):
        """What was unread when audio was last written may long be read when the next begins."""
        world = World(scripts={"one": Script(speed=0.0, chunk_ms=100)}).open(max_lead_ms=-1)
        world.room_ms = 0
        world.speak("a", "a.").run(5)
        world.room_ms = math.inf
        count = len(world.of(replies.AudioChunk))
        world.speak("b", "b.").run(5)
        assert len(world.of(replies.AudioChunk)[count].data) == 100 * RATE // 1000 * 2
        assert world.said() == "a.b."

    def test_the_outlet_is_asked_before_every_chunk_however_much_is_held(self):
        """R7: what is held can still be called back, what was written cannot."""
        world = OneAtATime(scripts={"one": Script(speed=0.0)}).open(max_lead_ms=-1).speak("a", LONG).run(5)
        assert len(world.of(replies.AudioChunk)) == 1
        for taken in range(2, 6):
            world.paused = False
            world.session.drained()
            assert len(world.run(1).of(replies.AudioChunk)) == taken

    def test_cancel_is_served_while_the_outlet_is_paused(self):
        world = World(scripts={"one": Script(speed=20.0)}).open().speak("a", LONG).run(0.1)
        world.paused = True
        world.run(0.5).tell(events.Cancel(fade_ms=20))
        assert world.terminals() == {"a": ["UtteranceCancelled"]}


class TestLedger:
    def test_every_sample_is_accounted_for(self):
        """R19; the session itself asserts that the ledger adds up."""
        world = World(scripts={"one": Script(keeps_context=False, speed=7.0)}).open().speak("a", LONG).run(60)
        (finished,) = world.of(replies.UtteranceFinished)
        assert finished.receipt.audio_samples == len(world.audio())
        assert not world.closed

    def test_the_sample_clock_is_never_reset(self):
        world = World().open().speak("a", "one.").run(5).tell(events.Cancel()).speak("b", "two.").run(5)
        starts = world.of(replies.UtteranceStarted)
        assert starts[1].start_sample == len(world.audio("a"))


class TestWords:
    def test_every_source_word_is_told_once_in_order_with_its_span(self):
        text = "alpha beta. gamma delta. "
        world = World(scripts={"one": Script(word_times=True)}).open(options=UtteranceOptions(words=True))
        world.speak("a", text).run(10)
        words = world.of(replies.WordSpoken)
        assert [w.word for w in words] == ["alpha", "beta.", "gamma", "delta."]
        assert [text[w.source_start : w.source_end] for w in words] == [w.word for w in words]
        starts = [w.start_sample for w in words]
        assert starts == sorted(starts)

    def test_without_word_times_they_are_estimated_inside_the_audio(self):
        world = World().open(options=UtteranceOptions(words=True)).speak("a", "alpha beta gamma.").run(10)
        words = world.of(replies.WordSpoken)
        assert {w.method for w in words} == {replies.WordMethod.ESTIMATED}
        assert words[-1].end_sample <= len(world.audio())

    def test_words_of_a_waiting_utterance_come_after_its_start_on_the_tracks_clock(self):
        world = World(scripts={"one": Script(word_times=True)}).open(options=UtteranceOptions(words=True))
        world.speak("a", "first one.").speak("b", "second.").run(10)
        word = next(w for w in world.of(replies.WordSpoken) if w.utterance_id == "b")
        start = next(s for s in world.of(replies.UtteranceStarted) if s.utterance_id == "b")
        assert word.start_sample == start.start_sample

    def test_words_of_a_route_that_died_without_a_sound_are_not_told(self):
        """R11: each is told once, though its vendor tells times before there is any audio."""
        scripts = {
            "one": Script(word_times=True, die_after_chars=0),
            "two": Script(word_times=True, speed=1.0),
        }
        world = (
            World(scripts=scripts)
            .open(options=UtteranceOptions(words=True))
            .speak("a", "one two three.")
            .run(9)
        )
        assert [word.word for word in world.of(replies.WordSpoken)] == ["one", "two", "three."]

    def test_no_words_unless_asked(self):
        assert (
            World(scripts={"one": Script(word_times=True)})
            .open()
            .speak("a", "hello.")
            .run(5)
            .of(replies.WordSpoken)
            == []
        )


class TestEndOfTheClient:
    def test_half_close_speaks_everything_then_closes_clean(self):
        world = World().open().text("a", "one").text("b", "two").tell(events.HalfClosed()).run(20)
        assert world.said() == "onetwo"
        assert world.closed
        assert world.closed_with is None

    def test_half_close_without_anything_open_closes(self):
        assert World().open().tell(events.HalfClosed()).closed

    def test_abrupt_loss_cancels_vendor_work_at_once(self):
        """R29."""
        world = World().open().speak("a", LONG).run(0.2)
        count = len(world.log)
        world.tell(events.Closed())
        assert world.leased == 0
        world.run(10)
        assert len(world.log) == count
        assert world.session.closed

    @pytest.mark.parametrize(("until_s", "reason"), [(0.2, "client_gone"), (30, "")])
    def test_who_leaves_when_all_is_said_has_ended_well(self, until_s, reason):
        world = World().open().speak("a", LONG).run(until_s)
        world.tell(events.Closed())
        (closed,) = [fact for fact in world.facts if isinstance(fact, StreamClosed)]
        assert closed.reason == reason


class TestIdle:
    def test_text_without_a_stop_is_spoken_after_a_pause(self):
        world = World().open().text("a", "hello there").run(1)
        assert world.said().startswith("hello")

    def test_a_stream_without_an_utterance_is_warned_then_closed(self):
        world = World(limits=StreamLimits(idle_stream_s=60)).open().speak("a", "hi.").run(40)
        assert world.of(replies.GoAway) == []
        world.run(15)
        assert world.of(replies.GoAway)[0].in_s == 10
        world.run(20)
        assert world.closed
        assert world.closed_with.reason is Reason.IDLE_TIMEOUT

    def test_a_stream_that_nobody_opens_is_idle_as_well(self):
        """R8."""
        limits = StreamLimits(idle_stream_s=60)
        assert not World(limits=limits).run(59).closed
        for world in (World(limits=limits), World(limits=limits).tell(events.Open("ghost", FORMAT))):
            world.run(61)
            assert world.closed_with.reason is Reason.IDLE_TIMEOUT

    def test_that_it_was_closed_is_noted_like_any_other_end(self):
        """R23: who counts streams, and keeps what belongs to them, is told that this one is over."""
        world = World(limits=StreamLimits(idle_stream_s=60)).open().run(61)
        (closed,) = [fact for fact in world.facts if isinstance(fact, StreamClosed)]
        assert (closed.reason, closed.lasted_s) == ("idle_timeout", 60)

    def test_zero_means_never(self):
        assert not World(limits=StreamLimits(idle_stream_s=0)).open().run(100_000).closed

    def test_an_open_utterance_without_text_is_ended_with_a_warning(self):
        world = World().open().text("a", "hello. ").run(121)
        assert world.of(replies.Warned)[0].code == "utterance_ended"
        assert world.terminals() == {"a": ["UtteranceFinished"]}

    @pytest.mark.parametrize("stall_s", [0.05, 1, 9, 30, 110])
    def test_speech_goes_on_after_a_stall_of_the_writer(self, stall_s):
        """R5: the context is given back before the vendor's limit and renewed."""
        world = World().open().text("a", "before the stall. ").run(stall_s).speak("a", "after it.").run(20)
        assert world.said() == "before the stall.after it."
        assert world.of(replies.StreamError) == []
        assert len(world.lines) == (2 if stall_s > 8.5 else 1)


class TestRoutes:
    def test_a_refused_line_goes_to_the_next_route_before_the_first_audio(self):
        scripts = {"bad": Script(refuse=Reason.VENDOR_UNREACHABLE), "good": Script()}
        world = World(scripts=scripts).open().speak("a", "hello.").run(5)
        assert world.said() == "hello."
        (finished,) = world.of(replies.UtteranceFinished)
        assert finished.receipt.attempts == 2
        assert finished.receipt.route == "good/v"

    def test_success_without_audio_is_a_failure(self):
        """R4."""
        world = (
            World(scripts={"bad": Script(empty=True), "good": Script()}).open().speak("a", "hello.").run(5)
        )
        assert world.said() == "hello."

    @pytest.mark.parametrize("keeps_context", [True, False])
    def test_marks_that_have_no_sound_are_no_failure_of_what_is_said_behind_them(self, keeps_context):
        """R4, R11: nor are they words that sound."""
        voice = Script(marks_are_mute=True, keeps_context=keeps_context)
        world = World(scripts={"one": voice}).open(options=UtteranceOptions(words=True))
        world.text("a", "...").tell(events.Flush("a", "f")).speak("a", " hello.").run(5)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert world.of(replies.UtteranceFinished)[0].receipt.attempts == 1
        assert [(word.word, word.start_sample >= 0) for word in world.of(replies.WordSpoken)] == [
            ("hello.", True)
        ]
        assert [flushed.end_sample for flushed in world.of(replies.Flushed)] == [0]

    def test_every_route_down_keeps_the_text_until_the_deadline(self):
        world = (
            World(scripts={"bad": Script(refuse=Reason.VENDOR_UNREACHABLE)})
            .open()
            .speak("a", "hello.")
            .run(2.9)
        )
        assert world.terminals() == {}
        world.run(0.2)
        (failed,) = world.of(replies.UtteranceFailed)
        assert failed.error.reason is Reason.ALL_ROUTES_FAILED
        assert failed.unspoken == "hello."
        assert failed.error.retry_after_s is not None
        assert not world.closed

    def test_a_route_that_comes_back_in_time_speaks(self):
        script = Script(refuse=Reason.VENDOR_UNREACHABLE)
        world = World(scripts={"one": script}).open().speak("a", "hello.").run(1)
        script.refuse = None
        assert world.run(5).said() == "hello."

    def test_a_shut_route_is_better_than_none(self):
        scripts = {
            "shut": Script(shut=True),
            "bad": Script(refuse=Reason.VENDOR_UNREACHABLE, retry_after_s=20.0),
        }
        world = World(scripts=scripts).open().speak("a", "hello.").run(2.9)
        assert world.said() == "hello."
        (finished,) = world.of(replies.UtteranceFinished)
        assert finished.receipt.attempts == 3

    @pytest.mark.parametrize("failover", [Failover.SPLICE, Failover.NONE])
    def test_rule_12_a_voice_without_another_route_is_asked_for_though_its_breaker_is_shut(self, failover):
        """It was to wait for the breaker, longer than its text is kept: after an outage it failed for half a minute, unasked."""
        routes = (Route("shut", "v"), *([Route("other", "v")] if failover is Failover.NONE else []))
        voices = {"joe": Voice("joe", ("en",), routes, failover=failover)}
        scripts = {"shut": Script(shut=True), "other": Script()}
        world = World(scripts=scripts, voices=voices).open().speak("a", "hello.").run(2.9)
        assert world.said() == "hello."
        (finished,) = world.of(replies.UtteranceFinished)
        assert (finished.receipt.attempts, finished.receipt.route) == (1, "shut/v")

    def test_the_configured_fallback_voice_speaks_when_every_route_is_down(self):
        scripts = {"bad": Script(refuse=Reason.VENDOR_UNREACHABLE), "local": Script()}
        voices = {
            "paid": Voice("paid", ("en",), (Route("bad", "v"),), fallback="plain"),
            "plain": Voice("plain", ("en",), (Route("local", "v"),)),
        }
        assert World(scripts=scripts, voices=voices).open().speak("a", "hello.").run(10).said() == "hello."

    @pytest.mark.parametrize("word_times", [True, False])
    def test_routes_that_never_get_past_a_word_are_given_up_however_much_they_say_of_it(self, word_times):
        """R8: a sentence without spaces is one word."""
        scripts = {name: Script(die_after_chars=24, word_times=word_times) for name in ("one", "two")}
        world = World(scripts=scripts).open().speak("a", "x" * 45 + " end.").run(30)
        assert world.terminals() == {"a": ["UtteranceFailed"]}
        assert len(world.lines) <= 8

    @pytest.mark.parametrize(
        "second", [Script(first_s=60), Script(acquire_s=60), Script(refuse=Reason.VENDOR_UNREACHABLE)]
    )
    def test_what_a_route_was_given_before_it_was_given_up_is_said_by_the_fallback(self, second):
        """Rule 12: the second route is still silent, with all the text, when the time for routes is over."""
        scripts = {"one": Script(refuse=Reason.VENDOR_UNREACHABLE), "two": second, "local": Script()}
        voices = {
            "paid": Voice("paid", ("en",), (Route("one", "v"), Route("two", "v")), fallback="plain"),
            "plain": Voice("plain", ("en",), (Route("local", "v"),)),
        }
        world = World(scripts=scripts, voices=voices).open().speak("a", "hello there. and more. ").run(20)
        assert world.said() == "hello there.and more."
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert world.leased == 0

    def test_what_was_given_to_a_route_that_was_given_up_is_told_as_unspoken(self):
        scripts = {"one": Script(refuse=Reason.VENDOR_UNREACHABLE), "two": Script(first_s=60)}
        world = World(scripts=scripts).open().speak("a", "hello there. and more. ").run(20)
        (failed,) = world.of(replies.UtteranceFailed)
        assert failed.error.reason is Reason.ALL_ROUTES_FAILED
        assert failed.unspoken == "hello there. and more. "

    def test_a_rejected_request_is_not_repeated(self):
        world = (
            World(scripts={"bad": Script(refuse=Reason.VENDOR_REJECTED)}).open().speak("a", "hello.").run(0.1)
        )
        assert world.terminals() == {"a": ["UtteranceFailed"]}

    @pytest.mark.parametrize("chars", [0, 1, 5, 9, 14, 20, 28])
    def test_a_death_after_audio_loses_no_word_and_repeats_at_most_one(self, chars):
        """R6, for a voice with true word times."""
        text = "alpha beta gamma delta epsilon zeta."
        scripts = {
            "one": Script(word_times=True, die_after_chars=chars, deaths=1),
            "two": Script(word_times=True),
        }
        world = World(scripts=scripts).open(max_lead_ms=-1).speak("a", text).run(20)
        said = world.said().split()
        for word in text.split():
            assert any(word in part for part in said), (word, said)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert sum(map(len, said)) <= len(text.replace(" ", "")) + len("epsilon")

    @pytest.mark.parametrize("chars", range(1, 44, 3))
    def test_a_death_within_segments_that_share_a_marker_loses_no_word(self, chars):
        """R6, where the voice tells neither word times nor where a segment ends, and does not sound like the text: five words twice at most."""
        text = "alpha beta gamma. delta epsilon zeta. eta theta."
        scripts = {"one": Script(joins=True, die_after_chars=chars, deaths=1), "two": Script(joins=True)}
        world = World(scripts=scripts).open(max_lead_ms=-1).speak("a", text).run(20)
        said = world.said().replace(".", ". ").split()
        for word in text.split():
            assert any(word in part for part in said), (word, said)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert len(world.said()) <= len(text) + len("gamma. delta epsilon zeta. eta")

    def test_segments_that_share_a_marker_are_heard_in_proportion(self):
        text = "alpha beta gamma. delta epsilon zeta. eta theta."
        world = (
            World(scripts={"one": Script(joins=True)}).open(max_lead_ms=0).tell(events.Text("a", text)).run(1)
        )
        world.tell(events.Cancel("a"))
        (told,) = world.of(replies.UtteranceCancelled)
        assert told.heard + told.sent_unheard + told.never_sent == text
        assert abs(len(told.heard.split()) - len(world.said().split())) <= 2

    @pytest.mark.parametrize("level", list(TextLevel))
    def test_what_is_said_again_is_read_as_the_next_route_wants_it(self, level):
        scripts = {"one": Script(word_times=True, die_after_chars=12, deaths=1), "two": Script()}
        voices = {"v": Voice("v", ("en",), (Route("one", "v"), Route("two", "v", text_level=level)))}
        world = (
            World(scripts=scripts, voices=voices).open(max_lead_ms=-1).speak("a", "alpha beta gamma. delta. ")
        )
        assert [text.strip() for text in world.run(20).sent[-2:]] == ["gamma.", "delta."]

    def test_what_is_said_again_in_mid_sentence_follows_without_a_pause(self):
        loud = Script(word_times=True, keeps_context=False, silence_at=0)
        scripts = {"one": replace(loud, die_after_chars=12, deaths=1), "two": loud}
        text = "alpha beta gamma. delta. "
        world = World(scripts=scripts).open(max_lead_ms=-1).speak("a", text).run(20)
        (seam,) = world.of(replies.Seam)
        assert (seam.word, seam.method) == ("beta", "word_time")
        (receipt,) = [reply.receipt for reply in world.of(replies.UtteranceFinished)]
        spoken_ms = (len("alpha beta") + len("gamma.") + len("delta.")) * CHAR_MS
        audio_ms = receipt.audio_samples * 1000 / RATE
        assert audio_ms == pytest.approx(spoken_ms + PAUSE_MS[Break.SENTENCE], abs=CHAR_MS * 2)

    def test_a_death_between_segments_is_not_heard_at_all(self):
        text = "alpha beta. gamma delta. "
        scripts = {"one": Script(die_after_chars=11, deaths=1), "two": Script()}
        world = World(scripts=scripts).open(max_lead_ms=-1).speak("a", text).run(20)
        assert world.said() == "alpha beta.gamma delta."

    def test_a_voice_that_may_not_fail_over_fails_with_what_was_not_spoken(self):
        voices = {
            "v": Voice("v", ("en",), (Route("one", "v"), Route("two", "v")), failover=Failover.BEFORE_AUDIO)
        }
        scripts = {"one": Script(die_after_chars=8), "two": Script()}
        world = (
            World(scripts=scripts, voices=voices).open(max_lead_ms=-1).speak("a", "alpha beta gamma.").run(20)
        )
        (failed,) = world.of(replies.UtteranceFailed)
        assert failed.error.reason is Reason.VENDOR_LOST
        assert "gamma." in failed.unspoken

    @pytest.mark.parametrize(
        ("word_times", "unspoken"), [(True, "delta epsilon."), (False, "gamma delta epsilon.")]
    )
    def test_the_word_that_broke_off_is_not_spoken(self, word_times, unspoken):
        """R3: whoever says the rest elsewhere loses no word, also where it can only be estimated where the voice was."""
        voices = {"v": Voice("v", ("en",), (Route("one", "v"),), failover=Failover.NONE)}
        script = Script(die_after_chars=21, word_times=word_times, speed=1.0)
        world = World(scripts={"one": script}, voices=voices).open(max_lead_ms=-1)
        world.speak("a", "alpha beta. gamma delta epsilon.").run(20)
        (failed,) = world.of(replies.UtteranceFailed)
        assert world.said() == "alpha beta.gamma delt"
        assert failed.unspoken.strip() == unspoken

    def test_open_and_prewarm_warm_a_line(self):
        assert World().open().tell(events.Prewarm()).warmed == ["one", "one"]

    def test_a_lease_that_is_not_answered_fails_in_time(self):
        world = World(scripts={"slow": Script(acquire_s=60)}, core=CoreSettings(acquire_timeout_s=1.0)).open()
        world.speak("a", "hello.").run(10)
        assert world.terminals() == {"a": ["UtteranceFailed"]}


class TestReceipt:
    def test_the_stages_sum_to_the_total(self):
        """R24."""
        world = (
            World(scripts={"one": Script(acquire_s=0.03, first_s=0.08)}).open().text("a", "hello").run(0.5)
        )
        world.text("a", " there. ").run(0.2).speak("a", "bye.").run(10)
        (finished,) = world.of(replies.UtteranceFinished)
        receipt = finished.receipt
        assert sum(s for _, s in receipt.stages) == pytest.approx(receipt.ttfb_s, abs=1e-9)
        first_audio = next(at for at, r in world.log if isinstance(r, replies.AudioChunk))
        assert receipt.ttfb_s == pytest.approx(first_audio - 100.0, abs=1e-9)
        assert receipt.accepted_chars == len("hello there. bye.")
        assert receipt.line_reused

    @pytest.mark.parametrize(
        ("stage", "script"),
        [
            (Stage.ACQUIRE, Script(acquire_s=0.5, first_s=0.0)),
            (Stage.VENDOR, Script(first_s=0.5)),
        ],
    )
    def test_a_delay_in_a_stage_shows_in_that_stage_alone(self, stage, script):
        world = World(scripts={"one": script}).open().speak("a", "hello.").run(10)
        stages = dict(world.of(replies.UtteranceFinished)[0].receipt.stages)
        assert stages.pop(stage) == pytest.approx(0.5)
        assert sum(stages.values()) == pytest.approx(0.0)

    def test_waiting_for_text_is_its_own_stage(self):
        world = (
            World(scripts={"one": Script(first_s=0.0)}).open().text("a", "1").run(0.7).speak("a", "2.").run(5)
        )
        stages = dict(world.of(replies.UtteranceFinished)[0].receipt.stages)
        assert stages[Stage.TEXT_WAIT] == pytest.approx(0.7)

    @pytest.mark.parametrize("cancelled", [False, True])
    def test_who_waits_for_the_room_of_the_one_before_is_queued(self, cancelled):
        """R24: its line is asked for when that one is all written, and it is the head: the wait was counted as ours."""
        world = World(scripts={"one": Script(speed=0.0)}).open().speak("a", "x" * 200).run(0.5)
        world.speak("b", "hello.").run(3)
        if cancelled:
            world.tell(events.Cancel("a"))
        second = world.run(30).of(replies.UtteranceFinished)[-1].receipt
        stages = dict(second.stages)
        assert second.queued
        assert stages[Stage.TURN_WAIT] >= 2.9 > stages[Stage.QUEUE]
        assert second.ttfb_speakable_s == pytest.approx(0.05, abs=0.01)

    def test_waiting_behind_an_earlier_utterance_is_its_own_stage_and_marks_it_queued(self):
        world = (
            World(scripts={"one": Script(first_s=0.0)})
            .open(max_lead_ms=0)
            .speak("a", "x" * 40)
            .speak("b", "two.")
            .run(20)
        )
        first, second = (f.receipt for f in world.of(replies.UtteranceFinished))
        assert not first.queued
        assert second.queued
        assert dict(second.stages)[Stage.TURN_WAIT] > 1.5
        assert second.ttfb_speakable_s < 0.2


class TestDrain:
    def test_what_is_being_said_is_finished_and_nothing_new_begins(self):
        world = World().open().speak("a", "finish me please.").run(0.1).tell(events.Drain(world_deadline(10)))
        world.speak("b", "too late.").run(9)
        assert world.said() == "finish me please."
        assert world.of(replies.StreamError)[0].error.reason is Reason.SHUTTING_DOWN
        assert world.closed
        assert world.closed_with is None

    def test_the_deadline_ends_the_rest(self):
        world = (
            World().open(max_lead_ms=0).speak("a", LONG).run(0.1).tell(events.Drain(world_deadline(2))).run(3)
        )
        assert world.terminals() == {"a": ["UtteranceFailed"]}
        assert world.closed_with.reason is Reason.SHUTTING_DOWN


def world_deadline(seconds: float) -> float:
    return 100.1 + seconds


def stereo_header() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((2, 2, RATE, 0, "NONE", "not compressed"))
    return file.getvalue()


class TestFrames:
    def test_g711_leaves_in_whole_frames_and_the_last_one_is_filled(self):
        world = World()
        world.session.feed(events.Open("", AudioFormat(Encoding.MULAW, RATE)))
        world.speak("a", "hello you.").speak("b", "x").run(10)
        sizes = [len(c.data) for c in world.of(replies.AudioChunk)]
        assert all(size % 160 == 0 for size in sizes)
        assert not world.closed

    def test_silence_that_joining_keeps_back_does_not_let_the_listener_run_dry(self):
        """R21, for a voice at real time with a long pause inside a segment."""
        script = Script(speed=1.0, keeps_context=False, silence_at=3, silence_ms=900)
        world = World(scripts={"one": script}).open().speak("a", "abcdef.").run(20)
        assert not [f for f in world.facts if isinstance(f, Underran) and f.gap_s > 0.025]
        assert not world.closed

    def test_audio_that_cannot_be_used_is_a_fault_of_the_voice(self):
        scripts = {"bad": Script(preface=stereo_header()), "good": Script()}
        world = World(scripts=scripts).open().speak("a", "hello.").run(5)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert world.of(replies.UtteranceFinished)[0].receipt.route == "good/v"


class TestFullRoutes:
    """R22: who waits for a busy vendor goes on to the next route, and where all are busy is told so, and when to come back."""

    def busy(self, *, both, **voice):
        busy = Script(refuse=Reason.OVERLOADED, acquire_s=1.0, retry_after_s=0.7)
        scripts = {"one": busy, "two": busy if both else Script()}
        routes = tuple(Route(name, "v") for name in scripts)
        return World(scripts=scripts, voices={"joe": Voice("joe", ("en",), routes, **voice)}).open()

    def test_the_next_route_speaks(self):
        world = self.busy(both=False).speak("a", "hello there.").run(5)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert world.of(replies.UtteranceFinished)[0].receipt.route == "two/v"

    def test_where_all_are_busy_that_is_told_with_the_time_to_come_back(self):
        world = self.busy(both=True).speak("a", "hello there.").run(20)
        (failed,) = world.of(replies.UtteranceFailed)
        assert failed.error.reason is Reason.OVERLOADED
        assert failed.error.retry_after_s == 0.7
        assert failed.unspoken == "hello there."

    def test_a_line_is_not_waited_for_as_long_where_there_is_another_route(self):
        scripts = {"slow": Script(acquire_s=60), "two": Script()}
        world = World(scripts=scripts).open().speak("a", "hello.")
        world.run(2.0)
        assert world.sent == []
        assert world.run(5).terminals() == {"a": ["UtteranceFinished"]}

    def test_it_is_where_the_voice_stays_on_its_route(self):
        scripts = {"slow": Script(acquire_s=4), "two": Script()}
        routes = tuple(Route(name, "v") for name in scripts)
        voices = {"joe": Voice("joe", ("en",), routes, Failover.NONE)}
        world = World(scripts=scripts, voices=voices).open().speak("a", "hello.").run(9)
        assert world.of(replies.UtteranceFinished)[0].receipt.route == "slow/v"


class TestTheShortWay:
    """A voice at real time: its audio is passed on as it comes, and whatever happens meanwhile finds all numbers right."""

    def test_what_passes_is_written_when_it_comes_and_once(self):
        world = World(scripts={"one": Script(speed=1.0)}).open().speak("a", LONG).run(30)
        chunks = [(at, reply) for at, reply in world.log if isinstance(reply, replies.AudioChunk)]
        offset = 0
        for _, chunk in chunks:
            assert chunk.sample_offset == offset
            offset += len(chunk.data) // 2
        assert world.said() == LONG.replace(" ", "")
        [finished] = world.of(replies.UtteranceFinished)
        assert finished.receipt.audio_samples == offset

    @pytest.mark.parametrize("after_s", [0.5, 1.01, 2.33])
    def test_a_cancel_or_a_pause_between_two_chunks_is_exact(self, after_s):
        world = World(scripts={"one": Script(speed=1.0)}).open().speak("a", LONG).run(after_s)
        heard = len(world.audio())
        world.tell(events.Pause(0)).run(3)
        assert len(world.audio()) == heard
        world.tell(events.Resume(0)).run(0.2)
        assert len(world.audio()) > heard
        world.tell(events.Cancel(fade_ms=0))
        written = len(world.audio())
        world.run(3)
        assert len(world.audio()) == written
        [cancelled] = world.of(replies.UtteranceCancelled)
        assert cancelled.receipt.audio_samples == written

    def test_an_outlet_that_shuts_holds_the_next_chunk(self):
        world = OneAtATime(scripts={"one": Script(speed=1.0)}).open().speak("a", LONG)
        for _ in range(2_000):
            world.run(0.02)
            if world.paused:
                world.paused = False
                world.session.drained()
        assert world.said() == LONG.replace(" ", "")

    def test_an_outlet_with_room_again_wakes_nobody_where_nothing_waited(self):
        """What was held leaves at once; and after either, what comes is not held."""
        world = OneAtATime(scripts={"one": Script(speed=1.0)}).open().speak("a", LONG)
        for waited_s in (0.0, 0.3, 0.0, 0.5):
            while not world.paused:
                world.run(0.001)
            written = len(world.audio())
            world.run(waited_s)
            assert len(world.audio()) == written
            world.paused = False
            world.session.drained()
            assert (len(world.audio()) > written) is (waited_s > 0)

    def test_a_bug_met_on_the_way_ends_this_stream_loudly(self):
        class Broken(World):
            def write(self, reply):
                if isinstance(reply, replies.AudioChunk) and len(self.audio()) > RATE:
                    raise RuntimeError("a bug")
                super().write(reply)

        world = Broken(scripts={"one": Script(speed=1.0)}, breaks=True).open().speak("a", LONG).run(5)
        [bug] = [fact for fact in world.facts if isinstance(fact, BugFound)]
        assert (bug.kind, world.closed_with.reason) == ("RuntimeError", Reason.INTERNAL)
        assert bug.where.startswith(f"session {__name__}:")
        assert world.released == [False]
