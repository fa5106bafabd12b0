import asyncio
import logging
import socket
import ssl
from types import SimpleNamespace

import grpc
import grpc.aio
import pytest
from grpc_reflection.v1alpha import reflection, reflection_pb2, reflection_pb2_grpc
from h2.errors import ErrorCodes
from h2.events import SettingsAcknowledged
from hyperframe.frame import PingFrame, RstStreamFrame

from gateway.rpc import frames
from gateway.rpc.frames import PREFACE
from gateway.rpc.goodbye import PING
from gateway.rpc.limits import Limits
from gateway.rpc.server import RpcServer
from tests.gateway.families import needs_ipv6
from tests.gateway.rpc.callers import Calls, Raw, calling, served

PONG = PingFrame(0, PING, flags=["ACK"]).serialize()


async def test_handlers_are_asked_in_their_order():
    async with served() as (server, port, calls), calling(port) as channel:
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("a.B", {}),))
        call = channel.unary_unary("/a.B/Echo")(b"hello", metadata=(("key", "k"), ("x-bin", b"\x00")))
        assert await call == b"hello"
        (context,) = calls.seen
        assert {("key", "k"), ("x-bin", b"\x00")} <= set(context.invocation_metadata())
        assert context.peer().startswith("ipv4:127.0.0.1:")
        with pytest.raises(grpc.aio.AioRpcError) as told:
            await channel.unary_unary("/a.B/Other")(b"")
        assert told.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_generated_services_are_served():
    async with served() as (server, port, _), calling(port) as channel:
        servicer = reflection.aio.ReflectionServicer(("a.B",))
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(servicer, server)
        call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo()
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        assert [one.name for one in (await call.read()).list_services_response.service] == ["a.B"]


async def test_what_runs_may_end_in_the_grace_and_nothing_new_begins():
    async with served(farewell_s=0.05) as (server, port, calls), Raw.to(port) as raw:
        stream = raw.ask()
        await calls.begun.wait()
        stopping = asyncio.get_running_loop().create_task(server.stop(10.0))
        await raw.hears(frames.go_away(frames.LAST_STREAM, ErrorCodes.NO_ERROR) + frames.ping(PING))
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)
        raw.writer.write(PONG)
        await raw.hears(frames.go_away(stream, ErrorCodes.NO_ERROR))
        raw.h2.end_stream(stream)
        raw.flush()
        await stopping
        assert not calls.cancelled.is_set()


async def test_a_call_that_was_on_its_way_when_the_server_said_goodbye_is_served():
    async with served(farewell_s=0.05) as (server, port, calls), Raw.to(port) as raw:
        raw.ask()
        await calls.begun.wait()
        stopping = asyncio.get_running_loop().create_task(server.stop(10.0))
        await raw.hears(frames.ping(PING))
        late = raw.ask("Echo")
        raw.say(late, b"late", end=True)
        raw.writer.write(PONG)
        await raw.hears(b"\0\0\0\0\4late")
        assert len(calls.seen) == 1
        raw.writer.close()
        await stopping


async def test_who_does_not_answer_the_goodbye_is_told_which_call_was_the_last_all_the_same():
    async with served(farewell_s=0.05, goodbye_answer_s=0.05) as (server, port, _), Raw.to(port) as raw:
        await raw.until(SettingsAcknowledged)
        stopping = asyncio.get_running_loop().create_task(server.stop(10.0))
        await raw.hears(frames.ping(PING) + frames.go_away(0, ErrorCodes.NO_ERROR))
        await raw.cut()
        await stopping


