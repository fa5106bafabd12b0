"""Metadata as HTTP/2 carries it: base64 for binary values, percent-encoded status messages, timeouts with a unit."""

import base64
import binascii
import re
from collections.abc import Iterable

Value = str | bytes
Metadata = tuple[tuple[str, Value], ...]
Fields = list[tuple[bytes, bytes]]
"""HTTP/2 header fields."""

_BINARY = "-bin"
_OWN = frozenset(
    (b"te", b"content-type", b"grpc-timeout", b"grpc-encoding", b"grpc-accept-encoding", b"grpc-message-type")
)
"""Fields of gRPC itself, which are not metadata of the application."""
_TIMEOUT = re.compile(rb"([0-9]{1,8})([HMSmun])")
_UNIT_S = {b"H": 3600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}
_PLAIN = frozenset(range(0x20, 0x7F)) - {0x25}


def read(fields: Iterable[tuple[bytes, bytes]]) -> Metadata:
    """The metadata of a request.

    Raises:
        ValueError: a binary value is not base64.
    """
    return tuple(
        pair
        for name, value in fields
        if name[:1] != b":" and name not in _OWN
        for pair in _pairs(name, value)
    )


def write(metadata: Iterable[tuple[str, Value]] | None) -> Fields:
    """Metadata as header fields."""
    return [(key.lower().encode("ascii"), _written(key, value)) for key, value in metadata or ()]


def timeout_s(value: bytes) -> float:
    """The seconds of a `grpc-timeout` value.

    Raises:
        ValueError: the value is malformed.
    """
    match = _TIMEOUT.fullmatch(value)
    if match is None:
        raise ValueError("grpc-timeout must be up to eight digits and a unit")
    return int(match[1]) * _UNIT_S[match[2]]


def status_message(words: str) -> bytes:
    """A status message, percent-encoded where it is not printable ASCII."""
    raw = words.encode("utf-8", "replace")
    return b"".join(bytes((byte,)) if byte in _PLAIN else b"%%%02X" % byte for byte in raw)


def _pairs(name: bytes, value: bytes) -> Iterable[tuple[str, Value]]:
    key = _text(name)
    if not key.endswith(_BINARY):
        return ((key, _text(value)),)
    return ((key, _unpacked(key, part.strip())) for part in value.split(b","))


def _unpacked(key: str, part: bytes) -> bytes:
    try:
        return base64.b64decode(part + b"=" * (-len(part) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError(f"{key} must be base64") from error


def _written(key: str, value: Value) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return base64.b64encode(raw).rstrip(b"=") if key.lower().endswith(_BINARY) else raw


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
