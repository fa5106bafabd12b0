"""MP3, as most vendors' clients ask for it unless told otherwise, by LAME; needs the extra `mp3`.

Frames overlap: an encoder holds back up to a tenth of a second until more comes or it is finished. Finishing it and starting anew
adds the padding of both, an audible gap, so as little as possible of an utterance is cut that way.
"""

from functools import lru_cache
from importlib import import_module
from typing import Any

from legato.audio.samples import Samples
from legato.domain.audio import AudioFormat

_LONG_FRAME, _SHORT_FRAME, _LONG_FROM_HZ = 1_152, 576, 32_000
_QUALITY = 5
"""LAME's scale from 0, the best, to 9. At 24 kHz and 128 kbit/s 37 us for 20 ms, where 2, its own choice, takes 85."""


def samples_of_frames(audio_format: AudioFormat, size: int) -> int:
    """Return how many samples the complete frames among these bytes hold, which are the first of an encoder's."""
    frame = _LONG_FRAME if audio_format.sample_rate_hz >= _LONG_FROM_HZ else _SHORT_FRAME
    return audio_format.samples_in(size) // frame * frame


class Mp3Encoder:
    """Encodes one stream of samples at a constant bit rate, where MP3 can be made."""

    __slots__ = ("_bytes", "_fed", "_format", "_lame")

    def __init__(self, audio_format: AudioFormat) -> None:
        self._format = audio_format
        self._lame: Any = None
        self._bytes = 0
        self._fed = 0
        """Samples given since LAME began."""

    def header(self) -> bytes:
        """Return the bytes before the first frame: none."""
        return b""

    def encode(self, samples: Samples) -> bytes:
        """Return the frames that are complete now; there may be none."""
        if self._lame is None:
            self._lame, self._bytes, self._fed = _lame(self._format), 0, 0
        data = bytes(self._lame.encode(samples.astype("<i2", copy=False).tobytes()))
        self._bytes += len(data)
        self._fed += len(samples)
        return data

    def empty(self) -> bytes:
        """Return the frames held back; nothing if nothing was encoded since the last time. More may be encoded, after a gap."""
        if self._lame is None:
            return b""
        rest, self._lame = bytes(self._lame.flush()), None
        return rest

    def finish(self) -> bytes:
        """Return the last frames."""
        return self.empty()

    def sent(self, given: int) -> int:
        """Return how many of the `given` samples a decoder gets from the frames that are complete so far."""
        if self._lame is None:
            return given
        whole = samples_of_frames(self._format, self._bytes)
        return given - max(self._fed - max(whole - self._format.codec_delay, 0), 0)


def _lame(audio_format: AudioFormat) -> Any:  # noqa: ANN401 - an encoder of a package that may be missing
    lame = _lameenc().Encoder()
    lame.silence()
    lame.set_channels(1)
    lame.set_in_sample_rate(audio_format.sample_rate_hz)
    lame.set_out_sample_rate(audio_format.sample_rate_hz)  # else a low bit rate makes it choose a lower one
    lame.set_bit_rate(audio_format.bit_rate_kbps)
    lame.set_quality(_QUALITY)
    return lame


@lru_cache(maxsize=1)
def _lameenc() -> Any:  # noqa: ANN401 - a package that may be missing
    return import_module("lameenc")
