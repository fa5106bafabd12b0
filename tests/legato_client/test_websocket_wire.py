import asyncio
import socket
import time

import pytest
import uvloop
from websockets.asyncio.server import serve

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Open, Ping
from legato.domain.replies import Pong
from legato_client.address import parse_address
from legato_client.errors import ConnectionLostError
from legato_client.tuning import Tuning
from legato_client.websocket_wire import WebSocketWire, dial_websocket
from tests.virtual_time import on_virtual_time

OPEN = Open("", AudioFormat(Encoding.PCM_S16LE, 24_000))


async def dial(running, key="", **tuning):
    return await dial_websocket(parse_address(running.url), key, Tuning(close_timeout_s=0.2, **tuning))


async def test_the_stamp_is_from_when_the_bytes_came_not_from_when_they_were_taken(scripted):
    async with scripted.over_websocket() as running:
        wire = await dial(running)
        await wire.send(OPEN)
        await wire.receive()
        before = time.monotonic()
        await wire.send(Ping("p"))
        async with asyncio.timeout(30):
            while wire._connection.read_at < before:  # noqa: ASYNC110 there is no event: the stamp is all there is
                await asyncio.sleep(0)
        came = wire._connection.read_at
        pong = await wire.receive()
        await wire.close()

    assert (pong.reply, pong.read_at) == (Pong("p"), came)


async def test_an_address_that_leads_nowhere_does_not_keep_the_next_one_waiting(scripted, monkeypatch):
    """IPv6 that is broken, for one: the first address of the name never answers."""
    async with scripted.over_websocket() as running:
        loop, url = asyncio.get_running_loop(), parse_address(running.url)
        lived, nowhere = (url.host, url.port), ("192.0.2.1", url.port)
        connect, deaf = loop.sock_connect, asyncio.Event()

        async def found(*_, **__):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in (nowhere, lived)]

        async def reach(raw, where):
            await (connect(raw, where) if where == lived else deaf.wait())

        monkeypatch.setattr(loop, "getaddrinfo", found)
        monkeypatch.setattr(loop, "sock_connect", reach)
        named = parse_address(running.url.replace(url.host, "localhost"))
        wire = await dial_websocket(named, "", Tuning(open_timeout_s=5.0))
        await wire.close()


async def test_a_loop_that_knows_no_head_start_is_asked_for_none(scripted):
    async with scripted.over_websocket() as running:

        async def dialled():
            named = parse_address(running.url.replace("127.0.0.1", "localhost"))
            wire = await dial_websocket(named, "", Tuning())
            await wire.close()

        def elsewhere():
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(dialled())

        await asyncio.to_thread(elsewhere)


async def test_an_endpoint_that_speaks_something_else_is_named_at_once():
    """A path of another dialect for one: it would answer no `Open`, ever."""
    async with serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0) as other:
        url = f"ws://127.0.0.1:{other.sockets[0].getsockname()[1]}/v1/speak"
        with pytest.raises(ConnectionLostError, match="/v1/speak is not a Legato stream") as caught:
            await dial_websocket(parse_address(url), "", Tuning())
    assert not caught.value.may_retry


async def test_the_closing_handshake_is_the_end(scripted):
    async with scripted.over_websocket() as running:
        wire = await dial(running)
        await wire.send(OPEN)
        await wire.receive()
        await wire.finish()
        assert await wire.receive() is None
        with pytest.raises(ConnectionLostError):
            await wire.send(OPEN)
        await wire.close()
        await wire.close()


@pytest.mark.parametrize(
    ("code", "reason"), [(1011, Reason.INTERNAL), (1012, Reason.SHUTTING_DOWN), (1013, Reason.OVERLOADED)]
)
async def test_a_close_code_names_its_reason(scripted, code, reason):
    async def script(visit):
        await visit.hang_up(code, "because")

    async with scripted.over_websocket(script) as running:
        wire = await dial(running)
        with pytest.raises(SpeechError, match="because") as caught:
            await wire.receive()
        await wire.close()

    assert caught.value.reason is reason


async def test_other_codes_are_a_lost_connection_that_no_retry_mends(scripted):
    async def script(visit):
        await visit.hang_up(1007, "not UTF-8")

    async with scripted.over_websocket(script) as running:
        wire = await dial(running)
        with pytest.raises(ConnectionLostError, match="not UTF-8") as caught:
            await wire.receive()
        await wire.close()

    assert not caught.value.may_retry


