"""FLAC, checked by ffmpeg: what is decoded is what was encoded, sample by sample."""

import numpy as np
import pytest

from legato.audio.codec import encoder_for
from legato.domain.audio import AudioFormat, Encoding
from tests.legato.audio.encoded import at_random, decoded, encoded, tone

RATES = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
USUAL = AudioFormat(Encoding.FLAC, 24_000)


def heard(data, audio_format):
    return decoded(data, "flac", audio_format.sample_rate_hz)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("piece", [480, 100_000])
def test_r20_every_sample_comes_back(rate, piece):
    audio_format = AudioFormat(Encoding.FLAC, rate)
    sound = tone(audio_format, 1.2345)
    assert np.array_equal(heard(encoded(audio_format, sound, piece), audio_format), sound)


def test_how_the_samples_are_cut_does_not_show():
    sound = tone(USUAL, 0.5)
    assert encoded(USUAL, sound, 7) == encoded(USUAL, sound, 9_600)


def test_a_frame_leaves_with_each_20_ms_after_42_bytes_about_the_stream():
    encoder, sound = encoder_for(USUAL), tone(USUAL, 0.1)
    assert encoder.header() + encoder.encode(sound[:479]) == b"", "nothing but audio counts as the first byte"
    data = encoder.encode(sound[479:480])
    assert data[:8] == b"fLaC\x80\x00\x00\x22"
    assert data[42:44] == b"\xff\xf8", "a frame of the usual size"
    assert encoder.encode(sound[480:960])[:2] == b"\xff\xf8"


def test_what_is_held_back_leaves_with_a_little_silence_and_the_stream_goes_on():
    encoder, sound = encoder_for(USUAL), tone(USUAL, 0.5)
    data = encoder.encode(sound[:11_900]) + encoder.empty()
    assert encoder.empty() == b""
    data += encoder.encode(sound) + encoder.finish()
    silence = np.zeros(100, np.int16)
    assert np.array_equal(heard(data, USUAL), np.concatenate((sound[:11_900], silence, sound)))


@pytest.mark.parametrize("seed", range(20))
def test_r20_every_sample_comes_back_in_whatever_order_it_is_encoded_and_emptied(seed):
    data, pieces = at_random(USUAL, seed)
    wanted = [np.concatenate((piece, np.zeros(-len(piece) % 480, np.int16))) for piece in pieces[:-1]]
    assert np.array_equal(heard(data, USUAL), np.concatenate((*wanted, pieces[-1])))


@pytest.mark.parametrize("samples", [1, 15, 479, 480, 481])
def test_a_short_sound_is_whole(samples):
    sound = tone(USUAL, 1)[:samples]
    assert np.array_equal(heard(encoded(USUAL, sound), USUAL), sound)


def test_an_encoder_without_samples_gives_nothing():
    encoder = encoder_for(USUAL)
    assert encoder.empty() + encoder.finish() == b""


@pytest.mark.parametrize(("rate", "kbps"), [(11_025, 0), (24_000, 64)])
def test_any_other_is_refused(rate, kbps):
    with pytest.raises(ValueError, match=f"flac at {rate} Hz.* is not supported"):
        AudioFormat(Encoding.FLAC, rate, kbps)
