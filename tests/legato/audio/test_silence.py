import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.audio.silence import PauseFinder, find_pauses, leading_silence, sounding, trailing_silence

RATE = 8_000


def audio(*stretches):
    """(value, milliseconds) each."""
    return np.concatenate([np.full(RATE * ms // 1000, value, np.int16) for value, ms in stretches])


def test_the_lowest_value_sounds():
    assert sounding(np.array([-32_768, -104, -103, 0, 103, 104, 32_767], np.int16), 103).tolist() == [
        True,
        True,
        False,
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("values", "before", "after"),
    [
        ([], 0, 0),
        ([0], 1, 1),
        ([9], 0, 0),
        ([0, 0, 9], 2, 0),
        ([9, 0, 0], 0, 2),
        ([0, 9, 0, -9, 0, 0], 1, 2),
        ([5, -5], 2, 2),
    ],
)
def test_silence_on_either_side(values, before, after):
    samples = np.array(values, np.int16)
    assert leading_silence(samples, 5) == before
    assert trailing_silence(samples, 5) == after


def test_pauses_lie_between_sounds():
    samples = audio((0, 100), (5_000, 50), (-100, 69), (5_000, 50), (50, 70), (-5_000, 10), (0, 300))
    assert find_pauses(samples, RATE) == [(0, 800), (2_152, 2_712), (2_792, 5_192)]


def test_a_pause_is_known_only_when_it_ends():
    finder = PauseFinder(RATE)
    assert finder.push(audio((5_000, 10), (0, 90))) == []
    assert finder.push(audio((0, 10))) == []
    assert finder.push(audio((5_000, 1))) == [(80, 880)]
    assert finder.finish() == []


def test_the_length_and_the_level_can_be_set():
    finder = PauseFinder(RATE, shortest_ms=10, below_dbfs=-20.0)
    assert finder.push(audio((20_000, 10), (3_000, 10), (20_000, 1))) == [(80, 160)]


def test_silence_alone_is_one_pause():
    assert find_pauses(audio((0, 70)), RATE) == [(0, 560)]
    assert find_pauses(audio((0, 69)), RATE) == []


@given(
    st.lists(st.tuples(st.sampled_from([0, 90, 104, -9_000]), st.integers(0, 150)), max_size=8),
    st.lists(st.integers(1, 700), max_size=10),
)
def test_however_it_is_cut_the_pauses_are_the_same_and_the_longest_possible(stretches, sizes):
    samples = audio((0, 0), *stretches)
    finder, found, rest = PauseFinder(RATE), [], samples
    for size in [*sizes, len(samples)]:
        found += finder.push(rest[:size])
        rest = rest[size:]
    found += finder.finish()
    assert found == find_pauses(samples, RATE)
    quiet = np.abs(samples.astype(int)) <= 103
    inside = np.zeros(len(samples), bool)
    for start, end in found:
        assert end - start >= 560
        assert quiet[start:end].all()
        assert start == 0 or not quiet[start - 1]
        assert end == len(samples) or not quiet[end]
        inside[start:end] = True
    remaining = "".join("q" if q and not i else "." for q, i in zip(quiet, inside, strict=True))
    assert "q" * 560 not in remaining
