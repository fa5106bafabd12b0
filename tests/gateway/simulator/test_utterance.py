import itertools
import math

import numpy as np
import pytest

from gateway.simulator.voices import Speech
from legato.audio.codec import mulaw_table
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason
from legato.domain.replies import HeardMethod
from tests.gateway.simulator.stage import Play, said


class SlowVoice:
    """Speaks when it is told to."""

    def __init__(self):
        self.asked = []

    def speak(self, text, sample_rate_hz, serial, on_ready):
        self.asked.append((text, on_ready))


def test_a_voice_may_take_its_time():
    voice = SlowVoice()
    play = Play({"pace": {"speed": 0}}, voice=voice).speak("a", "Hello.").run()
    assert play.of(replies.UtteranceFinished) == []
    [(text, ready)] = voice.asked
    ready(Speech(np.ones(480, np.int16)))
    play.run()
    assert (text, len(play.audio())) == ("Hello.", 960)
    assert len(play.of(replies.UtteranceFinished)) == 1


def test_a_voice_that_comes_after_the_cancel_is_not_heard():
    voice = SlowVoice()
    play = Play(voice=voice).speak("a", "Hello.").feed(events.Cancel())
    voice.asked[0][1](Speech(np.ones(480, np.int16)))
    assert play.run().audio() == b""


