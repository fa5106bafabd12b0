import pytest

from legato.domain import events, replies
from legato.domain.errors import Reason, SpeechError
from legato.domain.replies import HeardMethod
from tests.gateway.simulator.stage import Play, said


def faulty(do, at="first_byte", value=0, times=1, **when):
    fault = {"when": {"at": at, "value": value, **when}, "do": do, "times": times}
    return {"faults": [fault], "pace": {"speed": 0}}


def test_a_stream_is_opened_and_an_utterance_spoken_whole():
    play = Play({"pace": {"speed": 0}}).speak("a", said(1, 2, 3)).run()
    assert play.of(replies.Opened)[0].audio_format.sample_rate_hz == 24_000
    assert play.heard() == [1, 2, 3]
    [finished] = play.of(replies.UtteranceFinished)
    samples = len(play.audio()) // 2
    assert finished.receipt.audio_samples == samples
    assert finished.receipt.accepted_chars == finished.receipt.sent_chars == len(said(1, 2, 3))
    assert finished.receipt.chunks == len(play.of(replies.AudioChunk))
    offsets = [chunk.sample_offset for chunk in play.of(replies.AudioChunk)]
    assert offsets == sorted(offsets)
    assert offsets[0] == 0


def test_text_without_a_flush_is_not_spoken():
    play = Play().feed(events.Begin("a"), events.Text("a", said(1))).run()
    assert play.audio() == b""


def test_an_empty_utterance_finishes_without_audio():
    play = Play().feed(events.Begin("a"), events.End("a")).run()
    [finished] = play.of(replies.UtteranceFinished)
    assert (finished.receipt.no_audio, finished.receipt.ttfb_s) == ("empty", None)


