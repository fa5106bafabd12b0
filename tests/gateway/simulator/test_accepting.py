import asyncio

import pytest

from gateway.simulator.accepting import Accept, Connections, hand_over
from gateway.simulator.faults import Injector
from gateway.simulator.log import Log
from gateway.simulator.script import Fault
from gateway.simulator.simulator import SETTINGS


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


@pytest.fixture
async def house():
    """A listener that echoes, its connections, and a way in."""
    log = Log(lambda: 0.0)
    refuse = Fault.model_validate({"when": {"at": "dial", "connection": 2}, "do": "refuse"})
    connections = Connections(log, Injector([refuse], 1, log))
    transports = []

    def serve(connection, transport):
        assert connections.of(transport) is connection
        transports.append(transport)
        hand_over(transport, Echo())

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Accept(connections, serve, SETTINGS), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield connections, log, lambda: asyncio.open_connection("127.0.0.1", port)
    server.close()
    connections.reset()
    await server.wait_closed()


async def told(way_in, said=b"hello"):
    reader, writer = await way_in()
    try:
        writer.write(said)
        return await reader.read(100)
    finally:
        writer.close()


async def test_connections_are_numbered_and_one_is_refused(house):
    connections, log, way_in = house
    assert await told(way_in) == b"hello"
    with pytest.raises(ConnectionResetError):
        await told(way_in)
    assert await told(way_in) == b"hello"
    assert [entry.connection for entry in log.of("dialled")] == [1, 2, 3]
    assert [entry.connection for entry in log.faults] == [2]
    assert [connection.number for connection in connections] == [1, 3]
    assert connections.of(None) is None


async def test_nobody_is_let_in(house):
    connections, _, way_in = house
    connections.all_refused = True
    with pytest.raises(ConnectionResetError):
        await told(way_in)
