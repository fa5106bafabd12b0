"""FLAC as a stream whose length is not known when it begins; needs the extra `codecs`.

A frame lasts 20 ms, and nothing is held back but what does not fill one. When that is wanted, silence fills it: only the last frame of a
stream may be shorter.
"""

from legato.audio.libav import LibavEncoder
from legato.audio.samples import Samples
from legato.domain.audio import AudioFormat

_FRAMES_PER_S = 50
_ONLY_BLOCK = 0x80
"""The first byte of a block of metadata that no other follows, and that describes the stream."""


class FlacEncoder:
    """Encodes one stream of samples without loss, where FLAC can be made."""

    __slots__ = ("_codec", "_has_begun", "_rate_hz")

    def __init__(self, audio_format: AudioFormat) -> None:
        self._rate_hz = audio_format.sample_rate_hz
        self._codec: LibavEncoder | None = None
        self._has_begun = False

    def header(self) -> bytes:
        """Return nothing: what a decoder has to know goes with the first frame."""
        return b""

    def encode(self, samples: Samples) -> bytes:
        """Return the frames that are complete now; there may be none."""
        if self._codec is None:
            options = {"frame_size": str(self._rate_hz // _FRAMES_PER_S)}
            self._codec = LibavEncoder("flac", self._rate_hz, 0, options)
        return self._framed(self._codec, self._codec.encode(samples))

    def empty(self) -> bytes:
        """Return what is held back, in a frame filled with silence; nothing if there is none. More may be encoded."""
        return b"" if self._codec is None else self._framed(self._codec, self._codec.fill())

    def finish(self) -> bytes:
        """Return the last frame, as long as what is in it. Nothing may be encoded afterwards."""
        return b"" if self._codec is None else self._framed(self._codec, self._codec.drain())

    def sent(self, given: int) -> int:
        """Return how many of the `given` samples are in complete frames."""
        return given if self._codec is None else given - self._codec.fed % self._codec.frame_samples

    def _framed(self, codec: LibavEncoder, frames: list[bytes]) -> bytes:
        if not frames or self._has_begun:
            return b"".join(frames)
        self._has_begun = True
        block = bytes((_ONLY_BLOCK,)) + len(codec.config).to_bytes(3, "big") + codec.config
        return b"".join((b"fLaC", block, *frames))