async def test_what_runs_on_is_ended():
    async with served() as (server, port, calls), calling(port) as channel:
        chat = channel.stream_stream("/a.B/Chat")()
        await chat.write(b"one")
        await chat.read()
        await server.stop(0.01)
        assert calls.cancelled.is_set()
        assert await chat.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_call_that_comes_after_the_goodbye_is_refused():
    async with served() as (server, port, calls), Raw.to(port) as raw:
        raw.ask()
        await calls.begun.wait()
        stopping = asyncio.get_running_loop().create_task(server.stop(10.0))
        await raw.hears(frames.ping(PING))
        raw.writer.write(PONG)
        await raw.hears(frames.go_away(1, ErrorCodes.NO_ERROR))
        refused = raw.ask()
        await raw.hears(RstStreamFrame(refused, ErrorCodes.REFUSED_STREAM).serialize())
        raw.writer.close()
        await stopping


async def test_an_address_that_is_taken_is_an_oserror_and_one_may_be_shared():
    one, two = RpcServer(Limits(), reuse_port=True), RpcServer(Limits(), reuse_port=True)
    port = await one.listen("127.0.0.1", 0)
    assert await two.listen("127.0.0.1", port) == port
    with pytest.raises(OSError):
        await RpcServer(Limits()).listen("127.0.0.1", port)
    for server in (one, two):
        await server.stop(None)


@needs_ipv6
@pytest.mark.parametrize("client", ["127.0.0.1", "[::1]"])
async def test_every_address_is_that_of_both_families(client):
    calls, server = Calls(), RpcServer(Limits())
    server.add_generic_rpc_handlers((calls.handlers(),))
    port = await server.listen("::", 0)
    async with grpc.aio.insecure_channel(f"{client}:{port}") as channel:
        assert await channel.unary_unary("/a.B/Echo")(b"hello") == b"hello"
    family = "ipv4:127.0.0.1:" if client == "127.0.0.1" else "ipv6:%5B::1%5D:"
    assert calls.seen[0].peer().startswith(family)
    await server.stop(None)


async def test_the_sockets_of_clients_are_tuned_and_one_that_leaves_is_forgotten():
    tuned = asyncio.Queue()
    server = RpcServer(Limits(), tune=tuned.put_nowait)
    port = await server.listen("127.0.0.1", 0)
    async with Raw.to(port):
        assert (await tuned.get()).family == socket.AF_INET
    await server.stop(10.0)


async def test_who_comes_while_the_server_stops_is_sent_away():
    async with served() as (server, _, _):
        await server.stop(None)
        aborted = asyncio.Event()
        server._open.add(object(), SimpleNamespace(abort=aborted.set))
        assert aborted.is_set()
        server._open.discard(next(iter(server._open.here)))


@pytest.fixture
def tls(certificate):
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.set_alpn_protocols(["h2"])
    return context


@pytest.mark.parametrize(
    "said",
    [b"", b"GET / HTTP/1.1\r\n\r\n", PREFACE, b"\x16\x03\x01\x02\x00\x01", b"\x16\x03\x01\x00\x05hello"],
)
@pytest.mark.parametrize("leaves", [False, True])
async def test_who_does_not_end_its_tls_handshake_is_closed_quietly(tls, said, leaves, caplog):
    caplog.set_level(logging.DEBUG)
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with served(tls=tls, handshake_s=0.05) as (_, port, _):
        for _ in range(3):
            async with Raw.to(port, greet=False) as raw:
                raw.writer.write(said)
                if leaves:
                    raw.writer.transport.abort()
                else:
                    await raw.cut()
    assert not told
    assert not [
        record for record in caplog.records if record.name != "asyncio" or record.levelno > logging.DEBUG
    ]


async def test_tls_is_spoken_with_who_speaks_http2(tls, certificate):
    _, cert = certificate
    async with served(tls=tls) as (_, port, _):
        credentials = grpc.ssl_channel_credentials(cert.read_bytes())
        async with grpc.aio.secure_channel(f"localhost:{port}", credentials) as channel:
            assert await channel.unary_unary("/a.B/Echo")(bytes(100_000)) == bytes(100_000)
        trust = ssl.create_default_context(cafile=cert)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trust, server_hostname="localhost"
        )
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()