def test_the_clock_of_a_track_goes_on():
    play = Play({"pace": {"speed": 0}}).speak("a", said(1)).speak("b", said(2)).run()
    first, second = play.of(replies.UtteranceStarted)
    assert (first.start_sample, second.start_sample) == (0, len(play.audio("a")) // 2)
    words = play.of(replies.WordSpoken)
    assert words[1].start_sample == second.start_sample
    offsets = [chunk.sample_offset for chunk in play.of(replies.AudioChunk) if chunk.utterance_id == "b"]
    assert offsets[0] == second.start_sample


def test_ending_twice_is_ending_once():
    play = Play({"pace": {"speed": 0}}).speak("a", said(1)).feed(events.End("a")).run()
    assert play.heard() == [1]
    assert len(play.of(replies.UtteranceFinished)) == 1


def faulty(do, at="first_byte", value=0, times=1, **when):
    fault = {"when": {"at": at, "value": value, **when}, "do": do, "times": times}
    return {"faults": [fault], "pace": {"speed": 0}}


def test_mulaw_is_spoken_as_mulaw():
    play = (
        Play({"pace": {"speed": 0}}, audio_format=AudioFormat(Encoding.MULAW, 8_000))
        .speak("a", said(1))
        .run()
    )
    table = mulaw_table()
    assert set(play.audio()) <= set(table.tolist())
    assert len(play.audio()) == play.of(replies.UtteranceFinished)[0].receipt.audio_samples
    assert play.of(replies.WordSpoken)[0].end_sample == len(play.audio())


def test_a_wav_header_is_no_sample():
    wav = AudioFormat(Encoding.WAV, 24_000)
    play = Play(faulty("reset", "word", 1), audio_format=wav).speak("a", said(1, 2)).run()
    assert play.audio().startswith(b"RIFF")
    one = np.frombuffer(play.audio()[44:], np.int16)
    assert len(one) == play.of(replies.WordSpoken)[0].end_sample
    assert not math.isnan(float(one.mean()))


def test_a_flush_is_answered_behind_its_audio_and_the_utterance_goes_on():
    play = Play({"pace": {"speed": 0}})
    play.feed(events.Begin("a"), events.Text("a", said(1)), events.Flush("a", "f1")).run()
    end = len(play.audio()) // 2
    assert play.of(replies.Flushed) == [replies.Flushed("a", "f1", end)]
    assert play.outlet.told[-1][1] == play.of(replies.Flushed)[0]
    play.feed(events.Flush("a", "f2"), events.Text("a", said(2)), events.End("a")).run()
    assert play.of(replies.Flushed)[1] == replies.Flushed("a", "f2", end)
    assert play.heard() == [1, 2]


def test_sentences_are_spoken_by_themselves_where_the_script_says_so():
    play = Play({"speak_at": "sentence"})
    play.feed(events.Begin("a"), events.Text("a", f"{said(1)}. {said(2)}")).run()
    assert play.heard() == [1]
    assert [one.source_start for one in play.of(replies.WordSpoken)] == [0]


def test_every_message_is_spoken_at_once_where_the_client_asks_for_it():
    play = Play({}, eager=True)
    play.feed(events.Begin("a"), events.Text("a", f"{said(1)} {said(2)[:2]}")).run()
    assert play.heard() == [1]
    play.feed(events.Text("a", said(2)[2:] + " ")).run()
    assert play.heard() == [1, 2]
    play.feed(events.Text("a", " "), events.Flush("a", "f")).run()
    assert play.heard() == [1, 2]


def test_cancel_tells_what_was_heard():
    play = Play({"pace": {"speed": 1, "chunk_ms": 20}}).speak("a", said(*range(20)))
    play.feed(events.Text("a", " and more")).run(1.0)
    given = len(play.audio()) // 2
    play.feed(events.Cancel()).run()
    [told] = play.of(replies.UtteranceCancelled)
    assert told.heard + told.sent_unheard + told.never_sent == said(*range(20)) + " and more"
    assert told.heard.split() == said(*range(len(told.heard.split()))).split() != []
    assert (told.truncate_at_sample, told.method) == (given, HeardMethod.WRITE_TIMES)
    assert len(play.audio()) // 2 == given
    assert play.log.of("cancelled")[0].value == given * 2


def test_one_that_is_cancelled_is_silent_at_once_and_over_when_that_is_confirmed():
    play = Play({"pace": {"speed": 1}, "closing_ms": 300, "speak_at": "sentence"})
    play.speak("a", said(1, 2, 3, 4)).run(0.5)
    play.feed(events.Cancel("a"))
    before = play.audio()
    play.feed(events.Cancel("a"), events.Text("a", said(5) + ". "), events.End("a")).run(0.29)
    assert play.of(replies.UtteranceCancelled) == []
    play.run()
    assert play.times(replies.UtteranceCancelled) == [pytest.approx(0.8)]
    assert play.audio() == before


class TestPace:
    """When audio comes."""

    def test_the_first_byte_and_the_speed_are_the_scripts(self):
        pace = {"first_byte": {"constant_ms": 250}, "speed": 2, "chunk_ms": 100}
        play = Play({"pace": pace}).speak("a", said(*range(10))).run()
        times = play.times(replies.AudioChunk)
        assert times[0] == 0.25
        steps = [round(later - earlier, 6) for earlier, later in itertools.pairwise(times)]
        assert set(steps) == {0.05}
        assert play.times(replies.UtteranceFinished) == [times[-1]]

    def test_the_second_segment_follows_without_a_gap(self):
        play = Play({"pace": {"first_byte": {"constant_ms": 100}, "speed": 1}})
        play.feed(
            events.Text("a", said(1)), events.Flush("a"), events.Text("a", said(2)), events.End("a")
        ).run()
        seconds = len(play.audio()) / 48_000
        assert play.times(replies.UtteranceFinished)[0] == pytest.approx(0.1 + seconds, abs=0.045)

    def test_all_at_once(self):
        play = Play({"pace": {"speed": 0}}).speak("a", said(1, 2, 3))
        assert play.times(replies.UtteranceFinished) == [0.0]

    def test_jitter_delays_and_never_loses(self):
        play = Play({"pace": {"speed": 4, "jitter_ms": 30}}).speak("a", said(*range(10))).run()
        assert play.heard() == list(range(10))


class TestWords:
    """When and whether word times come."""

    def test_they_come_before_their_audio_and_are_true(self):
        play = Play({"pace": {"speed": 1}}).speak("a", f"Oh, {said(5)} {said(9)}.").run()
        words = play.of(replies.WordSpoken)
        assert [one.word for one in words] == ["Oh", *said(5, 9).split()]
        assert [one.start_sample for one in words[1:]] == [one.end_sample for one in words[:-1]]
        assert words[-1].end_sample == len(play.audio()) // 2
        given = 0
        for _, reply in play.outlet.told:
            if isinstance(reply, replies.WordSpoken):
                assert given <= reply.start_sample < given + 960
            given += len(reply.data) // 2 if isinstance(reply, replies.AudioChunk) else 0

    def test_they_are_withheld(self):
        assert Play({"word_times": False}).speak("a", said(1)).run().of(replies.WordSpoken) == []

    def test_they_come_late(self):
        script = {"word_times": "late", "late_ms": 300, "pace": {"speed": 1, "chunk_ms": 20}}
        play = Play(script).speak("a", said(*range(8))).run()
        words = play.of(replies.WordSpoken)
        times = play.times(replies.WordSpoken)
        assert len(words) == 8
        end = play.times(replies.UtteranceFinished)[0]
        for word, at in zip(words, times, strict=True):
            assert at >= min(word.start_sample / 24_000 + 0.25, end)

    @pytest.mark.parametrize("shift_ms", [400, -100])
    def test_they_are_wrong(self, shift_ms):
        true = Play({"pace": {"speed": 0}}).speak("a", said(1, 2, 3)).run().of(replies.WordSpoken)
        wrong = Play(faulty({"words": "wrong", "shift_ms": shift_ms})).speak("a", said(1, 2, 3)).run()
        told = wrong.of(replies.WordSpoken)
        assert [one.start_sample for one in told] == [
            max(0, one.start_sample + shift_ms * 24) for one in true
        ]

    def test_they_are_absent_from_one_utterance(self):
        play = Play(faulty({"words": "absent"}, utterance=1)).speak("a", said(1)).speak("b", said(2)).run()
        assert [one.utterance_id for one in play.of(replies.WordSpoken)] == ["b"]


class TestLastingEffects:
    """What faults do to what is given."""

    def test_odd_bytes(self):
        play = Play(faulty("odd_bytes")).speak("a", said(1, 2)).run()
        assert all(len(chunk.data) % 2 for chunk in play.of(replies.AudioChunk)[:-1])
        assert play.heard() == [1, 2]

    def test_a_slow_drip(self):
        play = Play(faulty({"drip_bytes_per_s": 100}, "byte", 4000)).speak("a", said(1)).run(10.0)
        sizes = [len(chunk.data) for chunk in play.of(replies.AudioChunk)]
        assert sizes[-999:] == [1] * 999
        assert sum(sizes) == pytest.approx(5000, abs=2)

    def test_an_error_told_by_the_vendor(self):
        play = Play(faulty({"error": "vendor_quota"}, "word", 1)).speak("a", said(1, 2)).run()
        [failed] = play.of(replies.UtteranceFailed)
        assert failed.error.reason is Reason.VENDOR_QUOTA
        assert failed.unspoken == f" {said(2)}"

    def test_success_without_a_sound(self):
        play = Play(faulty("silence")).speak("a", said(1, 2)).run()
        assert play.audio() == b""
        assert len(play.of(replies.UtteranceFinished)) == 1

    def test_success_with_half_of_it(self):
        play = Play(faulty("silence", "word", 2)).speak("a", said(1, 2, 3)).run()
        assert play.heard() == [1, 2]
        assert len(play.of(replies.UtteranceFinished)) == 1
