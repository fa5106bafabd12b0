import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legato.audio.intake import Intake
from legato.audio.wav import wav_header

SAMPLES = np.arange(-300, 300, 7, dtype=np.int16)
PCM = SAMPLES.astype("<i2").tobytes()


def taken_in(pieces, rate=24_000):
    intake = Intake(rate)
    parts = [intake.push(piece) for piece in pieces]
    return np.concatenate([*parts, intake.finish()]), intake


@pytest.mark.parametrize("data", [PCM, wav_header(16_000) + PCM], ids=["raw", "wav"])
def test_r17_cut_at_every_byte_the_samples_are_the_same(data):
    for at in range(len(data) + 1):
        assert np.array_equal(taken_in([data[:at], data[at:]])[0], SAMPLES)


@given(st.lists(st.integers(0, 30), max_size=20), st.booleans())
def test_r17_cut_anywhere_any_number_of_times(sizes, headed):
    data = wav_header(8_000) * headed + PCM
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    samples, intake = taken_in([*pieces, data])
    assert np.array_equal(samples, SAMPLES)
    assert intake.rate_hz == (8_000 if headed else 24_000)


def test_whole_samples_in_bytes_are_not_copied():
    intake = Intake(24_000)
    intake.push(b"\0\0")
    assert np.shares_memory(intake.push(PCM), np.frombuffer(PCM, np.int16))


def test_a_view_of_a_buffer_that_is_used_again_is_copied():
    buffer = bytearray(PCM)
    samples = Intake(24_000).push(memoryview(buffer))
    buffer[:] = bytes(len(buffer))
    assert np.array_equal(samples, SAMPLES)


def test_half_a_sample_at_the_end_is_no_sample():
    assert np.array_equal(taken_in([PCM, b"\1"])[0], SAMPLES)


def test_what_looked_like_a_header_until_the_end_was_audio():
    assert taken_in([b"RI", b"FF"])[0].tobytes() == b"RIFF"


def test_a_header_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="2 channels"):
        Intake(24_000).push(wav_header(8_000)[:22] + b"\2" + wav_header(8_000)[23:])
