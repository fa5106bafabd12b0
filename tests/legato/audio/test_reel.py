import numpy as np
import pytest

from legato.audio.reel import Reel
from legato.domain.audio import LedgerEntry, LedgerKind

RATE = 8_000
SEAM = 40


def ramp(samples, start=1):
    return np.arange(start, start + samples, dtype=np.int16)


def level(value, samples):
    return np.full(samples, value, np.int16)


def steps(*parts):
    return np.abs(np.diff(np.concatenate(parts).astype(int)))


def test_first_in_first_out_in_any_sizes():
    reel = Reel(RATE)
    for start in range(1, 100, 10):
        reel.run(ramp(10, start))
    taken = [reel.take(n) for n in (0, 3, 7, 10, 25, 1, 54)]
    assert np.array_equal(np.concatenate(taken), ramp(100))
    assert (reel.available, reel.taken) == (0, 100)


def test_a_chunk_is_handed_on_as_it_came():
    reel = Reel(RATE)
    chunk = ramp(10)
    reel.run(chunk)
    assert reel.take(10) is chunk


@pytest.mark.parametrize("samples", [-1, 11])
def test_more_than_is_held_cannot_be_taken(samples):
    reel = Reel(RATE)
    reel.run(ramp(10))
    with pytest.raises(ValueError, match=f"{samples} samples asked for, 10 held"):
        reel.take(samples)
    assert reel.available == 10


def test_neighbouring_entries_of_a_kind_are_one_and_runs_stay_apart():
    reel = Reel(RATE)
    reel.run(ramp(10))
    reel.run(ramp(5))
    reel.trim(3, LedgerKind.LEAD_TRIM)
    reel.seal()
    reel.silence(4)
    assert reel.entries() == [
        LedgerEntry(LedgerKind.RUN, 18),
        LedgerEntry(LedgerKind.LEAD_TRIM, -3),
        LedgerEntry(LedgerKind.PAUSE, 4),
    ]
    assert reel.entries() == []
    reel.run(ramp(1))
    reel.seal()
    reel.run(ramp(2))
    assert reel.entries() == [LedgerEntry(LedgerKind.RUN, 1), LedgerEntry(LedgerKind.RUN, 2)]


def test_nothing_is_entered_for_nothing():
    reel = Reel(RATE)
    reel.silence(0)
    reel.trim(0, LedgerKind.TAIL_TRIM)
    assert reel.drop() == 0
    assert len(reel.fade_tail(5)) == 0
    assert reel.entries() == []


def test_r18_a_seam_is_bent_however_the_samples_after_it_are_cut():
    after = level(-20_000, 200)
    wanted = None
    for size in (1, 7, 39, 40, 41, 200):
        reel = Reel(RATE)
        reel.run(level(20_000, 10))
        reel.smooth()
        for at in range(0, 200, size):
            reel.run(after[at : at + size])
        made = reel.take(210)
        assert steps(made).max() <= 40_000 * np.pi / 2 / SEAM + 1
        assert np.array_equal(made[10 + SEAM :], after[SEAM:])
        wanted = made if wanted is None else wanted
        assert np.array_equal(made, wanted)


def test_the_very_first_samples_follow_no_seam():
    reel = Reel(RATE)
    reel.smooth()
    reel.run(level(9_000, 5))
    assert reel.take(5).tolist() == [9_000] * 5


def test_r18_silence_after_a_sound_falls_there():
    reel = Reel(RATE)
    reel.run(level(9_000, 5))
    reel.smooth()
    reel.silence(100)
    assert steps(reel.take(105)).max() <= 9_000 * np.pi / 2 / SEAM + 1


def test_r18_after_a_drop_the_seam_is_with_what_was_taken():
    reel = Reel(RATE)
    reel.run(level(9_000, 5))
    before = reel.take(5)
    reel.run(level(30_000, 5))
    assert reel.drop() == 5
    reel.run(level(0, 100))
    assert steps(before, reel.take(100)).max() <= 9_000 * np.pi / 2 / SEAM + 1


def test_a_drop_keeps_what_it_is_told_to():
    reel = Reel(RATE)
    reel.run(ramp(10))
    reel.run(ramp(10, 11))
    assert reel.drop(keep=12) == 8
    assert reel.drop(keep=12) == 0
    assert np.array_equal(reel.take(12), ramp(12))
    assert reel.entries() == [LedgerEntry(LedgerKind.RUN, 20), LedgerEntry(LedgerKind.DROPPED, -8)]


