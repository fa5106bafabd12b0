"""WAV headers: written for streams of any length, and read however the bytes are cut.

Rules of reading:

- A run is WAV only if it begins "RIFF....WAVE"; anything else is raw samples, given back untouched.
- Chunks before the samples are skipped. The samples must be 16-bit linear, mono; else a `ValueError` says what they are.
- The length in the header is believed only if a known chunk follows the samples there, since streaming vendors write any
  number; everything else after the header is audio.
"""

import struct
from collections.abc import Callable, Sequence

from legato.domain.audio import AudioFormat, Encoding

_UNKNOWN_LENGTH = 0xFFFF_FFFF
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_G711 = {Encoding.ALAW: 6, Encoding.MULAW: 7}
_LONGEST_CHUNK = 1 << 20  # before the samples; more is not a header
_AFTER_SAMPLES = frozenset((b"LIST", b"id3 ", b"ID3 ", b"cue ", b"fact", b"bext", b"smpl", b"JUNK", b"_PMX"))


def wav_header(
    sample_rate_hz: int,
    encoding: Encoding = Encoding.WAV,
    *,
    floats: bool = False,
    data_bytes: int = _UNKNOWN_LENGTH,
) -> bytes:
    """Return the 44 bytes before mono samples: s16le, G.711, or 32-bit floats.

    Args:
        sample_rate_hz: rate of the samples.
        encoding: of the samples; `WAV` means s16le.
        floats: whether they are 32-bit floats instead.
        data_bytes: how many bytes of them follow, if that is known yet.
    """
    coding, size = (_FLOAT, 4) if floats else (_G711[encoding], 1) if encoding in _G711 else (_PCM, 2)
    layout = struct.pack("<HHIIHH", coding, 1, sample_rate_hz, size * sample_rate_hz, size, 8 * size)
    whole, length = (struct.pack("<I", min(many, _UNKNOWN_LENGTH)) for many in (data_bytes + 36, data_bytes))
    return b"RIFF" + whole + b"WAVEfmt " + struct.pack("<I", len(layout)) + layout + b"data" + length


def soundless(audio_format: AudioFormat) -> Sequence[bytes]:
    """Return the bytes of an utterance without samples: a WAV file still has its header; any other format has none."""
    return (wav_header(audio_format.sample_rate_hz),) if audio_format.encoding is Encoding.WAV else ()


class HeaderReader:
    """Removes the header, if there is one, from one run of bytes."""

    __slots__ = ("_left", "_pending", "_step", "plain", "sample_rate_hz")

    def __init__(self) -> None:
        self.sample_rate_hz: int | None = None
        """From the header; `None` until it has been read, and for raw samples."""
        self.plain = False
        """Whether everything from now on is audio, so that `feed` need not be called."""
        self._pending = b""
        self._left = 0
        self._step: Callable[[HeaderReader], bytes | None] = HeaderReader._sniff

    def feed(self, data: bytes) -> bytes:
        """Return the audio in this piece of the run (possibly none).

        Raises:
            ValueError: it is a WAV file of a kind that is not read, or its header never ends.
        """
        self._pending += data
        audio = b""
        while (part := self._step(self)) is not None:
            audio += part
        return audio

    def finish(self) -> bytes:
        """End the run; return what looked like a header's beginning and is audio after all."""
        undecided = self._step in {HeaderReader._sniff, HeaderReader._after_samples}
        rest, self._pending = self._pending, b""
        return rest if undecided else b""

    # Each step returns the audio it found, or `None` when it needs more bytes.

    def _sniff(self) -> bytes | None:
        begins = self._pending[:12]
        if not (b"RIFF".startswith(begins[:4]) and b"WAVE".startswith(begins[8:])):
            return self._rest()
        if len(begins) < 12:
            return None
        self._pending = self._pending[12:]
        self._step = HeaderReader._chunk
        return b""

    def _chunk(self) -> bytes | None:
        if len(self._pending) < 8:
            return None
        name, size = struct.unpack_from("<4sI", self._pending)
        if name == b"data":
            return self._samples_begin(size)
        if size > _LONGEST_CHUNK:
            raise ValueError(f"a WAV file with {size} bytes of {name!r} before its samples")
        if len(self._pending) < 8 + size:
            return None
        if name == b"fmt ":
            self._layout(self._pending[8 : 8 + size])
        self._left = 8 + size + size % 2
        self._step = HeaderReader._skip
        return b""

    def _skip(self) -> bytes | None:
        skipped = min(self._left, len(self._pending))
        self._pending = self._pending[skipped:]
        self._left -= skipped
        if self._left:
            return None
        self._step = HeaderReader._chunk
        return b""

    def _layout(self, chunk: bytes) -> None:
        if len(chunk) < 16:
            raise ValueError(f"a WAV format chunk of only {len(chunk)} bytes")
        coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
        if coding == _EXTENSIBLE and len(chunk) >= 26:
            coding = struct.unpack_from("<H", chunk, 24)[0]
        if (coding, channels, bits) != (_PCM, 1, 16):
            raise ValueError(
                f"WAV of coding {coding}, {channels} channels, {bits} bits; "
                f"expected linear PCM (coding {_PCM}), 1 channel, 16 bits"
            )
        self.sample_rate_hz = rate

    def _samples_begin(self, size: int) -> bytes:
        if self.sample_rate_hz is None:
            raise ValueError("a WAV file with its samples before its format")
        self._pending = self._pending[8:]
        # Writers that stream put 0, 2**31 or 2**32, more or less a header.
        if size == 0 or size >= _UNKNOWN_LENGTH // 2:
            return self._rest()
        self._left = size
        self._step = HeaderReader._samples
        return b""

    def _samples(self) -> bytes | None:
        if not self._pending:
            return None
        audio, self._pending = self._pending[: self._left], self._pending[self._left :]
        self._left -= len(audio)
        if not self._left:
            self._step = HeaderReader._after_samples
        return audio

    def _after_samples(self) -> bytes | None:
        if len(self._pending) < 4:
            return None
        if self._pending[:4] not in _AFTER_SAMPLES:
            return self._rest()
        self._step = HeaderReader._ignore
        return b""

    def _ignore(self) -> bytes | None:
        self._pending = b""
        return None

    def _rest(self) -> bytes:
        """Return all that is here as audio, which all that follows is, too."""
        self.plain = True
        self._step = HeaderReader._stop
        rest, self._pending = self._pending, b""
        return rest

    def _stop(self) -> bytes | None:
        audio, self._pending = self._pending, b""
        return audio or None
