"""What is written last is read by a client that is still sending, in whatever language: no reset comes before it."""

import asyncio
import json
import socket

import pytest
import uvloop
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from gateway.servers import lingering
from gateway.servers.lingering import linger
from tests.gateway.servers.real_house import real_house

BIG = 8 << 20


class Rude(asyncio.Protocol):
    """Reads nothing, says why, and closes."""

    def connection_made(self, transport):
        transport.pause_reading()
        transport.write(b"why")
        linger(transport)
        transport.close()


def told(port, size, parts=1):
    """What a client reads that first sends so much, and how its sending ended."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        ended, heard = "", b""
        try:
            for _ in range(parts):
                client.sendall(bytes(size))
        except OSError as error:
            ended = type(error).__name__
        try:
            while data := client.recv(1 << 16):
                heard += data
        except OSError as error:
            ended = type(error).__name__
        return heard, ended


async def rude():
    server = await asyncio.get_running_loop().create_server(Rude, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


class Kept(set):
    """Tells when it is empty."""

    def __init__(self):
        super().__init__()
        self.empty = asyncio.Event()
        self.most = 0

    def add(self, one):
        super().add(one)
        self.most = max(self.most, len(self))
        self.empty.clear()

    def discard(self, one):
        super().discard(one)
        if not self:
            self.empty.set()

    async def none(self):
        """Something was kept, and nothing is any more."""
        async with asyncio.timeout(20):
            await self.empty.wait()


@pytest.fixture
async def kept(monkeypatch):
    made = Kept()
    monkeypatch.setattr(lingering, "_kept", made)
    return made


async def test_a_client_that_is_still_sending_reads_what_was_written_last(kept):
    server, port = await rude()
    async with server:
        for _ in range(5):
            assert await asyncio.to_thread(told, port, BIG) == (b"why", "")
        await kept.none()


async def test_it_ends_by_itself_after_so_many_bytes_or_seconds(monkeypatch, kept):
    monkeypatch.setattr(lingering, "MOST_BYTES", 1 << 20)
    server, port = await rude()
    async with server:
        _, ended = await asyncio.to_thread(told, port, BIG, 8)
        assert ended in {"BrokenPipeError", "ConnectionResetError"}
        await kept.none()
        monkeypatch.setattr(lingering, "LINGER_S", 0.1)
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await kept.none()
        writer.close()


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_the_end_of_the_loop_is_the_end_of_the_connection(new_loop, monkeypatch):
    """Else the client would wait for it as long as the process lives, and its place would never be free."""
    kept = set()
    monkeypatch.setattr(lingering, "_kept", kept)

    async def close_on(client):
        server, port = await rude()
        async with server:
            client.connect(("127.0.0.1", port))
            assert await asyncio.to_thread(client.recv, 16) == b"why"
            assert kept

    with socket.socket() as client:
        client.settimeout(10)
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(close_on(client))
        assert not kept
        assert client.recv(16) == b""


async def test_no_more_than_so_many_are_kept(monkeypatch, kept):
    monkeypatch.setattr(lingering, "_MOST_AT_ONCE", 0)
    server, port = await rude()
    async with server:
        await asyncio.to_thread(told, port, 1)
        assert not kept.most


@pytest.mark.parametrize("lacks", [{"sslcontext": "TLS"}, {"socket": None}])
async def test_tls_which_reads_on_by_itself_and_what_has_no_socket_are_left_alone(lacks, kept):
    class Transport:
        def get_extra_info(self, name):
            return {"socket": mine, **lacks}.get(name)

    with socket.socket() as mine:
        linger(Transport())
    assert not kept.most


def say_too_much(port):
    """What a Wyoming client reads, and how its connection ends."""
    text = json.dumps({"text": "a" * BIG}).encode()
    head = json.dumps({"type": "synthesize", "data_length": len(text)}).encode() + b"\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(head + text)
        heard = b""
        while data := client.recv(1 << 16):
            heard += data
        return heard


async def test_a_wyoming_client_reads_that_its_message_is_too_large(kept):
    async with real_house() as built:
        for _ in range(3):
            assert b"expected data of at most" in await asyncio.to_thread(say_too_much, built.tcp_port)
        await kept.none()


def close_of(url, **more):
    """How the socket closes on a client that says too much at once."""
    with connect(url, proxy=None, **more) as client:
        try:
            client.send("a" * BIG)
            while True:
                client.recv()
        except ConnectionClosed as closed:
            return None if closed.rcvd is None else closed.rcvd.code


@pytest.mark.parametrize(
    ("path", "more"), [("/v1/speak", {}), ("/v1/stream", {"subprotocols": ["legato.v1"]})]
)
async def test_a_websocket_client_reads_that_its_message_is_too_large(path, more, kept):
    async with real_house() as built:
        for _ in range(5):
            assert await asyncio.to_thread(close_of, built.websocket + path, **more) == 1009
        await kept.none()
