from types import SimpleNamespace

import numpy as np
import pytest

from gateway.simulator.lasting_effects import LastingEffects
from gateway.simulator.piece import Piece
from gateway.simulator.script import Script
from gateway.simulator.voices import Speech, TimedWord
from gateway.simulator.word_times import WordTimes
from tests.gateway.simulator.stage import PCM, FakeOutlet

SPEECH = Speech(np.zeros(4800, np.int16), (TimedWord(0, 3, 0, 2400), TimedWord(4, 7, 2400, 4800)))


class Told:
    """Two words of 100 ms each, behind a header of 44 bytes, in an utterance that begins at sample 1,000."""

    def __init__(self, words="true", shift_ms=0.0):
        self.outlet = FakeOutlet(lambda: 0.0)
        vendor = SimpleNamespace(script=Script.model_validate({"late_ms": 50}))
        stream = SimpleNamespace(vendor=vendor, outlet=self.outlet, audio_format=PCM)
        self.times = WordTimes("a", stream, LastingEffects(words=words, shift_ms=shift_ms))
        self.times.base, self.times.trail.lead = 1000, 44
        self.times.trail.place(Piece(0, 0.0, 0.0, speech=SPEECH), 44, 2)

    def until(self, byte):
        self.times.tell("one two", byte)
        return [(word.word, word.start_sample, word.end_sample) for _, word in self.outlet.told]


def test_a_word_is_told_before_the_chunk_in_which_it_begins():
    told = Told()
    assert told.until(44) == []
    assert told.until(45) == [("one", 1000, 3400)]
    assert told.until(9644) == [("one", 1000, 3400), ("two", 3400, 5800)]


def test_words_may_be_late_and_the_rest_comes_in_the_end():
    told = Told("late")
    assert told.until(44 + 2400) == []
    assert told.until(45 + 2400) == [("one", 1000, 3400)]
    told.times.tell_rest("one two")
    assert len(told.outlet.told) == 2


@pytest.mark.parametrize(("shift_ms", "first"), [(100, (3400, 5800)), (-25, (400, 2800)), (-100, (0, 1000))])
def test_words_may_be_wrong_but_never_before_the_track(shift_ms, first):
    assert Told("wrong", shift_ms).until(45) == [("one", *first)]


def test_words_may_be_absent():
    told = Told("absent")
    told.times.tell_rest("one two")
    assert told.until(10_000) == []
