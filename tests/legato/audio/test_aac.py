"""AAC in ADTS, checked by ffmpeg: what is decoded lasts as long as what was encoded, at the rate that was asked for."""

import numpy as np
import pytest

from legato.audio.codec import encoder_for
from legato.domain.audio import AudioFormat, Encoding
from tests.legato.audio.encoded import decoded, encoded, tone

RATES = {8_000: 24, 16_000: 48, 22_050: 48, 24_000: 96, 32_000: 96, 44_100: 128, 48_000: 192}
FORMATS = [AudioFormat(Encoding.AAC, rate, kbps) for rate, kbps in RATES.items()]
USUAL = AudioFormat(Encoding.AAC, 24_000, 96)
FRAME = 1_024


def heard(data, audio_format):
    return decoded(data, "aac", audio_format.sample_rate_hz)


def frames(data):
    """Return the frames, each with its header."""
    found = []
    while data:
        assert data[:2] == b"\xff\xf1"
        size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
        found.append(data[:size])
        data = data[size:]
    return found


@pytest.mark.parametrize("audio_format", FORMATS, ids=str)
def test_r20_a_440_hz_tone_stays_one_for_as_long(audio_format):
    sound, rate = tone(audio_format, 2), audio_format.sample_rate_hz
    samples = heard(encoded(audio_format, sound), audio_format)
    assert 0 <= len(samples) - len(sound) <= 2 * FRAME
    middle = samples[rate // 2 : rate // 2 + rate].astype(float)
    assert abs(np.abs(np.fft.rfft(middle)).argmax() - 440) <= 1
    assert np.abs(middle).max() == pytest.approx(12_000, rel=0.1)


def test_how_the_samples_are_cut_does_not_show():
    sound = tone(USUAL, 0.5)
    assert encoded(USUAL, sound, 7) == encoded(USUAL, sound, 9_600)


def test_a_frame_comes_with_the_next_one_and_says_what_it_is():
    encoder, sound = encoder_for(USUAL), tone(USUAL, 0.2)
    assert encoder.header() + encoder.encode(sound[: 2 * FRAME - 1]) == b""
    [frame] = frames(encoder.encode(sound[2 * FRAME - 1 : 2 * FRAME]))
    profile, rate, channels = frame[2] >> 6, frame[2] >> 2 & 15, (frame[2] & 1) << 2 | frame[3] >> 6
    assert (profile, rate, channels) == (1, 6, 1), "AAC-LC at 24 kHz, one channel"


@pytest.mark.parametrize("audio_format", FORMATS, ids=str)
def test_an_encoder_that_was_emptied_goes_on_after_a_short_gap(audio_format):
    encoder, sound = encoder_for(audio_format), tone(audio_format, 0.5)
    data = encoder.encode(sound) + encoder.empty()
    assert encoder.empty() == b""
    data += encoder.encode(sound) + encoder.finish()
    loud = np.flatnonzero(np.abs(heard(data, audio_format)) > 3_000)
    assert np.diff(loud).max() <= 2 * FRAME
    assert 0 <= loud[-1] - loud[0] - 2 * len(sound) + 100 <= 2 * FRAME + 100


def test_a_short_sound_is_sent_and_an_encoder_without_samples_gives_nothing():
    assert len(frames(encoded(USUAL, tone(USUAL, 0.01)))) >= 2
    encoder = encoder_for(USUAL)
    assert encoder.empty() + encoder.finish() == b""


def test_its_bit_rate_is_about_the_one_asked_for():
    noise = np.random.default_rng(1).normal(0, 3_000, 96_000).astype(np.int16)
    assert len(encoded(USUAL, noise)) == pytest.approx(4 * USUAL.bytes_per_s, rel=0.2)


@pytest.mark.parametrize(("rate", "kbps"), [(24_000, 193), (11_025, 48), (24_000, 3)])
def test_any_other_is_refused(rate, kbps):
    with pytest.raises(ValueError, match=f"aac at {rate} Hz.* is not supported"):
        AudioFormat(Encoding.AAC, rate, kbps)
