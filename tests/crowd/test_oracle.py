"""What the crowd's oracle finds wrong, and what not."""

import random

import numpy as np
import pytest

from gateway.simulator.tones import encode
from gateway.simulator.words import WORDS
from legato.domain.audio import AudioFormat, Encoding
from tests.crowd.oracle import Fate, Spoken, too_many_missed, wrong_with
from tests.crowd.texts import coded_text, numbers, pieces
from tests.legato.audio.encoded import encoded

HZ = 16_000
PLAIN = AudioFormat(Encoding.PCM_S16LE, HZ)
TEXT = f"{WORDS[17]} {WORDS[203]}, {WORDS[5]}."


def sound(*words):
    return bytearray(
        encode(" ".join("va" if word < 0 else WORDS[word] for word in words), HZ, 1).samples.tobytes()
    )


def wrong(*words, fate=Fate.WHOLE, seams=0, voice="elevenlabs"):
    spoken = Spoken(TEXT, PLAIN, sound(*words), fate, voice=voice)
    return [one.partition(":")[0] for one in wrong_with(spoken, seams)]


@pytest.mark.parametrize(
    ("said", "is_borne"),
    [
        ((17, 204, 5), True),
        ((17, 44, 5), True),
        ((17, 5), False),
        ((17, 203, 44, 5), False),
        ((203, 17, 5), False),
    ],
)
def test_in_opus_a_word_may_be_read_as_another_at_its_place(said, is_borne):
    opus = AudioFormat(Encoding.OPUS, 48_000, 32)
    samples = encode(" ".join(WORDS[one] for one in said), 48_000, 1).samples
    told = wrong_with(Spoken(TEXT, opus, bytearray(encoded(opus, samples)), Fate.WHOLE), 0)
    assert (told == []) is is_borne


@pytest.mark.parametrize(
    ("form", "is_borne"),
    [(AudioFormat(Encoding.OPUS, 16_000), True), (AudioFormat(Encoding.PCM_S16LE, 16_000), False)],
)
def test_in_opus_a_word_may_lose_a_pitch(form, is_borne):
    first, cut, last = (encode(WORDS[one], 16_000, 1).samples for one in (17, 203, 5))
    silence = np.zeros(60 * 16, np.int16)
    for part in (cut[: -60 * 16], cut[-60 * 16 :]):
        data = encoded(form, np.concatenate((first, silence, part, silence, last)))
        assert (wrong_with(Spoken(TEXT, form, bytearray(data), Fate.WHOLE), 0) == []) is is_borne
    data = encoded(form, np.concatenate((first, cut, last[: -60 * 16])))
    assert wrong_with(Spoken(TEXT, form, bytearray(data), Fate.WHOLE), 0) != [], "it breaks off"


def test_all_words_once_are_as_they_should_be():
    assert wrong(17, 203, 5) == []


def test_what_is_lost_disordered_or_said_twice_is_wrong():
    assert wrong(17, 203) == ["1 of 3 words lost"]
    assert wrong(17, 5) == ["other words, or in another order"]
    assert wrong(203, 17, 5) == ["other words, or in another order"]
    assert wrong(17, 203, 203, 5) == ["1 words twice"]


def test_a_failover_may_say_words_again_from_one_place_on_but_lose_none():
    assert wrong(17, 203, 17, 203, 5, seams=1) == []
    assert wrong(17, 203, 5, 17, 203, 5, seams=1) == [], "however many: tones have random lengths"
    assert wrong(17, 203, 17, 203, seams=1) == ["1 of 3 words lost"]
    assert wrong(17, 203, 5, 17, 5, seams=1) == ["words left out"]
    assert wrong(17, 17, 203, 203, 5, seams=1) == ["said again 2 times"]
    assert wrong(17, 203, 17, 203, 5) == ["2 words twice"]


@pytest.mark.parametrize("said", [(17, 203), (17, 5), (203, 5), (17, 17, 5)])
def test_an_estimate_may_take_one_word_for_said_at_a_seam_of_a_voice_that_times_none(said):
    assert wrong(*said, seams=1, voice="riva") == []
    assert wrong(*said, seams=1) != []
    assert wrong(*said, voice="riva") != []
    assert wrong(*said[-1:], seams=1, voice="riva") != [], "one word, not two"


def test_a_word_that_may_be_missing_is_told_and_more_than_estimates_miss_are_wrong():
    spoken = Spoken(TEXT, PLAIN, sound(17, 5), Fate.WHOLE, voice="riva")
    assert (wrong_with(spoken, 1), spoken.missed) == ([], [203])
    spoken = Spoken(TEXT, PLAIN, sound(17), Fate.CUT, voice="riva")
    assert (wrong_with(spoken, 1), spoken.missed) == ([], [])
    assert too_many_missed(["one"], 10) == []
    assert len(too_many_missed(["one", "two"], 999)) == 1
    assert too_many_missed(["one", "two"], 1_000) == []


def test_what_was_cut_short_is_a_beginning():
    assert wrong(17, 203, fate=Fate.CUT) == []
    assert wrong(fate=Fate.CUT) == []
    assert wrong(17, -1, fate=Fate.CUT) == [], "a word of which only a part was written"
    assert wrong(203, fate=Fate.CUT) == ["other words, or in another order"]


def test_what_failed_or_was_never_answered_is_wrong_unless_it_is_excused():
    for fate in (Fate.FAILED, Fate.UNANSWERED):
        spoken = Spoken(TEXT, PLAIN, sound(17) + b"\0", fate)
        assert wrong_with(spoken, 0) == [fate.value]
        spoken.excuse()
        assert wrong_with(spoken, 0) == []


def test_what_was_asked_is_told_so_that_it_can_be_asked_again():
    assert Spoken(TEXT, PLAIN, voice="riva").asked == "voice 'riva' as pcm_s16le 16000 Hz"
    opus = AudioFormat(Encoding.OPUS, 48_000, 32)
    assert Spoken(TEXT, opus, voice="riva").asked == "voice 'riva' as opus 48000 Hz 32 kbit/s"


@pytest.mark.parametrize("seed", range(20))
def test_pieces_are_the_text(seed):
    chance = random.Random(seed)
    text = coded_text(chance)
    assert "".join(pieces(chance, text)) == text
    assert len(set(numbers(text))) == len(numbers(text)) >= 1
    assert all(numbers(piece) for piece in pieces(chance, text, words=True))
