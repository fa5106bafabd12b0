"""MP3, checked by ffmpeg's decoder: what is decoded lasts as long as what was encoded, at the rate that was asked for."""

import io

import av
import numpy as np
import pytest

from legato.audio.codec import encoder_for
from legato.domain.audio import MP3_BIT_RATES, AudioFormat, Encoding
from legato.faces import elevenlabs_requests, openai
from tests.legato.audio.encoded import encoded, tone

FORMATS = [
    *(one for one in elevenlabs_requests.ENCODED_FORMATS.values() if one.encoding is Encoding.MP3),
    openai.ENCODED_FORMATS["mp3"][0],
    AudioFormat(Encoding.MP3, 8_000, 32),
    AudioFormat(Encoding.MP3, 48_000, 192),
]
PADDING_MS = 200
"""Silence that encoder and decoder add: at 8 kHz a frame lasts 72 ms."""


def decoded(data):
    with av.open(io.BytesIO(data), format="mp3") as file:
        frames = [frame.to_ndarray()[0] for frame in file.decode(audio=0)]
        stream = file.streams.audio[0]
        return np.concatenate(frames), stream.rate, stream.channels


@pytest.mark.parametrize("audio_format", FORMATS, ids=str)
def test_r20_a_440_hz_tone_stays_one_for_as_long(audio_format):
    sound, rate, channels = decoded(encoded(audio_format, tone(audio_format, 2)))
    assert (rate, channels) == (audio_format.sample_rate_hz, 1)
    assert 2_000 <= len(sound) / rate * 1000 <= 2_000 + PADDING_MS
    middle = sound[rate // 2 : rate // 2 + rate]
    assert abs(np.abs(np.fft.rfft(middle)).argmax() - 440) <= 1
    assert np.abs(middle).max() == pytest.approx(12_000 / 32_768, rel=0.1)


@pytest.mark.parametrize("audio_format", FORMATS, ids=str)
def test_its_bit_rate_is_the_one_asked_for(audio_format):
    data = encoded(audio_format, tone(audio_format, 4))
    assert len(data) == pytest.approx(4 * audio_format.bytes_per_s, rel=0.05)
    assert audio_format.samples_in(len(data)) == pytest.approx(4 * audio_format.sample_rate_hz, rel=0.05)


def test_how_the_samples_are_cut_does_not_show():
    audio_format = AudioFormat(Encoding.MP3, 24_000, 128)
    samples = tone(audio_format, 0.5)
    assert encoded(audio_format, samples, 7) == encoded(audio_format, samples, 9_600)


def test_it_sounds_after_forty_milliseconds():
    audio_format = AudioFormat(Encoding.MP3, 24_000, 128)
    assert encoder_for(audio_format).encode(tone(audio_format, 0.04))[:2] == b"\xff\xf3", "MPEG-2, layer III"


def test_an_encoder_without_samples_gives_nothing_and_one_that_has_ended_nothing_more():
    audio_format = AudioFormat(Encoding.MP3, 24_000, 128)
    encoder = encoder_for(audio_format)
    assert encoder.finish() == b""
    encoder.encode(tone(audio_format, 0.1))
    assert encoder.finish()
    assert encoder.finish() == b""


@pytest.mark.parametrize("audio_format", FORMATS[:-2], ids=str)
def test_an_encoder_that_has_ended_may_go_on_after_a_short_gap(audio_format):
    encoder, sound = encoder_for(audio_format), tone(audio_format, 1)
    data = b"".join((encoder.encode(sound), encoder.finish(), encoder.encode(sound), encoder.finish()))
    heard = np.abs(decoded(data)[0]) > 0.1
    loud = np.flatnonzero(heard)
    assert np.diff(loud).max() < 0.1 * audio_format.sample_rate_hz
    assert 2 <= (loud[-1] - loud[0]) / audio_format.sample_rate_hz < 2.1


@pytest.mark.parametrize(
    ("rate", "kbps"), [(rate, kbps) for rate in MP3_BIT_RATES for kbps in MP3_BIT_RATES[rate]]
)
def test_every_bit_rate_that_is_allowed_can_be_made(rate, kbps):
    audio_format = AudioFormat(Encoding.MP3, rate, kbps)
    data = encoded(audio_format, tone(audio_format, 1))
    assert len(data) == pytest.approx(audio_format.bytes_per_s, rel=0.2)


@pytest.mark.parametrize(("rate", "kbps"), [(24_000, 192), (44_100, 24), (11_025, 32), (8_000, 128)])
def test_any_other_is_refused(rate, kbps):
    with pytest.raises(ValueError, match=f"mp3 at {rate} Hz.* is not supported"):
        AudioFormat(Encoding.MP3, rate, kbps)


def test_samples_have_no_bit_rate():
    with pytest.raises(ValueError, match="pcm_s16le at 24000 Hz and 128 kbit/s is not supported"):
        AudioFormat(Encoding.PCM_S16LE, 24_000, 128)
