"""Rules 1 to 5 of the stream, as plays on a virtual clock. Names the promises R7, R8 and R12."""

import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason
from legato.domain.speech import Position, Route, StreamLimits, UtteranceOptions, Voice
from tests.plays.world import CHAR_MS, RATE, Script, World


def char_samples(count: int) -> int:
    return count * RATE * CHAR_MS // 1000


class TestOrder:
    def test_audio_leaves_in_the_order_of_begin_and_never_overlaps(self):
        world = World().open()
        for name in "abc":
            world.speak(name, f"this is {name}.")
        world.run(30)
        assert world.said() == "this is a.this is b.this is c."
        offsets = [(c.sample_offset, len(c.data) // 2) for c in world.of(replies.AudioChunk)]
        at = 0
        for offset, length in offsets:
            assert offset == at
            at += length
        assert world.terminals() == {name: ["UtteranceFinished"] for name in "abc"}

    def test_an_idle_line_is_given_back_though_another_was_put_before_its_utterance(self):
        """R5, R8: and nobody is woken for it over and over."""
        world = World(scripts={"one": Script(speed=1.0)}).open(max_lead_ms=-1)
        world.speak("a", "x" * 400).text("b", "Hello. ").run(0.1)
        world.tell(events.Begin("c", position=Position.NEXT)).run(15)
        assert world.released == [True]
        assert world.alarm.rung < 5

    def test_position_next_goes_before_what_waits(self):
        world = World().open()
        world.speak("a", "one.").speak("b", "two.")
        world.tell(events.Begin("c", position=Position.NEXT)).speak("c", "three.").run(30)
        assert [s.utterance_id for s in world.of(replies.UtteranceStarted)] == ["a", "c", "b"]

    def test_position_replace_cancels_what_is_open(self):
        world = (
            World(scripts={"one": Script(speed=1.0)})
            .open()
            .speak("a", "one is very long.")
            .speak("b", "two.")
            .run(0.3)
        )
        world.tell(events.Begin("c", position=Position.REPLACE)).speak("c", "three.").run(30)
        assert world.terminals() == {
            "a": ["UtteranceCancelled"],
            "b": ["UtteranceCancelled"],
            "c": ["UtteranceFinished"],
        }
        assert world.said("c") == "three."

    def test_tracks_are_independent(self):
        world = World().open().tell(events.Begin("a"), events.Begin("b", track=1))
        world.speak("b", "second track.").speak("a", "first track.").run(30)
        starts = {s.utterance_id: s for s in world.of(replies.UtteranceStarted)}
        assert starts["a"].start_sample == starts["b"].start_sample == 0
        assert world.said("a") == "first track."
        assert world.said("b") == "second track."

    def test_the_next_in_line_is_synthesised_early_and_further_ones_wait(self):
        world = World(scripts={"one": Script(speed=1.0)}).open(max_lead_ms=-1)
        for name in "abc":
            world.speak(name, f"text {name}.")
        world.run(0.2)
        assert world.sent == ["text a.", "text b."]

    def test_text_with_an_unknown_id_begins_an_utterance(self):
        world = World().open().speak("new", "hello.").run(10)
        assert world.said("new") == "hello."

    def test_at_most_eight_are_open(self):
        world = World().open()
        for number in range(9):
            world.tell(events.Begin(f"u{number}"))
        (error,) = world.of(replies.StreamError)
        assert error.error.reason is Reason.TOO_MANY_UTTERANCES
        assert error.error.utterance_id == "u8"
        world.text("u8", "more")
        assert world.of(replies.StreamError)[-1].error.reason is Reason.UNKNOWN_UTTERANCE
        for number in range(8):
            world.speak(f"u{number}", f"n{number}.")
        world.run(30)
        assert len(world.terminals()) == 8

    def test_an_idle_head_is_ended_while_others_wait(self):
        world = World().open().text("a", "hello. ").speak("b", "waiting.").run(30)
        warning = world.of(replies.Warned)[0]
        assert (warning.code, warning.utterance_id) == ("utterance_ended", "a")
        assert world.said() == "hello.waiting."

    def test_an_idle_head_alone_is_left_open(self):
        world = World().open().text("a", "hello. ").run(60)
        assert world.terminals() == {}

    def test_settings_freeze_at_begin_and_configure_touches_later_ones(self):
        voices = {name: Voice(name, ("en",), (Route(name, "v"),)) for name in ("one", "two")}
        world = World(scripts={"one": Script(), "two": Script()}, voices=voices).open()
        world.tell(events.Begin("a"), events.Configure(voice="two")).speak("a", "first.").speak(
            "b", "second."
        ).run(20)
        assert [line.request.route.provider for line in world.lines] == ["one", "two"]

    def test_nothing_to_say_finishes_with_no_samples_and_a_warning(self):
        world = World().open().tell(events.Begin("a"), events.End("a")).run(5)
        assert world.of(replies.Warned)[0].code == "nothing_to_say"
        (finished,) = world.of(replies.UtteranceFinished)
        assert finished.receipt.audio_samples == 0
        assert finished.receipt.no_audio == "empty"

    def test_a_used_id_is_refused(self):
        world = World().open().speak("a", "hello.").run(10).tell(events.Begin("a"))
        assert world.of(replies.StreamError)[0].error.reason is Reason.BAD_ORDER


class TestCancel:
    def test_without_an_id_everything_begun_before_is_cancelled_and_the_generation_rises(self):
        world = World(scripts={"one": Script(speed=1.0)}).open().speak("a", "one two three four.")
        world.speak("b", "five.").run(0.3)
        world.tell(events.Cancel(track=0)).speak("c", "after.").run(20)
        assert world.terminals() == {
            "a": ["UtteranceCancelled"],
            "b": ["UtteranceCancelled"],
            "c": ["UtteranceFinished"],
        }
        starts = {s.utterance_id: s.generation for s in world.of(replies.UtteranceStarted)}
        assert starts["a"] == 0
        assert starts["c"] == 1

    def test_nothing_of_it_follows_the_terminal_event(self):
        """R7."""
        world = World().open().speak("a", "one two three four five six seven.").run(0.3)
        world.tell(events.Cancel(track=0)).run(20)
        kinds = world.names(audio=True)
        assert kinds[-1] == "UtteranceCancelled"
        assert world.leased == 0

    def test_with_an_id_only_that_one(self):
        world = World().open().speak("a", "one.").speak("b", "two.").tell(events.Cancel("b")).run(10)
        assert world.terminals() == {"b": ["UtteranceCancelled"], "a": ["UtteranceFinished"]}

    def test_it_is_idempotent(self):
        world = (
            World()
            .open()
            .speak("a", "one.")
            .tell(events.Cancel("a"), events.Cancel("a"), events.Cancel())
            .run(5)
        )
        assert world.terminals() == {"a": ["UtteranceCancelled"]}
        assert world.of(replies.StreamError) == []

    def test_late_text_and_end_are_dropped_and_counted(self):
        world = (
            World().open().text("a", "one. ").tell(events.Cancel("a")).text("a", "late").tell(events.End("a"))
        )
        world.tell(events.Closed())
        assert world.of(replies.StreamError) == []
        assert world.facts[-1].late_messages == 2

    def test_an_id_that_never_was_is_named(self):
        world = World().open().tell(events.Cancel("ghost"))
        assert world.of(replies.StreamError)[0].error.reason is Reason.UNKNOWN_UTTERANCE

    def test_what_is_not_interruptible_survives_unless_forced(self):
        world = World().open().tell(events.Begin("a", interruptible=False)).speak("a", "keep me.").run(0.1)
        world.tell(events.Cancel(track=0)).run(10)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        world.tell(events.Begin("b", interruptible=False)).speak("b", "not me.").run(0.1)
        world.tell(events.Cancel(track=0, force=True)).run(10)
        assert world.terminals()["b"] == ["UtteranceCancelled"]

    def test_the_fade_tail_is_short_and_precedes_the_terminal_event(self):
        world = World(scripts={"one": Script(speed=0.0)}).open(max_lead_ms=200)
        world.speak("a", "one two three four five six seven eight.").run(0.5)
        before = len(world.audio("a"))
        world.tell(events.Cancel(track=0, fade_ms=20)).run(5)
        tail = world.audio("a")[before:]
        assert 0 < len(tail) <= RATE * 20 // 1000
        assert abs(int(tail[-1])) <= abs(int(tail[0]))
        assert world.names(audio=True)[-2:] == ["AudioChunk", "UtteranceCancelled"]
        (told,) = world.of(replies.UtteranceCancelled)
        assert told.receipt.chunks == len(world.of(replies.AudioChunk)), "it is a message like any other"

    def test_heard_unheard_and_never_sent_are_the_accepted_text(self):
        text = "one two three. four five six. seven eight nine. ten eleven twelve."
        world = World(scripts={"one": Script(speed=2.0)}).open().text("a", text).run(1.0)
        world.tell(events.Cancel(track=0))
        (told,) = world.of(replies.UtteranceCancelled)
        assert told.heard + told.sent_unheard + told.never_sent == text
        assert told.heard
        assert told.never_sent
        assert told.receipt.unheard_chars == len(told.sent_unheard)

    @pytest.mark.parametrize("at_s", [0.2, 0.4, 0.7, 1.1, 1.6])
    def test_what_was_heard_is_right_within_a_word(self, at_s):
        """R10, for a voice with true word times and a listener that acknowledges."""
        text = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
        world = (
            World(scripts={"one": Script(word_times=True)})
            .open(finish_when_heard=True)
            .speak("a", text)
            .run(at_s)
        )
        played = round((at_s - 0.05) * RATE)
        world.tell(events.Cancel(track=0, played_sample=played))
        (told,) = world.of(replies.UtteranceCancelled)
        truth = text[: played // char_samples(1)]
        assert abs(len(told.heard.split()) - len(truth.split())) <= 1
        assert told.method is replies.HeardMethod.PLAYED

    @pytest.mark.parametrize(
        ("both", "heard"), [(False, ("one two", "")), (True, ("one two three four", "five six"))]
    )
    def test_a_position_without_a_track_is_of_the_only_one_that_speaks(self, both, heard):
        """R10: where several do, nobody knows whose it is, and the times of the writes tell."""
        world = World(scripts={"one": Script(speed=20.0)}).open(finish_when_heard=True)
        world.tell(events.Begin("a"), events.Begin("b", track=1)).text("a", "one two three four five. ").run(
            0.6
        )
        world.text("b", "five six seven eight. " if both else "").tell(*[] if both else [events.Cancel("b")])
        world.run(0.5).tell(events.Cancel(played_sample=char_samples(8)))
        told = {one.utterance_id: one for one in world.of(replies.UtteranceCancelled)}
        assert (told["a"].heard, told["b"].heard) == heard
        assert told["a"].method.value == ("write_times" if both else "played")

    def test_of_several_that_were_sent_only_what_sounded_was_heard(self):
        """R10: those behind the one that sounds are not heard because it is cancelled with them."""
        world = World(scripts={"one": Script(speed=20.0)}).open(finish_when_heard=True)
        world.speak("a", "one two three four.").speak("b", "five six seven.").text("c", "eight nine. ").run(
            0.6
        )
        world.tell(events.Cancel())
        assert [(told.utterance_id, told.heard) for told in world.of(replies.UtteranceCancelled)] == [
            ("a", "one two"),
            ("b", ""),
            ("c", ""),
        ]

    def test_to_cancel_the_one_that_sounds_leaves_the_next_to_be_heard(self):
        """R10: what stands behind it is heard from then on, and not before."""
        world = World(scripts={"one": Script(speed=20.0)}).open(finish_when_heard=True)
        world.speak("a", "x" * 50).speak("b", "five six seven eight nine ten.").run(1.05)
        world.tell(events.Cancel("a")).run(0.7).tell(events.Cancel("b"))
        _, told = world.of(replies.UtteranceCancelled)
        assert told.heard == "five six seven"
        assert told.truncate_at_sample == char_samples(50) + RATE * 7 // 10


class TestFlushAndPause:
    def test_flush_speaks_held_text_and_is_answered_once_after_that_audio(self):
        """R12."""
        world = World().open().text("a", "no stop here").tell(events.Flush("a", "f1")).run(3)
        (flushed,) = world.of(replies.Flushed)
        assert flushed.flush_id == "f1"
        assert flushed.end_sample == char_samples(len("no stop here"))
        assert world.said() == "no stop here"
        assert world.terminals() == {}
        world.speak("a", " and more.").run(5)
        assert world.said() == "no stop hereand more."

    def test_an_empty_flush_is_answered(self):
        world = World().open().tell(events.Begin("a"), events.Flush("a", "f1")).run(1)
        assert world.of(replies.Flushed) == [replies.Flushed("a", "f1", 0)]

    def test_two_flushes_are_answered_in_order(self):
        world = World().open().text("a", "one").tell(events.Flush("a", "x"), events.Flush("a", "y")).run(3)
        assert [f.flush_id for f in world.of(replies.Flushed)] == ["x", "y"]

    def test_pause_stops_at_once_and_resume_goes_on_at_the_exact_sample(self):
        world = World().open(max_lead_ms=0).speak("a", "one two three four five.").run(0.4)
        world.tell(events.Pause()).run(0)
        count = len(world.audio())
        world.run(5)
        assert len(world.audio()) == count
        world.tell(events.Resume()).run(10)
        assert world.said() == "one two three four five."

    def test_a_pause_that_lasts_too_long_is_a_cancel(self):
        world = World().open(max_lead_ms=0).speak("a", "one two three.").run(0.2).tell(events.Pause()).run(11)
        assert world.terminals() == {"a": ["UtteranceCancelled"]}
        world.speak("b", "after.").run(5)
        assert world.said("b") == "after."

    def test_what_may_not_be_interrupted_survives_a_pause_that_lasts_too_long_and_goes_on_at_the_exact_sample(
        self,
    ):
        world = World().open(max_lead_ms=0).tell(events.Begin("a", interruptible=False))
        world.speak("a", "one two three.").speak("b", "four.").run(0.2).tell(events.Pause()).run(20)
        assert world.terminals() == {"a": ["UtteranceFinished"], "b": ["UtteranceCancelled"]}
        assert world.said() == "one two three."

    def test_a_pause_in_silence_ends_in_its_time_and_takes_nothing_that_begins_later(self):
        """R8."""
        world = World().open().tell(events.Pause()).run(15).speak("a", "after.").run(5)
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert world.said() == "after."

    @pytest.mark.parametrize("interruptible", [True, False])
    def test_what_replaces_all_that_was_paused_is_heard(self, interruptible):
        """It was silent, and cancelled when the pause had lasted too long. What may not be interrupted stays paused, and so what is behind."""
        world = World().open(max_lead_ms=0).tell(events.Begin("a", interruptible=interruptible))
        world.speak("a", "one two three.").run(0.3).tell(events.Pause()).run(0.5)
        world.tell(events.Begin("b", position=Position.REPLACE)).speak("b", "instead.").run(3)
        assert world.said("b") == ("instead." if interruptible else "")
        world.tell(events.Resume()).run(10)
        assert world.said("b") == "instead."
        assert world.terminals()["a"] == ["UtteranceCancelled" if interruptible else "UtteranceFinished"]

    @pytest.mark.parametrize("also", [False, True])
    def test_a_pause_ends_with_the_last_utterance_that_is_cancelled_by_its_id(self, also):
        """What came next was silent, and cancelled when the pause had lasted too long."""
        world = World().open(max_lead_ms=0).speak("a", "one two three.")
        if also:
            world.speak("b", "four.")
        world.run(0.3).tell(events.Pause()).run(0.5).tell(events.Cancel("a")).speak("c", "instead.").run(3)
        assert world.said("c") == ("" if also else "instead.")
        world.tell(events.Cancel("b"), events.Resume()).run(3)
        assert world.said("c") == "instead."

    def test_what_is_paused_is_spoken_when_the_client_has_said_all_that_it_will(self):
        """Nobody could resume it any more, and it was cancelled when the pause had lasted too long."""
        world = World().open(max_lead_ms=0).speak("a", "one two three.").run(0.3)
        world.tell(events.Pause()).run(0.5).tell(events.HalfClosed()).run(10)
        assert world.said() == "one two three."
        assert world.terminals() == {"a": ["UtteranceFinished"]}
        assert world.closed

    def test_pause_pauses_the_line_when_much_is_held(self):
        world = World(scripts={"one": Script(speed=10.0)}).open().speak("a", "x" * 200).run(0.3)
        world.tell(events.Pause()).run(3)
        assert world.line_pauses == 1
        assert world.tell(events.Resume()).run(20).said() == "x" * 200


class TestBadInput:
    def test_the_first_message_is_open(self):
        world = World().text("a", "hello")
        assert world.of(replies.StreamError)[0].error.reason is Reason.BAD_ORDER
        world.open().speak("a", "hello.").run(5)
        assert world.said() == "hello."

    def test_a_second_open_is_refused(self):
        world = World().open().open()
        assert world.of(replies.StreamError)[0].error.reason is Reason.BAD_ORDER

    def test_an_unknown_voice_names_the_nearest(self):
        world = World().open().tell(events.Begin("a", voice="jo")).speak("b", "fine.").run(5)
        (error,) = world.of(replies.StreamError)
        assert error.error.reason is Reason.UNKNOWN_VOICE
        assert "'joe'" in error.error.message
        assert world.said("b") == "fine."

    def test_a_language_that_the_voice_does_not_speak_is_refused(self):
        world = World().open().tell(events.Begin("a", language="de-DE"))
        assert world.of(replies.StreamError)[0].error.reason is Reason.UNKNOWN_VOICE

    def test_text_after_end_is_refused_and_the_rest_is_spoken(self):
        world = World().open().speak("a", "hello.").text("a", "more").run(5).text("a", "even later")
        assert [e.error.reason for e in world.of(replies.StreamError)] == [Reason.TEXT_AFTER_END] * 2
        assert world.said() == "hello."

    @pytest.mark.parametrize("event", [events.Flush("ghost", "f"), events.End("ghost")])
    def test_flush_and_end_of_an_unknown_utterance_are_refused(self, event):
        world = World().open().tell(event)
        assert world.of(replies.StreamError)[0].error.reason is Reason.UNKNOWN_UTTERANCE

    def test_too_much_text_is_refused_whole_and_what_was_accepted_is_spoken(self):
        limits = StreamLimits(max_pending_chars=30, max_utterance_chars=40)
        world = World(limits=limits).open().text("a", "0123456789. ").text("a", "x" * 31).run(5)
        (error,) = world.of(replies.StreamError)
        assert error.error.reason is Reason.TEXT_TOO_LONG
        world.speak("a", "y" * 10).run(5)
        assert world.said() == "0123456789." + "y" * 10

    def test_a_first_text_that_is_refused_keeps_nobody_waiting(self):
        world = World(limits=StreamLimits(max_utterance_chars=20)).open().text("a", "x" * 21)
        world.speak("b", "fine.").run(1)
        assert [e.error.reason for e in world.of(replies.StreamError)] == [Reason.TEXT_TOO_LONG]
        assert world.said("b") == "fine."
        assert [end.utterance_id for end in world.of(replies.UtteranceFinished)] == ["b"]

    def test_one_utterance_has_a_bound_of_its_own(self):
        world = World(limits=StreamLimits(max_utterance_chars=10)).open().text("a", "x" * 11)
        assert "10 for one utterance" in world.of(replies.StreamError)[0].error.message


def test_audio_and_words_from_both_sides_of_a_flush_do_not_mix():
    """Both sides are there when the rest of the first is written."""
    play = World(scripts={"one": Script(speed=0, word_times=True, chunk_ms=1_000)})
    play.open(options=UtteranceOptions(words=True))
    play.tell(events.Pause())
    play.tell(
        events.Text("a", "One two three four. "),
        events.Flush("a"),
        events.Text("a", "Five six. "),
        events.End("a"),
    )
    play.run(2).tell(events.Resume()).run(20)
    (flushed,) = play.of(replies.Flushed)
    told = [
        reply
        for _, reply in play.log
        if isinstance(reply, replies.AudioChunk | replies.WordSpoken | replies.Flushed)
    ]
    before, after = told[: told.index(flushed)], told[told.index(flushed) + 1 :]
    assert (
        sum(len(one.data) // 2 for one in before if isinstance(one, replies.AudioChunk)) == flushed.end_sample
    )
    assert [one.word for one in before if isinstance(one, replies.WordSpoken)] == [
        "One",
        "two",
        "three",
        "four.",
    ]
    assert [one.word for one in after if isinstance(one, replies.WordSpoken)] == ["Five", "six."]