@pytest.mark.parametrize("size", [1, 30, 80, 81, 300])
def test_r18_a_crossfade_shares_samples_however_they_are_cut(size):
    reel = Reel(RATE)
    reel.run(level(10_000, 200))
    reel.cross(80)
    for at in range(0, 300, size):
        reel.run(level(-10_000, 300)[at : at + size])
    assert reel.available == 420
    assert reel.entries() == [
        LedgerEntry(LedgerKind.RUN, 200),
        LedgerEntry(LedgerKind.CROSSFADE, -80),
        LedgerEntry(LedgerKind.RUN, 300),
    ]
    made = reel.take(420)
    assert steps(made).max() <= 20_000 * np.pi / 2 / 80 + 1
    assert (made[:120] == 10_000).all()
    assert (made[200:] == -10_000).all()


def test_r18_where_nothing_is_left_to_crossfade_with_the_seam_is_bent():
    reel = Reel(RATE)
    reel.run(level(10_000, 50))
    before = reel.take(50)
    reel.cross(80)
    reel.run(level(-10_000, 300))
    assert reel.available == 300
    assert steps(before, reel.take(300)).max() <= 20_000 * np.pi / 2 / SEAM + 1


def test_what_waits_for_a_crossfade_is_not_lost_when_nothing_more_comes():
    reel = Reel(RATE)
    reel.run(level(10_000, 50))
    reel.cross(80)
    reel.run(level(10_000, 20))
    assert reel.available == 50
    reel.settle()
    assert (reel.take(reel.available) == 10_000).all()
    assert sum(entry.samples for entry in reel.entries()) == reel.taken == 50


def test_a_crossfade_that_nothing_follows_changes_nothing():
    reel = Reel(RATE)
    reel.run(level(10_000, 50))
    reel.cross(80)
    reel.settle()
    assert (reel.take(50) == 10_000).all()


def test_r18_a_fade_ends_in_silence_and_drops_the_rest():
    reel = Reel(RATE)
    reel.run(level(20_000, 300))
    tail = reel.fade_tail(160)
    assert len(tail) == 160
    assert tail[-1] == 0
    assert steps(level(20_000, 1), tail).max() <= 20_000 * np.pi / 2 / 160 + 1
    assert (reel.available, reel.taken) == (0, 160)
    assert reel.entries() == [LedgerEntry(LedgerKind.RUN, 300), LedgerEntry(LedgerKind.FADE, -140)]


def test_a_fade_is_no_longer_than_what_is_held():
    reel = Reel(RATE)
    reel.run(level(20_000, 10))
    assert len(reel.fade_tail(160)) == 10


def test_the_first_audible_sample_is_known_while_it_is_there():
    reel = Reel(RATE)
    reel.run(level(100, 30))
    assert reel.audible_at == -1
    reel.take(10)
    reel.run(np.concatenate([level(-100, 5), level(5_000, 5)]))
    assert reel.audible_at == 35
    reel.drop(keep=26)
    assert reel.audible_at == 35
    reel.drop(keep=25)
    assert reel.audible_at == -1
    reel.run(level(5_000, 50))
    assert reel.audible_at >= 35


def test_how_the_held_samples_end():
    reel = Reel(RATE)
    assert reel.ends_silent() == 0
    reel.run(level(0, 10))
    assert reel.ends_silent() == 10
    reel.run(np.concatenate([level(9_000, 3), level(0, 4)]))
    reel.run(level(1, 5))
    assert reel.ends_silent() == 9
    assert reel.available == 22


def test_r18_a_crossfade_ends_a_bend_that_was_under_way():
    reel = Reel(RATE)
    reel.run(level(10_000, 50))
    reel.smooth()
    reel.run(level(-10_000, 20))
    reel.cross(10)
    reel.run(level(-10_000, 100))
    made = reel.take(160)
    assert (made[70:] == -10_000).all()
    assert steps(made).max() <= 20_000 * np.pi / 2 / SEAM + 20_000 * np.pi / 2 / 10


def test_silence_comes_after_what_waits_for_a_crossfade():
    reel = Reel(RATE)
    reel.run(level(10_000, 100))
    reel.cross(80)
    reel.run(level(10_000, 20))
    reel.silence(100)
    assert reel.take(100).tolist() == [10_000] * 100
    assert not reel.take(100).any()