def test_utterances_of_a_track_follow_one_another_and_tracks_sound_together():
    play = Play({"pace": {"speed": 1}})
    play.speak("a", said(1, 2)).speak("b", said(3)).speak("c", said(4), track=1).run()
    started = {one.utterance_id: one.start_sample for one in play.of(replies.UtteranceStarted)}
    assert started == {"a": 0, "c": 0, "b": len(play.audio("a")) // 2}
    assert play.times(replies.UtteranceStarted) == [
        0.0,
        0.0,
        pytest.approx(len(play.audio("a")) / 48_000, abs=0.05),
    ]


def test_a_cancel_by_name_and_by_track_and_from_a_place():
    play = Play({"pace": {"speed": 1}})
    play.speak("a", said(1, 2, 3, 4)).speak("b", said(*range(9)), track=1).speak("c", said(6), track=2).run(
        0.3
    )
    play.feed(events.Cancel("a", played_sample=0), events.Cancel(track=1)).run()
    first, second = play.of(replies.UtteranceCancelled)
    assert (first.utterance_id, first.heard, first.method) == ("a", "", HeardMethod.PLAYED)
    assert second.utterance_id == "b"
    assert [one.utterance_id for one in play.of(replies.UtteranceFinished)] == ["c"]


def test_a_half_close_speaks_everything_and_closes():
    play = Play({"pace": {"speed": 0}}).feed(events.Text("a", said(1)), events.HalfClosed()).run()
    assert play.heard() == [1]
    assert play.outlet.closed == [None]
    assert play.left == [play.session]


def test_a_client_that_goes_is_the_end():
    play = Play({"pace": {"speed": 1}}).speak("a", said(*range(9))).run(0.1)
    play.feed(events.Closed())
    before = len(play.outlet.told)
    play.run().feed(events.Text("a", said(1)))
    assert (len(play.outlet.told), play.alarm.deadline) == (before, None)
    assert [(one.note) for one in play.log.of("closed")] == ["client"]


def test_pings_are_answered_and_what_a_vendor_does_not_know_is_nothing():
    play = Play().feed(events.Ping("x"), events.Prewarm(), events.Pause(), events.Flush("nobody"))
    assert play.of(replies.Pong) == [replies.Pong("x")]
    play.feed(events.Configure(voice="bernd"), events.Begin("a"))
    assert play.log.of("begun")[0].voice == "bernd"


def test_nonsense_closes_the_stream():
    error = SpeechError(Reason.BAD_FRAME, "expected JSON")
    play = Play().feed(events.Refused(error))
    assert play.outlet.closed == [error]


def test_a_paused_outlet_holds_the_audio_and_nothing_is_lost():
    play = Play({"pace": {"speed": 0}})
    play.outlet.paused = True
    play.speak("a", said(1, 2)).run()
    assert play.audio() == b""
    play.outlet.paused = False
    play.session.drained()
    play.run()
    assert play.heard() == [1, 2]


class TestLimits:
    """What a vendor allows is kept strictly."""

    def test_a_message_is_too_long(self):
        play = Play({"limits": {"message_chars": 5}}).feed(events.Text("a", "too long"))
        assert play.outlet.closed[0].reason is Reason.TEXT_TOO_LONG

    def test_too_much_text_in_a_window(self):
        play = Play({"limits": {"window_chars": 10, "window_s": 5}})
        play.feed(events.Text("a", "12345678")).run(5).feed(events.Text("a", "12345678"))
        assert play.outlet.closed == []
        play.feed(events.Text("a", "123"))
        assert play.outlet.closed[0].reason is Reason.QUOTA_EXCEEDED
        assert [one.note for one in play.log.of("limit")] == ["window_chars"]

    def test_a_flush_too_many_is_warned_of_and_its_text_waits_for_the_next(self):
        play = Play({"limits": {"flushes": 1, "window_s": 10}, "pace": {"speed": 0}})
        play.speak("a", said(1)).speak("b", said(2)).run(5)
        assert play.heard() == [1]
        [warned] = play.of(replies.Warned)
        assert (warned.utterance_id, "too many flushes" in warned.message) == ("b", True)
        play.run(6).speak("c", said(3)).run()
        assert play.heard() == [1, 2, 3]

    def test_too_many_contexts(self):
        play = Play({"limits": {"runs_per_line": 2}, "pace": {"speed": 1}})
        for track, name in enumerate("abc"):
            play.speak(name, said(track), track=track)
        [refused] = play.of(replies.StreamError)
        assert (refused.error.reason, refused.error.utterance_id) == (Reason.TOO_MANY_UTTERANCES, "c")
        play.run().speak("d", said(9)).run()
        assert play.heard("d") == [9]

    def test_r9_a_context_that_is_closing_counts(self):
        play = Play({"limits": {"runs_per_line": 2}, "pace": {"speed": 1}, "closing_ms": 200})
        for track, name in enumerate("ab"):
            play.speak(name, said(*range(9)), track=track)
        play.run(0.1).feed(events.Cancel("a")).run(0.1).speak("c", said(1), track=2)
        [refused] = play.of(replies.StreamError)
        assert (refused.error.reason, refused.error.utterance_id) == (Reason.TOO_MANY_UTTERANCES, "c")
        play.run(0.11).speak("d", said(9), track=3).run()
        assert play.heard("d") == [9]

    @pytest.mark.parametrize(
        ("how", "done"), [("silent", ["half_open"]), ("eof", ["eof"]), ("reset", ["reset"]), ("close", [])]
    )
    def test_an_idle_connection_is_dropped(self, how, done):
        play = Play({"limits": {"idle_s": 10}, "idle_drop": how}).run(9).speak("a", said(1)).run(9)
        assert play.connection.done == play.outlet.closed == []
        play.run(2)
        assert play.connection.done == done
        assert [error.reason for error in play.outlet.closed] == ([Reason.IDLE_TIMEOUT] if not done else [])
        assert play.log.of("closed")[0].note == "idle_s"

    def test_an_old_connection_is_dropped_even_while_it_speaks(self):
        play = Play({"limits": {"max_age_s": 1}, "pace": {"speed": 1}}).speak("a", said(*range(30))).run(2)
        assert play.outlet.closed[0].reason is Reason.SHUTTING_DOWN

    def test_a_context_without_text_expires(self):
        play = Play({"limits": {"context_idle_s": 2}})
        play.feed(events.Text("a", said(1)), events.Flush("a"), events.Text("a", said(2))).run(5)
        assert play.heard() == [1]
        assert len(play.of(replies.UtteranceFinished)) == 1


class TestFaults:
    """Each at its moment, once."""

    @pytest.mark.parametrize(
        ("at", "value", "samples"), [("ms", 250, 6000), ("byte", 2001, 1000.5), ("first_byte", 0, 0)]
    )
    def test_a_death_at_its_place(self, at, value, samples):
        play = Play(faulty("reset", at, value)).speak("a", said(1, 2, 3)).run()
        assert len(play.audio()) / 2 == samples
        assert play.connection.done == ["reset"]
        assert play.fired == [(at, "reset")]
        assert play.log.of("closed")[0].note == "reset"

    def test_a_death_between_words_and_between_segments(self):
        play = Play(faulty("eof", "word", 2)).speak("a", said(1, 2, 3)).run()
        assert (play.heard(), play.connection.done) == ([1, 2], ["eof"])
        play = Play(faulty("half_open", "segment", 1))
        play.feed(
            events.Text("a", said(1, 2)), events.Flush("a", "f"), events.Text("a", said(3)), events.End("a")
        )
        assert (play.run().heard(), play.connection.done) == ([1, 2], ["half_open"])
        assert len(play.of(replies.Flushed)) == 1

    def test_a_word_that_comes_in_a_later_segment(self):
        play = Play(faulty("reset", "word", 3))
        play.feed(
            events.Text("a", said(1, 2)), events.Flush("a"), events.Text("a", said(3, 4)), events.End("a")
        )
        assert play.run().heard() == [1, 2, 3]

    def test_the_socket_is_cut_when_all_before_it_is_gone(self):
        play = Play(faulty("reset", "word", 1))
        play.feed(events.Begin("a"), events.Text("a", said(1, 2)))
        written = play.outlet.write

        def full(reply):
            written(reply)
            play.outlet.paused = bool(play.fired)

        play.outlet.write = full
        play.feed(events.End("a"))
        assert play.connection.done == []
        play.session.drained()
        assert play.connection.done == ["reset"]

    def test_a_delay_and_a_stall(self):
        play = Play(faulty({"delay_ms": 700}, "word", 1)).speak("a", said(1, 2)).run()
        assert play.times(replies.AudioChunk)[-1] == 0.7
        play = Play(faulty("stall", "word", 1)).speak("a", said(1, 2)).run()
        assert (play.heard(), play.of(replies.UtteranceFinished)) == ([1], [])
        play.feed(events.Cancel()).speak("b", said(3)).run()
        assert play.heard("b") == [3]

    def test_the_next_text_frame_is_cut(self):
        play = Play(faulty("truncate_json")).speak("a", said(1)).run()
        assert play.request.cut_json

    def test_a_context_too_many(self):
        play = (
            Play(faulty("context_limit", "begin", utterance=2)).speak("a", said(1)).speak("b", said(2)).run()
        )
        assert [one.error.utterance_id for one in play.of(replies.StreamError)] == ["b"]
        assert play.heard() == [1]

    def test_the_vendor_goes_down(self):
        play = Play(faulty({"down_ms": 50}, "word", 1)).speak("a", said(1, 2)).run()
        assert (play.downs, play.heard()) == ([50], [1])

    def test_a_close_where_there_is_no_websocket(self):
        play = Play(faulty({"close": 1011, "reason": "NET-0000"}, "word", 1)).speak("a", said(1, 2)).run()
        assert play.outlet.closed[0].message == "NET-0000"

    def test_at_the_begin(self):
        play = Play(faulty("eof", "begin")).speak("a", said(1)).run()
        assert (play.audio(), play.connection.done) == (b"", ["eof"])

    def test_an_idle_connection(self):
        play = Play(faulty("reset", "idle", 500) | {"pace": {"speed": 1}})
        play.speak("a", said(*range(10))).run(2.0)
        assert play.connection.done == []
        play.run(5.0)
        assert play.connection.done == ["reset"]
        assert play.fired == [("idle", "reset")]

    def test_a_moment_that_never_comes_never_fires(self):
        play = Play(faulty("reset", "word", 99)).speak("a", said(1)).run()
        assert (play.heard(), play.fired) == ([1], [])
