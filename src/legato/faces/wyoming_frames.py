r"""Wyoming's framing: a line of JSON with two lengths, then that many bytes of JSON data, and of payload.

    {"type": "audio-chunk", "data_length": 40, "payload_length": 960}\n <40 bytes> <960 bytes>

Rules:
- Bytes may be cut anywhere. What is kept of them is bounded: lines and data have a maximum size, and payloads are skipped, since no
  message that is read here has one.
- An older form puts the data into the line, as `data`; if both are there they are merged, and the bytes after the line win.
- After a frame that cannot be read nothing more is read: where the next one begins is not known.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "1.10.2"
"""Version of the protocol that is spoken here."""
MAX_LINE_BYTES = 64 * 1024
MAX_DATA_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Message:
    """One message, without its payload."""

    kind: str
    data: Mapping[str, Any]


class UnreadableError(Exception):
    """The bytes are not frames; the message says what was expected."""


class FrameReader:
    """Reads messages from one connection's bytes."""

    __slots__ = ("_bytes", "_head", "_is_broken", "_payload_left", "_searched")

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._searched = 0
        self._head: tuple[str, dict[str, Any], int, int] | None = None
        self._payload_left = 0
        self._is_broken = False

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take bytes, and yield the messages that they complete, in order.

        Raises:
            UnreadableError: the bytes are not a frame; nothing is read from then on.
        """
        if self._is_broken:
            return
        self._bytes += data
        try:
            while (message := self._next()) is not None:
                yield message
        except UnreadableError:
            self._is_broken = True
            self._bytes.clear()
            raise

    def _next(self) -> Message | None:
        if self._payload_left:
            skipped = min(self._payload_left, len(self._bytes))
            del self._bytes[:skipped]
            self._payload_left -= skipped
            if self._payload_left:
                return None
        if self._head is None:
            line = self._line()
            if line is None:
                return None
            self._head = _head(line)
        kind, data, data_bytes, payload_bytes = self._head
        if len(self._bytes) < data_bytes:
            return None
        if data_bytes:
            data = {**data, **_object(bytes(self._bytes[:data_bytes]))}
            del self._bytes[:data_bytes]
        self._head, self._payload_left = None, payload_bytes
        return Message(kind, data)

    def _line(self) -> bytes | None:
        end = self._bytes.find(b"\n", self._searched)
        if end > MAX_LINE_BYTES or (end < 0 and len(self._bytes) > MAX_LINE_BYTES):
            raise UnreadableError(f"expected a line of at most {MAX_LINE_BYTES} bytes")
        if end < 0:
            self._searched = len(self._bytes)
            return None
        line = bytes(self._bytes[:end])
        del self._bytes[: end + 1]
        self._searched = 0
        return line


def frame(kind: str, data: Mapping[str, object] | None = None, payload: bytes = b"") -> bytes:
    """One message as bytes."""
    head: dict[str, object] = {"type": kind, "version": VERSION}
    body = json.dumps(data).encode() if data else b""
    if body:
        head["data_length"] = len(body)
    if payload:
        head["payload_length"] = len(payload)
    return json.dumps(head).encode() + b"\n" + body + payload


def _head(line: bytes) -> tuple[str, dict[str, Any], int, int]:
    head = _object(line)
    kind, inline = head.get("type"), head.get("data") or {}
    if not isinstance(kind, str) or not isinstance(inline, dict):
        raise UnreadableError("expected a line of JSON with a type")
    data_bytes = _length(head, "data_length")
    if data_bytes > MAX_DATA_BYTES:
        raise UnreadableError(f"expected data of at most {MAX_DATA_BYTES} bytes")
    return kind, inline, data_bytes, _length(head, "payload_length")


def _length(head: Mapping[str, Any], field: str) -> int:
    value = head.get(field)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UnreadableError(f"{field} must be a whole number of bytes")
    return value


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadableError("expected JSON") from None
    if not isinstance(found, dict):
        raise UnreadableError("expected a JSON object")
    return found
