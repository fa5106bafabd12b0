"""The client side of one HTTP/2 connection, without a socket: bytes in, calls of `Ears` and bytes out. h2 keeps the state; this wraps it.

Rules, beside those of `common_wire`:
- Incoming DATA and outgoing WINDOW_UPDATE, the frames of a message that comes, are handled here, with windows of our own: h2 never sees them.
- A GOAWAY from the server never reaches h2, which would end the connection although its calls may go on.
- The connection's window reopens as bytes arrive, a call's only as its messages are read.
"""

from typing import Any, Protocol

from h2.errors import ErrorCodes
from h2.events import Event, ResponseReceived, StreamReset, TrailersReceived
from h2.exceptions import TooManyStreamsError
from h2.settings import SettingCodes, Settings
from h2.stream import StreamInputs

from gateway.rpc import frames
from gateway.rpc.common_wire import CommonWire
from gateway.rpc.frames import Cutter, Frame, FrameError
from gateway.rpc.guards import AbuseError, Budget
from gateway.rpc.limits import Limits
from gateway.rpc.metadata import Fields

_FIRST_WINDOW = 65_535
"""Of a connection, whatever the settings (RFC 9113, section 6.9.2)."""
_BURST, _PER_S = 2000, 200
"""Frames without data that a server may send: those of grpc may ping with every message that reaches them, to learn the path's bandwidth."""
_SAYS_NOTHING = frozenset((frames.SETTINGS, frames.PRIORITY, frames.PING, frames.RST_STREAM))


class Ears(Protocol):
    """Takes what comes: the connection."""

    def headed(self, stream_id: int, fields: Any, *, ended: bool) -> None:  # noqa: ANN401 h2's own header type
        """The head of an answer, or its trailers."""
        ...

    def data(self, stream_id: int, data: bytes, size: int, *, ended: bool) -> None:
        """Bytes of an answer, which took this much of its window."""
        ...

    def reset(self, stream_id: int, code: int, *, remote: bool) -> None:
        """A stream was reset: by the server, or by this side, since the server violates HTTP/2."""
        ...

    def leave(self, last_stream_id: int) -> None:
        """The server takes no more calls; it serves those up to this one."""
        ...


