"""What a vendor answers to a WebSocket handshake that it does not accept."""

import re
from http import HTTPStatus

from picows import WSHandshakeError

from gateway.upstream.wire import DialError
from legato.domain.vendors import ResponseHead

_STATUS_LINE = re.compile(rb"HTTP/1\.[0-9] +([1-9][0-9]{2})\b")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[^\r\n]*\r\n")


def refused(error: WSHandshakeError) -> DialError:
    """Return what a handshake that was not accepted says."""
    if not error.raw_header:
        return DialError("the vendor did not complete the handshake")
    head = _head_of(error.raw_header)
    if head is None:
        return DialError("the vendor answered the handshake with something that is not HTTP")
    if head.status == HTTPStatus.SWITCHING_PROTOCOLS:
        return DialError("the vendor, or a proxy before it, accepted the WebSocket with invalid headers")
    body = error.raw_body or b""
    if "chunked" in head.headers.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    return DialError(f"the vendor refused the connection with {head.status}", head, body)


def _head_of(raw: bytes) -> ResponseHead | None:
    """Read the head of an answer; picows does not if it is HTTP/1.0, or has a status that only some proxies use (520)."""
    first, *lines = raw.split(b"\r\n")
    found = _STATUS_LINE.match(first)
    if found is None:
        return None
    named = (line.decode("latin-1").partition(":") for line in lines)
    return ResponseHead(int(found[1]), {name.strip().lower(): value.strip() for name, _, value in named})


def _unchunked(body: bytes) -> bytes:
    """Join the chunks of a body, as far as they have come."""
    parts: list[bytes] = []
    while (size := _CHUNK_SIZE.match(body)) is not None:
        end = size.end() + int(size[1], 16)
        parts.append(body[size.end() : end])
        body = body[end:].removeprefix(b"\r\n")
    return b"".join(parts)
