"""Encodes tones with an encoder of the gateway, and decodes them with ffmpeg as a program."""

import subprocess

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
    """Return the samples, at this rate, and what ffmpeg complained of."""
    command = [
        "ffmpeg",
        "-v",
        "warning",
        "-f",
        form,
        "-i",
        "-",
        "-ar",
        str(rate),
        "-ac",
        "1",
        "-f",
        "s16le",
        "-",
    ]
    made = subprocess.run(command, input=data, capture_output=True, check=True, timeout=60)
    return np.frombuffer(made.stdout, np.int16), made.stderr.decode()
