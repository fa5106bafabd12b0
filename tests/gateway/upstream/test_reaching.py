import asyncio
import gc
import os
import socket
import struct

import pytest

from gateway.upstream import reaching as module
from gateway.upstream.reaching import Reach, Reached, is_acknowledged, reach, tune, whole

DEAF = ("127.0.0.1", 1)
"""Nobody says no there either."""


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

    async def look_up(host, port):
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address) for address in addresses]

    return look_up


@pytest.fixture
async def look_up(monkeypatch):
    """Lets the test say what a name stands for."""

    class Loop:
        def __init__(self, holding):
            loop = asyncio.get_running_loop()
            self.call_soon, self._connect, self._holding = loop.call_soon, loop.sock_connect, holding

        async def sock_connect(self, raw, address):
            if address is DEAF:
                await asyncio.Event().wait()
            if address in self._holding:
                await self._holding[address].wait()
            await self._connect(raw, address)

    def told(*addresses, holding=()):
        loop = Loop(holding)
        monkeypatch.setattr(module, "look_up", resolving(*addresses))
        monkeypatch.setattr("gateway.upstream.reaching.asyncio.get_running_loop", lambda: loop)

    yield told
    monkeypatch.undo()


async def test_it_connects_and_can_be_ended_whoever_reads_it():
    async with Host() as host, asyncio.timeout(10):
        connecting = Reach()
        connecting.end()
        with await connecting.connect("127.0.0.1", host.port) as raw:
            assert not raw.getblocking()
            assert raw.getpeername() == ("127.0.0.1", host.port)
            await host.arrived.wait()
            connecting.end()
            await host.gone.wait()
            connecting.end()


async def test_once_it_is_made_it_is_its_reader_that_ends_it():
    async with Host() as host, asyncio.timeout(10):
        connecting = Reach()
        with await connecting.connect("127.0.0.1", host.port) as raw:
            connecting.over()
            connecting.end()
            raw.send(b"still there")
        await host.gone.wait()


def test_the_file_of_a_loop_is_not_closed_with_the_object():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        lent = Reached(fileno=os.dup(ours.fileno()))
        file = lent.fileno()
        del lent
        gc.collect()
        os.close(file)  # it was still open


def test_a_connection_that_has_ended_is_not_said_to_be_none():
    with Reached(socket.AF_INET, socket.SOCK_STREAM) as never:
        assert never.getpeername() is None


async def test_the_first_address_that_takes_it_is_taken(look_up):
    async with Host() as host:
        look_up(nobody(), ("127.0.0.1", host.port))
        with await reach("vendor.example", 1) as raw:
            assert raw.getpeername() == ("127.0.0.1", host.port)


async def test_one_that_does_not_answer_holds_the_next_up_for_a_moment_only(look_up, monkeypatch):
    monkeypatch.setattr(module, "_HEAD_START_S", 0.01)
    async with Host() as host, asyncio.timeout(10):
        look_up(DEAF, ("127.0.0.1", host.port))
        with await reach("vendor.example", 1) as raw:
            assert raw.getpeername() == ("127.0.0.1", host.port)


async def test_one_that_answers_at_last_is_taken_where_no_other_does(look_up, monkeypatch):
    monkeypatch.setattr(module, "_HEAD_START_S", 0.01)
    answers = asyncio.Event()
    async with Host() as host, asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        slow = ("127.0.0.1", host.port)
        look_up(slow, nobody(), holding={slow: answers})
        reaching = tasks.create_task(reach("vendor.example", 1))
        for _ in range(20):
            await asyncio.sleep(0)
        answers.set()
        with await reaching as raw:
            assert raw.getpeername() == slow


async def test_of_two_that_answer_together_one_is_closed(look_up, monkeypatch):
    """The interpreter warns of a socket that is not, and that would fail this."""
    monkeypatch.setattr(module, "_HEAD_START_S", 0.0)
    both = asyncio.Event()
    async with Host() as one, Host() as other, asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        addresses = [("127.0.0.1", host.port) for host in (one, other)]
        look_up(*addresses, holding=dict.fromkeys(addresses, both))
        reaching = tasks.create_task(reach("vendor.example", 1))
        for _ in range(20):
            await asyncio.sleep(0)
        both.set()
        (await reaching).close()
        del reaching
        for _ in range(20):
            await asyncio.sleep(0)
        gc.collect()


