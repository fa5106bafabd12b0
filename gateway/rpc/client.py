"""The client's side of one connection: one call at a time on it, callbacks from the socket to whoever listens and back; no task.

Rules:
- What one turn of the loop writes is sent in one piece, in order.
- A call that is cancelled is reset; whatever the server still sends for it is dropped.
- A server that asks us to leave (GOAWAY) still serves the call under way, unless it says that it does not. With that call the connection ends.
- A server that violates HTTP/2 is told so in a GOAWAY; one that floods, or does not read, is disconnected.
- Nothing is sent on a connection without a call, but answers.
- A connection that breaks while it is held is over behind what has come on it, as if the kernel had kept that.
"""

import asyncio
from typing import Any, Protocol, cast

from h2.errors import ErrorCodes
from h2.exceptions import ProtocolError

from gateway.rpc.client_call import CallListener, ClientCall
from gateway.rpc.client_wire import ClientWire
from gateway.rpc.common_wire import fault
from gateway.rpc.guards import AbuseError
from gateway.rpc.lane import Lane
from gateway.rpc.limits import Limits
from gateway.rpc.metadata import Fields


class ClientListener(CallListener, Protocol):
    """Takes what comes: of the calls, and of the connection."""

    def settled(self) -> None:
        """The server has sent its settings: calls may begin."""
        ...

    def leaving(self) -> None:
        """The connection takes no more calls."""
        ...

    def ended(self, words: str, error: Exception | None) -> None:
        """The connection is over; nothing more comes.

        Args:
            words: what the server did wrong, if that was why.
            error: what happened to the socket, if that was why.
        """
        ...


