"""Graceful shutdown of a connection in two steps (RFC 9113, section 6.8).

The first GOAWAY asks the client to start no more calls; one round trip later a second one names the last call that is served.
Calls that the client started before it read the first GOAWAY are thus served. With a single GOAWAY a proxy fails such calls,
unless it is configured to retry them.
"""

import asyncio
from collections.abc import Callable

from h2.errors import ErrorCodes

from gateway.rpc import frames
from gateway.rpc.wire import Wire

PING = b"goodbye?"


class Goodbye:
    """The shutdown of one connection.

    Args:
        wire: the connection's HTTP/2 state.
        send: writes bytes to the socket.
        told: called when the last call has been named.
        patience_s: seconds to wait for the client's answer before the last call is named anyway.
    """

    def __init__(
        self, wire: Wire, send: Callable[[bytes], None], told: Callable[[], None], patience_s: float
    ) -> None:
        self._wire = wire
        self._send = send
        self._told = told
        self._patience_s = patience_s
        self._timer: asyncio.TimerHandle | None = None
        self.last_stream_id: int | None = None
        """Stream id of the last call that is served; `None` while new calls are accepted."""

    def begin(self) -> None:
        """Send the first GOAWAY, once."""
        if self._timer is None and self.last_stream_id is None:
            self._send(frames.go_away(frames.LAST_STREAM, ErrorCodes.NO_ERROR) + self._wire.ping(PING))
            self._timer = asyncio.get_running_loop().call_later(self._patience_s, self.finish)

    def answered(self, payload: bytes) -> None:
        """The client has answered a PING."""
        if payload == PING and self._timer is not None:
            self.finish()

    def finish(self) -> None:
        """Send the GOAWAY that names the last call, once."""
        self.cancel()
        if self.last_stream_id is None:
            self.last_stream_id = self._wire.last_stream_id
            self._send(frames.go_away(self.last_stream_id, ErrorCodes.NO_ERROR))
            self._told()

    def close(self) -> None:
        """The connection is closed: drop the references to it."""
        self.cancel()
        self._send, self._told = _nowhere, _nobody

    def cancel(self) -> None:
        """Send nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def leave(transport: asyncio.Transport, *, greeted: bool) -> None:
    """Close a connection on which all has been said; a client that has not even sent its preface is not waited for."""
    if transport.is_closing() or not greeted or not transport.can_write_eof():
        transport.close()  # TLS has its own closing handshake
        return
    transport.resume_reading()
    try:
        transport.write_eof()  # the transport closes when the client closes its side
    except OSError:  # the client closed first
        transport.abort()


def _nowhere(_: bytes) -> None:
    """Stand in for `send` once the connection is closed."""


def _nobody() -> None:
    """Stand in for `told` once the connection is closed."""
