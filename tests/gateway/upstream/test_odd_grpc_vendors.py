"""Servers that are no gRPC vendors, or not as they should be: each is told by name, and none leaves anything behind."""

import asyncio
import ssl
from pathlib import Path

import pytest

from gateway.rpc.frames import RST_STREAM, go_away
from gateway.upstream.grpc_wire import dial, trust
from gateway.upstream.wire import DialError
from legato.domain.vendors import CallEnded, HalfClose
from tests.gateway.rpc.served import frame
from tests.gateway.upstream.h2_vendors import HEAD, METHOD, Broken, Mute, last_is_end, listening
from tests.gateway.upstream.wires import Reader, calling

CERTIFICATES = Path(__file__).parents[1] / "app/tls"


def context(*protocols):
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(CERTIFICATES / "certificate.pem", CERTIFICATES / "key.pem")
    if protocols:
        made.set_alpn_protocols(protocols)
    return made


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "certificate.pem"))
    return trust()


async def test_a_call_over_tls_with_the_authority_that_one_trusts(trusted):
    ends = Broken([("grpc-status", "0")], breaks=False)
    async with listening(lambda: ends, ssl=context("h2")) as port:
        for host in ("localhost", "127.0.0.1"):
            reader = Reader()
            async with calling(f"grpcs://{host}:{port}", method=METHOD, tls=trusted) as call:
                wire = await dial(call, reader)
                wire.send((b"one", HalfClose()))
                await reader.until(last_is_end)
                wire.close()
            assert reader.frames == [CallEnded("OK")]
            assert ends.head[":scheme"] == "https"
            assert ends.head[":authority"] == f"{host}:{port}"


@pytest.mark.parametrize("protocols", [(), ("http/1.1",)])
async def test_a_vendor_that_speaks_no_http2_over_tls_is_told(trusted, protocols):
    async with (
        listening(lambda: Mute(b""), ssl=context(*protocols)) as port,
        calling(f"grpcs://localhost:{port}", method=METHOD, tls=trusted) as call,
    ):
        with pytest.raises(DialError, match="the vendor does not speak HTTP/2"):
            await dial(call, Reader())


async def test_a_certificate_for_another_host_is_not_trusted(trusted):
    async with (
        listening(lambda: Mute(b""), host="127.0.0.2", ssl=context("h2")) as port,
        calling(f"grpcs://127.0.0.2:{port}", method=METHOD, tls=trusted) as call,
    ):
        with pytest.raises(DialError, match="certificate is not trusted"):
            await dial(call, Reader())


@pytest.mark.parametrize(
    ("says", "hangs_up", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", False, "does not speak HTTP/2"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", True, "does not speak HTTP/2"),
        (b"", True, "closed the connection|connection reset"),
        (b"\0\0\0\x04\0\0\0\0", True, "closed the connection|connection reset"),
        (b"\0\0\0\x04\0\0\0\0", False, "did not answer in time"),
    ],
)
async def test_a_vendor_that_is_none_is_told(says, hangs_up, words):
    async with (
        listening(lambda: Mute(says, hangs_up=hangs_up)) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD, timeout_s=0.5) as call,
    ):
        with pytest.raises(DialError, match=words):
            await dial(call, Reader())


