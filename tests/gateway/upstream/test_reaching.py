import asyncio
import gc
import socket

import pytest

from gateway.upstream.reaching import let_go, reach


class Host:
    """A server on the addresses that it is told."""

    async def __aenter__(self):
        self.arrived, self.gone, self.open = asyncio.Event(), asyncio.Event(), set()
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error):
        self.server.close()
        async with asyncio.timeout(10):
            while self.open:
                self.gone.clear()
                await self.gone.wait()

    async def _serve(self, reader, writer):
        self.open.add(writer)
        self.arrived.set()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        self.open.discard(writer)
        self.gone.set()


def nobody():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()


def resolving(*addresses):
    """A look-up that gives these."""

    async def look_up(host, port, **how):
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in addresses]

    return look_up


@pytest.fixture
async def look_up(monkeypatch):
    """Lets the test say what a name stands for."""

    class Loop:
        def __init__(self, addresses):
            loop = asyncio.get_running_loop()
            self.getaddrinfo, self.sock_connect = resolving(*addresses), loop.sock_connect

    def told(*addresses):
        loop = Loop(addresses)
        monkeypatch.setattr("gateway.upstream.reaching.asyncio.get_running_loop", lambda: loop)

    yield told
    monkeypatch.undo()


async def test_it_connects_and_its_end_is_seen_at_the_other_side():
    async with Host() as host, asyncio.timeout(10):
        raw = await reach("127.0.0.1", host.port)
        with raw:
            assert not raw.getblocking()
            await host.arrived.wait()
            let_go(raw)
            await host.gone.wait()
            let_go(raw)
        let_go(raw)


async def test_the_first_address_that_takes_it_is_taken(look_up):
    async with Host() as host:
        look_up(nobody(), ("127.0.0.1", host.port))
        with await reach("vendor.example", 1) as raw:
            assert raw.getpeername() == ("127.0.0.1", host.port)


async def test_where_nobody_is_there_the_last_reason_is_told(look_up):
    with pytest.raises(ConnectionRefusedError):
        await reach(*nobody())
    look_up()
    with pytest.raises(OSError, match="no address"):
        await reach("vendor.example", 1)


async def test_what_is_given_up_is_closed():
    """The interpreter warns of a socket that is not, and that would fail this."""
    async with Host() as host, asyncio.TaskGroup() as tasks:
        for turns in range(4):
            task = tasks.create_task(reach("127.0.0.1", host.port))
            for _ in range(turns):
                await asyncio.sleep(0)
            if task.cancel():
                await asyncio.gather(task, return_exceptions=True)
            if not task.cancelled():
                task.result().close()
            del task
            gc.collect()
