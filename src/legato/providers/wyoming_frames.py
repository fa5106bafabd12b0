"""Wyoming's framing: a line of JSON with two lengths, then that many bytes of data and of payload. Bytes may be cut anywhere (R17).

Source: the protocol's own library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from legato.providers.json_frames import compact, json_object

_MAX_LINE = 1 << 16
_MAX_PART = 1 << 24


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its type, its data, its payload."""

    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes = b""


class Broken(Exception):  # noqa: N818  a fact about the stream, as `Event` is
    """The bytes are not events: what follows cannot be read either."""


def written(kind: str, data: Mapping[str, object] | None = None) -> bytes:
    """Return an event as bytes, its data after the line: readers bound the line."""
    if not data:
        return compact({"type": kind, "version": "1.10.2"}).encode() + b"\n"
    body = compact(data).encode()
    return compact({"type": kind, "version": "1.10.2", "data_length": len(body)}).encode() + b"\n" + body


class Reader:
    """Events from a stream of bytes."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._head: Mapping[str, Any] | None = None
        self._lengths = (0, 0)

    def read(self, data: bytes) -> Sequence[Event]:
        """Take bytes; return the events that they complete.

        Raises:
            Broken: the bytes are not events.
        """
        self._rest += data
        found: list[Event] = []
        while (event := self._next()) is not None:
            found.append(event)
        return found

    def _next(self) -> Event | None:
        if self._head is None and not self._headed():
            return None
        head = self._head
        assert head is not None, "a head was read"
        data_length, payload_length = self._lengths
        if len(self._rest) < data_length + payload_length:
            return None
        data = dict(head["data"]) if isinstance(head.get("data"), dict) else {}
        if data_length:
            more = json_object(bytes(self._rest[:data_length]))
            if more is None:
                raise Broken("data that is not a JSON object")
            data |= more
        payload = bytes(self._rest[data_length : data_length + payload_length])
        del self._rest[: data_length + payload_length]
        self._head = None
        return Event(str(head.get("type")), data, payload)

    def _headed(self) -> bool:
        end = self._rest.find(b"\n", 0, _MAX_LINE)
        if end < 0:
            if len(self._rest) >= _MAX_LINE:
                raise Broken("a line that is too long")
            return False
        head = json_object(bytes(self._rest[:end]))
        del self._rest[: end + 1]
        if head is None:
            raise Broken("a line that is not a JSON object")
        self._lengths = (_length(head.get("data_length")), _length(head.get("payload_length")))
        self._head = head
        return True


def _length(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_PART:
        raise Broken("an invalid length")
    return value
