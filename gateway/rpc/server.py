"""The server: handlers, listeners and open connections. A drop-in for `grpc.aio.server`, for asyncio handlers."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import grpc

from gateway.rpc.connection import Connection
from gateway.rpc.limits import Limits
from gateway.rpc.listening import listen
from gateway.rpc.metadata import Metadata


class CallDetails(grpc.HandlerCallDetails):
    """The call that a generic handler is asked about.

    Args:
        method: its full name.
        metadata: the request's metadata.
    """

    def __init__(self, method: str, metadata: Metadata) -> None:
        self.method = method
        self.invocation_metadata = metadata


class OpenConnections:
    """Implements `connection.Register`.

    Args:
        tune: sets the options of a client's socket.
    """

    def __init__(self, tune: Callable[[socket.socket], None] | None) -> None:
        self.here: set[Connection] = set()
        self.shut = False
        self._tune = tune
        self._empty = asyncio.Event()
        self._empty.set()

    def add(self, connection: Connection, transport: asyncio.Transport) -> None:
        """A connection has opened."""
        self.here.add(connection)
        self._empty.clear()
        if self.shut:  # its TLS handshake was still going on when the server stopped
            transport.abort()
        if self._tune is not None:
            self._tune(transport.get_extra_info("socket"))

    def discard(self, connection: Connection) -> None:
        """A connection has closed."""
        self.here.discard(connection)
        if not self.here:
            self._empty.set()

    async def gone(self, seconds: float | None) -> None:
        """Wait until no connection is open, at most this long."""
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return


class RpcServer:
    """The server.

    Args:
        limits: bounds of every connection.
        tls: the TLS context, with ALPN "h2"; `None` for cleartext.
        reuse_port: share the ports with other processes.
        tune: sets the options of a client's socket.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        tls: ssl.SSLContext | None = None,
        reuse_port: bool = False,
        tune: Callable[[socket.socket], None] | None = None,
    ) -> None:
        self._limits = limits
        self._tls = tls
        self._reuse_port = reuse_port
        self._generic: list[grpc.GenericRpcHandler] = []
        self._servers: list[asyncio.Server] = []
        self._open = OpenConnections(tune)

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Add handlers; the first that knows a method serves it."""
        self._generic.extend(generic_rpc_handlers)

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, Any]) -> None:
        """Called by generated code; the generic handlers say the same, so nothing is to be done."""

    async def listen(self, host: str, port: int) -> int:
        """Listen on an address; `::` is every IPv4 and IPv6 address.

        Returns:
            The port; for port 0, the free one that was chosen.

        Raises:
            OSError: the address cannot be bound.
        """
        server = await listen(
            self._connection,
            host,
            port,
            tls=self._tls,
            handshake_s=self._limits.handshake_s,
            reuse_port=self._reuse_port,
        )
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    def shut(self) -> None:
        """Accept no new connection, and no new call on those that are open."""
        self._open.shut = True
        for server in self._servers:
            server.close()
        for connection in tuple(self._open.here):
            connection.drain()

    async def stop(self, grace_s: float | None) -> None:
        """Stop: accept no new calls, and give the running ones time to end.

        Args:
            grace_s: seconds that they have; `None` ends them at once.
        """
        self.shut()
        await self._open.gone(grace_s or 0.0)
        await asyncio.gather(*[connection.give_up() for connection in self._open.here])
        await self._open.gone(None)  # a client that does not read is aborted after `farewell_s`
        for server in self._servers:
            await server.wait_closed()

    def _connection(self) -> Connection:
        return Connection(self._limits, self._find, self._open)

    def _find(self, method: str, metadata: Metadata) -> Any:  # noqa: ANN401 grpc's handlers have no common type
        details = CallDetails(method, metadata)
        return next(filter(None, (generic.service(details) for generic in self._generic)), None)
