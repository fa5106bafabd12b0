"""The crowd reads coded words back from every format that a client may ask for, also if it breaks off."""

import random

import pytest

from gateway.simulator.tones import decode, encode
from gateway.simulator.words import WORDS
from legato.domain.audio import Encoding
from tests.crowd.formats import EVERY, samples_of, some_format
from tests.legato.audio.encoded import encoded

SPOKEN = [17, 203, 5, 88, 140, 61]


def heard(data, audio_format):
    return decode(samples_of(data, audio_format), audio_format.sample_rate_hz)


@pytest.mark.parametrize("audio_format", EVERY, ids=lambda one: f"{one.encoding}-{one.sample_rate_hz}")
def test_words_are_read_back_as_they_were_spoken(audio_format):
    spoken = encode(" ".join(WORDS[one] for one in SPOKEN), audio_format.sample_rate_hz, 1).samples
    data = encoded(audio_format, spoken)
    assert heard(data, audio_format) == SPOKEN
    assert len(samples_of(data, audio_format)) >= len(spoken)
    for share in (0, 0.01, 0.3, 0.7):
        beginning = [one for one in heard(data[: int(len(data) * share)], audio_format) if one >= 0]
        assert beginning == SPOKEN[: len(beginning)], f"{share} of it"


def test_every_encoding_is_asked_for_and_half_are_plain():
    asked = [some_format(random.Random(seed), EVERY).encoding for seed in range(400)]
    assert {*asked} == {*Encoding}, "tests have the extras"
    assert 200 < asked.count(Encoding.PCM_S16LE) < 270
