"""gRPC message framing: a compression flag, a length, the message."""

import struct
import zlib
from collections.abc import Iterable, Iterator

import grpc

PREFIX_BYTES = 5
ENCODINGS = {"identity": None, "deflate": zlib.MAX_WBITS, "gzip": zlib.MAX_WBITS | 16}
"""The compressions that requests may use, each with zlib's `wbits`."""
ACCEPTED = ",".join(ENCODINGS)

_PREFIX = struct.Struct(">BI")
_MOST_RATIO = 1032
"""Deflate makes no more of a byte (zlib's technical details)."""


class MessageError(Exception):
    """The messages of a call cannot be read any further.

    Args:
        code: the status that the call ends with.
        words: the message of the status.
    """

    def __init__(self, code: grpc.StatusCode, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


def prefix(length: int) -> bytes:
    """The prefix of an uncompressed message of this length."""
    return _PREFIX.pack(0, length)


class Packed:
    """A compressed message, decompressed by whoever reads it: unread messages take no more room than the client's window.

    Args:
        data: the compressed bytes.
        wbits: their format, as zlib calls it.
        max_bytes: the longest message that may come of them.
    """

    __slots__ = ("_data", "_max_bytes", "_wbits")

    def __init__(self, data: bytes, wbits: int, max_bytes: int) -> None:
        self._data = data
        self._wbits = wbits
        self._max_bytes = max_bytes

    @property
    def most_bytes(self) -> int:
        """The most that decompressing it may give."""
        return min(self._max_bytes, _MOST_RATIO * len(self._data))

    def unpacked(self) -> bytes:
        """The message itself.

        Raises:
            MessageError: it is too long, or cannot be decompressed.
        """
        inflater = zlib.decompressobj(self._wbits)
        try:
            inflated = inflater.decompress(self._data, self._max_bytes + 1)
        except zlib.error as error:
            raise MessageError(
                grpc.StatusCode.INTERNAL, f"a message cannot be decompressed: {error}"
            ) from error
        _bound(len(inflated), self._max_bytes)
        if not inflater.eof:
            raise MessageError(grpc.StatusCode.INTERNAL, "a compressed message is incomplete")
        return inflated


class Unpacker:
    """Extracts messages from a stream of bytes, however it is split.

    Args:
        max_bytes: the longest message, before and after decompression.
        encoding: the compression of flagged messages; one of `ENCODINGS`.
    """

    def __init__(self, max_bytes: int, encoding: str = "identity") -> None:
        self._max_bytes = max_bytes
        self._wbits = ENCODINGS[encoding]
        self._data = bytearray()

    @property
    def partial(self) -> bool:
        """Whether a message has begun and is incomplete."""
        return bool(self._data)

    def feed(self, data: bytes) -> Iterable[bytes | Packed]:
        """The messages that these bytes complete.

        Raises:
            MessageError: one is too long, or wrongly flagged.
        """
        if not self._data and len(data) >= PREFIX_BYTES:
            flag, length = _PREFIX.unpack_from(data)
            if length == len(data) - PREFIX_BYTES <= self._max_bytes:  # one frame, one message: nearly always
                return (self._flagged(flag, data[PREFIX_BYTES:]),)
        self._data += data
        return self._cut()

    def _cut(self) -> Iterator[bytes | Packed]:
        at = 0
        try:
            while len(self._data) - at >= PREFIX_BYTES:
                flag, length = _PREFIX.unpack_from(self._data, at)
                _bound(length, self._max_bytes)
                end = at + PREFIX_BYTES + length
                if len(self._data) < end:
                    return
                message = bytes(self._data[at + PREFIX_BYTES : end])
                at = end
                yield self._flagged(flag, message)
        finally:
            del self._data[:at]

    def _flagged(self, flag: int, message: bytes) -> bytes | Packed:
        if flag == 0:
            return message
        if flag != 1:
            raise MessageError(
                grpc.StatusCode.INTERNAL,
                f"a message must begin with 0, or with 1 if it is compressed; this one begins with {flag}",
            )
        if self._wbits is None:
            raise MessageError(
                grpc.StatusCode.INTERNAL,
                "a message is flagged as compressed, but the call names no compression",
            )
        return Packed(message, self._wbits, self._max_bytes)


def _bound(length: int, max_bytes: int) -> None:
    if length > max_bytes:
        raise MessageError(
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            f"SERVER: Received message larger than max ({length} vs. {max_bytes})",
        )
