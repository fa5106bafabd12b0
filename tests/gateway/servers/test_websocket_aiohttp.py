"""An upgrade on a connection that has served plain HTTP before: the same stream, whoever owns the socket."""

import asyncio
import contextlib
import struct
from types import SimpleNamespace

import pytest
from aiohttp import ClientConnectionResetError, WSMessage, WSMsgType, web

from gateway.servers.websocket_aiohttp import _read
from legato.domain import events
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound
from tests.gateway.servers.sockets import BINARY, CLOSE, HEADER, PING, PONG, TEXT, RawSocket
from tests.gateway.servers.stage import house, sound


async def reused(port, headers=(), limit=4096):
    """A raw client on a connection that was used before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b"live\n")
    client = RawSocket(reader, writer)
    client.head = await client.upgrade(headers=headers)
    return client


@contextlib.asynccontextmanager
async def conversation(**changes):
    async with house(**changes) as built:
        client = await reused(built.servers.http_port)
        await client.open()
        yield built, client, await built.reception.session()
        client.close()


async def test_the_same_conversation():
    async with house() as built:
        client = await reused(built.servers.http_port, ["Sec-WebSocket-Protocol: legato.v1"])
        assert "sec-websocket-protocol: legato.v1" in client.head.lower()
        assert "sec-websocket-extensions" not in client.head.lower()
        await client.open()
        client.say(clientSeq=4, text={"utteranceId": "a", "text": "xy"})
        client.say(end={"utteranceId": "a"})
        frames = await client.until("utteranceFinished")
        chunks = [frame.data for frame in frames if frame.kind == BINARY]
        assert b"".join(chunk[24:] for chunk in chunks) == sound(0, 4800)
        assert [HEADER.unpack(chunk[:24])[4] for chunk in chunks] == [3, 4]
        client.close()


async def test_r23_a_client_that_goes_leaves_no_task():
    async with house() as built:
        before = asyncio.all_tasks()
        client = await reused(built.servers.http_port)
        await client.open()
        serving = asyncio.all_tasks() - before
        assert serving
        client.close()
        _, left = await asyncio.wait(serving, timeout=10)
        assert not left


async def test_who_is_not_let_in_gets_the_status_and_the_error():
    async with house() as built:
        built.reception.full = SpeechError(Reason.SHUTTING_DOWN, "going", retry_after_s=3)
        client = await reused(built.servers.http_port)
        assert client.head.startswith("HTTP/1.1 503")
        assert "retry-after: 3" in client.head.lower()
        client.close()


async def test_pings_are_answered_and_binary_is_refused():
    async with conversation() as (_, client, _session):
        client.write(PING, b"there?")
        frame = await client.read()
        assert (frame.kind, frame.data) == (PONG, b"there?")
        client.write(BINARY, b"\0")
        assert (await client.read()).json["error"]["reason"] == "bad_frame"


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (b"\xff", 1007, "expected UTF-8 in a text frame"),
        (b" " * 2001, 1009, "a message must have at most 2000 bytes"),
    ],
    ids=["not-utf8", "long"],
)
async def test_what_breaks_the_protocol_closes_the_connection(data, code, told):
    async with conversation(max_message_bytes=2000) as (built, client, session):
        client.write(TEXT, data)
        frame = await client.read()
        assert (frame.kind, frame.close_code) == (CLOSE, code)
        assert frame.data[2:].decode() == told
        await session.until(lambda it: it.closed)
        assert len(built.servers.streams) == 0


@pytest.mark.parametrize(
    ("said", "answered"),
    [(b"", 1000), (struct.pack(">H", 1001) + b"bye", 1001), (struct.pack(">H", 4321), 4321)]
    + [(struct.pack(">H", code), code) for code in (1002, 1007, 1009)],
)
async def test_a_close_frame_is_answered_with_its_own_code(said, answered):
    async with conversation() as (_, client, session):
        client.write(CLOSE, said)
        frame = await client.read()
        assert (frame.kind, frame.data) == (CLOSE, struct.pack(">H", answered))
        assert await client.reader.read() == b""
        await session.until(lambda it: it.closed)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535])
async def test_a_close_code_that_no_frame_may_have_is_answered_as_a_mistake(code):
    async with conversation() as (_, client, session):
        client.write(CLOSE, struct.pack(">H", code))
        frame = await client.read()
        assert (frame.kind, frame.close_code) == (CLOSE, 1002)
        await session.until(lambda it: it.closed)


async def test_a_refused_format_may_be_asked_for_anew():
    async with house() as built:
        client = await reused(built.servers.http_port)
        client.say(open={"audioFormat": {"sampleRateHz": 1}})
        error = (await client.until("error"))[-1].json["error"]
        assert (error["reason"], error["fatal"]) == ("unknown_format", False)
        client.say(open={"audioFormat": {"sampleRateHz": 16_000}})
        assert (await client.until("opened"))[-1].json["opened"]["format"]["sampleRateHz"] == 16_000
        client.close()


async def test_a_fault_closes_1011():
    async with conversation() as (built, client, _session):
        client.say(text={"utteranceId": "a", "text": "!raise"})
        await client.until("error")
        assert (await client.read()).close_code == 1011
        assert len(built.observer.facts) == 1


async def test_a_client_that_floods_is_one_among_others():
    async with conversation() as (built, flooder, flooding):
        other = await reused(built.servers.http_port)
        await other.open()
        session = await built.reception.session(1)
        flooder.write_many(20_000, TEXT, b'{"played": {"sample": "0"}}')
        other.say(ping={"payload": "here"})
        await session.until(lambda it: it.heard(events.Ping))
        assert len(flooding.fed) < 500
        await flooding.until(lambda it: len(it.fed) > 20_000)
        for client, heard in ((other, session), (flooder, flooding)):
            client.close()
            await heard.until(lambda it: it.closed)


async def test_a_close_frame_means_that_the_client_is_gone():
    async with conversation() as (_, client, session):
        client.write(CLOSE, struct.pack(">H", 1000))
        await session.until(lambda it: it.closed)
        assert not session.heard(events.HalfClosed)


async def test_r29_a_lost_connection_closes_its_session_while_audio_waits():
    async with conversation(fence_ms=1e9) as (_, client, session):
        client.say(text={"utteranceId": "a", "text": "endless"})
        await session.until(lambda it: it.outlet.paused)
        client.writer.transport.abort()
        async with asyncio.timeout(5):
            await session.until(lambda it: it.closed)


async def test_a_client_that_sends_and_never_reads_is_given_up():
    async with conversation(max_backlog_bytes=100_000) as (built, client, session):
        with contextlib.suppress(ConnectionError):
            while not session.closed:
                client.say(ping={"payload": "x" * 128})
                await client.writer.drain()
        await session.until(lambda it: it.closed)
        assert len(built.servers.streams) == 0


class GoneSocket:
    """Its client has pinged, and is gone before the answer."""

    async def receive(self):
        return WSMessage(WSMsgType.PING, b"there?", None)

    async def pong(self, payload):
        raise ClientConnectionResetError("Cannot write to closing transport")


async def test_a_client_that_is_gone_before_its_ping_is_answered_is_no_fault_of_ours():
    outlet = SimpleNamespace(closed=False)
    async with asyncio.timeout(5):
        await _read(GoneSocket(), SimpleNamespace(outlet=outlet))


async def test_a_client_that_is_gone_before_its_upgrade_is_answered_is_no_fault_of_ours(monkeypatch):
    async def lost(*_):
        raise ClientConnectionResetError("Cannot write to closing transport")

    monkeypatch.setattr(web.WebSocketResponse, "prepare", lost)
    async with house() as built:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reused(built.servers.http_port)
        await built.servers.streams.empty()
        assert [fact for fact in built.observer.facts if isinstance(fact, BugFound)] == []