async def test_a_vendor_that_leaves_at_once_is_no_vendor():
    """It is told to whoever dials, not to the listener."""
    reader = Reader()
    both = b"\0\0\0\x04\0\0\0\0\0" + go_away(0, 0)
    async with (
        listening(lambda: Mute(both)) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        with pytest.raises(DialError, match="the vendor closed the connection"):
            await dial(call, reader)
    assert reader.ends == []


async def test_a_host_that_does_not_exist_is_told():
    async with calling("grpc://nobody.invalid:1", method=METHOD) as call:
        with pytest.raises(DialError, match=r"name|address"):
            await dial(call, Reader())


@pytest.mark.parametrize("secure", [True, False])
async def test_a_dial_that_is_given_up_leaves_no_connection(trusted, secure):
    came, gone = asyncio.Event(), asyncio.Event()

    class Vendor(asyncio.Protocol):
        def connection_made(self, transport):
            came.set()

        def connection_lost(self, exc):
            gone.set()

    async with listening(Vendor) as port, asyncio.TaskGroup() as tasks:
        scheme = "grpcs" if secure else "grpc"
        async with calling(f"{scheme}://localhost:{port}", method=METHOD, tls=trusted, timeout_s=60) as call:
            dialling = tasks.create_task(dial(call, Reader()))
            await came.wait()
            dialling.cancel()
            async with asyncio.timeout(10):
                await gone.wait()
            assert dialling.cancelled()


async def test_a_vendor_that_allows_no_call_is_told_of_none_and_its_connection_is_over():
    """It stayed in the pool, and the next call failed on it, too."""
    none = b"\0\0\x06\x04\0\0\0\0\0" + b"\0\3\0\0\0\0"
    reader = Reader()
    async with (
        listening(lambda: Mute(none)) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        wire = await dial(call, reader)
        wire.send((b"one",))
        wire.send((b"two", HalfClose()))
        assert reader.ends == []
        await reader.until(lambda reader: reader.ends)
        assert (reader.frames, reader.ends) == ([], [(1006, "the vendor takes no more calls")])


@pytest.mark.parametrize(
    ("head", "ended"),
    [
        (
            [(":status", "404"), ("content-type", "text/html")],
            CallEnded("UNIMPLEMENTED", "the answer has the HTTP status 404", ours=True),
        ),
        (
            [(":status", "200"), ("content-type", "text/html")],
            CallEnded("UNKNOWN", "the answer is not gRPC's", ours=True),
        ),
        ([*HEAD, ("grpc-status", "5"), ("grpc-message", "my secret")], CallEnded("NOT_FOUND", "my secret")),
    ],
)
async def test_an_address_that_speaks_http2_and_no_grpc_is_told_in_words_of_ours(head, ended):
    reader = Reader()
    async with (
        listening(lambda: Broken(head, breaks=False, head=[])) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        wire = await dial(call, reader)
        wire.send((b"one",))
        await reader.until(last_is_end)
        assert reader.frames == [ended]
        wire.close()


def doubted(wire):
    """An event: a call of this wire has ended, perhaps because its connection broke."""
    ended, told = asyncio.Event(), wire.over

    def over(ending):
        told(ending)
        ended.set()

    wire.over = over
    return ended


async def test_a_run_that_is_stopped_while_its_end_is_in_doubt_is_told_nothing():
    async with listening(lambda: Broken([("grpc-status", "14")], breaks=False)) as port:
        reader = Reader()
        async with calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call:
            wire = await dial(call, reader)
            wire.send((b"one",))
            async with asyncio.timeout(10):
                await doubted(wire).wait()
            wire.stop()
            wire.send((b"two",))
            await reader.until(lambda reader: reader.frames)
            assert [frame.code for frame in reader.frames] == ["UNAVAILABLE"]
            wire.close()


class Leaver(Mute):
    """Says something once a call has come, and waits for the other side to hang up."""

    def __init__(self, then):
        super().__init__(b"\0\0\0\x04\0\0\0\0\0")
        self.then, self.gone = then, asyncio.Event()

    def connection_made(self, transport):
        super().connection_made(transport)
        self.transport = transport

    def data_received(self, data):
        if METHOD.encode() in data:
            self.transport.write(self.then)

    def connection_lost(self, exc):
        self.gone.set()


_LEAVES, _REFUSES = go_away(1, 0), frame(RST_STREAM, 0, 1, b"\0\0\0\7")


@pytest.mark.parametrize("then", [_LEAVES + _REFUSES, _REFUSES + _LEAVES])
async def test_a_call_that_ends_while_its_vendor_leaves_is_the_end_of_the_connection(then):
    """In whatever order the two come: its run is said again elsewhere, and no socket stays open."""
    reader, vendor = Reader(), Leaver(then)
    async with (
        listening(lambda: vendor) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        wire = await dial(call, reader)
        wire.send((b"one",))
        await reader.until(lambda reader: reader.frames or reader.ends)
        assert (reader.frames, reader.ends) == ([], [(1006, "")])
        async with asyncio.timeout(10):
            await vendor.gone.wait()


async def test_an_idle_connection_whose_vendor_leaves_is_over_at_once():
    reader, vendor = Reader(), Leaver(b"")
    async with (
        listening(lambda: vendor) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        await dial(call, reader)
        vendor.transport.write(go_away(0, 0))
        await reader.until(lambda reader: reader.ends)
        async with asyncio.timeout(10):
            await vendor.gone.wait()
    assert (reader.frames, reader.ends) == ([], [(1006, "")])


async def test_what_happened_to_the_socket_is_told():
    reader, vendor = Reader(), Leaver(b"")
    async with (
        listening(lambda: vendor) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        wire = await dial(call, reader)
        wire._connection.connection_lost(ConnectionResetError(104, "Connection reset by peer"))
        assert [(code, words.lower()) for code, words in reader.ends] == [(1006, "connection reset by peer")]
        vendor.transport.close()
