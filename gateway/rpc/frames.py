"""HTTP/2 frames as bytes: splits a byte stream into frames, and writes the few kinds that do not go through h2 (RFC 9113, 3.4, 4.1, 6).

The stream is split before anything interprets it, so that a flood can be counted and postponed frame by frame.
"""

import struct
from typing import NamedTuple

from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MAX_FRAME_BYTES = 16_384
"""The largest frame payload that we accept, and that the peer accepts unless its settings say otherwise."""
HEAD_BYTES = 9
LAST_STREAM = 0x7FFFFFFF
"""The highest stream id that HTTP/2 allows."""

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    range(10)
)
ACK = END_STREAM = 0x1
END_HEADERS = 0x4
PADDED = 0x8

_HEAD = struct.Struct(">HBBBI")
_LEAST_GOAWAY_BYTES = 8
_SETTING_BYTES = 6
_SETTINGS = frozenset(code.to_bytes(2, "big") for code in SettingCodes)


class Frame(NamedTuple):
    """One frame as it arrived.

    Args:
        kind: the frame type.
        flags: the flags byte.
        stream_id: 0 for the connection itself.
        raw: header and payload.
    """

    kind: int
    flags: int
    stream_id: int
    raw: bytes

    @property
    def length(self) -> int:
        """Length of the payload in bytes."""
        return len(self.raw) - HEAD_BYTES


class FrameError(ProtocolError):
    """The bytes are not a valid frame, or the frame is not allowed here.

    Args:
        words: the message for the peer.
        code: the HTTP/2 error code.
    """

    def __init__(self, words: str, code: ErrorCodes = ErrorCodes.PROTOCOL_ERROR) -> None:
        super().__init__(words)
        self.error_code = code


class Cutter:
    """Splits what a peer sends into the connection preface and complete frames.

    Args:
        greeted: whether no preface is to be expected, as from a server.
    """

    def __init__(self, *, greeted: bool = False) -> None:
        self._data = b""
        self._at = 0
        self._greeted = greeted

    @property
    def greeted(self) -> bool:
        """Whether the connection preface has arrived."""
        return self._greeted

    @property
    def in_head(self) -> bool:
        """Whether the incomplete frame is part of the head of a request."""
        kind = self._data[self._at + 3 : self._at + 4]
        return bool(kind) and kind[0] in {HEADERS, CONTINUATION}

    def feed(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            FrameError: the peer does not speak HTTP/2.
        """
        self._data = self._data[self._at :] + data
        self._at = 0
        if not self._greeted:
            self._greet()

    def cut(self) -> Frame | None:
        """Take the next frame; `None` while it is incomplete.

        Raises:
            FrameError: the frame is larger than allowed.
        """
        data, at = self._data, self._at
        if not self._greeted or len(data) - at < HEAD_BYTES:
            return None
        high, low, kind, flags, stream_id = _HEAD.unpack_from(data, at)
        length = high << 8 | low
        if length > MAX_FRAME_BYTES:
            raise FrameError(
                f"a frame of {length} bytes; the limit is {MAX_FRAME_BYTES}", ErrorCodes.FRAME_SIZE_ERROR
            )
        end = at + HEAD_BYTES + length
        if len(data) < end:
            return None
        self._at = end
        return Frame(kind, flags, stream_id & LAST_STREAM, data[at:end])

    def _greet(self) -> None:
        if not PREFACE.startswith(self._data[: len(PREFACE)]):
            raise FrameError("expected the HTTP/2 connection preface")
        if len(self._data) >= len(PREFACE):
            self._greeted = True
            self._at = len(PREFACE)


def check(frame: Frame) -> None:
    """Check what h2 does not: the shape of a GOAWAY, which h2 never sees, and of a SETTINGS acknowledgement.

    Raises:
        FrameError: the shape is wrong.
    """
    if frame.kind == SETTINGS and frame.flags & ACK and frame.length:
        raise FrameError("a SETTINGS acknowledgement must be empty", ErrorCodes.FRAME_SIZE_ERROR)
    if frame.kind == GOAWAY and frame.stream_id:
        raise FrameError("a GOAWAY frame must not belong to a stream")
    if frame.kind == GOAWAY and frame.length < _LEAST_GOAWAY_BYTES:
        raise FrameError("a GOAWAY frame is too short", ErrorCodes.FRAME_SIZE_ERROR)


def known_settings(frame: Frame) -> bytes:
    """A SETTINGS frame without the settings that HTTP/2 does not define, which a receiver ignores (RFC 9113, section 6.5.2).

    h2 would keep all 65,536 for as long as the connection lasts, 50 MB, and go through them at every SETTINGS frame.
    """
    raw = frame.raw
    if frame.length % _SETTING_BYTES:
        return raw  # h2 refuses it
    ours = (raw[at : at + _SETTING_BYTES] for at in range(HEAD_BYTES, len(raw), _SETTING_BYTES))
    payload = b"".join(setting for setting in ours if setting[:2] in _SETTINGS)
    return head(SETTINGS, frame.flags, frame.stream_id, len(payload)) + payload


def head(kind: int, flags: int, stream_id: int, length: int) -> bytes:
    """A frame header."""
    return _HEAD.pack(length >> 8, length & 0xFF, kind, flags, stream_id)


def window_update(stream_id: int, size: int) -> bytes:
    """A WINDOW_UPDATE frame: this many more bytes may come; stream 0 is the connection."""
    return head(WINDOW_UPDATE, 0, stream_id, 4) + size.to_bytes(4, "big")


def ping(payload: bytes) -> bytes:
    """A PING frame with these eight bytes."""
    return head(PING, 0, 0, len(payload)) + payload


def go_away(last_stream_id: int, code: ErrorCodes, words: bytes = b"") -> bytes:
    """A GOAWAY frame: streams above the last one are not served."""
    payload = struct.pack(">II", last_stream_id, code) + words
    return head(GOAWAY, 0, 0, len(payload)) + payload
