import asyncio
import contextlib
import socket

import pytest

from gateway.servers.acceptor import (
    MAX_HEAD_BYTES,
    Acceptor,
    could_be_request,
    could_be_stream,
    plain_upgrade,
)
from gateway.servers.settings import ServerSettings
from tests.gateway.servers.sockets import RawSocket
from tests.gateway.servers.stage import house
from tests.virtual_time import on_virtual_time

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
        (b"GET /v1/speech HTTP/1.1", False),  # a path as long
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
        (b"ZQ==", b"ZQ==%"),
        (b"Host: localhost", b"Content-Length: 5"),
        (b"Host: localhost", b"Transfer-Encoding: chunked"),
        (b"Host: localhost", b"Upgrade: websocket"),
    ],
)
def test_what_picows_would_refuse_is_left_to_the_other_server(old, new):
    assert old in HEAD
    assert plain_upgrade(HEAD.replace(old, new)) is None


@pytest.mark.parametrize(("fields", "is_taken"), [(100, True), (101, False)])
def test_picows_takes_a_hundred_fields(fields, is_taken):
    more = b"".join(b"\r\nX-%d: x" % n for n in range(fields - HEAD.count(b"\r\n")))
    assert (plain_upgrade(HEAD + more) is not None) is is_taken


async def test_a_hundred_fields_are_not_too_many_for_it():
    async with house() as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        client = RawSocket(reader, writer)
        more = b"".join(b"\r\nX-%d: x" % n for n in range(100 - HEAD.count(b"\r\n")))
        writer.write(HEAD + more + b"\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        await client.open()


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


class Taker(asyncio.Protocol):
    """The protocol of one of the two servers."""

    def __init__(self):
        self.data, self.made, self.is_full = b"", 0, False

    def connection_made(self, transport):
        self.made += 1

    def pause_writing(self):
        self.is_full = True

    def data_received(self, data):
        assert self.made == 1
        self.data += data


class Connection:
    """A transport, of which only that is there which an acceptor needs."""

    def __init__(self):
        self.socket = socket.socket()
        self.aborted, self.reading, self.limits, self.taken = False, True, None, []

    def get_extra_info(self, name):
        assert name == "socket"
        return self.socket

    def set_write_buffer_limits(self, *, high, low):
        self.limits = (high, low)

    def set_protocol(self, protocol):
        assert not self.reading, "the loop would deliver in the old protocol's way"
        self.taken.append(protocol)

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True

    def is_closing(self):
        return self.aborted

    def abort(self):
        self.aborted = True


@contextlib.contextmanager
def accepted(*pieces):
    """A connection on which this has come; its acceptor and the protocols of both servers."""
    stream, http, connection = Taker(), Taker(), Connection()
    acceptor = Acceptor(lambda: stream, lambda: http, ServerSettings(handshake_s=10.0))
    with connection.socket:
        acceptor.connection_made(connection)
        for piece in pieces:
            acceptor.data_received(piece)
        yield connection, acceptor, stream, http


@pytest.mark.parametrize("head", [HEAD, b"GET /livez HTTP/1.1"])
@on_virtual_time
async def test_only_the_head_must_come_in_time(head):
    """Whoever has it may take an hour: a stream lives for a whole conversation."""
    with accepted(head + b"\r\n\r\n") as (connection, _, stream, http):
        await asyncio.sleep(3600)
        assert not connection.aborted
        assert stream.made + http.made == 1
        assert connection.reading


@on_virtual_time
async def test_whoever_takes_longer_for_the_head_is_sent_away_and_not_before():
    with accepted(HEAD) as (connection, _, _, _):
        await asyncio.sleep(9.9)
        assert not connection.aborted
        await asyncio.sleep(0.2)
        assert connection.aborted


@on_virtual_time
async def test_nobody_waits_for_a_head_of_a_client_that_has_left():
    with accepted(HEAD) as (connection, acceptor, _, _):
        acceptor.connection_lost(None)
        await asyncio.sleep(60)
        assert not connection.aborted


@on_virtual_time
async def test_r7_what_the_socket_does_not_take_is_told_at_once_and_nothing_waits_in_the_kernel_for_more():
    """Otherwise 64 KiB of audio would wait where no cancel can reach it, and each small write for the one before it (Nagle)."""
    with accepted() as (connection, _, _, _):
        assert connection.limits == (1, 0)
        assert connection.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("head", "is_stream"),
    [
        (HEAD, True),
        (HEAD.replace(b"/v1/stream?", b"/v1/speak?"), False),  # a dialect's WebSocket
        (HEAD.replace(b"/v1/stream?", b"/v1/streams?"), False),
        (b"GET /v1/stream HTTP/1.1", False),
    ],
)
@on_virtual_time
async def test_each_server_gets_what_is_its_own_with_all_that_came(head, is_stream):
    came = head + b"\r\n\r\nmore"
    with accepted(came[:40], came[40:]) as (connection, _, stream, http):
        assert connection.taken == [stream if is_stream else http]
        assert (stream.data if is_stream else http.data).endswith(b"\r\n\r\nmore")
        assert (stream.made, http.made) == (is_stream, not is_stream)
        if not is_stream:
            assert http.data == came


@pytest.mark.parametrize("is_over", [False, True])
@on_virtual_time
async def test_a_head_may_be_as_long_as_the_limit(is_over):
    begun = b"GET /livez HTTP/1.1\r\nX: "
    with accepted(begun + b"x" * (MAX_HEAD_BYTES - len(begun) + is_over)) as (connection, _, _, http):
        assert connection.taken == ([http] if is_over else [])


@pytest.mark.parametrize("told", [[], ["pause_writing"], ["pause_writing", "resume_writing"]])
@on_virtual_time
async def test_a_server_is_told_that_the_transport_is_full_already(told):
    """TLS itself may have filled it: what the server wrote on top would wait there, unseen."""
    with accepted() as (_, acceptor, stream, _):
        for event in told:
            getattr(acceptor, event)()
        acceptor.data_received(HEAD + b"\r\n\r\n")
        assert stream.is_full is (told == ["pause_writing"])


@on_virtual_time
async def test_a_connection_that_its_server_closes_at_once_is_not_read_on():
    """Reading of a transport that is closing fails."""
    with accepted() as (connection, acceptor, stream, _):
        stream.data_received = lambda data: connection.abort()
        acceptor.data_received(HEAD + b"\r\n\r\n")
        assert not connection.reading
