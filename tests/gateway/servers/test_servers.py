import asyncio
import contextlib
import socket
import ssl
import time

import aiohttp
import grpc
import grpc.aio
import pytest
import websockets

from gateway.servers.settings import Address
from legato.domain import events
from tests.gateway.families import needs_ipv6
from tests.gateway.servers.real_house import real_house
from tests.gateway.servers.sockets import CLOSE, RawSocket
from tests.gateway.servers.stage import house


async def test_each_server_has_its_port_and_may_be_left_out():
    async with house() as built:
        ports = {built.servers.http_port, built.servers.grpc_port, built.servers.admin_port}
        assert len(ports) == 3
        assert 0 not in ports
    async with house(http=None, grpc=None, admin=None) as built:
        assert built.servers.http_port == built.servers.grpc_port == built.servers.admin_port == 0


@pytest.mark.parametrize("port", ["http_port", "admin_port"])
async def test_a_connection_that_asks_nothing_more_is_closed_whatever_it_has_begun(port):
    async with house(keep_alive_s=0.05) as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", getattr(built.servers, port))
        RawSocket(reader, writer)
        writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nHo")
        assert (await reader.read()).endswith(b"live\n")  # one answer, and then the end


async def test_r30_shut_it_takes_nobody_in_and_those_who_are_there_go_on():
    async with house() as built, aiohttp.ClientSession() as client:
        url = f"http://127.0.0.1:{built.servers.http_port}"
        admin = f"http://127.0.0.1:{built.servers.admin_port}"
        async with client.ws_connect(f"{url}/v1/stream") as stream:
            await stream.send_json({"open": {}})
            assert "opened" in (await stream.receive_json())
            built.servers.shut()
            for port in (built.servers.http_port, built.servers.grpc_port):
                with pytest.raises(OSError, match="onnect"):
                    await asyncio.open_connection("127.0.0.1", port)
            await stream.send_json({"ping": {}})
            assert "pong" in (await stream.receive_json())
            async with client.get(f"{admin}/livez") as answer:
                assert answer.status == 200


async def test_r30_shut_its_bare_port_takes_nobody_in_either():
    async with real_house() as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.tcp_port)
        writer.write(b'{"type": "describe"}\n')
        assert b'"info"' in await reader.readline()
        built.servers.shut()
        with pytest.raises(OSError, match="onnect"):
            await asyncio.open_connection("127.0.0.1", built.tcp_port)
        writer.write(b'{"type": "describe"}\n')
        assert await reader.readline()
        writer.close()


async def test_after_the_end_nothing_listens():
    async with house() as built:
        port = built.servers.http_port
    with pytest.raises(OSError, match="onnect"):
        await asyncio.open_connection("127.0.0.1", port)


@needs_ipv6
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_every_address_is_that_of_both_families_on_each_port(host):
    everywhere = Address("::", 0)
    async with house(http=everywhere, grpc=everywhere, admin=everywhere) as built:
        for port in (built.servers.http_port, built.servers.grpc_port, built.servers.admin_port):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()


async def test_what_cannot_be_bound_leaves_nothing_behind():
    async with house() as built:
        taken = Address("127.0.0.1", built.servers.http_port)
        with pytest.raises(OSError, match="in use"):
            async with house(http=taken):
                pass


async def test_workers_share_a_port():
    async with house(reuse_port=True) as first:
        shared = Address("127.0.0.1", first.servers.http_port)
        async with house(reuse_port=True, http=shared, admin=None) as second:
            assert second.servers.http_port == first.servers.http_port


async def test_a_worker_has_ports_of_its_own_beside_the_shared_ones(tmp_path):
    path = tmp_path / "admin.sock"
    with kept_port() as own_http, kept_port() as own_grpc:
        http, grpc_own = Address("127.0.0.1", own_http), Address("127.0.0.1", own_grpc)
        await has_ports_of_its_own(http, grpc_own, path)


@contextlib.contextmanager
def kept_port():
    """A port that nobody else is given as a free one meanwhile: neither another test, nor a shared port of the same worker."""
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]


async def has_ports_of_its_own(http, grpc_own, path):
    async with house(
        reuse_port=True, own_http=http, own_grpc=grpc_own, admin=None, admin_socket=path
    ) as built:
        assert built.servers.admin_port == 0
        async with aiohttp.ClientSession() as client:
            for port in (built.servers.http_port, http.port):
                async with client.get(f"http://127.0.0.1:{port}/livez") as answer:
                    assert answer.status == 200
        async with (
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as client,
            client.get("http://worker/readyz") as answer,
        ):
            assert answer.status in {200, 503}
        for port in (built.servers.grpc_port, grpc_own.port):
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                async with asyncio.timeout(60):
                    await channel.channel_ready()


async def test_r30_a_drain_reaches_the_streams_and_their_end_is_waited_for():
    async with house() as built:
        client = await RawSocket.connect(built.servers.http_port)
        await client.open()
        deadline = time.monotonic() + 60
        built.servers.drain(deadline)
        assert "goAway" in (await client.until("goAway"))[-1].json
        assert (await built.reception.session()).fed[-1] == events.Drain(deadline)
        assert not await built.servers.finished(time.monotonic())
        client.write(CLOSE, b"\x03\xe8")
        assert await built.servers.finished(deadline)


async def test_r30_who_keeps_a_connection_is_sent_elsewhere_with_the_next_answer():
    async with house() as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)

        async def asked():
            writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            return (await reader.readuntil(b"live\n")).lower()

        assert b"connection: close" not in await asked()
        built.servers.drain(time.monotonic() + 60)
        assert b"connection: close" in await asked()
        assert await reader.read() == b""
        writer.close()
        client = await RawSocket.connect(built.servers.http_port)
        await client.open()


async def test_streams_that_are_left_at_the_end_are_told_why():
    async with house() as built:
        client = await RawSocket.connect(built.servers.http_port)
        await client.open()
        session = await built.reception.session()
        stopping = asyncio.ensure_future(built.servers.__aexit__(None, None, None))  # noqa: TID251 ends below
        assert (await client.until("error"))[-1].json["error"]["reason"] == "shutting_down"
        frame = await client.read()
        assert frame.close_code == 1012
        client.write(CLOSE, frame.data)
        await stopping
        assert session.closed


async def test_everything_speaks_tls(certificate):
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    grpc_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    grpc_tls.load_cert_chain(cert, key)
    grpc_tls.set_alpn_protocols(["h2"])
    trust = ssl.create_default_context(cafile=cert)
    async with house(tls=context, grpc_tls=grpc_tls) as built:
        port = built.servers.http_port
        url = f"wss://localhost:{port}/v1/stream"
        async with websockets.connect(
            url, ssl=trust, host="127.0.0.1", server_hostname="localhost"
        ) as client:
            await client.send('{"open":{}}')
            assert "opened" in await client.recv()
            await client.send('{"text":{"utteranceId":"a","text":"xxx"}}')
            await client.recv()
            assert sum([len(await client.recv()) - 24 for _ in range(3)]) == 3 * 4800
        async with (
            aiohttp.ClientSession() as session,
            session.get(
                f"https://127.0.0.1:{port}/livez", ssl=trust, server_hostname="localhost"
            ) as response,
        ):
            assert response.status == 200
        credentials = grpc.ssl_channel_credentials(cert.read_bytes())
        options = (("grpc.ssl_target_name_override", "localhost"),)
        async with grpc.aio.secure_channel(built.grpc, credentials, options) as channel:
            call = channel.unary_unary("/legato.v1.SpeechService/ListVoices")
            assert await call(b"")