async def test_a_torn_connection(scripted):
    async def handle(socket):
        socket.transport.abort()

    async with serve(handle, "127.0.0.1", 0, subprotocols=["legato.v1"]) as server:
        port = server.sockets[0].getsockname()[1]
        wire = await dial_websocket(parse_address(f"ws://127.0.0.1:{port}"), "", Tuning())
        with pytest.raises(ConnectionLostError) as caught:
            await wire.receive()
        await wire.close()

    assert caught.value.may_retry


async def test_r1_a_connection_on_which_nothing_comes_is_lost():
    lost = asyncio.Event()

    async def handle(socket):
        socket.transport.pause_reading()  # not even pongs
        await lost.wait()
        socket.transport.abort()

    calm = {"close_timeout": 0.01, "ping_interval": None, "subprotocols": ["legato.v1"]}
    async with serve(handle, "127.0.0.1", 0, **calm) as server:
        port = server.sockets[0].getsockname()[1]
        wire = await dial_websocket(parse_address(f"ws://127.0.0.1:{port}"), "", Tuning(silence_s=0.05))
        with pytest.raises(ConnectionLostError, match="nothing was received"):
            await wire.receive()
        await wire.close()
        lost.set()


class Pinged:
    """A connection on which a ping comes every so many seconds, so often, and no frame."""

    def __init__(self, every_s, times):
        self.read_at, self._loop = 0.0, asyncio.get_running_loop()
        for number in range(1, times + 1):
            self._loop.call_later(every_s * number, self._stamp)

    def _stamp(self):
        self.read_at = self._loop.time()

    async def recv(self):
        await asyncio.Event().wait()


@on_virtual_time
async def test_control_frames_are_no_silence():
    loop = asyncio.get_running_loop()
    wire = WebSocketWire(Pinged(every_s=7.0, times=9), 10.0, loop.time)
    with pytest.raises(ConnectionLostError, match="nothing was received"):
        await wire.receive()
    assert 73 <= loop.time() < 83


@pytest.mark.parametrize(
    ("status", "body", "kind", "told"),
    [
        (
            401,
            '{"error": {"reason": "unauthenticated", "message": "no such key"}}',
            SpeechError,
            "no such key",
        ),
        (403, "", SpeechError, "no body"),
        (503, "upstream connect error", ConnectionLostError, "503: upstream"),
        (404, "nginx", ConnectionLostError, "404: nginx"),
    ],
)
async def test_a_refused_handshake(status, body, kind, told):
    def refuse(socket, request):
        assert request.headers["Authorization"] == "Bearer k"
        return socket.respond(status, body)

    async def handle(socket):
        """Never reached."""

    async with serve(handle, "127.0.0.1", 0, process_request=refuse) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(kind, match=told):
            await dial_websocket(parse_address(f"ws://127.0.0.1:{port}"), "k", Tuning())


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9", "wss://127.0.0.1:9"])
async def test_nobody_there(url):
    with pytest.raises(ConnectionLostError, match="cannot connect to"):
        await dial_websocket(parse_address(url), "", Tuning())


@pytest.mark.parametrize("proxy", ["planted", "ftp://planted:1", "http://planted:99999", "http://:planted@/"])
async def test_a_proxy_that_is_none_is_named_and_not_repeated(monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(
        ConnectionLostError, match=r"192\.0\.2\.1:80: the proxy from the environment"
    ) as caught:
        await dial_websocket(parse_address("ws://192.0.2.1"), "", Tuning())
    assert "planted" not in str(caught.value)
    assert not caught.value.may_retry


@pytest.mark.parametrize(
    ("greeting", "scheme", "told", "may_retry"),
    [
        pytest.param(b"SSH-2.0\r\n", "ws", "does not speak HTTP", False, id="another protocol"),
        pytest.param(bytes([0, 0, 6, 4, 0, 0, 0, 0, 0]), "ws", "does not speak HTTP", False, id="gRPC"),
        pytest.param(bytes([21, 3, 3, 0, 2, 2, 70]), "ws", "does not speak HTTP", False, id="TLS"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", "wss", "does not speak TLS", False, id="no TLS"),
        pytest.param(b"", "ws", "a port with TLS needs grpcs://, wss://", True, id="ends in the handshake"),
    ],
)
async def test_what_speaks_something_else_is_not_asked_again(greeting, scheme, told, may_retry):
    async def answer(reader, writer):
        await reader.read(65_536)
        writer.write(greeting)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionLostError, match=told) as caught:
            await dial_websocket(parse_address(f"{scheme}://127.0.0.1:{port}"), "", Tuning())
    assert caught.value.may_retry is may_retry