class ClientConnection(asyncio.Protocol):
    """One connection: the asyncio protocol of its socket, the `lane.Road` of its call, and the `client_wire.Ears`.

    Args:
        limits: bounds of it.
        listener: takes what comes.
    """

    def __init__(self, limits: Limits, listener: ClientListener) -> None:
        self._limits = limits
        self._listener: ClientListener | None = listener
        self._wire = ClientWire(limits)
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._call: ClientCall | None = None
        self._waiting: Lane | None = None
        self._collected: list[bytes] = []
        self._words = ""
        self._error: Exception | None = None
        self._was_settled = False
        self._is_leaving = self._is_held = False
        self.jammed = False

    # --- from the socket ----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server has accepted."""
        # uvloop's transports behave as asyncio.Transport but do not inherit from it.
        self._transport = transport = cast("asyncio.Transport", transport)
        transport.set_write_buffer_limits(high=1, low=0)  # not zero, see `connection`
        if self._listener is None:
            transport.abort()
            return
        tls = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() != "h2":
            self._cut("the server does not speak HTTP/2")
            return
        self._wire.begin()
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Bytes from the server."""
        if self._listener is None:
            return
        try:
            self._wire.receive(data, self._loop.time(), self)
        except AbuseError as error:
            self._part(error.code, str(error))
        except ProtocolError as error:
            self._part(*fault(error))
        else:
            self._after()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over."""
        self._transport, self._error = None, exc
        self._is_leaving = True
        self._over()

    def pause_writing(self) -> None:
        """The kernel did not take everything that was written."""
        self.jammed = True

    def resume_writing(self) -> None:
        """The kernel has taken everything that was written."""
        self.jammed = False
        self._after()

    def _after(self) -> None:
        if not self._was_settled and self._wire.settled and self._listener is not None:
            self._was_settled = True
            self._listener.settled()
        if self._waiting is not None:
            self._pump(self._waiting)
        self._flush()

    def _pump(self, lane: Lane) -> None:
        while lane.pump():
            pass
        if lane.clear:
            self._waiting = None
            lane.cleared()

    # --- what came: `client_wire.Ears` ------------------------------------------------------------------------------------

    def headed(self, stream_id: int, fields: Any, *, ended: bool) -> None:  # noqa: ANN401 h2's own header type
        """The head of an answer, or its trailers."""
        call = self._call
        if call is not None and call.stream_id == stream_id:
            call.headed(fields, ended=ended)

    def data(self, stream_id: int, data: bytes, size: int, *, ended: bool) -> None:
        """Bytes of an answer."""
        call = self._call
        if call is not None and call.stream_id == stream_id:
            call.data(data, size, ended=ended)

    def reset(self, stream_id: int, code: int, *, remote: bool) -> None:
        """A stream was reset, by the server or by this side."""
        call = self._call
        if call is not None and call.stream_id == stream_id:
            call.reset(code, remote=remote)

    def leave(self, last_stream_id: int) -> None:
        """The server takes no more calls."""
        self._is_leaving = True
        call = self._call
        if call is not None and not call.has_ended and call.stream_id > last_stream_id:
            self._finish("")
        elif self._listener is not None:
            self._listener.leaving()

    # --- to the socket ------------------------------------------------------------------------------------------------

    @property
    def is_leaving(self) -> bool:
        """Whether it takes no more calls."""
        return self._is_leaving

    def begin(self, fields: Fields) -> bool:
        """Begin a call, once the one before is over or cancelled.

        Returns:
            Whether that is possible.
        """
        listener = self._listener
        if listener is None or self._is_leaving:
            return False
        stream_id = self._wire.open(fields)
        if stream_id is None:
            return False
        self._call = call = ClientCall(self._wire, self, stream_id, self._limits.message_bytes, listener)
        if self._is_held:
            call.hold()
        self.send(self._wire.output())
        return True

    def say(self, messages: "list[bytes | None]") -> None:
        """Send messages of the call under way, in order; `None` ends our side of it."""
        if self._call is not None and self._transport is not None:
            for message in messages:
                self._call.send(message)
        self._flush()

    def cancel(self) -> None:
        """End the call under way."""
        call, self._call = self._call, None
        if call is not None:
            call.close()
            self._flush()

    def hold(self) -> None:
        """Keep what comes; the server stops when its window is full."""
        self._is_held = True
        if self._call is not None:
            self._call.hold()

    def release(self) -> None:
        """Pass on what was kept, in the next turn of the loop, and what comes."""
        self._is_held = False
        self._loop.call_soon(self._pass_on)

    def _pass_on(self) -> None:
        if self._call is None or self._is_held:
            return
        try:
            self._call.release()
        except Exception:
            self.cancel()
            self._cut("")  # a bug: as where it happens in what the loop has read
            raise
        self._flush()
        if self._transport is None:
            self._over()

    def send(self, data: bytes) -> None:
        """Write these bytes, in order, before this turn of the loop ends."""
        if data:
            self._collected.append(data)

    def wait(self, lane: Lane) -> None:
        """Pump this lane when there is room again."""
        self._waiting = lane

    def _flush(self) -> None:
        self.send(self._wire.output())
        if self._collected and self._transport is not None:
            data = b"".join(self._collected)
            self._collected.clear()
            self._transport.write(data)
            if self.jammed and self._transport.get_write_buffer_size() > self._limits.unsent_bytes:
                self._cut("the server does not read")

    # --- its end ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Cancel the call under way, and close; nothing is reported any more."""
        self._listener = None
        self._finish("")

    def _finish(self, words: str) -> None:
        self.cancel()
        self._words = words
        if self._transport is not None:
            self._transport.close()
        self._over()

    def _part(self, code: ErrorCodes, words: str) -> None:
        self._wire.part(code, words.encode(), 0)
        self._flush()
        self._finish(words or "the server violates HTTP/2")

    def _cut(self, words: str) -> None:
        self._words = words
        if self._transport is not None:
            self._transport.abort()

    def _over(self) -> None:
        if self._call is not None and self._call.keeps:
            return  # `_pass_on` comes back
        listener, self._listener = self._listener, None
        call, self._call = self._call, None
        if call is not None:
            call.close()
        self._waiting = None
        self._collected.clear()
        self._wire.close()
        if listener is not None:
            listener.ended(self._words, self._error)
