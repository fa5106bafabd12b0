"""FFmpeg's encoders through PyAV, which the extra `codecs` installs.

PyAV is imported when the first encoder is made, which takes 100 ms and 20 MB: a gateway does it at start (`codec.installed`).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from legato.audio.samples import FULL_SCALE, Samples


class LibavEncoder:
    """Encodes one stream of mono samples into packets of one frame each.

    Args:
        name: FFmpeg's name of the encoder.
        sample_rate_hz: samples a second.
        kbps: bit rate; 0 for an encoder that takes none.
        options: the encoder's own.
        floats: whether it takes samples as floats.
    """

    __slots__ = ("_context", "_floats", "_rate_hz", "config", "fed", "frame_samples")

    def __init__(
        self,
        name: str,
        sample_rate_hz: int,
        kbps: int,
        options: Mapping[str, str],
        *,
        floats: bool = False,
    ) -> None:
        self._context = _av().CodecContext.create(name, "w")
        self._context.sample_rate = self._rate_hz = sample_rate_hz
        self._context.layout = "mono"
        self._context.format = "fltp" if floats else "s16"
        if kbps:
            self._context.bit_rate = kbps * 1000
        self._context.options = dict(options)
        self._context.open()
        self._floats = floats
        self.config = bytes(self._context.extradata or b"")
        """What a decoder has to know before the first packet."""
        self.frame_samples: int = self._context.frame_size
        self.fed = 0
        """Samples taken so far."""

    def encode(self, samples: Samples) -> list[bytes]:
        """Return the packets that are complete now; there may be none."""
        if not len(samples):
            return []
        self.fed += len(samples)
        sound = (
            samples.astype(np.float32) / FULL_SCALE if self._floats else samples.astype(np.int16, copy=False)
        )
        form = "fltp" if self._floats else "s16"
        frame = _av().AudioFrame.from_ndarray(sound.reshape(1, -1), format=form, layout="mono")
        frame.sample_rate = self._rate_hz
        return _packets(self._context.encode(frame))

    def fill(self, least: int = 0) -> list[bytes]:
        """Encode silence up to the end of a frame, at least this many samples of it, and return the packets."""
        filled = self.fed + least
        return self.encode(np.zeros(filled + -filled % self.frame_samples - self.fed, np.int16))

    def drain(self) -> list[bytes]:
        """Return the last packets. Nothing can be encoded afterwards."""
        return _packets(self._context.encode(None))


def _packets(packets: Sequence[Any]) -> list[bytes]:
    return [bytes(one) for one in packets if one.size]


@lru_cache(maxsize=1)
def _av() -> Any:  # noqa: ANN401 - a module, imported late
    return import_module("av")
