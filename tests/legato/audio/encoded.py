"""Encodes tones with the gateway's encoders, and decodes what they made with FFmpeg's readers and decoders."""

import io

import av
import numpy as np

from legato.audio.codec import encoder_for


def tone(audio_format, seconds, hz=440):
    at = np.arange(round(audio_format.sample_rate_hz * seconds)) / audio_format.sample_rate_hz
    return (12_000 * np.sin(2 * np.pi * hz * at)).astype(np.int16)


def encoded(audio_format, samples, piece=480):
    encoder = encoder_for(audio_format)
    pieces = [encoder.encode(samples[at : at + piece]) for at in range(0, len(samples), piece)]
    return b"".join((encoder.header(), *pieces, encoder.finish()))


def decoded(data, form, rate):
    """Return the samples, at this rate."""
    with av.open(io.BytesIO(data), format=form) as file:
        resampler = av.AudioResampler("s16", "mono", rate)
        frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames] or [np.zeros(0, np.int16)])