class ClientWire(CommonWire):
    """One connection.

    Args:
        limits: bounds of it.
    """

    client_side = True

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits, Cutter(greeted=True), Budget(_BURST, _PER_S, "too many control frames"))
        self._arrived = 0
        self._lefts: dict[int, int] = {}
        self._credits: dict[int, int] = {}
        self._updates: list[bytes] = []
        self._closed = False

    def close(self) -> None:
        """The connection is closed: nothing more is told."""
        self._closed = True
        super().close()

    def begin(self) -> None:
        """Send our preface and settings, and open the connection's window."""
        limits = self._limits
        settings = {
            SettingCodes.ENABLE_PUSH: 0,
            SettingCodes.INITIAL_WINDOW_SIZE: limits.window_bytes,
            SettingCodes.MAX_HEADER_LIST_SIZE: limits.head_bytes,
        }
        self._h2.local_settings = Settings(client=True, initial_values=settings)
        self._h2.initiate_connection()
        self._updates.append(frames.window_update(0, limits.connection_bytes - _FIRST_WINDOW))

    def output(self) -> bytes:
        """Take the bytes to send."""
        told = super().output()
        if self._updates:
            told += b"".join(self._updates)
            self._updates.clear()
        return told

    # --- in -----------------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float, ears: Ears) -> None:
        """Interpret bytes from the server.

        Raises:
            ProtocolError: the server violates HTTP/2.
            AbuseError: the server floods.
        """
        cutter = self._cutter
        cutter.feed(data)
        while not self._closed and (frame := cutter.cut()) is not None:
            kind = frame.kind
            if kind == frames.DATA and self._settled and not self._head_bytes:
                self._hear(frame, now, ears)
            elif kind != frames.WINDOW_UPDATE or not self._widened(frame):
                self._take(frame, now, ears)

    def _hear(self, frame: Frame, now: float, ears: Ears) -> None:
        """Handle a DATA frame."""
        raw, stream_id, flags = frame.raw, frame.stream_id, frame.flags
        size = len(raw) - frames.HEAD_BYTES
        self._arrived += size
        if self._arrived >= self._limits.connection_bytes // 4:
            self._updates.append(frames.window_update(0, self._arrived))
            self._arrived = 0
        data = _unpadded(raw) if flags & frames.PADDED else raw[frames.HEAD_BYTES :]
        ended = bool(flags & frames.END_STREAM)
        if not data and not ended:
            self._control.spend(now)
        left = self._lefts.get(stream_id)
        if left is not None:
            if size > left:
                raise FrameError("more data than the call's window", ErrorCodes.FLOW_CONTROL_ERROR)
            self._lefts[stream_id] = left - size
            ears.data(stream_id, data, size, ended=ended)
        elif not self._was_opened(stream_id):
            raise FrameError("DATA for a stream that was never opened")

    def _take(self, frame: Frame, now: float, ears: Ears) -> None:
        """Handle any other frame."""
        kind, within = frame.kind, self._head_bytes > 0
        self._settle(frame)
        if within or kind in {frames.HEADERS, frames.CONTINUATION}:
            if not within and not self._was_opened(frame.stream_id):
                raise FrameError("HEADERS for a stream that was never opened")
            self._look_at_head(frame)
            self._control.spend(now)
        elif kind == frames.GOAWAY:
            self._control.spend(now)
            frames.check(frame)
            last = int.from_bytes(frame.raw[frames.HEAD_BYTES : frames.HEAD_BYTES + 4], "big")
            ears.leave(last & frames.LAST_STREAM)
            return
        elif kind == frames.PUSH_PROMISE:
            raise AbuseError("push is disabled", ErrorCodes.PROTOCOL_ERROR)
        elif kind in _SAYS_NOTHING or kind > frames.CONTINUATION:
            frames.check(frame)
            self._control.spend(now)
            if kind == frames.RST_STREAM and not self._was_opened(frame.stream_id):
                raise FrameError("RST_STREAM for a stream that was never opened")
        for event in self._received(frame):
            self._tell(event, ears)

    def _tell(self, event: Event, ears: Ears) -> None:
        if isinstance(event, ResponseReceived | TrailersReceived):
            ears.headed(event.stream_id, event.headers, ended=event.stream_ended is not None)
        elif isinstance(event, StreamReset):
            ears.reset(event.stream_id, int(event.error_code), remote=event.remote_reset)

    def _was_opened(self, stream_id: int) -> bool:
        return bool(stream_id & 1) and stream_id <= self._h2.highest_outbound_stream_id

    def consumed(self, stream_id: int, size: int) -> None:
        """Bytes of a call were read: the server may send as many again."""
        left = self._lefts.get(stream_id)
        if left is None:
            return
        credit = self._credits.get(stream_id, 0) + size
        if credit >= self._limits.window_bytes // 4:
            self._updates.append(frames.window_update(stream_id, credit))
            self._lefts[stream_id] = left + credit
            credit = 0
        self._credits[stream_id] = credit

    # --- out ----------------------------------------------------------------------------------------------------------

    def open(self, fields: Fields) -> int | None:
        """Begin a call.

        Returns:
            Its stream; `None` if the server, or HTTP/2, allows no more.
        """
        if self._h2.highest_outbound_stream_id >= frames.LAST_STREAM:
            return None
        stream_id = int(self._h2.get_next_available_stream_id())
        try:
            self._h2.send_headers(stream_id, fields)
        except TooManyStreamsError:
            return None
        self._lefts[stream_id] = self._limits.window_bytes
        return stream_id

    def end(self, stream_id: int) -> bytes:
        """An empty DATA frame that ends our side of a stream; nothing if the stream has ended."""
        if not self.is_open(stream_id):
            return b""
        self._h2.streams[stream_id].state_machine.process_input(StreamInputs.SEND_END_STREAM)
        return frames.head(frames.DATA, frames.END_STREAM, stream_id, 0)

    def forget(self, stream_id: int) -> None:
        """Forget a call: nobody will read from it any more."""
        self._lefts.pop(stream_id, None)
        self._credits.pop(stream_id, None)


def _unpadded(raw: bytes) -> bytes:
    """The payload of a padded DATA frame without its padding."""
    at = frames.HEAD_BYTES
    if len(raw) <= at or raw[at] >= len(raw) - at:
        raise FrameError("the padding is longer than its frame")
    return raw[at + 1 : len(raw) - raw[at]]
