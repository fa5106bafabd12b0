"""A simulated vendor on bare TCP: the servers' own connection handling, each connection inspected first."""

import asyncio
import math
from collections.abc import Callable, Collection
from contextvars import copy_context
from functools import partial

from gateway.rpc.listening import listen
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.tcp import TcpConnection
from gateway.simulator.accepting import Accept, Connections, hand_over
from gateway.simulator.connection import CURRENT_REQUEST, Connection, SimulatedRequest
from gateway.simulator.face import EveryVoice, simulated
from gateway.simulator.options import SimulatedVendor, SimulatorOptions
from gateway.simulator.reception import SimulatedReception
from legato.ports import VoiceDirectory

_Enter = Callable[[SimulatedRequest, asyncio.Transport], None]


class TcpFront:
    """One listener for one vendor.

    Args:
        vendor: the vendor that it serves.
        voices: the known voices; empty for all names.
        reception: admits clients.
        connections: numbers the connections.
        down: the names of vendors that are down.
    """

    def __init__(
        self,
        vendor: SimulatedVendor,
        voices: Collection[str],
        reception: SimulatedReception,
        connections: Connections,
        down: Collection[str],
    ) -> None:
        assert vendor.make_tcp_face is not None
        self._name = vendor.name
        self._make_face = vendor.make_tcp_face
        self._voices = voices or EveryVoice()
        self._reception = reception
        self._connections = connections
        self._down = down
        self._server: asyncio.Server | None = None
        self._waiting: set[asyncio.TimerHandle] = set()
        self._open: set[TcpConnection] = set()

    async def start(
        self, options: SimulatorOptions, settings: ServerSettings, streams: Streams, directory: VoiceDirectory
    ) -> int:
        """Listen.

        Returns:
            The port.

        Raises:
            OSError: the address cannot be bound.
        """

        def enter(request: SimulatedRequest, transport: asyncio.Transport) -> None:
            CURRENT_REQUEST.set(request)
            face = simulated(self._make_face(directory, self._voices), request)
            connection = TcpConnection(settings, streams, face, self._open.discard)
            self._open.add(connection)
            hand_over(transport, connection)

        self._server = await listen(
            lambda: Accept(self._connections, partial(self._take, enter), settings),
            options.host,
            options.tcp_port,
        )
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening; the connections have been reset before."""
        for timer in self._waiting:
            timer.cancel()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _take(self, enter: _Enter, connection: Connection, transport: asyncio.Transport) -> None:
        if self._name in self._down:
            connection.reset()
            return
        request = SimulatedRequest(connection, self._name)
        wait_s = self._reception.apply_dial_faults(request)
        if wait_s is None or math.isinf(wait_s):
            return
        # A session looks up the request it serves while it is created, so each connection gets a context of its own.
        served = partial(copy_context().run, enter, request, transport)
        if wait_s:
            loop = asyncio.get_running_loop()
            self._waiting = {timer for timer in self._waiting if timer.when() > loop.time()}
            self._waiting.add(loop.call_later(wait_s, self._late, connection, served))
        else:
            served()

    def _late(self, connection: Connection, served: Callable[[], None]) -> None:
        if not connection.closed:
            served()
