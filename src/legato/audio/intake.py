"""One run of a vendor's bytes, cut anywhere, becomes samples: header off, odd bytes carried over."""

import numpy as np

from legato.audio.samples import EMPTY, Samples
from legato.audio.wav import HeaderReader

_LITTLE_ENDIAN = np.dtype("<i2")


class Intake:
    """Reads one run of s16le mono bytes.

    Args:
        rate_hz: rate that the line says; a header in the bytes overrides it.
    """

    __slots__ = ("_header", "_odd", "rate_hz")

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        """Samples a second; certain once the first samples have come out."""
        self._header: HeaderReader | None = HeaderReader()
        self._odd = b""

    def push(self, data: bytes | memoryview) -> Samples:
        """Return the samples that these bytes complete: views of `data` if it is `bytes`; a buffer is copied, as its owner may reuse it.

        Raises:
            ValueError: a WAV header announces a format that is not read here.
        """
        if type(data) is not bytes:
            data = bytes(data)
        if self._header is not None:
            data = self._behind_header(self._header, data)
        if self._odd:
            data = self._odd + data
            self._odd = b""
        if len(data) % 2:
            self._odd = data[-1:]
        count = len(data) // 2
        return np.frombuffer(data, _LITTLE_ENDIAN, count) if count else EMPTY

    def finish(self) -> Samples:
        """End the run; return what was still taken for the beginning of a header. Half a sample is dropped."""
        header, self._header = self._header, None
        return self.push(header.finish()) if header is not None else EMPTY

    def _behind_header(self, header: HeaderReader, data: bytes) -> bytes:
        audio = header.feed(data)
        if header.sample_rate_hz is not None:
            self.rate_hz = header.sample_rate_hz
        if header.plain:
            self._header = None
        return audio
