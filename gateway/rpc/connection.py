"""The server's side of one connection: turns the frames it receives into calls, and writes the calls' answers to the socket.

Rules:
- A connection with one call writes at once. With several, everything written in one turn of the loop is sent in one piece, in order.
- Nothing is buffered in the transport that could wait in a call: the transport pauses as soon as the kernel does not take everything.
- Calls that wait for room to write take turns, one frame each.
- A client that floods is not read for a moment, so that others get their turn; one that breaks a limit of `guards` is disconnected.
- A silent client is pinged, and disconnected when it stays silent (`watch`).
- A client that violates HTTP/2 is told so in a GOAWAY. What it still sends is read and dropped for a moment: closing a socket with
  unread bytes resets the connection, and the GOAWAY would be lost.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, cast

import grpc
from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, PingAckReceived, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import ProtocolError

from gateway.rpc.answer_lane import AnswerLane
from gateway.rpc.calls import Call
from gateway.rpc.common_wire import fault
from gateway.rpc.echoes import Answered, Echoes
from gateway.rpc.goodbye import Goodbye, leave
from gateway.rpc.guards import AbuseError
from gateway.rpc.heads import Refused, read_head, refused
from gateway.rpc.lane import Lane
from gateway.rpc.limits import Limits
from gateway.rpc.peers import peer_name
from gateway.rpc.watch import Watch
from gateway.rpc.wire import TURN_S, Wire

Find = Callable[[str, Any], Any]
"""Finds the handler of a method by its name and the call's metadata; `None` if there is none."""

_AT_ONCE_BYTES = 64 * 1024
_LINGER_S = 0.5
_PING = b"alive?\0\0"


