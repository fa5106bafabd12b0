"""The WebSocket wire: proto3 JSON in text frames, audio in binary ones."""

import asyncio
import ssl
import time
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    ConnectionClosedOK,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
)
from websockets.typing import Subprotocol

from legato.domain.errors import Reason, SpeechError
from legato_client.access import authorization
from legato_client.address import Address
from legato_client.errors import (
    HUNG_UP,
    NO_HTTP,
    ConnectionLostError,
    Trouble,
    cause,
    is_lasting,
    refused_by_http,
)
from legato_client.frames import SUBPROTOCOL, FrameReader, write_frame
from legato_client.requests import Command
from legato_client.tuning import Tuning
from legato_client.wire import Received

_MAX_FRAME_BYTES = 8_388_608
_FRAMES_READ_AHEAD = 4
_PING_INTERVAL_S = 10.0
_HEAD_START_S = 0.25
"""So long an address is alone: then the next one is tried beside it."""


class StampedConnection(ClientConnection):
    """A connection that notes when bytes last came: their true arrival time, before any parsing or task switch."""

    read_at = 0.0
    clock: Callable[[], float] = staticmethod(time.monotonic)

    def data_received(self, data: bytes) -> None:
        """Note the time, then proceed as usual."""
        self.read_at = self.clock()
        super().data_received(data)


class WebSocketWire:
    """One WebSocket.

    Args:
        connection: a connection after its handshake.
        silence_s: it is lost if nothing has come for this long.
        clock: monotonic seconds, as the connection stamps them.
    """

    def __init__(self, connection: StampedConnection, silence_s: float, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._silence_s = silence_s
        self._clock = clock
        self._frames = FrameReader()

    @property
    def owes(self) -> bool:
        """Never: the library answers the gateway's pings, which tell it what was read."""
        return False

    async def acknowledge(self) -> None:
        """Do nothing: there is nothing to acknowledge."""

    async def send(self, command: Command) -> None:
        """Write one text frame."""
        try:
            await self._connection.send(write_frame(command))
        except ConnectionClosed as closed:
            raise ConnectionLostError(f"the WebSocket is closed: {closed}") from None

    async def receive(self) -> Received | None:
        """Read frames until one means something."""
        while True:
            try:
                frame = await self._next_frame()
            except ConnectionClosedOK:
                return None
            except ConnectionClosed as closed:
                raise _closed_with(closed) from None
            read_at = self._connection.read_at
            reply = self._frames.read(frame)
            if reply is not None:
                return Received(reply, read_at)

    async def finish(self) -> None:
        """Begin the closing handshake; there is no half-close here."""
        await self._connection.close()

    async def close(self) -> None:
        """Drop the connection."""
        self._connection.transport.abort()
        await self._connection.wait_closed()

    async def _next_frame(self) -> str | bytes:
        # No deadline for pongs: while the program is slow nothing is read here, and a pong would be missed. Silence
        # counts only while this waits for a frame.
        listening_since = self._clock()
        while True:
            try:
                async with asyncio.timeout(self._silence_s):
                    return await self._connection.recv()
            except TimeoutError:
                quiet_s = self._clock() - max(self._connection.read_at, listening_since)
                if quiet_s >= self._silence_s:
                    raise ConnectionLostError(f"nothing was received for {quiet_s:.0f} s") from None


async def dial_websocket(address: Address, key: str, tuning: Tuning) -> WebSocketWire:
    """Connect and complete the handshake.

    Raises:
        SpeechError: the gateway refuses the key, the origin, or another stream.
        ConnectionLostError: nothing answers there, or not a gateway.
    """
    made: list[StampedConnection] = []

    def create(*args: Any, **kwargs: Any) -> StampedConnection:  # noqa: ANN401 - passed on as they are
        made.append(StampedConnection(*args, **kwargs))
        return made[-1]

    try:
        connection = await connect(
            address.stream_url,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            additional_headers=authorization(key),
            compression=None,  # audio does not shrink, and deflate costs more than it saves on small texts
            proxy=None if address.is_loopback else True,
            open_timeout=tuning.open_timeout_s,
            close_timeout=tuning.close_timeout_s,
            ping_interval=_PING_INTERVAL_S,
            ping_timeout=None,
            max_size=_MAX_FRAME_BYTES,
            max_queue=_FRAMES_READ_AHEAD,
            create_connection=create,  # type: ignore[arg-type]  # any callable that makes one
            **_head_start(address),
            **_tls(address, tuning.ca_pem),
        )
    except InvalidStatus as refused:
        raise refused_by_http(refused.response.status_code, refused.response.body or b"") from None
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
        raise _unconnected(address, error, answered=bool(made and made[-1].read_at)) from None
    except (InvalidProxy, ImportError, ValueError):  # not quoted: a proxy may have a password
        what = "the proxy from the environment cannot be used"
        raise ConnectionLostError(f"cannot connect to {address.authority}: {what}", may_retry=False) from None
    assert isinstance(connection, StampedConnection), "made by create_connection"
    if connection.subprotocol != SUBPROTOCOL:
        connection.transport.abort()
        await connection.wait_closed()
        what = f"{address.stream_url} is not a Legato stream: it does not speak {SUBPROTOCOL}"
        raise ConnectionLostError(what, may_retry=False)
    connection.clock = tuning.clock
    return WebSocketWire(connection, tuning.silence_s, tuning.clock)


def _unconnected(address: Address, error: Exception, *, answered: bool) -> ConnectionLostError:
    # A gateway that ends during the handshake says nothing: that passes. Bytes that are not HTTP will come again.
    unread = isinstance(error, InvalidMessage)
    foreign = answered and unread
    told = NO_HTTP if answered else HUNG_UP
    why = told if unread else cause(error)
    return ConnectionLostError(
        f"cannot connect to {address.authority}: {why}", may_retry=not (foreign or is_lasting(error))
    )


def _head_start(address: Address) -> dict[str, Any]:
    """One address of a name that leads nowhere, as with broken IPv6, costs a moment and not the whole dial.

    Not where there is a single address to try: asyncio's staggered dial forgets a connected socket when it is cancelled.
    """
    if _is_numeric(address.host) or not isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop):
        return {}  # other loops, such as uvloop, do not have the argument, and try addresses one after the other
    return {"happy_eyeballs_delay": _HEAD_START_S}


def _is_numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _tls(address: Address, ca_pem: bytes | None) -> dict[str, Any]:
    if not address.secure:
        return {}
    return {"ssl": ssl.create_default_context(cadata=ca_pem.decode() if ca_pem else None)}


_CLOSED_FOR = {
    1011: Reason.INTERNAL,
    1012: Reason.SHUTTING_DOWN,
    1013: Reason.OVERLOADED,
}


def _closed_with(closed: ConnectionClosed) -> Trouble:
    if closed.rcvd is None:
        return ConnectionLostError(f"the WebSocket broke: {closed}")
    reason = _CLOSED_FOR.get(closed.rcvd.code)
    if reason is not None:
        return SpeechError(
            reason, closed.rcvd.reason or f"the gateway closed the stream with {closed.rcvd.code}"
        )
    return ConnectionLostError(f"the gateway closed the stream: {closed.rcvd}", may_retry=False)
