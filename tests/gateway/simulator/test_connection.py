import asyncio
import socket

import pytest

from gateway.simulator.connection import Connection


@pytest.fixture
async def pair():
    """A connection of ours and the raw socket at its other end."""
    loop = asyncio.get_running_loop()
    made = loop.create_future()

    over = asyncio.Event()

    class Far(asyncio.Protocol):
        def connection_lost(self, exc):
            over.set()

        def connection_made(self, transport):
            made.set_result(transport)

    server = await loop.create_server(Far, "127.0.0.1", 0)
    client = socket.create_connection(server.sockets[0].getsockname())
    client.setblocking(False)
    transport = await made
    yield Connection(1, transport), transport, client, over
    transport.abort()
    client.close()
    server.close()
    await server.wait_closed()


async def read(client, size=1 << 20):
    return await asyncio.get_running_loop().sock_recv(client, size)


async def test_a_reset_is_a_reset(pair):
    connection, _, client, _ = pair
    connection.reset()
    assert connection.closed
    with pytest.raises(ConnectionResetError):
        await read(client)
    connection.reset_behind()


async def test_a_reset_behind_everything_loses_nothing(pair):
    connection, transport, client, _ = pair
    size = 1 << 20
    transport.write(bytes(size))
    connection.reset_behind(patience_s=5)
    got = 0
    while got < size:
        got += len(await read(client))
    with pytest.raises(ConnectionResetError):
        await read(client)


async def test_patience_ends(pair):
    connection, transport, _, over = pair
    transport.write(bytes(16 << 20))
    connection.reset_behind(patience_s=0.003)
    async with asyncio.timeout(10):
        await over.wait()
    assert connection.closed


async def test_an_end_is_an_end(pair):
    connection, transport, client, _ = pair
    transport.write(b"last")
    connection.end()
    assert await read(client) == b"last"
    assert await read(client) == b""


async def test_a_frozen_connection_reads_nothing_and_stays(pair):
    connection, transport, client, _ = pair
    connection.freeze()
    assert not transport.is_reading()
    client.send(b"anybody?")
    await asyncio.sleep(0)
    assert not connection.closed
    connection.reset()
    connection.freeze()
