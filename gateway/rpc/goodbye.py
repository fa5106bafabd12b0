"""Leave of a client in two steps (RFC 9113, section 6.8): it is told to begin no more calls, and a round trip later which was the last.

What it had begun before it could know is served so. A proxy that is told both at once fails a call that was on its way, unless it
has been set up to try again.
"""

import asyncio
from collections.abc import Callable

from h2.errors import ErrorCodes

from gateway.rpc import frames
from gateway.rpc.wire import Wire

PING = b"goodbye?"


class Goodbye:
    """One connection's.

    Args:
        wire: it.
        send: sends bytes.
        told: called when the client knows which call is the last.
        patience_s: a client that has not answered for so long is told all the same.
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
        """Of the last call that is served; `None` as long as all are."""

    def begin(self) -> None:
        """Say that it is time to go, once."""
        if self._timer is None and self.last_stream_id is None:
            self._send(frames.go_away(frames.LAST_STREAM, ErrorCodes.NO_ERROR) + frames.ping(PING))
            self._timer = asyncio.get_running_loop().call_later(self._patience_s, self.finish)

    def answered(self, payload: bytes) -> None:
        """The client has answered a ping."""
        if payload == PING and self._timer is not None:
            self.finish()

    def finish(self) -> None:
        """Say which call was the last, once."""
        self.cancel()
        if self.last_stream_id is None:
            self.last_stream_id = self._wire.last_stream_id
            self._send(frames.go_away(self.last_stream_id, ErrorCodes.NO_ERROR))
            self._told()

    def close(self) -> None:
        """The connection is over, and is not kept by its goodbye."""
        self.cancel()
        self._send, self._told = _nowhere, _nobody

    def cancel(self) -> None:
        """Say no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _nowhere(_: bytes) -> None:
    """Where the bytes of a connection go that is over."""


def _nobody() -> None:
    """Who leaves then."""
