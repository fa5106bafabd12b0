import asyncio

import pytest

from gateway.servers.acceptor import (
    could_be_request,
    could_be_stream,
    plain_upgrade,
)
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
