"""A relay in front of a server that does not expose its sockets: passes bytes on, so that its connections can be cut like any other.

Rules:
- Bytes to the client are counted as HTTP/2 DATA, so that it is known when everything written has been sent.
- Neither side is read faster than the other accepts.
- When one side ends, so does the other.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from gateway.simulator.accepting import hand_over
from gateway.simulator.connection import Connection

_HEADER_BYTES = 9
_DATA = 0
_PREFIX_BYTES = 5
_LOOK_S, _PATIENCE_S = 0.001, 0.5


class DataMeter:
    """Counts the DATA bytes in a stream of HTTP/2 frames, however it is split."""

    def __init__(self) -> None:
        self.passed = 0
        self._header = bytearray()
        self._left = 0
        self._is_data = False

    def feed(self, chunk: bytes) -> None:
        """Add bytes of the stream."""
        at = 0
        while at < len(chunk):
            if self._left:
                taken = min(self._left, len(chunk) - at)
                self._left -= taken
                self.passed += taken * self._is_data
                at += taken
                continue
            taken = min(_HEADER_BYTES - len(self._header), len(chunk) - at)
            self._header += chunk[at : at + taken]
            at += taken
            if len(self._header) == _HEADER_BYTES:
                self._left = int.from_bytes(self._header[:3], "big")
                self._is_data = self._header[3] == _DATA
                self._header.clear()


class RelayedConnection(Connection):
    """A connection whose server is behind a relay.

    Args:
        number: from 1.
        transport: the client's transport.
    """

    def __init__(self, number: int, transport: asyncio.Transport) -> None:
        super().__init__(number, transport)
        self.meter = DataMeter()
        self.is_frozen = False
        self._written = 0

    def wrote(self, message: bytes | str) -> None:
        """The server has written a message."""
        self._written += _PREFIX_BYTES + len(message)

    def reset_behind(self, patience_s: float = _PATIENCE_S) -> None:
        """Send RST after everything that was written."""
        self._when_passed(super().reset_behind, patience_s)

    def end(self) -> None:
        """Send FIN after everything that was written."""
        self._when_passed(super().end, _PATIENCE_S)

    def freeze(self) -> None:
        """Pass nothing more on, after everything that was written."""
        self._when_passed(self._freeze, _PATIENCE_S)

    def _freeze(self) -> None:
        self.is_frozen = True
        super().freeze()

    def _when_passed(self, act: Callable[[], None], patience_s: float) -> None:
        if self.meter.passed < self._written and patience_s > 0 and not self.closed:
            later = asyncio.get_running_loop().call_later
            later(_LOOK_S, self._when_passed, act, patience_s - _LOOK_S)
        else:
            act()


class _Side(asyncio.Protocol):
    """One of the two sides."""

    def __init__(self, passed: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None
        self._passed = passed
        self._ended = ended
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports behave as asyncio.Transport but do not inherit from it.
        self.transport = cast("asyncio.Transport", transport)
        early, self._early = self._early, b""
        self.write(early)

    def data_received(self, data: bytes) -> None:
        self._passed(data)

    def write(self, data: bytes) -> None:
        if self.transport is None:
            self._early += data  # the other side is not connected yet
        elif not self.transport.is_closing():
            self.transport.write(data)

    def pause_writing(self) -> None:
        self._each_way("pause_reading")

    def resume_writing(self) -> None:
        self._each_way("resume_reading")

    def _each_way(self, name: str) -> None:
        other = None if self.other is None else self.other.transport
        if other is not None and not other.is_closing():
            getattr(other, name)()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        del error
        self._ended()
        self.forget()

    def forget(self) -> None:
        """Let go of the other side and of the relay, which refer to this side: the cycle would stay until a full garbage collection."""
        self._passed, self._ended, self.other = _drop, _nobody, None


def _drop(_: bytes) -> None:
    """Stand in for the other side once this one is over."""


def _nobody() -> None:
    """Stand in for the relay once a side is over."""


class Relay:
    """Relays one client to the server.

    Args:
        connection: the client's connection.
        over: called once, when either side has closed.
    """

    def __init__(self, connection: RelayedConnection, over: Callable[["Relay"], None]) -> None:
        self.connection = connection
        self._over: Callable[[Relay], None] | None = over
        self._server = _Side(self._answered, self.close)
        self._client = _Side(self._server.write, self.close)
        self._client.other, self._server.other = self._server, self._client

    async def join(self, transport: asyncio.Transport, port: int) -> int:
        """Connect the client to the server on this port of the machine.

        Returns:
            The local port that the server sees.

        Raises:
            OSError: the server does not answer, or the client has gone.
        """
        try:
            inner = await self._dial(transport, port)
        except BaseException:
            self.close()
            raise
        name: tuple[str, int] = inner.get_extra_info("sockname")
        hand_over(transport, self._client)
        return name[1]

    async def _dial(self, client: asyncio.Transport, port: int) -> asyncio.Transport:
        loop = asyncio.get_running_loop()
        inner, _ = await loop.create_connection(lambda: self._server, "127.0.0.1", port)
        if client.is_closing():
            raise ConnectionAbortedError  # its end was told to another protocol: the server would wait for its first byte
        return inner

    def close(self) -> None:
        """Close both sides."""
        over, self._over = self._over, None
        for side in (self._client, self._server):
            if side.transport is not None and not (side is self._client and self.connection.is_frozen):
                side.transport.abort() if side is self._server else side.transport.close()
            if side.transport is None:
                side.forget()  # it is never told of its end
        if over is not None:
            over(self)

    def _answered(self, data: bytes) -> None:
        if not self.connection.is_frozen:
            self.connection.meter.feed(data)
            self._client.write(data)
