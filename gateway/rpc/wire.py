"""The server side of one HTTP/2 connection, without a socket: bytes in, events and bytes out. h2 keeps the state; this wraps it.

Rules:
- Frames are split before h2 sees them, so that one turn of the loop handles a bounded amount, and floods are counted (`guards`).
- A GOAWAY from the client never reaches h2, which would end the connection although running calls may go on. Nor does h2 send one by
  itself: it names a wrong code for broken HPACK, and counts streams that were refused after the goodbye.
- h2 does not validate header fields, since to it a bad one breaks the whole connection instead of its call. `heads` does.
- Outgoing DATA and incoming WINDOW_UPDATE, the two frames of an audio message, are handled here on h2's own windows: in h2 they cost
  6 us each. Unusual cases of them are left to h2.

    wire.receive(data); events = wire.events(now); transport.write(wire.output())
"""

from collections.abc import Iterator
from typing import Any

from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, PingAckReceived, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings
from hpack import Encoder, HPACKError

from gateway.rpc import frames
from gateway.rpc.frames import Cutter, Frame, FrameError
from gateway.rpc.guards import AbuseError, Budget, PingStrikes, Turn
from gateway.rpc.limits import Limits
from gateway.rpc.metadata import Fields

TURN, TURN_S = 256, 0.01
"""At most this many frames are handled in this many seconds; one that begins a call counts as `CALL_COST`. See `calls` for messages."""
CALL_COST = 8
_BYTES_AT_COST = 64
"""Bytes of headers or settings that count as one more frame: Huffman codes are decoded bit by bit, milliseconds for a long head."""
_TABLE_BYTES = 4096
"""Size of the HPACK table for answers, whatever the client offers: each field is compared with all that are in it."""
_MAX_WINDOW = 2**31 - 1
_WILD = 8
"""A head that exceeds its bound this many times over ends the connection; a smaller excess ends only its call."""
_SAYS_NOTHING = frozenset((frames.SETTINGS, frames.PRIORITY, frames.GOAWAY))
_TOLD = (RequestReceived, DataReceived, StreamEnded, StreamReset, PingAckReceived)


class _H2(H2Connection):
    """h2, adapted: it remembers less of closed streams, and leaves it to us to answer a client that violates HTTP/2."""

    MAX_CLOSED_STREAMS = 1024

    def _terminate_connection(self, error_code: ErrorCodes) -> None:
        """Send nothing: the caller, which gets the error, answers the client."""

    def close(self) -> None:
        """Drop the references to its own methods, which would keep it alive."""
        self._frame_dispatch_table.clear()


class _PlainEncoder(Encoder):
    """HPACK without Huffman codes: in hpack they take time quadratic in a text's length, and status messages quote clients."""

    def encode(self, headers: Any, huffman: bool = False) -> bytes:  # noqa: ANN401, FBT001, FBT002 hpack's own signature
        """Encode a header block."""
        return super().encode(headers, huffman=huffman)


