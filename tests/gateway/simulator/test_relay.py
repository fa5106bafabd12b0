import asyncio
import contextlib
import gc
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.simulator.relay import DataMeter, Relay, RelayedConnection


def frame(size, kind=0):
    return size.to_bytes(3, "big") + bytes([kind, 0]) + b"\0\0\0\1" + bytes(size)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=8), st.integers(1, 30))
def test_only_data_is_counted_however_the_stream_is_cut(frames, size):
    stream = b"".join(frame(length, kind) for length, kind in frames)
    meter = DataMeter()
    for at in range(0, len(stream), size):
        meter.feed(stream[at : at + size])
    assert meter.passed == sum(length for length, kind in frames if kind == 0)


class Server:
    """Takes one connection."""

    def __init__(self):
        self.streams = asyncio.get_running_loop().create_future()

    def __call__(self, reader, writer):
        self.streams.set_result((reader, writer))


@contextlib.asynccontextmanager
async def relayed():
    """A client, its connection, and the server's two streams behind the relay."""
    serves, joined = Server(), asyncio.get_running_loop().create_future()
    inner = await asyncio.start_server(serves, "127.0.0.1", 0)
    port = inner.sockets[0].getsockname()[1]
    over = []

    class Take(asyncio.Protocol):
        def connection_made(self, transport):
            connection = RelayedConnection(1, transport)
            relay = Relay(connection, over.append)
            tasks.create_task(self.join(connection, relay, transport))

        async def join(self, connection, relay, transport):
            joined.set_result((connection, relay, await relay.join(transport, port)))

    outer = await asyncio.get_running_loop().create_server(Take, "127.0.0.1", 0)
    async with inner, outer, asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        reader, writer = await asyncio.open_connection(*outer.sockets[0].getsockname())
        connection, relay, seen_from = await joined
        inside = await serves.streams
        assert inside[1].get_extra_info("peername")[1] == seen_from
        try:
            yield (reader, writer), connection, inside, over
        finally:
            relay.close()
            for one in (writer, inside[1]):
                one.close()


async def test_it_passes_on_what_each_says():
    async with relayed() as ((reader, writer), connection, (there, back), _):
        writer.write(b"hello")
        assert await there.readexactly(5) == b"hello"
        back.write(frame(4))
        assert await reader.readexactly(13) == frame(4)
        assert connection.meter.passed == 4


async def test_more_than_fits_between_two_sockets():
    async with relayed() as ((reader, _), connection, (_, back), __):
        whole = frame(1 << 20) * 8
        back.write(whole)
        assert await reader.readexactly(len(whole)) == whole
        assert connection.meter.passed == 8 << 20


async def test_when_one_side_ends_so_does_the_other():
    async with relayed() as ((_, writer), __, (there, ___), over):
        writer.close()
        with contextlib.suppress(ConnectionError):
            assert await there.read() == b""
        assert len(over) == 1
    async with relayed() as ((reader, _), __, (___, back), over):
        back.close()
        assert await reader.read() == b""


@pytest.mark.parametrize("act", ["reset_behind", "end"])
async def test_the_end_comes_behind_what_was_written(act):
    async with relayed() as ((reader, _), connection, (__, back), ___):
        connection.wrote(b"x" * 20)
        getattr(connection, act)()
        assert not connection.closed
        back.write(frame(25))
        assert await reader.readexactly(34) == frame(25)
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""


async def test_what_is_never_passed_on_is_not_waited_for_for_ever():
    async with relayed() as ((reader, _), connection, __, ___):
        connection.wrote(b"x")
        connection.reset_behind(0.01)
        with pytest.raises(ConnectionResetError):
            await reader.read()


async def test_a_frozen_connection_says_and_hears_nothing():
    async with relayed() as ((reader, writer), connection, (there, back), _):
        connection.freeze()
        writer.write(b"hello")
        back.write(frame(4))
        for stream in (reader, there):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await stream.read(1)
        back.close()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await reader.read(1)
        connection.reset()


class Gone:
    """The transport of a client that has hung up."""

    def is_closing(self):
        return True


@pytest.mark.parametrize("answers", [True, False], ids=["its client has gone", "its server has gone"])
async def test_a_relay_that_joins_nobody_is_over_at_once(answers):
    """A client that had hung up left its server's connection open for as long as a first byte is waited for."""
    serves, over = Server(), []
    inner = await asyncio.start_server(serves, "127.0.0.1", 0)
    port = inner.sockets[0].getsockname()[1]
    async with inner, asyncio.timeout(10):
        if not answers:
            inner.close()
            await inner.wait_closed()
        relay = Relay(RelayedConnection(1, Gone()), lambda one: over.append(one.connection.number))
        with pytest.raises(ConnectionError):
            await relay.join(Gone(), port)
        assert over == [1]
        if answers:
            there, back = await serves.streams
            with contextlib.suppress(ConnectionError):
                assert await there.read() == b""
            back.close()


async def test_r23_a_relay_that_joins_nobody_leaves_nothing_to_the_collector():
    serves = Server()
    inner = await asyncio.start_server(serves, "127.0.0.1", 0)
    relay = Relay(RelayedConnection(1, Gone()), lambda _: None)
    kept = weakref.ref(relay)
    gc.disable()
    try:
        async with inner, asyncio.timeout(10):
            with contextlib.suppress(ConnectionError):
                await relay.join(Gone(), inner.sockets[0].getsockname()[1])
            del relay
            (await serves.streams)[1].close()
            await asyncio.sleep(0)  # the loop lets go of its side
            await asyncio.sleep(0)
            assert kept() is None
    finally:
        gc.enable()
