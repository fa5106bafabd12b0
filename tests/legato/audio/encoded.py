"""Encodes tones with the gateway's encoders, and decodes what they made with FFmpeg's readers and decoders."""

import io
import random

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


def at_random(audio_format, seed):
    """Encode and empty in any order. Return the bytes, and the pieces of noise in between which the encoder was emptied."""
    chance, noise = random.Random(seed), np.random.default_rng(seed)
    frame = audio_format.sample_rate_hz // 50
    encoder, data, pieces = encoder_for(audio_format), [], [np.zeros(0, np.int16)]
    for _ in range(chance.randint(3, 12)):
        if chance.random() < 0.7:
            size = chance.choice(
                [0, 1, frame - 1, frame, frame + 1, chance.randrange(50), chance.randrange(9_000)]
            )
            sound = noise.integers(-3_000, 3_000, size).astype(np.int16)
            pieces[-1] = np.concatenate((pieces[-1], sound))
            data.append(encoder.encode(sound))
        else:
            pieces.append(np.zeros(0, np.int16))
            data += [encoder.empty(), encoder.empty()]
    return b"".join((*data, encoder.finish())), pieces


def decoded(data, form, rate):
    """Return the samples, at this rate."""
    with av.open(io.BytesIO(data), format=form) as file:
        resampler = av.AudioResampler("s16", "mono", rate)
        frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames] or [np.zeros(0, np.int16)])
