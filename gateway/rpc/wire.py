"""The server side of one HTTP/2 connection, without a socket: bytes in, events and bytes out. h2 keeps the state; this wraps it.

Rules, beside those of `common_wire`:
- Frames are split before h2 sees them, so that one turn of the loop handles a bounded amount, and floods are counted (`guards`).
- A GOAWAY from the client never reaches h2, which would end the connection although running calls may go on.

    wire.receive(data); events = wire.events(now); transport.write(wire.output())
"""

from collections.abc import Iterator

from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, PingAckReceived, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from gateway.rpc import frames
from gateway.rpc.common_wire import CommonWire
from gateway.rpc.frames import Cutter, Frame, FrameError
from gateway.rpc.guards import AbuseError, Budget, PingStrikes, Turn
from gateway.rpc.limits import Limits

TURN, TURN_S = 256, 0.01
"""At most this many frames are handled in this many seconds; one that begins a call counts as `CALL_COST`. See `calls` for messages."""
CALL_COST = 8
_BYTES_AT_COST = 64
"""Bytes of headers or settings that count as one more frame: Huffman codes are decoded bit by bit, milliseconds for a long head."""
_SAYS_NOTHING = frozenset((frames.SETTINGS, frames.PRIORITY, frames.GOAWAY))
_TOLD = (RequestReceived, DataReceived, StreamEnded, StreamReset, PingAckReceived)


class Wire(CommonWire):
    """One connection.

    Args:
        limits: bounds of it.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits, Cutter(), Budget(200, 20, "too many control frames"))
        self._credit = 0
        self._credits: dict[int, int] = {}
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
    def in_head(self) -> bool:
        """Whether the head of a request has begun and is incomplete."""
        return self._head_bytes > 0 or self._cutter.in_head

    @property
    def last_stream_id(self) -> int:
        """The highest stream id that the client has used."""
        return self._h2.highest_inbound_stream_id

    def close(self) -> None:
        """The connection is closed."""
        super().close()
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
        if not greeted and self._cutter.greeted:
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
            kind = frame.kind
            if kind == frames.DATA and self._counted(frame):
                data = frame.raw[frames.HEAD_BYTES :]
                yield DataReceived(stream_id=frame.stream_id, data=data, flow_controlled_length=len(data))
                continue
            if kind == frames.WINDOW_UPDATE and self._widened(frame):
                continue
            within = self._head_bytes > 0
            self._look(frame, now)
            if within or kind != frames.GOAWAY:
                yield from self._told(frame, now)
        self.waiting = True

    def _counted(self, frame: Frame) -> bool:
        """Handle an ordinary DATA frame: it has no flags, and is not empty."""
        size = len(frame.raw) - frames.HEAD_BYTES
        if frame.flags or not size or self._head_bytes:
            return False
        return self._h2.count(frame.stream_id, size)

    def _told(self, frame: Frame, now: float) -> Iterator[Event]:
        for event in self._received(frame):
            if isinstance(event, StreamReset):
                self._resets.spend(now)
            elif isinstance(event, DataReceived) and not event.data and event.stream_ended is None:
                self._control.spend(now)
            if isinstance(event, _TOLD):
                yield event

    def _look(self, frame: Frame, now: float) -> None:
        """Count a frame by its kind."""
        kind = frame.kind
        self._settle(frame)
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

    def _look_at_ping(self, frame: Frame, now: float) -> None:
        if not frame.flags & frames.ACK:
            if self._sent:
                self._pings.sent, self._sent = True, False
            self._pings.struck(now)
        elif self._unanswered > 0:
            self._unanswered -= 1  # it was asked for
        else:
            self._control.spend(now)

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

    # --- out ----------------------------------------------------------------------------------------------------------

    def ping(self, payload: bytes) -> bytes:
        """A PING frame with these eight bytes; the client's answer is not counted as one of its own frames."""
        self._unanswered += 1
        return frames.ping(payload)

    def forget(self, stream_id: int) -> None:
        """Forget the stream: nobody will read from it any more."""
        self._credits.pop(stream_id, None)


def _cost(frame: Frame) -> int:
    """How much a frame counts against the frame budget."""
    if frame.kind == frames.HEADERS:
        return CALL_COST + frame.length // _BYTES_AT_COST
    long = frame.kind in {frames.CONTINUATION, frames.SETTINGS}
    return 1 + frame.length // _BYTES_AT_COST if long else 1
