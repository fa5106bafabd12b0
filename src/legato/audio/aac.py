"""AAC-LC in ADTS: frames of 1,024 samples, each with a header of its own; needs the extra `codecs`.

Frames overlap, and the encoder looks ahead: it holds back two frames until more comes or it is finished. Finishing it and starting anew
adds a frame of silence and what fills the last one, so as little as possible of an utterance is cut that way.
"""

from legato.audio.libav import LibavEncoder
from legato.audio.samples import Samples
from legato.domain.audio import AudioFormat

_OPTIONS = {"aac_coder": "fast"}
"""50 us for 20 ms of audio at 24 kHz, where FFmpeg's own choice takes 100."""
_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
"""By their number in the header."""
_HEADER_BYTES = 7
_HEAD = 0xFFF1 << 40 | 1 << 38 | 1 << 30 | 0x7FF << 2
"""A header without rate and size: MPEG-4 without a checksum, AAC-LC, one channel, a buffer of unknown fullness."""


class AacEncoder:
    """Encodes one stream of samples, where AAC can be made."""

    __slots__ = ("_codec", "_format", "_head", "_packets")

    def __init__(self, audio_format: AudioFormat) -> None:
        self._format = audio_format
        self._head = _HEAD | _RATES.index(audio_format.sample_rate_hz) << 34
        self._codec: LibavEncoder | None = None
        self._packets = 0

    def header(self) -> bytes:
        """Return the bytes before the first frame: none."""
        return b""

    def encode(self, samples: Samples) -> bytes:
        """Return the frames that are complete now; there may be none."""
        if self._codec is None:
            rate, kbps = self._format.sample_rate_hz, self._format.bit_rate_kbps
            self._codec, self._packets = LibavEncoder("aac", rate, kbps, _OPTIONS, floats=True), 0
        packets = self._codec.encode(samples)
        self._packets += len(packets)
        return b"".join(map(self._framed, packets))

    def empty(self) -> bytes:
        """Return the frames held back; nothing if nothing was encoded since the last time. More may be encoded, after a gap."""
        if self._codec is None:
            return b""
        packets, self._codec = self._codec.drain(), None
        return b"".join(map(self._framed, packets))

    def finish(self) -> bytes:
        """Return the last frames."""
        return self.empty()

    def sent(self, given: int) -> int:
        """Return how many of the `given` samples a decoder gets from the frames so far; the first of them holds none."""
        if self._codec is None:
            return given
        whole = max(self._packets * self._codec.frame_samples - self._format.codec_delay, 0)
        return given - max(self._codec.fed - whole, 0)

    def _framed(self, packet: bytes) -> bytes:
        size = len(packet) + _HEADER_BYTES
        return (self._head | size << 13).to_bytes(_HEADER_BYTES, "big") + packet
