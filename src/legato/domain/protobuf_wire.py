"""The protocol buffers wire format, as far as gRPC vendors and their faces need it: integers, doubles, strings, bytes, messages.

Rules:
- A field at its default value is not written, as in the official implementations.
- A reader skips the fields it does not know; malformed bytes raise one error.

Source: the format's public description.
"""

import struct
from collections.abc import Iterator

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_DOUBLE = struct.Struct("<d")
_MAX_VARINT = 10


class NoMessageError(ValueError):
    """The bytes are not a well-formed message."""


def whole(number: int, value: int) -> bytes:
    """A field with a non-negative integer, as a varint."""
    return _varint(number << 3 | VARINT) + _varint(value) if value else b""


def double(number: int, value: float) -> bytes:
    """A field with a double."""
    return _varint(number << 3 | FIXED64) + _DOUBLE.pack(value) if value else b""


def text(number: int, value: str) -> bytes:
    """A field with a string."""
    return data(number, value.encode()) if value else b""


def data(number: int, value: bytes) -> bytes:
    """A field with bytes or a message; written even when empty, since an empty message differs from a missing one."""
    return _varint(number << 3 | LENGTH) + _varint(len(value)) + value


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message in order: each one's number, and its integer (a varint) or its bytes (any other type).

    Raises:
        NoMessageError: the bytes are not a well-formed message.
    """
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        number, kind = key >> 3, key & 7
        if not number:
            raise NoMessageError("a field has the number 0")
        if kind == VARINT:
            value, at = _read_varint(message, at)
            yield number, value
            continue
        length = {FIXED64: 8, FIXED32: 4}.get(kind)
        if kind == LENGTH:
            length, at = _read_varint(message, at)
        if length is None or at + length > len(message):
            raise NoMessageError("a field is cut off or of an unknown type")
        yield number, message[at : at + length]
        at += length


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(_MAX_VARINT):
        if at + index >= len(message):
            break
        byte = message[at + index]
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    raise NoMessageError("a varint is cut off or too long")
