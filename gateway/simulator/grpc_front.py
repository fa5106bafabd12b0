"""The simulated vendors on gRPC: the servers' own calls behind a relay, each inspected before it is served."""

import asyncio
import math
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any

from gateway.rpc.context import Context
from gateway.rpc.limits import Limits
from gateway.rpc.listening import listen
from gateway.rpc.server import RpcServer
from gateway.servers.grpc_dialects import CallPage, CallRoute, GrpcDialects
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.simulator.accepting import Accept, Connections
from gateway.simulator.connection import CURRENT_REQUEST, Connection, SimulatedRequest
from gateway.simulator.face import face_maker
from gateway.simulator.idle_connections import IdleConnections
from gateway.simulator.log import Entry, Log, Saw
from gateway.simulator.options import SimulatedVendor, SimulatorOptions
from gateway.simulator.reception import SimulatedReception
from gateway.simulator.relay import Relay, RelayedConnection
from legato.ports import RequestHead, VoiceDirectory


class GrpcFront:
    """One listener.

    Args:
        vendors: the vendors whose calls it serves.
        voices: the known voices; empty for all names.
        reception: admits clients.
        connections: numbers the connections.
        idle: keeps connections between two calls.
        log: records refusals.
        down: the names of vendors that are down.
    """

    def __init__(
        self,
        vendors: Collection[SimulatedVendor],
        voices: Collection[str],
        reception: SimulatedReception,
        connections: Connections,
        idle: IdleConnections,
        log: Log,
        down: Collection[str],
    ) -> None:
        self._calls = {call.method: (vendor.name, call) for vendor in vendors for call in vendor.calls}
        self._voices = voices
        self._reception = reception
        self._connections = connections
        self._idle = idle
        self._log = log
        self._down = down
        self._inner_port = 0
        self._relays: dict[int, Relay] = {}
        self._joining: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._inner: RpcServer | None = None

    async def start(
        self, options: SimulatorOptions, settings: ServerSettings, streams: Streams, directory: VoiceDirectory
    ) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            OSError: the address cannot be bound.
        """
        calls = [self._simulated(call) for _, call in self._calls.values()]
        self._inner = RpcServer(Limits())
        self._inner.add_generic_rpc_handlers((GrpcDialects(settings, streams, directory, calls, self._meet),))
        self._inner_port = await self._inner.listen("127.0.0.1", 0)
        self._server = await listen(
            lambda: Accept(self._connections, self._take, settings),
            options.host,
            options.grpc_port,
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening; the connections have been reset before."""
        if self._server is not None:
            self._server.close()
        for joining in tuple(self._joining):
            joining.cancel()
        for relay in tuple(self._relays.values()):
            relay.close()
        if self._inner is not None:
            await self._inner.stop(None)
        if self._server is not None:
            await self._server.wait_closed()

    def _simulated(self, call: CallRoute | CallPage) -> CallRoute | CallPage:
        if isinstance(call, CallRoute):
            return replace(call, make_face=face_maker(call.make_face, self._voices))
        return call

    def _take(self, connection: Connection, transport: asyncio.Transport) -> None:
        relayed = RelayedConnection(connection.number, transport)
        task = asyncio.get_running_loop().create_task(self._join(relayed, transport), name="relay")
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    async def _join(self, connection: RelayedConnection, transport: asyncio.Transport) -> None:
        relay = Relay(connection, self._left)
        try:
            self._relays[await relay.join(transport, self._inner_port)] = relay
        except OSError:
            connection.reset()

    def _left(self, relay: Relay) -> None:
        for port, known in tuple(self._relays.items()):
            if known is relay:
                del self._relays[port]
        self._idle.end(relay.connection)

    # --- calls --------------------------------------------------------------------------------------------------------

    async def _meet(self, call: CallRoute | CallPage, head: RequestHead, context: Context) -> None:
        relay = self._relays.get(int(context.peer().rpartition(":")[2]))
        if relay is None:
            raise asyncio.CancelledError  # its connection was gone before it arrived
        connection = relay.connection
        vendor, own = self._calls[call.method]
        key = own.make_face("", ()).key(head)
        request = SimulatedRequest(
            connection, vendor, key, page=isinstance(call, CallPage), wrote=connection.wrote
        )
        CURRENT_REQUEST.set(request)
        self._idle.end(connection)
        context.add_done_callback(partial(self._over, request))
        if vendor in self._down:
            connection.reset()
        await self._waited(request)

    def _over(self, request: SimulatedRequest, _: Any) -> None:  # noqa: ANN401 grpc's own context, as its type has it
        if request.status:
            self._log.add(Entry(Saw.REFUSED, request.vendor, request.connection.number, value=request.status))
        self._idle.begin(request)

    async def _waited(self, request: SimulatedRequest) -> None:
        wait_s = 0.0 if request.page else self._reception.apply_dial_faults(request)
        if wait_s is None or request.connection.closed or math.isinf(wait_s):
            await asyncio.Event().wait()  # until the call is cancelled with its connection
        elif wait_s:
            await asyncio.sleep(wait_s)
