"""The hot path, from the socket: what closes it, what it takes, what it is told."""

import asyncio
import contextlib
import json
import socket
import struct
import sys
import tracemalloc

import pytest
import websockets

from gateway.servers.client_sockets import UNREAD_BYTES
from legato.domain import events
from legato.domain.audio import OFFERED
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound, MessageRefused
from tests.gateway.servers.sockets import BINARY, CLOSE, HEADER, PING, PONG, TEXT, RawSocket
from tests.gateway.servers.stage import house, sound

CONTINUATION = 0


@contextlib.asynccontextmanager
async def conversation(**changes):
    async with house(**changes) as built:
        client = await RawSocket.connect(built.servers.http_port)
        await client.open()
        yield built, client, await built.reception.session()
        client.close()


async def ended(client):
    """The close code that comes next, and that the connection ends."""
    frame = await client.read()
    assert frame.kind == CLOSE, frame
    client.write(CLOSE, frame.data)
    assert await client.reader.read() == b""
    return frame.close_code


async def test_a_real_client_speaks_and_listens():
    async with house() as built, websockets.connect(built.websocket, subprotocols=["legato.v1"]) as client:
        assert client.subprotocol == "legato.v1"
        assert client.protocol.extensions == []
        await client.send(json.dumps({"open": {}}))
        await client.send(json.dumps({"clientSeq": 4, "text": {"utteranceId": "a", "text": "xy"}}))
        await client.send(json.dumps({"end": {"utteranceId": "a"}}))
        opened, started, *chunks, finished = [await client.recv() for _ in range(5)]
        assert json.loads(opened)["opened"]["streamId"] == "stream-1"
        assert json.loads(started)["utteranceStarted"]["ordinal"] == 1
        assert b"".join(chunk[24:] for chunk in chunks) == sound(0, 4800)
        assert [HEADER.unpack(chunk[:24])[4] for chunk in chunks] == [3, 4]
        last = json.loads(finished)
        assert (last["serverSeq"], last["ackedClientSeq"]) == (5, 4)
        assert last["utteranceFinished"]["receipt"]["ttfbMs"] == 3


async def test_the_socket_has_no_nagle_and_notices_a_dead_peer():
    async with conversation() as (_, _client, session):
        held = session.outlet._frames._transport.underlying_transport.get_extra_info("socket")
        assert held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert held.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert held.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
        assert held.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == 2 * UNREAD_BYTES


async def test_who_is_not_let_in_gets_the_status_and_the_error():
    async with house() as built:
        for headers, status in (
            (["Authorization: Bearer wrong"], "401"),
            (["Sec-WebSocket-Protocol: legato.v1, legato.key.wrong"], "401"),
            (["Origin: https://evil.example"], "403"),
            (["Sec-WebSocket-Protocol: other"], "400"),
        ):
            client = await RawSocket.connect(built.servers.http_port, headers=headers)
            assert client.head.split()[1] == status
            body = json.loads((await client.reader.read()).decode())
            assert body["error"]["message"]
            client.close()
        built.reception.full = SpeechError(Reason.OVERLOADED, "full", retry_after_s=3)
        client = await RawSocket.connect(built.servers.http_port)
        assert client.head.startswith("HTTP/1.1 503")
        assert "retry-after: 3" in client.head.lower()
        client.close()
        assert not built.reception.sessions
        why = [*[Reason.UNAUTHENTICATED] * 2, Reason.FORBIDDEN, Reason.BAD_FRAME, Reason.OVERLOADED]
        assert built.observer.facts == [MessageRefused("", reason, "websocket") for reason in why]


async def test_key_query_and_trace_come_from_the_head():
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with house() as built:
        client = await RawSocket.connect(
            built.servers.http_port, path="/v1/stream?key=abc", headers=[f"traceparent: {trace}"]
        )
        await client.open()
        session = await built.reception.session()
        assert session.principal.name == "abc"
        assert session.face == "websocket"
        assert session.fed[0].traceparent == trace
        client.close()


async def test_a_message_may_come_in_parts_with_a_ping_between():
    async with conversation() as (_, client, session):
        client.write(TEXT, b'{"ping":', fin=False)
        client.write(PING, b"between")
        client.write(CONTINUATION, '{"payload":"é'.encode()[:-1], fin=False)
        client.write(CONTINUATION, '{"payload":"é'.encode()[-1:] + b'"}}')
        frames = [await client.read(), await client.read()]
        assert (frames[0].kind, frames[0].data) == (PONG, b"between")
        assert frames[1].json["pong"]["payload"] == "é"
        assert not session.heard(events.Refused)


