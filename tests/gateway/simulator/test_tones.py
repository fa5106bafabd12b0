import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.simulator.tones import LONGEST_MS, SHORTEST_MS, UNKNOWN, ToneVoice, decode, encode, hear
from gateway.simulator.words import WORDS
from legato.audio.codec import mulaw_table
from legato.audio.resampler import Resampler

numbers = st.lists(st.integers(0, len(WORDS) - 1), min_size=1, max_size=6)


def said(spoken, rate=24_000, seed=1):
    return encode(" ".join(WORDS[number] for number in spoken), rate, seed)


def resampled(samples, rate, out):
    resampler = Resampler(rate, out)
    return np.concatenate([resampler.push(samples), resampler.flush()])


def through_mulaw(samples):
    """There and back, by inverting the table: each byte means the middle of the samples that become it."""
    coded = mulaw_table().take(samples.view(np.uint16))
    every = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.float64)
    table = mulaw_table()
    middles = np.bincount(table, every, 256) / np.bincount(table, minlength=256)
    return middles[coded].astype(np.int16)


def crossfaded(first, second, rate, ms=20):
    length = rate * ms // 1000
    fade = np.linspace(0, 1, length)
    overlap = first[-length:] * np.sqrt(1 - fade) + second[:length] * np.sqrt(fade)
    return np.concatenate([first[:-length], overlap.astype(np.int16), second[length:]])


@given(numbers, st.integers(0, 99), st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000]))
@settings(max_examples=30, deadline=None)
def test_what_is_said_is_read_back_at_every_rate(spoken, seed, rate):
    assert decode(said(spoken, rate, seed).samples, rate) == spoken


@given(numbers, st.integers(0, 99), st.sampled_from([8_000, 11_025, 16_000, 22_050, 44_100, 48_000]))
@settings(max_examples=30, deadline=None)
def test_it_is_read_back_from_another_rate_and_through_mulaw(spoken, seed, rate):
    samples = resampled(said(spoken, seed=seed).samples, 24_000, rate)
    assert decode(samples, rate) == spoken
    assert decode(through_mulaw(samples), rate) == spoken


@given(numbers, numbers, st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_a_crossfade_between_two_voices_loses_nothing(spoken, more, seed):
    samples = crossfaded(said(spoken, seed=seed).samples, said(more, seed=seed + 1).samples, 24_000)
    assert decode(samples, 24_000) == spoken + more


@given(numbers, numbers, st.integers(0, 700), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_trimmed_ramps_silence_between_and_a_change_of_loudness_are_nothing(spoken, more, silence_ms, tenths):
    ramp = 3 * 24
    quieter = (said(more).samples[ramp:-ramp] * (tenths / 40)).astype(np.int16)
    samples = np.concatenate([said(spoken).samples[ramp:-ramp], np.zeros(silence_ms * 24, np.int16), quieter])
    assert decode(samples, 24_000) == spoken + more


def test_every_word_can_be_told_apart():
    every = list(range(len(WORDS)))
    assert decode(said(every).samples, 24_000) == every
    assert decode(through_mulaw(resampled(said(every).samples, 24_000, 8_000)), 8_000) == every


def test_the_same_word_twice_is_two_words():
    assert decode(said([7, 7, 7]).samples, 24_000) == [7, 7, 7]


@pytest.mark.parametrize(("missing_ms", "whole"), [(24, [11, 222]), (40, [11]), (100, [11])])
def test_a_word_that_breaks_off_is_not_a_whole_one(missing_ms, whole):
    speech = said([11, 222])
    assert decode(speech.samples[: len(speech.samples) - 24 * missing_ms], 24_000) == whole


def test_a_part_before_the_next_word_is_told():
    speech = said([11, 222])
    last = speech.words[1]
    broken = np.concatenate([speech.samples[: last.first + 600], said([5]).samples])
    assert [(w.number, w.whole) for w in hear(broken, 24_000)] == [(11, True), (-1, False), (5, True)]


def test_the_end_of_a_word_alone_is_a_part():
    rest = said([300]).samples[-24 * 60 :]
    assert [(w.number, w.whole) for w in hear(rest, 24_000)] == [(UNKNOWN, False)]


def test_a_strange_word_is_told_as_such_and_keeps_its_length():
    speech = encode("vabado, Hello it's vabelu!", 24_000, 3)
    assert decode(speech.samples, 24_000) == [0, UNKNOWN, UNKNOWN, 1]
    again = encode("Hello", 24_000, 4).samples
    hello = speech.words[1]
    assert len(again) == hello.last - hello.first


def test_words_tell_where_they_stand_and_sound():
    text = "vabado Zebimo  lomoka."
    speech = encode(text, 24_000, 1)
    assert [text[word.start : word.end] for word in speech.words] == ["vabado", "Zebimo", "lomoka"]
    heard = hear(speech.samples, 24_000)
    for word, sound in zip(speech.words, heard, strict=True):
        assert abs(word.first / 24_000 - sound.start_s) < 0.012
        assert abs(word.last / 24_000 - sound.end_s) < 0.012


def test_lengths_are_made_by_the_seed_and_the_serial_number():
    answers = []
    text = " ".join(random.Random(1).choices(WORDS, k=20))
    for seed, serial in ((1, 1), (1, 1), (1, 2), (2, 1)):
        ToneVoice(seed).speak(text, 8_000, serial, answers.append)
    first, same, later, other = [[word.last - word.first for word in speech.words] for speech in answers]
    assert first == same
    assert first not in (later, other)
    assert all(SHORTEST_MS <= samples / 8 <= LONGEST_MS for samples in first + later + other)


def test_silence_and_nothing_are_no_words():
    assert encode(" … ", 24_000, 1).samples.size == 0
    assert decode(np.zeros(24_000, np.int16), 24_000) == []
    assert decode(np.zeros(10, np.int16), 24_000) == []


def test_an_hour_is_read_in_pieces():
    spoken = [number % 400 for number in range(0, 1200, 7)]
    assert decode(said(spoken, 8_000).samples, 8_000) == spoken
