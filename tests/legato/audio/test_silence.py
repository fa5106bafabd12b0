import numpy as np
import pytest

from legato.audio.silence import leading_silence, sounding, trailing_silence


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