def test_families_take_turns():
    four, six = socket.AF_INET, socket.AF_INET6
    found = [(family, 1, 6, "", number) for number, family in enumerate((six, six, six, four, four))]
    assert [one[4] for one in module._in_turn(found)] == [0, 3, 1, 4, 2]


async def test_once_one_has_answered_no_other_is_tried(look_up):
    async with Host() as first, Host() as second, asyncio.timeout(10):
        look_up(*(("127.0.0.1", host.port) for host in (first, second)))
        with await reach("vendor.example", 1) as raw:
            assert raw.getpeername()[1] == first.port
        await first.gone.wait()
        assert not second.arrived.is_set()


async def test_where_nobody_is_there_the_last_reason_is_told(look_up):
    with pytest.raises(ConnectionRefusedError):
        await reach(*nobody())
    look_up(nobody(), nobody())
    with pytest.raises(ConnectionRefusedError):
        await reach("vendor.example", 1)
    look_up()
    with pytest.raises(OSError, match="no address"):
        await reach("vendor.example", 1)


async def test_what_is_given_up_is_closed():
    """The interpreter warns of a socket that is not, and that would fail this."""
    async with Host() as host, asyncio.TaskGroup() as tasks:
        for turns in range(4):
            await given_up(tasks.create_task(reach("127.0.0.1", host.port)), turns)


async def test_what_is_given_up_while_several_are_tried_is_closed(look_up, monkeypatch):
    """The interpreter warns of a socket that is not, and that would fail this."""
    monkeypatch.setattr(module, "_HEAD_START_S", 0.0)
    async with Host() as host, asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        look_up(("127.0.0.1", host.port), DEAF)
        for turns in range(12):
            await given_up(tasks.create_task(reach("vendor.example", 1)), turns)


async def given_up(task, turns):
    """Cancel it after so many turns of the loop, and let the interpreter warn of what is left."""
    for _ in range(turns):
        await asyncio.sleep(0)
    if task.cancel():
        await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled():
        task.result().close()
    del task
    gc.collect()


async def test_a_library_that_has_no_socket_yet_is_stopped_with_who_waits_for_it():
    stopped = asyncio.Event()

    async def connect():
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        waiting = tasks.create_task(whole(connect(), Reach()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        await stopped.wait()
    assert waiting.cancelled()


async def test_a_library_that_has_the_socket_ends_with_it_and_its_error_is_nobodys_fault():
    """The loop would tell of an error that nobody retrieves."""
    told, over = [], asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(lambda _, about: told.append(about))
    reached = Reach()

    async def connect(host):
        with await reached.connect("127.0.0.1", host.port) as raw:
            host.lent.set()
            await asyncio.get_running_loop().sock_recv(raw, 1)
            over.set()
            raise ConnectionResetError

    async with Host() as host, asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        host.lent = asyncio.Event()
        waiting = tasks.create_task(whole(connect(host), reached))
        await host.lent.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert not over.is_set()
        reached.end()
        await over.wait()
    await asyncio.sleep(0)
    gc.collect()
    assert (waiting.cancelled(), told) == (True, [])


def test_a_vendor_that_is_lost_without_a_word_is_noticed_within_seconds():
    with socket.socket() as raw:
        tune(raw)
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        for name, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 1), ("TCP_USER_TIMEOUT", 8_000)):
            if hasattr(socket, name):
                assert raw.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) == value


class Sending:
    """A transport whose kernel tells this of its packets."""

    def __init__(self, told, closing=False):
        self.told, self.closing = told, closing

    def is_closing(self):
        return self.closing

    def get_extra_info(self, name):
        assert name == "socket"
        return self

    def getsockopt(self, level, option, size):
        assert (level, option) == (socket.IPPROTO_TCP, socket.TCP_INFO)
        if self.told is None:
            raise OSError("it has ended")
        return self.told


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="the kernel does not tell")
def test_what_the_kernel_has_not_seen_acknowledged_is_not_received():
    assert not is_acknowledged(Sending(bytes(24) + struct.pack("I", 2)))
    assert is_acknowledged(Sending(bytes(28)))


@pytest.mark.parametrize("transport", [None, Sending(None), Sending(b"short"), Sending(b"", closing=True)])
def test_what_the_kernel_does_not_tell_counts_as_received(transport):
    assert is_acknowledged(transport)
