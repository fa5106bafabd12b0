import numpy as np

from gateway.simulator.voices import Speech
from legato.domain import events, replies
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
