"""From samples to the client's bytes: linear PCM, WAV, and G.711 as ITU-T G.191 computes it, by table; the rest by encoders of others."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from legato.audio.aac import AacEncoder
from legato.audio.flac import FlacEncoder
from legato.audio.mp3 import Mp3Encoder
from legato.audio.opus import OpusEncoder
from legato.audio.samples import Samples, silence
from legato.audio.wav import wav_header
from legato.domain.audio import EXTRAS, AudioFormat, Encoders, Encoding

_LITTLE_ENDIAN = np.dtype("<i2")


class Encoder(Protocol):
    """Encodes one utterance."""

    def header(self) -> bytes:
        """Return the bytes before the first sample."""

    def encode(self, samples: Samples) -> bytes:
        """Return the bytes of these samples, as far as they are complete now."""

    def empty(self) -> bytes:
        """Return what is held back. More may be encoded."""

    def finish(self) -> bytes:
        """Return the bytes after the last sample."""

    def sent(self, given: int) -> int:
        """How many of the `given` samples, all that were encoded, are in the bytes returned so far."""


class PcmEncoder:
    """Encodes linear PCM, WAV and G.711: sample by sample, so that nothing is held back."""

    __slots__ = ("_format", "_table")

    def __init__(self, audio_format: AudioFormat) -> None:
        self._format = audio_format
        self._table: NDArray[np.uint8] | None = None
        if audio_format.encoding in {Encoding.MULAW, Encoding.ALAW}:
            self._table = mulaw_table() if audio_format.encoding is Encoding.MULAW else alaw_table()

    def header(self) -> bytes:
        """Return the bytes before the first sample; none except for WAV."""
        return wav_header(self._format.sample_rate_hz) if self._format.encoding is Encoding.WAV else b""

    def encode(self, samples: Samples) -> bytes:
        """Return the bytes of these samples: two for each, or one in G.711."""
        if self._table is None:
            if samples.dtype is not _LITTLE_ENDIAN:
                samples = samples.astype(_LITTLE_ENDIAN, copy=False)
            return samples.tobytes()
        return self._table.take(samples.view(np.uint16)).tobytes()

    def empty(self) -> bytes:
        """Return nothing, since nothing is held back."""
        return b""

    def finish(self) -> bytes:
        """Return nothing, since nothing is held back."""
        return b""

    def sent(self, given: int) -> int:
        """Return all of them, since nothing is held back."""
        return given


_ENCODERS: Mapping[Encoding, Callable[[AudioFormat], Encoder]] = {
    Encoding.MP3: Mp3Encoder,
    Encoding.OPUS: OpusEncoder,
    Encoding.FLAC: FlacEncoder,
    Encoding.AAC: AacEncoder,
}


def encoder_for(audio_format: AudioFormat) -> Encoder:
    """Return what encodes one utterance into this format."""
    return _ENCODERS.get(audio_format.encoding, PcmEncoder)(audio_format)


@lru_cache(maxsize=1)
def installed() -> Encoders:
    """Return which of the encodings that need an extra can be made here: each encoder is loaded and tried, the first time only.

    A gateway does this at start, or else its first client of each encoding would hold up all others for up to 0.2 s.
    """
    made, broken = set(), {}
    for encoding in EXTRAS:
        try:
            _try(encoding)
        except ModuleNotFoundError as error:
            if error.name not in _PACKAGES:
                broken[encoding] = _why(error)
        except Exception as error:  # noqa: BLE001 - a package of others, which may fail in any way: a broken library, another version
            broken[encoding] = _why(error)
        else:
            made.add(encoding)
    return Encoders(made, broken)


_PACKAGES = ("av", "lameenc")
"""What the extras install."""
_TRIED = AudioFormat(Encoding.WAV, 24_000)
_TRIED_KBPS = 32


def _try(encoding: Encoding) -> None:
    kbps = 0 if encoding is Encoding.FLAC else _TRIED_KBPS
    encoder = encoder_for(AudioFormat(encoding, _TRIED.sample_rate_hz, kbps))
    if not encoder.encode(silence(_TRIED.samples(100))) + encoder.finish():
        raise ValueError("its encoder returns nothing")


def _why(error: Exception) -> str:
    """The cause in one line, without the folders of this machine, which are no business of the clients that are told."""
    said = " ".join(_FOLDERS.sub("", str(error)).split())[:_MOST_CHARS]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


_FOLDERS = re.compile(r"(?:/[^/\s:'\"]+)+/")
_MOST_CHARS = 200


@lru_cache(maxsize=1)
def mulaw_table() -> NDArray[np.uint8]:
    """The mu-law byte of every 16-bit sample, indexed by the sample taken as unsigned."""
    sign, size = _sign_and_size()
    biased = np.minimum((size >> 2) + 33, 0x1FFF)
    segment = np.frexp(biased)[1] - 5  # 1 to 8
    step = biased >> segment & 0x0F
    coded: NDArray[np.int32] = ((8 - segment) << 4 | 0x0F - step) | sign
    return coded.astype(np.uint8)


@lru_cache(maxsize=1)
def alaw_table() -> NDArray[np.uint8]:
    """The A-law byte of every 16-bit sample, indexed by the sample taken as unsigned."""
    sign, size = _sign_and_size()
    steps = size >> 4
    segment = np.maximum(np.frexp(steps)[1] - 4, 0)  # 0 to 7; the lowest two share a step
    mantissa = steps >> np.maximum(segment - 1, 0) & 0x0F
    coded: NDArray[np.int32] = (segment << 4 | mantissa | sign) ^ 0x55
    return coded.astype(np.uint8)


def _sign_and_size() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Sign bit (0x80 where positive) and size by one's complement, in the order of the unsigned samples."""
    linear = np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)
    return np.where(linear < 0, 0, 0x80).astype(np.int32), np.where(linear < 0, ~linear, linear)
