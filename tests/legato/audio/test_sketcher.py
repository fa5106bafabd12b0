"""Rough sketches of audio."""

import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.audio.sketcher import FRAME_MS, Sketcher


def tone(hz, ms, rate_hz=8_000, loud=8_000):
    at = np.arange(rate_hz * ms // 1000)
    return (loud * np.sin(2 * np.pi * hz * at / rate_hz)).astype(np.int16)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 24_000, 48_000])
@pytest.mark.parametrize("hz", [300, 1_000, 3_000])
def test_a_tone_has_its_own_pitch_at_every_rate(rate_hz, hz):
    sketcher = Sketcher(rate_hz, 0)
    sketcher.push(tone(hz, 300, rate_hz))
    sketch = sketcher.sketch()
    assert len(sketch.levels_db) == len(sketch.pitches) == 300 * rate_hz // 1000 // sketch.frame_samples
    assert np.exp(sketch.pitches[3:-3]) == pytest.approx(hz, rel=0.03)


def test_levels_are_decibels_and_silence_is_no_hole():
    sketcher = Sketcher(8_000, 40)
    for loud in (8_000, 800, 0):
        sketcher.push(tone(500, 100, loud=loud))
    sketch = sketcher.sketch()
    assert (sketch.start_sample, sketch.frame_samples) == (40, 8_000 * FRAME_MS // 1000)
    assert sketch.levels_db[2] - sketch.levels_db[7] == pytest.approx(20, abs=0.1)
    assert 0 < sketch.levels_db[12] < 10


@given(st.lists(st.integers(0, 9_000), max_size=8), st.integers(0, 30_000))
def test_it_does_not_depend_on_how_the_audio_was_cut(sizes, gone):
    sound = np.tile(tone(440, 400), 12)
    whole, pieces = Sketcher(8_000, 7), Sketcher(8_000, 7)
    end = sum(sizes)
    gone = min(gone, end)
    sound = sound[:end] if end <= len(sound) else np.resize(sound, end)
    whole.push(sound[: end - gone])
    at = 0
    for size in sizes:
        pieces.push(sound[at : at + size])
        at += size
    pieces.cut_back(gone)
    one, other = whole.sketch(), pieces.sketch()
    assert len(other.pitches) == len(other.levels_db)
    assert (one.start_sample, len(one.levels_db)) == (other.start_sample, len(other.levels_db))
    drawn = max(
        (end - gone) // 160 - 1, 0
    )  # where the cut goes through a drawn frame, that one is not known any more
    assert one.levels_db[:drawn] == pytest.approx(other.levels_db[:drawn], abs=0.3)


def test_what_was_there_before_it_began_can_go_as_well():
    sketcher = Sketcher(8_000, 1_000)
    sketcher.push(tone(440, 20))
    sketcher.cut_back(400)
    sketcher.push(tone(440, 40))
    sketch = sketcher.sketch()
    assert (sketch.start_sample, len(sketch.levels_db)) == (760, 2)


def test_it_begins_anew_behind_all_that_has_come():
    sketcher = Sketcher(8_000, 0)
    sketcher.push(tone(440, 1_210))
    sketcher.begin_anew()
    assert sketcher.sketch().start_sample == 1_210 * 8
    sketcher.push(tone(440, 60))
    assert (sketcher.sketch().start_sample, len(sketcher.sketch().levels_db)) == (1_210 * 8, 3)


def test_every_frame_has_its_pitch_whatever_was_drawn_and_forgotten_before():
    sketcher = Sketcher(8_000, 0)
    for _ in range(2):
        sketcher.push(tone(440, 5_000))
        sketcher.cut_back(8 * 4_900)
        sketch = sketcher.sketch()
        assert len(sketch.pitches) == len(sketch.levels_db) == 5
        sketcher.begin_anew()


def test_only_the_last_minutes_are_kept():
    sketcher = Sketcher(8_000, 0)
    for _ in range(130):
        sketcher.push(np.zeros(8_000, np.int16))
    sketch = sketcher.sketch()
    assert len(sketch.levels_db) == len(sketch.pitches) == 6_000
    assert sketch.start_sample == 10 * 8_000


def test_samples_are_let_go_some_seconds_after_they_came():
    sketcher, kept = Sketcher(8_000, 0), []
    for _ in range(60):
        samples = np.zeros(1_600, np.int16)
        kept.append(weakref.ref(samples))
        sketcher.push(samples)
        del samples
        assert sum(ref() is not None for ref in kept) * 200 <= 4_200
    assert len(sketcher.sketch().levels_db) == 60 * 10
