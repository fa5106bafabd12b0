"""Reads the header blocks of an answer to a call, and says how the call ended, whatever the server sent."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import grpc
from h2.errors import ErrorCodes

from gateway.rpc.heads import is_grpc
from gateway.rpc.metadata import Fields, Value, write

_Code = grpc.StatusCode
_CODES = {code.value[0]: code for code in _Code}
_OF_HTTP = {
    400: _Code.INTERNAL,
    401: _Code.UNAUTHENTICATED,
    403: _Code.PERMISSION_DENIED,
    404: _Code.UNIMPLEMENTED,
    429: _Code.UNAVAILABLE,
    502: _Code.UNAVAILABLE,
    503: _Code.UNAVAILABLE,
    504: _Code.UNAVAILABLE,
}
"""What an answer means that a proxy gave (grpc's http-grpc-status-mapping)."""
_OF_RESET = {
    ErrorCodes.REFUSED_STREAM: _Code.UNAVAILABLE,
    ErrorCodes.CANCEL: _Code.CANCELLED,
    ErrorCodes.ENHANCE_YOUR_CALM: _Code.RESOURCE_EXHAUSTED,
    ErrorCodes.INADEQUATE_SECURITY: _Code.PERMISSION_DENIED,
}
_NUMBER = re.compile(rb"[0-9]{1,3}")
_MAX_WORDS = 4096
_FIRST: Fields = [(b":method", b"POST")]
_LAST: Fields = [(b"te", b"trailers"), (b"content-type", b"application/grpc")]


class Ending(NamedTuple):
    """How a call ended.

    Args:
        code: its status.
        words: the message of the status; unless they are ours, they may quote what was sent.
        details: `grpc-status-details-bin`, decoded.
        ours: whether the words say what this side saw.
    """

    code: grpc.StatusCode
    words: str = ""
    details: bytes = b""
    ours: bool = False


def seen(code: grpc.StatusCode, words: str) -> Ending:
    """How a call ended that the server did not end with a status, in words of ours."""
    return Ending(code, words, ours=True)


def call_head(scheme: str, authority: str, method: str, metadata: Iterable[tuple[str, Value]]) -> Fields:
    """The header fields that begin a call."""
    return [
        *_FIRST,
        (b":scheme", scheme.encode()),
        (b":path", method.encode()),
        (b":authority", authority.encode()),
        *_LAST,
        *write(metadata),
    ]


def not_an_answer(fields: Iterable[tuple[bytes, bytes]]) -> Ending | None:
    """How a call ends whose answer begins like this; `None` if it is one of gRPC, and goes on."""
    found = dict(fields)
    status = _number(found.get(b":status"))
    if status == 200 and is_grpc(found.get(b"content-type", b"")):
        return None
    if b"grpc-status" in found:
        return ending(found.items())
    if status != 200:
        has = "no HTTP status" if status < 0 else f"the HTTP status {status}"
        return seen(_OF_HTTP.get(status, _Code.UNKNOWN), f"the answer has {has}")
    return seen(_Code.UNKNOWN, "the answer is not gRPC's")


def whole(fields: Iterable[tuple[bytes, bytes]]) -> Ending:
    """How a call ended whose answer is a single header block."""
    found = tuple(fields)
    return not_an_answer(found) or ending(found)


def ending(fields: Iterable[tuple[bytes, bytes]]) -> Ending:
    """How a call ended, by its trailers."""
    found = dict(fields)
    if b"grpc-status" not in found:
        return seen(_Code.UNKNOWN, "the call ended without a status")
    words = unquote_to_bytes(found.get(b"grpc-message", b"")[:_MAX_WORDS]).decode(errors="replace")
    code = _CODES.get(_number(found[b"grpc-status"]), _Code.UNKNOWN)
    return Ending(code, words, _details(found.get(b"grpc-status-details-bin", b"")))


def reset(code: int, *, remote: bool = True) -> Ending:
    """How a call ended that was reset: by the server, or by this side, since the server violates HTTP/2."""
    known = ErrorCodes(code) if code in ErrorCodes._value2member_map_ else None
    status = _Code.INTERNAL if known is None else _OF_RESET.get(known, _Code.INTERNAL)
    name = code if known is None else known.name
    what = "has reset the call" if remote else "violates HTTP/2: the call was reset"
    return seen(status, f"the server {what} with {name}")


def _details(value: bytes) -> bytes:
    try:
        return base64.b64decode(value + b"=" * (-len(value) % 4), validate=True)
    except binascii.Error:
        return b""


def _number(value: bytes | None) -> int:
    return int(value) if value is not None and _NUMBER.fullmatch(value) else -1
