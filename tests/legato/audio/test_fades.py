import numpy as np
import pytest

from legato.audio.fades import bend, crossfade, fade_out, falling

LOUD = np.full(120, 32_767, np.int16)


@pytest.mark.parametrize("samples", [1, 2, 5, 120, 960])
def test_weights_fall_evenly_to_nothing(samples):
    weights = falling(samples)
    assert len(weights) == samples
    assert weights[-1] == 0
    assert weights[0] < 1
    assert (np.diff(weights) < 0).all()


def test_weights_are_shared_and_cannot_be_written_to():
    assert falling(7) is falling(7)
    assert not falling(7).flags.writeable


def test_r18_a_fade_has_no_step():
    out = fade_out(LOUD).astype(int)
    assert out[-1] == 0
    assert np.abs(np.diff(out, prepend=32_767)).max() <= 32_767 * np.pi / 2 / 120 + 1


def test_nothing_fades_to_nothing():
    none = np.zeros(0, np.int16)
    assert len(fade_out(none)) == len(crossfade(none, none)) == 0


def test_r18_what_is_alike_stays_as_it_is_in_a_crossfade():
    tone = np.rint(20_000 * np.sin(np.arange(240) / 9)).astype(np.int16)
    assert np.array_equal(crossfade(tone, tone), tone)


def test_r18_a_crossfade_begins_with_the_one_and_ends_with_the_other():
    mixed = crossfade(LOUD, -LOUD).astype(int)
    assert mixed[0] > 32_700
    assert mixed[-1] == -32_767
    assert np.abs(np.diff(mixed)).max() <= 2 * 32_767 * np.pi / 2 / 120 + 1


def test_a_bend_begins_with_the_step_and_dies_away():
    curve = bend(-1_000, 50)
    assert curve[0] == pytest.approx(-1_000, rel=0.01)
    assert curve[-1] == 0
