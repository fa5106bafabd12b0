"""HTTP/2 frames as bytes: where one ends and the next begins, and the few that are written by hand (RFC 9113, sections 3.4, 4.1 and 6).

A byte stream is cut here before anything looks into it, so that what floods can be counted, and put off, frame by frame.
"""

import struct
from typing import NamedTuple

from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
MAX_FRAME_BYTES = 16_384
"""What we accept and, until told otherwise, what is accepted of us."""
HEAD_BYTES = 9
LAST_STREAM = 0x7FFFFFFF
"""The highest number that a stream may have."""

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    range(10)
)
ACK = 0x1
END_HEADERS = 0x4

_HEAD = struct.Struct(">HBBBI")
_LEAST_GOAWAY_BYTES = 8


class Frame(NamedTuple):
    """One frame as it came.

    Args:
        kind: its type.
        flags: of it.
        stream_id: 0 for the connection.
        raw: its head and its payload.
    """

    kind: int
    flags: int
    stream_id: int
    raw: bytes

    @property
    def length(self) -> int:
        """Bytes of the payload."""
        return len(self.raw) - HEAD_BYTES


class FrameError(ProtocolError):
    """This is no frame, or not where it may be.

    Args:
        words: for the client.
        code: of HTTP/2.
    """

    def __init__(self, words: str, code: ErrorCodes = ErrorCodes.PROTOCOL_ERROR) -> None:
        super().__init__(words)
        self.error_code = code


class Cutter:
    """Cuts what a client sends into its preface and frames, whole ones only."""

    def __init__(self) -> None:
        self._data = b""
        self._at = 0
        self._greeted = False

    @property
    def greeted(self) -> bool:
        """The preface has come."""
        return self._greeted

    @property
    def in_head(self) -> bool:
        """What is not whole is the head of a request."""
        kind = self._data[self._at + 3 : self._at + 4]
        return bool(kind) and kind[0] in {HEADERS, CONTINUATION}

    def feed(self, data: bytes) -> None:
        """More bytes.

        Raises:
            FrameError: this is no HTTP/2.
        """
        self._data = self._data[self._at :] + data
        self._at = 0
        if not self._greeted:
            self._greet()

    def cut(self) -> Frame | None:
        """The next frame; `None` where it is not whole.

        Raises:
            FrameError: it is larger than it may be.
        """
        data, at = self._data, self._at
        if not self._greeted or len(data) - at < HEAD_BYTES:
            return None
        high, low, kind, flags, stream_id = _HEAD.unpack_from(data, at)
        length = high << 8 | low
        if length > MAX_FRAME_BYTES:
            raise FrameError(f"a frame of {length} bytes", ErrorCodes.FRAME_SIZE_ERROR)
        end = at + HEAD_BYTES + length
        if len(data) < end:
            return None
        self._at = end
        return Frame(kind, flags, stream_id & LAST_STREAM, data[at:end])

    def _greet(self) -> None:
        if not PREFACE.startswith(self._data[: len(PREFACE)]):
            raise FrameError("not the preface of HTTP/2")
        if len(self._data) >= len(PREFACE):
            self._greeted = True
            self._at = len(PREFACE)


def check(frame: Frame) -> None:
    """Look at what h2 does not: the shape of a GOAWAY, which it never sees, and of an acknowledgement.

    Raises:
        FrameError: it has another.
    """
    if frame.kind == SETTINGS and frame.flags & ACK and frame.length:
        raise FrameError("an acknowledgement of SETTINGS says nothing", ErrorCodes.FRAME_SIZE_ERROR)
    if frame.kind == GOAWAY and frame.stream_id:
        raise FrameError("a GOAWAY of a stream")
    if frame.kind == GOAWAY and frame.length < _LEAST_GOAWAY_BYTES:
        raise FrameError("a GOAWAY cut short", ErrorCodes.FRAME_SIZE_ERROR)


def head(kind: int, flags: int, stream_id: int, length: int) -> bytes:
    """The head of a frame."""
    return _HEAD.pack(length >> 8, length & 0xFF, kind, flags, stream_id)


def ping(payload: bytes) -> bytes:
    """A PING with its eight bytes."""
    return head(PING, 0, 0, len(payload)) + payload


def go_away(last_stream_id: int, code: ErrorCodes, words: bytes = b"") -> bytes:
    """A GOAWAY: streams above the last are not served."""
    payload = struct.pack(">II", last_stream_id, code) + words
    return head(GOAWAY, 0, 0, len(payload)) + payload
