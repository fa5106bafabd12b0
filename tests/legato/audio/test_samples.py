import numpy as np
import pytest

from legato.audio.samples import EMPTY, amplitude, silence, to_s16


def test_rounding_is_to_the_nearest_and_halves_go_to_the_even_one():
    assert to_s16(np.array([0.4, 0.5, 1.5, -0.5, -1.5, 2.6])).tolist() == [0, 0, 2, 0, -2, 3]


def test_too_loud_is_clipped_and_does_not_wrap_around():
    assert to_s16(np.array([32767.4, 32768.0, 1e9, -32768.4, -32769.0, -1e9])).tolist() == [
        32767,
        32767,
        32767,
        -32768,
        -32768,
        -32768,
    ]


def test_silence_is_zeros():
    assert silence(3).tolist() == [0, 0, 0]
    assert silence(3).dtype == np.int16


@pytest.mark.parametrize(("dbfs", "value"), [(0, 32768), (-20, 3276), (-50, 103)])
def test_amplitude_of_a_level(dbfs, value):
    assert amplitude(dbfs) == value


def test_nothing_is_shared_and_cannot_be_written_to():
    assert len(EMPTY) == 0
    assert not EMPTY.flags.writeable
