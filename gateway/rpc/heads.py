"""Header blocks: reads the head of a request, refuses what is not a valid call, and writes the head and trailers of an answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import grpc

from gateway.rpc.messages import ACCEPTED, ENCODINGS
from gateway.rpc.metadata import Fields, Metadata, Value, read, status_message, timeout_s, write

_GRPC = b"application/grpc"
_CONTENT = (b"content-type", _GRPC)
_ANSWER: Fields = [(b":status", b"200"), _CONTENT, (b"grpc-accept-encoding", ACCEPTED.encode())]
_NEEDED = frozenset((b":method", b":scheme", b":path"))
_PSEUDO = _NEEDED | {b":authority"}
_OF_HTTP1 = frozenset((b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"))
_NAME = re.compile(rb":?[!#$%&'*+\-.^_`|~0-9a-z]+")
_NOT_IN_VALUES = re.compile(rb"[\x00\r\n]")


@dataclass(frozen=True, slots=True)
class CallHead:
    """The head of a valid call.

    Args:
        method: "/package.Service/Method".
        metadata: the application's metadata.
        timeout_s: seconds until its deadline; `None` without one.
        encoding: the compression of flagged messages.
    """

    method: str
    metadata: Metadata
    timeout_s: float | None
    encoding: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The request is not served; `fields` is the complete answer."""

    fields: Fields


def read_head(fields: Iterable[tuple[bytes, bytes]], max_bytes: int) -> CallHead | Refused:
    """Read the head of a request.

    Args:
        fields: its header fields.
        max_bytes: their largest size, as HTTP/2 counts it (RFC 9113, section 6.5.2).
    """
    fields = tuple(fields)
    size = sum(len(name) + len(value) + 32 for name, value in fields)
    if size > max_bytes:
        words = f"SERVER: Received metadata larger than max ({size} vs. {max_bytes})"
        return refused(grpc.StatusCode.RESOURCE_EXHAUSTED, words)
    if wrong := _malformed(fields):
        return refused(grpc.StatusCode.INTERNAL, f"the request is malformed: {wrong}")
    found = dict(fields)
    if not is_grpc(found.get(b"content-type", b"")):
        return Refused([(b":status", b"415")])
    if found[b":method"] != b"POST":
        return Refused([(b":status", b"405"), (b"allow", b"POST")])
    if found.get(b"te") != b"trailers":
        return refused(grpc.StatusCode.INTERNAL, "te must be trailers")
    encoding = found.get(b"grpc-encoding", b"identity").decode("latin-1")
    if encoding not in ENCODINGS:
        return refused(grpc.StatusCode.UNIMPLEMENTED, f"grpc-encoding must be one of {', '.join(ENCODINGS)}")
    try:
        timeout = timeout_s(found[b"grpc-timeout"]) if b"grpc-timeout" in found else None
        return CallHead(found[b":path"].decode("latin-1"), read(fields), timeout, encoding)
    except ValueError as error:
        return refused(grpc.StatusCode.INTERNAL, str(error))


def is_grpc(content_type: bytes) -> bool:
    """Whether this is a content type of gRPC."""
    return content_type == _GRPC or content_type.startswith((_GRPC + b"+", _GRPC + b";"))


def _malformed(fields: Iterable[tuple[bytes, bytes]]) -> str:
    """What RFC 9113 (8.2 and 8.3) forbids in this head, if anything. Spaces around a value are allowed, since grpc's clients send them."""
    of_http2: set[bytes] = set()
    last = False
    for name, value in fields:
        if not _NAME.fullmatch(name) or name in _OF_HTTP1:
            return f"{name[:50]!r} is not an allowed header name"
        if _NOT_IN_VALUES.search(value):
            return f"{name[:50].decode()} contains a line break or NUL"
        if name[:1] != b":":
            last = True
        elif last or name in of_http2 or name not in _PSEUDO:
            return f"{name[:50].decode()} is out of place"
        else:
            of_http2.add(name)
    missing = _NEEDED - of_http2
    return f"{min(missing).decode()} is missing" if missing else ""


def refused(code: grpc.StatusCode, words: str) -> Refused:
    """The answer to a call that is not served, in one frame."""
    return Refused(trailers_only(code, words))


def answer(metadata: Iterable[tuple[str, Value]] | None = None) -> Fields:
    """The initial header fields of an answer."""
    return [*_ANSWER, *write(metadata)]


def trailers(
    code: grpc.StatusCode, words: str, metadata: Iterable[tuple[str, Value]] | None = None
) -> Fields:
    """The trailers of an answer."""
    fields = [(b"grpc-status", str(code.value[0]).encode())]
    if words:
        fields.append((b"grpc-message", status_message(words)))
    return fields + write(metadata)


def trailers_only(
    code: grpc.StatusCode, words: str, metadata: Iterable[tuple[str, Value]] | None = None
) -> Fields:
    """An answer that consists of trailers only."""
    return [*_ANSWER, *trailers(code, words, metadata)]
