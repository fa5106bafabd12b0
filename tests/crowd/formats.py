"""The formats that the crowd asks for: which there are, and how what was heard becomes samples again."""

import io
import random
from collections.abc import Iterable, Iterator

import av
import numpy as np

from legato.audio.codec import alaw_table, encoder_for, installed, mulaw_table
from legato.domain.audio import EXTRAS, AudioFormat, Encoding, offered

_BLURRED = AudioFormat(Encoding.OPUS, 8_000)
"""Narrowband Opus moves one pitch in two hundred to another, at 32 kbit/s as at 16, and swallows one word in a thousand: at 16 kHz and
above it is one pitch in some thousands, by a step, and at 16 kHz one word in three thousand loses a pitch.
"""
EVERY = tuple(one for one in offered(installed()) if one != _BLURRED)
"""Those of the native contract that can be made here, and whose words can be read."""
_PLAINEST_SHARE = 0.5
"""Of all that is asked for: the clock of samples is checked to the sample there, also where something is cut short."""
_ROUNDED = 4
"""Samples that may be lost where sound is resampled from the 48 kHz of Opus."""
_CONTAINERS = {Encoding.MP3: "mp3", Encoding.OPUS: "ogg", Encoding.FLAC: "flac", Encoding.AAC: "aac"}


def some_format(chance: random.Random, offer: Iterable[AudioFormat]) -> AudioFormat:
    """Return one of those offered by chance: half are `PCM_S16LE`, and of the rest each encoding is asked for as often."""
    here = installed()
    by_encoding: dict[Encoding, list[AudioFormat]] = {}
    for one in offer:
        if one.encoding not in EXTRAS or one.encoding in here:
            by_encoding.setdefault(one.encoding, []).append(one)
    plainest = chance.random() < _PLAINEST_SHARE
    encoding = Encoding.PCM_S16LE if plainest else chance.choice([*by_encoding])
    return chance.choice(by_encoding[encoding])


def head_of(audio_format: AudioFormat) -> bytes:
    """Return what comes before the first sample of an utterance, as far as it is the same for all."""
    return encoder_for(audio_format).header()


def samples_of(data: bytes, audio_format: AudioFormat) -> np.ndarray:
    """Return the samples of an utterance, without those that its codec puts before the first; of a part, what can be decoded."""
    encoding = audio_format.encoding
    if encoding in _CONTAINERS:
        parts = list(_decoded(data, _CONTAINERS[encoding], audio_format.sample_rate_hz))
        return np.concatenate(parts or [np.zeros(0, np.int16)])[audio_format.codec_delay :]
    data = data.removeprefix(head_of(audio_format))
    if encoding in {Encoding.MULAW, Encoding.ALAW}:
        table = mulaw_table() if encoding is Encoding.MULAW else alaw_table()
        linear = np.zeros(256, np.int16)
        linear[table] = np.arange(1 << 16, dtype=np.uint16).view(np.int16)
        return linear[np.frombuffer(data, np.uint8)]
    return np.frombuffer(data[: len(data) // 2 * 2], "<i2")


def is_as_long(told: int, data: bytes, audio_format: AudioFormat) -> bool:
    """Whether an utterance whose bytes these are may have had so many samples as was `told`."""
    found = len(samples_of(data, audio_format))
    if audio_format.lags:  # silence is added where the encoder was emptied
        return told <= found + _ROUNDED
    return told == found


def _decoded(data: bytes, container: str, rate_hz: int) -> Iterator[np.ndarray]:
    resampler = av.AudioResampler("s16", "mono", rate_hz)
    try:
        with av.open(io.BytesIO(data), "r", format=container) as file:
            for frame in file.decode(audio=0):
                yield from (one.to_ndarray()[0] for one in resampler.resample(frame))
    except (av.error.InvalidDataError, av.error.EOFError, IndexError):
        pass  # it breaks off; IndexError: before anything of the sound
    yield from (one.to_ndarray()[0] for one in resampler.resample(None))