async def test_parts_that_say_nothing_take_no_room():
    async with conversation() as (_, client, _session):
        client.write(TEXT, b'{"ping":', fin=False)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        parts = b"\0\x80\0\0\0\0" * 5000  # masked, empty and not the last
        for _ in range(20):
            client.writer.write(parts)
            await client.writer.drain()
        client.write(CONTINUATION, b"{}", fin=False)
        client.write(PING)
        assert (await client.read()).kind == PONG
        held = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert held < 10 * len(parts)
        client.write(CONTINUATION, b"}")
        await client.until("pong")


async def test_a_binary_message_is_refused_by_name_whole_or_in_parts():
    async with conversation() as (_, client, _session):
        client.write(BINARY, b"\0" * 30)
        client.write(BINARY, b"\0", fin=False)
        client.write(CONTINUATION, b"\0")
        for _ in range(2):
            assert (await client.read()).json["error"]["reason"] == "bad_frame"
        client.say(ping={})
        await client.until("pong")


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([(TEXT, b"\xff", {})], 1007),
        ([(TEXT, b"\xc3", {"fin": False}), (CONTINUATION, b"(", {})], 1007),
        ([(CONTINUATION, b"", {})], 1002),
        ([(TEXT, b"", {"fin": False}), (TEXT, b"", {})], 1002),
        *[([(TEXT, b"{}", {"rsv": bit})], 1002) for bit in (4, 2, 1)],
        ([(3, b"", {})], 1002),
        ([(TEXT, b" " * 2001, {})], 1009),
        ([(TEXT, b" " * 1500, {"fin": False}), (CONTINUATION, b" " * 600, {})], 1009),
    ],
    ids=[
        "not-utf8",
        "not-utf8-in-parts",
        "lone-part",
        "second-start",
        "extension",
        "second-extension",
        "third-extension",
        "opcode",
        "long",
        "long-in-parts",
    ],
)
async def test_what_breaks_the_protocol_closes_the_connection(frames, code):
    async with conversation(max_message_bytes=2000) as (built, client, session):
        for kind, data, options in frames:
            client.write(kind, data, **options)
        client.say(ping={"payload": "unheard"})
        assert await ended(client) == code
        await session.until(lambda it: it.closed)
        assert not session.heard(events.Ping)
        assert len(built.servers.streams) == 0


async def test_an_unknown_format_lists_what_is_offered_and_the_client_opens_again():
    async with house() as built:
        client = await RawSocket.connect(built.servers.http_port)
        client.say(open={"audioFormat": {"sampleRateHz": 1}})
        error = (await client.until("error"))[-1].json["error"]
        assert (error["reason"], error["fatal"]) == ("unknown_format", False)
        assert all(str(one.sample_rate_hz) in error["message"] for one in OFFERED)
        client.say(open={"audioFormat": {"sampleRateHz": 16_000}})
        assert (await client.until("opened"))[-1].json["opened"]["format"]["sampleRateHz"] == 16_000


async def test_a_wish_that_cannot_be_read_names_its_field_and_what_is_allowed():
    async with conversation() as (_, client, _session):
        client.say(begin={"utteranceId": "a", "options": {"maths": "loud"}})
        error = (await client.until("error"))[-1].json["error"]
        assert (error["reason"], error["fatal"], error["utteranceId"]) == ("bad_frame", False, "a")
        assert "options.maths must be one of natural, explicit, brief" in error["message"]


async def test_a_fault_closes_1011_and_other_streams_go_on():
    async with conversation() as (built, client, _session):
        other = await RawSocket.connect(built.servers.http_port)
        await other.open()
        client.say(text={"utteranceId": "a", "text": "!raise"})
        assert (await client.until("error"))[-1].json["error"]["reason"] == "internal"
        assert await ended(client) == 1011
        assert isinstance(built.observer.facts[0], BugFound)
        other.say(ping={})
        await other.until("pong")
        other.close()


async def test_a_fault_in_rendering_ends_its_stream_too():
    async with conversation() as (built, client, _session):
        client.say(text={"utteranceId": "a", "text": "!unrenderable"})
        await client.until("error")
        assert built.observer.facts[0].where.startswith("face.render")


async def test_the_alarm_rings():
    async with conversation() as (_, client, session):
        client.say(text={"utteranceId": "a", "text": "!alarm"})
        await session.until(lambda it: it.ticks)


