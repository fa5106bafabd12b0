"""Accepts connections: each gets a number, and may be refused at once."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from typing import cast

from gateway.servers.acceptor import deliver
from gateway.servers.client_sockets import tune
from gateway.servers.settings import ServerSettings
from gateway.simulator.connection import Connection
from gateway.simulator.faults import Injector, Scene
from gateway.simulator.log import Entry, Log, Saw

_MOST_EARLY = 1 << 20
Serve = Callable[[Connection, asyncio.Transport], None]
"""Hands a connection to the protocol that serves it, at once or later."""


class Connections:
    """Every connection of one simulator, by peer address.

    Args:
        log: records each.
        injector: the faults that refuse connections.
    """

    def __init__(self, log: Log, injector: Injector) -> None:
        self._log = log
        self._injector = injector
        self._numbers = itertools.count(1)
        # A peer's address is unique while its connection lives and reused later, so this does not grow without bound.
        self._known: dict[object, Connection] = {}
        self.all_refused = False
        """Whether every connection is refused."""

    def __iter__(self) -> Iterator[Connection]:
        return iter(tuple(self._known.values()))

    def accept(self, transport: asyncio.Transport) -> Connection | None:
        """Number a new connection; `None` if it was reset at once."""
        connection = Connection(next(self._numbers), transport)
        self._log.add(Entry(Saw.DIALLED, connection=connection.number))
        refusing = [
            armed
            for armed in self._injector.armed(Scene(connection=connection.number), "dial")
            if armed.fault.name == "refuse" and self._injector.fire(armed)
        ]
        if refusing or self.all_refused:
            connection.reset()
            return None
        self._known[transport.get_extra_info("peername")] = connection
        return connection

    def of(self, transport: asyncio.BaseTransport | None) -> Connection | None:
        """The connection of this transport."""
        return None if transport is None else self._known.get(transport.get_extra_info("peername"))

    def reset(self) -> None:
        """Reset all connections."""
        for connection in self:
            connection.reset()


class Accept(asyncio.Protocol):
    """A connection that was just accepted.

    Args:
        connections: numbers it.
        serve: hands it to its protocol.
        settings: options of its socket.
    """

    def __init__(self, connections: Connections, serve: Serve, settings: ServerSettings) -> None:
        self._connections = connections
        self._serve = serve
        self._settings = settings
        self._early = b""

    def data_received(self, data: bytes) -> None:
        """Keep bytes that arrive before there is a protocol: not every event loop can pause a connection while it is being made."""
        if len(self._early) < _MOST_EARLY:
            self._early += data

    def take_early(self) -> bytes:
        """The bytes so far."""
        early, self._early = self._early, b""
        return early

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Pass the connection to its protocol."""
        # uvloop's transports behave as asyncio.Transport but do not inherit from it.
        transport = cast("asyncio.Transport", transport)
        tune(transport.get_extra_info("socket"), self._settings)
        connection = self._connections.accept(transport)
        if connection is not None:
            self._serve(connection, transport)


def hand_over(transport: asyncio.Transport, protocol: asyncio.BaseProtocol) -> None:
    """From now on the connection belongs to this protocol, which gets the bytes so far."""
    before = transport.get_protocol()
    transport.set_protocol(protocol)
    protocol.connection_made(transport)
    if isinstance(before, Accept) and (early := before.take_early()):
        deliver(protocol, early)