class Wire:
    """One connection.

    Args:
        limits: bounds of it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cutter = Cutter()
        self._h2 = _H2(_config())
        self._h2.encoder = _PlainEncoder()
        self._settled = False
        self._head_bytes = 0
        self._credit = 0
        self._credits: dict[int, int] = {}
        self._control = Budget(200, 20, "too many control frames")
        self._resets = Budget(2000, 300, "too many streams reset")
        self._pings = PingStrikes(limits.ping_interval_s)
        self.turn = Turn(TURN, TURN_S)
        self._unanswered = 0
        self.waiting = False

    @property
    def greeted(self) -> bool:
        """Whether the client's preface has arrived."""
        return self._cutter.greeted

    @property
    def settled(self) -> bool:
        """Whether the client's preface and settings have arrived."""
        return self._settled

    @property
    def in_head(self) -> bool:
        """Whether the head of a request has begun and is incomplete."""
        return self._head_bytes > 0 or self._cutter.in_head

    @property
    def last_stream_id(self) -> int:
        """The highest stream id that the client has used."""
        return self._h2.highest_inbound_stream_id

    def close(self) -> None:
        """The connection is closed."""
        self._h2.close()
        self.turn.close()

    def begin(self) -> None:
        """Send our settings, and open the connection's window."""
        limits = self._limits
        settings = {
            SettingCodes.MAX_CONCURRENT_STREAMS: limits.calls,
            SettingCodes.INITIAL_WINDOW_SIZE: limits.window_bytes,
            SettingCodes.MAX_HEADER_LIST_SIZE: limits.head_bytes,
            SettingCodes.ENABLE_PUSH: 0,
        }
        self._h2.decoder.max_header_list_size = _WILD * limits.head_bytes
        self._h2.local_settings = Settings(client=False, initial_values=settings)
        self._h2.initiate_connection()
        # The reader of the events refuses streams beyond the limit: h2 would end the connection of a client that cannot know it yet.
        beyond = {**settings, SettingCodes.MAX_CONCURRENT_STREAMS: 2 * limits.calls + 1000}
        self._h2.local_settings = Settings(client=False, initial_values=beyond)
        more = limits.connection_bytes - self._h2.inbound_flow_control_window
        if more > 0:
            self._h2.increment_flow_control_window(more)

    # --- in -----------------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Add bytes from the client; `events` interprets them.

        Raises:
            ProtocolError: the client does not speak HTTP/2.
        """
        greeted = self._cutter.greeted
        self._cutter.feed(data)
        if self._cutter.greeted and not greeted:
            self._h2.receive_data(frames.PREFACE)

    def events(self, now: float) -> Iterator[Event]:
        """The events of the frames received so far; `waiting` tells whether some frames must wait for the next turn.

        Only requests, their data, ends and resets are reported, and answers to pings. Give a request's data back with `consumed`.

        Raises:
            ProtocolError: the client violates HTTP/2; `fault` tells how.
            AbuseError: the client floods.
        """
        self.waiting = False
        turn = self.turn
        turn.begin(now)
        while not turn.over:
            frame = self._cutter.cut()
            if frame is None:
                return
            turn.spend(_cost(frame))
            if frame.kind == frames.WINDOW_UPDATE and self._widened(frame):
                continue
            within = self._head_bytes > 0
            self._look(frame, now)
            if within or frame.kind != frames.GOAWAY:
                yield from self._told(frame, now)
        self.waiting = True

    def _told(self, frame: Frame, now: float) -> Iterator[Event]:
        settings = frame.kind == frames.SETTINGS
        events = self._h2.receive_data(frames.known_settings(frame) if settings else frame.raw)
        if settings:
            encoder = self._h2.encoder
            encoder.header_table_size = min(encoder.header_table_size, _TABLE_BYTES)
        for event in events:
            if isinstance(event, StreamReset):
                self._resets.spend(now)
            elif isinstance(event, DataReceived) and not event.data and event.stream_ended is None:
                self._control.spend(now)
            if isinstance(event, _TOLD):
                yield event

    def _look(self, frame: Frame, now: float) -> None:
        """Count a frame by its kind."""
        kind = frame.kind
        if not self._settled:
            if kind != frames.SETTINGS or frame.flags & frames.ACK:
                raise FrameError("the first frame must be SETTINGS")
            self._settled = True
        if self._head_bytes or kind in {frames.HEADERS, frames.CONTINUATION}:
            self._look_at_head(frame)
        elif kind == frames.RST_STREAM and frame.stream_id > self.last_stream_id:
            raise FrameError("RST_STREAM for a stream that was never opened")
        elif kind == frames.PING:
            self._look_at_ping(frame, now)
        elif kind in _SAYS_NOTHING or kind > frames.CONTINUATION:
            frames.check(frame)
            self._control.spend(now)
        elif kind == frames.PUSH_PROMISE:
            raise AbuseError("a client must not send PUSH_PROMISE", ErrorCodes.PROTOCOL_ERROR)

    def _look_at_head(self, frame: Frame) -> None:
        self._head_bytes += frame.length + frames.HEAD_BYTES
        if self._head_bytes > _WILD * self._limits.head_bytes:
            raise AbuseError("the headers of a request are too long")
        if frame.flags & frames.END_HEADERS:
            self._head_bytes = 0

    def _look_at_ping(self, frame: Frame, now: float) -> None:
        if not frame.flags & frames.ACK:
            self._pings.struck(now)
        elif self._unanswered > 0:
            self._unanswered -= 1  # it was asked for
        else:
            self._control.spend(now)

    def _widened(self, frame: Frame) -> bool:
        """Handle an ordinary WINDOW_UPDATE: the client has room for more."""
        increment = int.from_bytes(frame.raw[frames.HEAD_BYTES :], "big")
        if not 0 < increment <= _MAX_WINDOW or len(frame.raw) != frames.HEAD_BYTES + 4 or self._head_bytes:
            return False
        widened = self._h2.streams.get(frame.stream_id) if frame.stream_id else self._h2
        if widened is None or not self._settled:
            return False
        if widened.outbound_flow_control_window + increment > _MAX_WINDOW:
            return False
        widened.outbound_flow_control_window += increment
        return True

    def consumed(self, stream_id: int, size: int) -> None:
        """Request bytes of a call were read: the client may send as many again."""
        if not self.is_open(stream_id):
            return
        credit = self._credits.get(stream_id, 0) + size
        if credit >= self._limits.window_bytes // 4:
            self._widen(stream_id, credit)
            credit = 0
        self._credits[stream_id] = credit

    def arrived(self, size: int) -> None:
        """Request bytes of some call arrived: reopen the connection's window at once, so that one unread call does not block the others."""
        self._credit += size
        if self._credit >= self._limits.connection_bytes // 4:
            self._h2.increment_flow_control_window(self._credit)
            self._credit = 0

    def _widen(self, stream_id: int, credit: int) -> None:
        try:
            self._h2.increment_flow_control_window(credit, stream_id)
        except ProtocolError:
            return  # the client will send no more

    def part(self, code: ErrorCodes, words: bytes, last_stream_id: int | None = None) -> None:
        """Send a GOAWAY that ends the connection and says why.

        Args:
            code: the error code.
            words: a message for whoever debugs the client.
            last_stream_id: as an earlier GOAWAY named it; `None` if there was none.
        """
        self._h2.close_connection(code, words, last_stream_id)

    # --- out ----------------------------------------------------------------------------------------------------------

    def output(self) -> bytes:
        """Take the bytes to send."""
        return self._h2.data_to_send()

    def ping(self, payload: bytes) -> bytes:
        """A PING frame with these eight bytes; the client's answer is not counted as one of its own frames."""
        self._unanswered += 1
        return frames.ping(payload)

    def room(self, stream_id: int) -> int:
        """How many bytes may be sent on a stream now, in one frame."""
        h2 = self._h2
        stream = h2.streams.get(stream_id)
        if stream is None:
            return 0
        return min(
            stream.outbound_flow_control_window, h2.outbound_flow_control_window, h2.max_outbound_frame_size
        )

    def data(self, stream_id: int, size: int) -> bytes:
        """The header of a DATA frame of this size, which must fit the windows."""
        h2 = self._h2
        h2.outbound_flow_control_window -= size
        h2.streams[stream_id].outbound_flow_control_window -= size
        self._pings.sent = True
        return frames.head(frames.DATA, 0, stream_id, size)

    def head(self, stream_id: int, fields: Fields, *, end: bool = False) -> None:
        """Send the head or the trailers of an answer; nothing if the client has ended the stream."""
        if self.is_open(stream_id):
            self._pings.sent = True
            self._h2.send_headers(stream_id, fields, end_stream=end)

    def is_open(self, stream_id: int) -> bool:
        """Whether the stream has a side that has not ended, and the connection is open."""
        if self._h2.state_machine.state is ConnectionState.CLOSED:
            return False
        stream = self._h2.streams.get(stream_id)
        return stream is not None and not stream.closed

    def forget(self, stream_id: int) -> None:
        """Forget the stream: nobody will read from it any more."""
        self._credits.pop(stream_id, None)

    def reset(self, stream_id: int, code: ErrorCodes) -> None:
        """Reset a stream, unless it has ended."""
        if self.is_open(stream_id):
            self._h2.reset_stream(stream_id, code)


def fault(error: ProtocolError) -> tuple[ErrorCodes, str]:
    """A violation of HTTP/2 as a GOAWAY tells it: the code, and words of our own, since h2's may contain memory addresses."""
    if isinstance(error.__cause__, HPACKError) and error.error_code is ErrorCodes.PROTOCOL_ERROR:
        return ErrorCodes.COMPRESSION_ERROR, ""
    return ErrorCodes(error.error_code), str(error) if isinstance(error, FrameError) else ""


def _cost(frame: Frame) -> int:
    """How much a frame counts against the frame budget."""
    if frame.kind == frames.HEADERS:
        return CALL_COST + frame.length // _BYTES_AT_COST
    long = frame.kind in {frames.CONTINUATION, frames.SETTINGS}
    return 1 + frame.length // _BYTES_AT_COST if long else 1


def _config() -> H2Configuration:
    return H2Configuration(
        client_side=False,
        header_encoding=None,
        validate_inbound_headers=False,
        validate_outbound_headers=False,
        normalize_outbound_headers=False,
    )