async def test_pings_come_in_turn_and_no_pong_is_waited_for():
    async with house(ping_s=0.01) as built:
        client = await RawSocket.connect(built.servers.http_port)
        client.answers_pings = False
        await client.open()
        while client.pings < 5:
            await client.frame()
        client.write(PONG, b"unasked")
        client.write(PONG, b"lgto\xff\xff\xff\xff")
        client.say(ping={})
        await client.until("pong")
        client.close()


@pytest.mark.parametrize("data", [b"", struct.pack(">H", 1000) + b"bye", struct.pack(">H", 4321)])
async def test_a_close_frame_means_that_the_client_is_gone(data):
    async with conversation() as (_, client, session):
        client.write(CLOSE, data)
        frame = await client.read()
        assert frame.kind == CLOSE
        assert frame.data[:2] == (data[:2] or struct.pack(">H", 1000))
        assert await client.reader.read() == b""
        await session.until(lambda it: it.closed)
        assert not session.heard(events.HalfClosed)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535])
async def test_a_close_code_that_no_frame_may_have_is_answered_as_a_mistake(code):
    async with conversation() as (_, client, session):
        client.write(CLOSE, struct.pack(">H", code))
        frame = await client.read()
        assert (frame.kind, frame.close_code) == (CLOSE, 1002)
        await session.until(lambda it: it.closed)


async def test_r29_a_killed_client_closes_its_session():
    program = (
        "import socket,sys,time;s=socket.create_connection(('127.0.0.1',int(sys.argv[1])));"
        "s.sendall(b'GET /v1/stream HTTP/1.1\\r\\nHost: x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
        "Sec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n');"
        "s.recv(100);time.sleep(60)"
    )
    async with house() as built:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, str(built.servers.http_port)
        )
        try:
            session = await built.reception.session()
            child.kill()
            async with asyncio.timeout(5):
                await session.until(lambda it: it.closed)
        finally:
            await child.wait()


async def test_a_client_that_sends_and_never_reads_is_given_up():
    async with conversation(max_backlog_bytes=100_000) as (built, client, session):
        with contextlib.suppress(ConnectionError):
            while not session.closed:
                client.say(ping={"payload": "x" * 128})
                await client.writer.drain()
        await session.until(lambda it: it.closed)
        assert len(built.servers.streams) == 0


async def test_a_client_that_pings_and_never_reads_is_given_up():
    """The answers were kept in memory for as long as it went on: 60 MB in four seconds."""
    async with conversation(max_backlog_bytes=100_000) as (built, client, session):
        client.writer.transport.pause_reading()
        with contextlib.suppress(ConnectionError):
            while not session.closed:
                client.write_many(1_000, PING, b"x" * 125)
                await client.writer.drain()
                assert session.outlet.closed or session.outlet._frames._backlog() < 1_000_000
        await session.until(lambda it: it.closed)
        assert len(built.servers.streams) == 0


async def test_a_client_that_floods_is_one_among_others():
    async with conversation() as (built, flooder, flooding):
        other = await RawSocket.connect(built.servers.http_port)
        await other.open()
        session = await built.reception.session(1)
        flooder.write_many(20_000, TEXT, b'{"played": {"sample": "0"}}')
        other.say(ping={"payload": "here"})
        await session.until(lambda it: it.heard(events.Ping))
        assert len(flooding.fed) < 1_000
        await flooding.until(lambda it: len(it.fed) > 20_000)
        for client, heard in ((other, session), (flooder, flooding)):
            client.close()
            await heard.until(lambda it: it.closed)


async def test_a_close_that_is_not_answered_is_cut(monkeypatch):
    monkeypatch.setattr("gateway.servers.websocket_picows._CLOSE_S", 0.01)
    async with conversation() as (_, client, session):
        session.outlet.close(None)
        frame = await client.read()
        assert frame.close_code == 1000
        assert await client.reader.read() == b""


async def test_what_was_written_is_read_before_the_close_even_by_a_slow_client(monkeypatch):
    monkeypatch.setattr("gateway.servers.websocket_picows._CLOSE_S", 0.05)
    async with house(fence_ms=1e9) as built:
        client = await RawSocket.connect(built.servers.http_port)
        await client.open()
        session = await built.reception.session()
        session.chunk_samples = 9600
        client.say(text={"utteranceId": "a", "text": "endless"})
        await session.until(lambda it: it.outlet.paused)
        session.outlet.close(None)
        heard = b""
        while (frame := await client.read()).kind != CLOSE:
            if frame.kind == BINARY:
                heard += frame.data[24:]
        assert heard == sound(0, session.written_samples)
        client.close()
