import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.audio.resampler import HALF_WIDTH, Resampler, prepare

IN_RATES = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
OUT_RATES = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
PAIRS = [(i, o) for i in IN_RATES for o in OUT_RATES]


def noise(samples, seed=0):
    return np.random.default_rng(seed).integers(-32768, 32768, samples).astype(np.int16)


def sine(hz, rate, seconds=0.5, level=20_000.0):
    return np.rint(level * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.int16)


def whole(samples, in_rate, out_rate):
    resampler = Resampler(in_rate, out_rate)
    return np.concatenate([resampler.push(samples), resampler.flush()])


def cut(samples, sizes):
    at = 0
    for size in sizes:
        yield samples[at : at + size]
        at += size
    yield samples[at:]


@pytest.mark.parametrize(("in_rate", "out_rate"), PAIRS)
def test_r17_however_it_is_cut_the_output_is_the_same_bit_for_bit(in_rate, out_rate):
    samples = noise(5_000)
    expected = whole(samples, in_rate, out_rate)
    for sizes in ([1] * 300, [2_047, 1, 2_049], [7, 480, 0, 13, 3], [4_999]):
        resampler = Resampler(in_rate, out_rate)
        made = [resampler.push(part) for part in cut(samples, sizes)]
        assert np.array_equal(np.concatenate([*made, resampler.flush()]), expected)


@given(
    rates=st.sampled_from(PAIRS),
    length=st.integers(0, 1_500),
    sizes=st.lists(st.integers(0, 400), max_size=12),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=150)
def test_r17_r19_any_cutting_of_any_length(rates, length, sizes, seed):
    samples = noise(length, seed)
    resampler = Resampler(*rates)
    made = np.concatenate([*(resampler.push(part) for part in cut(samples, sizes)), resampler.flush()])
    assert np.array_equal(made, whole(samples, *rates))
    assert resampler.in_count == length
    assert resampler.out_count == len(made) == math.ceil(Fraction(length * rates[1], rates[0]))


@pytest.mark.parametrize(("in_rate", "out_rate"), PAIRS)
def test_r19_not_a_sample_more_or_less_than_the_ratio_says_for_every_length(in_rate, out_rate):
    for length in [*range(200), 2_047, 2_048, 2_049, 4_097]:
        assert len(whole(noise(length), in_rate, out_rate)) == math.ceil(Fraction(length * out_rate, in_rate))


@pytest.mark.parametrize(("in_rate", "out_rate"), PAIRS)
def test_what_is_withheld_is_constant_and_short(in_rate, out_rate):
    resampler = Resampler(in_rate, out_rate)
    most = HALF_WIDTH / min(in_rate, out_rate) + 2 / in_rate
    for part in cut(noise(4_000), [50] * 80):
        resampler.push(part)
        withheld = resampler.in_count / in_rate - resampler.out_count / out_rate
        assert withheld <= most


@pytest.mark.parametrize(("in_rate", "out_rate"), PAIRS)
def test_output_lies_in_time_where_input_lay(in_rate, out_rate):
    made = whole(sine(440, in_rate), in_rate, out_rate).astype(float)
    wanted = 20_000 * np.sin(2 * np.pi * 440 * np.arange(len(made)) / out_rate)
    inner = slice(out_rate // 50, -out_rate // 50)
    assert np.abs(made - wanted)[inner].max() < 20_000 * 10 ** (-60 / 20)


@pytest.mark.parametrize(("in_rate", "out_rate"), [(i, o) for i, o in PAIRS if i > o])
def test_what_the_slower_rate_cannot_hold_is_gone_and_what_it_can_stays(in_rate, out_rate):
    def level(hz):
        made = whole(sine(hz, in_rate), in_rate, out_rate).astype(float)[out_rate // 20 : -out_rate // 20]
        return 20 * math.log10(max(np.sqrt((made**2).mean()), 1e-9) / (20_000 / math.sqrt(2)))

    assert abs(level(0.85 * out_rate / 2)) < 0.3
    assert level(min(1.06 * out_rate / 2, in_rate / 2.01)) < -60


@pytest.mark.parametrize(("in_rate", "out_rate"), [(24_000, 48_000), (8_000, 44_100), (22_050, 48_000)])
def test_a_faster_rate_adds_no_images(in_rate, out_rate):
    made = whole(sine(0.8 * in_rate / 2, in_rate), in_rate, out_rate).astype(float)[
        out_rate // 20 : -out_rate // 20
    ]
    spectrum = np.abs(np.fft.rfft(made * np.blackman(len(made))))
    hz = np.fft.rfftfreq(len(made), 1 / out_rate)
    assert spectrum[hz > 1.1 * in_rate / 2].max() < spectrum.max() * 10 ** (-60 / 20)


@pytest.mark.parametrize("value", [-32_768, -1, 0, 1, 104, 32_767])
@pytest.mark.parametrize(("in_rate", "out_rate"), [(24_000, 8_000), (22_050, 48_000), (8_000, 44_100)])
def test_a_constant_comes_out_as_itself_to_its_first_and_last_sample(in_rate, out_rate, value):
    made = whole(np.full(in_rate // 10, value, np.int16), in_rate, out_rate)
    assert (made == value).all()


def test_equal_rates_pass_with_no_copy():
    resampler = Resampler(24_000, 24_000)
    samples = noise(100)
    assert resampler.push(samples) is samples
    assert len(resampler.flush()) == 0
    assert (resampler.in_count, resampler.out_count) == (100, 100)


def test_a_reset_forgets_the_run_before():
    resampler = Resampler(24_000, 16_000)
    resampler.push(noise(1_000, seed=1))
    resampler.reset()
    samples = noise(1_000, seed=2)
    made = np.concatenate([resampler.push(samples), resampler.flush()])
    assert np.array_equal(made, whole(samples, 24_000, 16_000))


def test_nothing_makes_nothing():
    resampler = Resampler(24_000, 16_000)
    assert len(resampler.push(noise(0))) == 0
    assert len(resampler.flush()) == 0
    assert np.array_equal(
        np.concatenate([resampler.push(noise(99)), resampler.flush()]), whole(noise(99), 24_000, 16_000)
    )


def test_clipping_does_not_wrap_around():
    square = np.where(np.arange(2_400) // 12 % 2, 32_767, -32_768).astype(np.int16)
    made = whole(square, 24_000, 48_000).astype(int)
    middles = made.reshape(-1, 24)[:, 12]  # half way between two edges
    assert (np.sign(middles) == np.where(np.arange(len(middles)) % 2, 1, -1)).all()
    assert made.max() == 32_767
    assert made.min() == -32_768


def test_r11_ten_minutes_drift_by_nothing():
    resampler = Resampler(22_050, 24_000)
    second = noise(22_050)
    for _ in range(600):
        resampler.push(second)
    resampler.flush()
    assert resampler.out_count == 600 * 24_000


@pytest.mark.parametrize("rate", [0, -8_000, 3_999, 192_001])
def test_what_is_no_rate_is_refused(rate):
    with pytest.raises(ValueError, match="is not a sample rate between 4000 and 192000 Hz"):
        Resampler(rate, 24_000)
    with pytest.raises(ValueError, match="is not a sample rate"):
        prepare(24_000, rate)


def test_rates_that_have_nothing_in_common_are_refused():
    with pytest.raises(ValueError, match="too uneven"):
        prepare(24_001, 48_000)


def test_a_prepared_filter_is_the_one_that_is_used():
    prepare(24_000, 16_000)
    assert Resampler(24_000, 16_000)._bank is Resampler(48_000, 32_000)._bank
