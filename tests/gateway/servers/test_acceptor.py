import asyncio
import contextlib
import select
import socket
import sys
from contextlib import ExitStack

import pytest

from gateway.servers.acceptor import (
    could_be_request,
    could_be_stream,
    leave,
    plain_upgrade,
    retune,
    tune,
    unsent,
)
from gateway.servers.settings import ServerSettings
from tests.gateway.servers.sockets import RawSocket
from tests.gateway.servers.stage import house

HEAD = (
    b"GET /v1/stream?key=a HTTP/1.1\r\nHost: localhost\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
)


@pytest.mark.parametrize(
    ("head", "could"),
    [
        (b"", True),
        (b"G", True),
        (b"GET /v1/str", True),
        (b"GET /v1/stream", True),
        (b"GET /v1/stream?key=a", True),
        (b"GET /v1/stream HTTP/1.1", True),
        (b"GET /v1/streams", False),
        (b"GET /v1/voices", False),
        (b"POST /v1/stream", False),
        (b"\x16\x03\x01", False),
    ],
)
def test_the_first_bytes_tell_the_path(head, could):
    assert could_be_stream(head) is could


@pytest.mark.parametrize(
    ("head", "could"),
    [
        (b"", True),
        (b"GE", True),
        (b"GET /livez HTTP/1.1\r", True),
        (b"POST /v1/text?explain=true HTTP/1.1\r\nHost: x\r\nContent-L", True),
        (b"GET /livez HTTP/1.0\r\n", True),
        (b"\x16\x03\x01\x02", False),
        (b"GET /\xff", False),
        (b"SSH-2.0-OpenSSH_9\r\n", False),
        (b"GET /livez HTTP/2\r\n", False),
        (b"GET /livez HTTP/1.1\nHost: x\n", False),
        (b"GET /livez HTTP/1.1\r\nHost: x\n\n", False),
        (b"GET /a b HTTP/1.1\r\n", False),
    ],
)
def test_the_first_line_tells_whether_a_request_may_come_of_it(head, could):
    assert could_be_request(head) is could


def test_the_connection_header_is_reduced_to_the_upgrade():
    kept = plain_upgrade(HEAD)
    assert kept.count(b"Connection:") == 1
    assert kept.endswith(b"Connection: Upgrade")
    assert kept.startswith(b"GET /v1/stream?key=a HTTP/1.1\r\nHost: localhost")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"HTTP/1.1", b"HTTP/1.0"),
        (b"GET /v1/stream?key=a", b"GET /v1/stream ?key=a"),
        (b"keep-alive, Upgrade", b"keep-alive"),
        (b"WebSocket\r", b"h2c\r"),
        (b"Version: 13", b"Version: 8"),
        (b"bXBsZ", b"bX%sZ"),
        (b"ZQ==", b""),
        (b"Host: localhost", b"Content-Length: 5"),
        (b"Host: localhost", b"Transfer-Encoding: chunked"),
        (b"Host: localhost", b"Upgrade: websocket"),
    ],
)
def test_what_picows_would_refuse_is_left_to_the_other_server(old, new):
    assert old in HEAD
    assert plain_upgrade(HEAD.replace(old, new)) is None


async def test_a_head_may_come_byte_by_byte():
    async with house() as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        client = RawSocket(reader, writer)
        for byte in HEAD + b"\r\n\r\n":
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        await client.open()


async def test_frames_may_come_with_the_head():
    async with house() as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        client = RawSocket(reader, writer)
        writer.write(HEAD + b"\r\n\r\n")
        client.say(open={})
        await reader.readuntil(b"\r\n\r\n")
        await client.until("opened")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", b"200"),
        (b"GET /v1/stream HTTP/1.1\r\nHost: x\r\n\r\n", b"426"),
        (HEAD.replace(b": 13", b": 12") + b"\r\n\r\n", b"400"),
        (b"GET /v1/stream HTTP/1.1\r\nX: " + b"x" * 20_000, b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", b"400"),
        (b"EHLO here\r\n", b"400"),
    ],
    ids=["other-path", "no-upgrade", "old-version", "long-head", "tls", "other-protocol"],
)
async def test_everything_else_goes_to_the_other_server(request_bytes, status):
    async with house() as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        RawSocket(reader, writer)
        writer.write(request_bytes)
        assert (await reader.readline()).split()[1] == status


@pytest.mark.parametrize(
    "begun", [b"", b"GET /v1/str", HEAD, b"GET /livez HTTP/1.1\r\nHost: x\r\n", b"POST /v1/text HTTP/1.1\r"]
)
async def test_a_connection_that_says_nothing_whole_is_closed(begun):
    async with house(handshake_s=0.02) as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        RawSocket(reader, writer)
        writer.write(begun)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)


async def test_a_client_may_leave_before_it_has_said_anything():
    async with house() as built:
        _, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        writer.write(b"GET /v1/")
        writer.close()
        await writer.wait_closed()
        client = await RawSocket.connect(built.servers.http_port)
        await client.open()


async def test_a_peer_that_shuts_its_window_is_not_taken_for_gone():
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        client = stack.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(listener.getsockname())
        sock = stack.enter_context(listener.accept()[0])
        sock.setblocking(False)
        settings = ServerSettings(user_timeout_s=3.0, unread_s=50.0)

        def patience_ms():
            return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)

        tune(sock, settings)
        assert patience_ms() == 3000
        while select.select((), (sock,), (), 0)[1]:
            sock.send(bytes(1 << 16))
        async with asyncio.timeout(5):
            while patience_ms() != 50_000:  # what was sent is acknowledged within the kernel's time
                retune(sock, settings)
                await asyncio.sleep(0)
        tune(sock, settings)
        assert patience_ms() == 3000
        leave(sock, settings)
        assert patience_ms() == 50_000
        retune(None, settings)
        leave(None, settings)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_what_a_client_has_no_room_for_is_counted():
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        socket.create_connection(door.getsockname()) as client,
    ):
        server, _ = door.accept()
        with server:
            assert unsent(server) == unsent(None) == 0
            server.setblocking(False)
            sent = 0
            with contextlib.suppress(BlockingIOError):
                while True:
                    sent += server.send(bytes(1 << 16))
            assert unsent(server) > 0
            while sent:
                sent -= len(client.recv(1 << 16))
            assert unsent(server) == 0
        assert unsent(server) == 0, "it is closed"