class Connection(asyncio.Protocol):
    """One connection: the asyncio protocol of its socket, and the `answer_lane.AnswerRoad` of its calls.

    Args:
        limits: bounds of this connection.
        find: finds handlers.
        register: notified when the connection opens and closes.
    """

    def __init__(self, limits: Limits, find: Find, register: "Register") -> None:
        self._limits = limits
        self._find = find
        self._register = register
        self._wire = Wire(limits)
        self._calls: dict[int, Call] = {}
        self._waiting: dict[Lane, None] = {}
        self._collected: list[bytes] = []
        self._collected_bytes = 0
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._watch = Watch(limits, self)
        self._farewell: asyncio.TimerHandle | None = None
        self._peer = ""
        self._echoes = Echoes(self._ping)
        self._goodbye = Goodbye(self._wire, self.send, self._leave_if_done, limits.goodbye_answer_s)
        self._unheard_bytes = limits.connection_bytes
        self._closing = self.jammed = False

    # --- from the socket ----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        # uvloop's transports behave as asyncio.Transport but do not inherit from it.
        self._transport = transport = cast("asyncio.Transport", transport)
        self._register.add(self, transport)
        # One byte rather than zero: with a limit of zero asyncio's TLS transport takes an empty buffer for a full one.
        transport.set_write_buffer_limits(high=1, low=0)
        tls = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() != "h2":
            transport.abort()
            return
        self._peer = peer_name(transport.get_extra_info("peername"))
        self._wire.begin()
        self._flush()
        self._watch.begin()

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._watch.heard_at = self._loop.time()
        if self._closing:
            self._unheard_bytes -= len(data)
            if self._unheard_bytes < 0:
                self.cut()
            return
        try:
            self._wire.receive(data)
        except ProtocolError:
            self._close()
            return
        self._take()

    def eof_received(self) -> None:
        """The client has closed its side, which closes the connection."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        del exc
        self._closing = True
        self._rest()
        self._waiting, self._collected = {}, []
        self._transport = None
        for call in tuple(self._calls.values()):
            call.cancel()
        self._register.discard(self)
        for part in (self._watch, self._echoes, self._goodbye, self._wire):
            part.close()

    def pause_writing(self) -> None:
        """The kernel did not take everything that was written."""
        self.jammed = True

    def resume_writing(self) -> None:
        """The kernel has taken everything that was written."""
        self.jammed = False
        self._pump()

    # --- frames -------------------------------------------------------------------------------------------------------

    def _take(self) -> None:
        try:
            for event in self._wire.events(self._watch.heard_at):
                self._tell(event)
        except AbuseError as error:
            self._part(error.code, str(error))
        except ProtocolError as error:
            self._part(*fault(error))
        else:
            self._after()

    def _after(self) -> None:
        self._flush()
        if self._waiting:
            self._pump()
        if not self._watch.greeted and self._wire.settled:
            self._watch.greet()
        self._watch.head(begun=self._wire.in_head)
        if self._wire.waiting and self._transport is not None and not self._closing:
            self._transport.pause_reading()
            self._loop.call_later(TURN_S, self._breathe)

    def _breathe(self) -> None:
        if self._transport is None or self._closing:
            return
        self._watch.heard_at = self._loop.time()
        self._take()
        if not self._wire.waiting and not self._closing:
            self._transport.resume_reading()

    def _tell(self, event: Event) -> None:
        if isinstance(event, DataReceived):
            self._receive(event)
        elif isinstance(event, RequestReceived):
            self._begin(event.stream_id, event.headers)
        elif isinstance(event, StreamEnded | StreamReset) and (call := self._calls.get(event.stream_id)):
            if isinstance(event, StreamEnded):
                call.half_close()
            else:
                call.cancel()
        elif isinstance(event, PingAckReceived):
            self._goodbye.answered(event.ping_data)
            self._echoes.answered(event.ping_data)

    def _receive(self, event: DataReceived) -> None:
        size, call = event.flow_controlled_length, self._calls.get(event.stream_id)
        self._wire.arrived(size)
        if call is not None:
            call.receive(event.data, size)

    def _begin(self, stream_id: int, fields: Any) -> None:  # noqa: ANN401 h2's own header type
        if self._goodbye.last_stream_id is not None or len(self._calls) >= self._limits.calls:
            self._wire.reset(stream_id, ErrorCodes.REFUSED_STREAM)
            return
        head = read_head(fields, self._limits.head_bytes)
        handler = None if isinstance(head, Refused) else self._find(head.method, head.metadata)
        lane = AnswerLane(self._wire, self, stream_id)
        if isinstance(head, Refused):
            lane.fields(head.fields, end=True)
        elif handler is None:
            lane.fields(refused(grpc.StatusCode.UNIMPLEMENTED, "Method not found!").fields, end=True)
        else:
            read, most = partial(self._consumed, stream_id), self._limits.message_bytes
            call = Call(head, handler, lane, self._peer, most, read, self._wire.turn)
            self._calls[stream_id] = call
            call.begin(partial(self._over, stream_id))

    def _consumed(self, stream_id: int, size: int) -> None:
        self._wire.consumed(stream_id, size)
        self._flush()

    def _over(self, stream_id: int) -> None:
        del self._calls[stream_id]
        self._wire.forget(stream_id)
        self._leave_if_done()

    # --- to the socket ------------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Write these bytes, in order."""
        if self._transport is None or not data or self._closing:
            return
        if len(self._calls) <= 1 and not self._collected:
            self._transport.write(data)
            self._bound()
            return
        if not self._collected:
            self._loop.call_soon(self._post)
        self._collected.append(data)
        self._collected_bytes += len(data)
        if self._collected_bytes >= _AT_ONCE_BYTES:
            self._post()

    def ended(self, stream_id: int) -> None:
        """The stream's answer is complete: reset the stream a little later, so that the client stops sending.

        Not at once: grpc's own client reports a reset that arrives together with the status as an error of its own.
        """
        if self._wire.is_open(stream_id):
            self._loop.call_later(_LINGER_S, self._stop, stream_id)

    def echo(self, answered: Answered) -> None:
        """Send a PING, and call back when the client has answered it."""
        self._echoes.ask(answered)

    def wait(self, lane: Lane) -> None:
        """Pump this lane when there is room again."""
        self._waiting[lane] = None

    def _stop(self, stream_id: int) -> None:
        if not self._closing:
            self._wire.reset(stream_id, ErrorCodes.NO_ERROR)
            self._flush()

    def _flush(self) -> None:
        self.send(self._wire.output())

    def _post(self) -> None:
        if self._collected and self._transport is not None:
            data = b"".join(self._collected)
            self._collected.clear()
            self._collected_bytes = 0
            self._transport.write(data)
            self._bound()

    def _bound(self) -> None:
        transport = self._transport
        if self.jammed and transport and transport.get_write_buffer_size() > self._limits.unsent_bytes:
            # Later: this runs within a call's write, which must not see its call end here.
            self._loop.call_soon(self.cut)

    def _pump(self) -> None:
        """Write one frame of each waiting lane in turn, for as long as there is room."""
        going = tuple(self._waiting)
        while going and not self.jammed:
            going = tuple([lane for lane in going if lane.pump()])
        for lane in tuple(self._waiting):
            if lane.clear:
                self._waiting.pop(lane, None)
                lane.cleared()

    # --- its end ------------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Accept no new calls; the connection closes after the last one."""
        if not self._closing and self._transport is not None:
            self._goodbye.begin()

    async def give_up(self) -> None:
        """End every call, wait for the handlers, and close."""
        calls = tuple(self._calls.values())
        for call in calls:
            call.give_up()
        for call in calls:
            await call.ended()
        self._goodbye.finish()
        self._close()

    def cut(self) -> None:
        """Close now, even with bytes unsent."""
        if self._transport is not None:
            self._transport.abort()

    def _leave_if_done(self) -> None:
        if self._goodbye.last_stream_id is not None and not self._calls:
            self._close()

    def _part(self, code: ErrorCodes, words: str) -> None:
        self._wire.part(code, words.encode(), self._goodbye.last_stream_id)
        self._flush()
        self._close()

    def _close(self) -> None:
        transport = self._transport
        if self._closing or transport is None:
            return
        self._closing = True
        self._post()
        self._rest()
        leave(transport, greeted=self._wire.greeted)
        self._farewell = self._loop.call_later(self._limits.farewell_s, self.cut)
        for call in tuple(self._calls.values()):
            call.cancel()

    def _rest(self) -> None:
        self._watch.end()
        self._goodbye.cancel()
        if self._farewell is not None:
            self._farewell.cancel()

    # --- its life -----------------------------------------------------------------------------------------------------

    def ping(self) -> None:
        """Send a PING, which a live client answers."""
        self._ping(_PING)

    def _ping(self, payload: bytes) -> None:
        self.send(self._wire.ping(payload))

    def time_out(self) -> None:
        """The client took too long over its preface and settings, or over the head of a request."""
        if self._wire.settled:
            self._part(ErrorCodes.ENHANCE_YOUR_CALM, "the headers of a request took too long")
        elif self._wire.greeted:
            self._part(ErrorCodes.SETTINGS_TIMEOUT, "no SETTINGS frame was received")
        else:
            self.cut()


class Register(Protocol):
    """Keeps the open connections."""

    def add(self, connection: Connection, transport: asyncio.Transport) -> None:
        """A connection has opened."""
        ...

    def discard(self, connection: Connection) -> None:
        """A connection has closed."""
        ...
