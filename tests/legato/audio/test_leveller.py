import math

import numpy as np
import pytest

from legato.audio.leveller import Leveller

RATE = 24_000


def speech(seconds, amplitude, seed=1):
    """Noise in syllables, with silence between."""
    dice = np.random.default_rng(seed)
    count = int(RATE * seconds)
    wave = (
        amplitude
        * np.sin(2 * np.pi * 220 * np.arange(count) / RATE)
        * (1 + 0.2 * dice.standard_normal(count))
    )
    wave[(np.arange(count) // 2_400) % 4 == 3] = 0
    return np.clip(wave, -32_000, 32_000).astype(np.int16)


def db(samples):
    heard = samples[np.abs(samples.astype(int)) > 200].astype(float)
    return 20 * math.log10(math.sqrt(np.mean(heard**2)))


def spliced(before, after, sizes):
    leveller = Leveller(RATE)
    leveller.begin_run()
    same = leveller.apply(before)
    assert same is before
    leveller.begin_run()
    out, at, turn = [], 0, 0
    while at < len(after):
        size = sizes[turn % len(sizes)]
        out.append(leveller.apply(after[at : at + size]))
        at, turn = at + size, turn + 1
    return np.concatenate(out)


@pytest.mark.parametrize("amplitude", [3_000, 5_000, 9_000, 14_000])
def test_another_line_is_brought_to_the_level_of_the_first(amplitude):
    before, after = speech(2, 6_000), speech(3, amplitude, seed=2)
    made = spliced(before, after, [480])
    assert len(made) == len(after)
    difference = db(after) - db(before)
    left = db(made[RATE:]) - db(before)
    assert abs(left) <= max(1.1, abs(difference) - 5.9)


def test_a_difference_that_nobody_hears_is_left_alone():
    after = speech(1, 6_300, seed=3)
    assert np.array_equal(spliced(speech(1, 6_000), after, [480]), after)


def test_r17_the_result_does_not_depend_on_how_the_audio_is_cut():
    before, after = speech(1, 6_000), speech(1, 12_000, seed=4)
    whole = spliced(before, after, [len(after)])
    for sizes in ([1], [7, 480, 1_000], [479], [480], [481]):
        if sizes == [1]:
            assert np.array_equal(spliced(before, after[:2_000], sizes), whole[:2_000])
        else:
            assert np.array_equal(spliced(before, after, sizes), whole)


def test_r18_the_gain_moves_without_a_step():
    tone = (10_000 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.int16)
    quiet = (tone // 2).astype(np.int16)
    made = spliced(tone, quiet, [333])
    steepest = np.abs(np.diff(made.astype(int))).max()
    assert steepest <= 1.02 * 10_000 * 2 * math.pi * 440 / RATE


def test_too_little_speech_before_is_no_level():
    before, after = speech(0.1, 2_000), speech(1, 12_000, seed=5)
    assert np.array_equal(spliced(before, after, [480]), after)


def test_silence_counts_for_nothing():
    before = np.concatenate([speech(1, 6_000), np.zeros(RATE * 3, np.int16)])
    made = spliced(before, speech(2, 9_000, seed=6), [480])
    assert abs(db(made[RATE:]) - db(speech(1, 6_000))) < 1.1


def test_a_third_line_keeps_the_level_of_the_first():
    leveller = Leveller(RATE)
    leveller.begin_run()
    leveller.apply(speech(1, 6_000))
    leveller.begin_run()
    leveller.apply(speech(1, 12_000, seed=7))
    leveller.begin_run()
    made = leveller.apply(speech(2, 10_000, seed=8))
    assert abs(db(made[RATE:]) - db(speech(1, 6_000))) < 1.1


def test_nothing_is_nothing():
    leveller = Leveller(RATE)
    leveller.begin_run()
    leveller.apply(speech(1, 6_000))
    leveller.begin_run()
    assert not len(leveller.apply(np.zeros(0, np.int16)))
