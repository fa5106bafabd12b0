"""Slow clients first: what is beyond our write is what no cancel can fetch back."""

import asyncio
from types import SimpleNamespace

import pytest

from gateway.servers.settings import ServerSettings
from gateway.servers.websocket import WebSocketOutlet
from legato.domain import events
from tests.gateway.servers.sockets import BINARY, HEADER, RawSocket
from tests.gateway.servers.stage import house, sound


@pytest.mark.parametrize("reused", [False, True], ids=["picows", "aiohttp"])
async def test_r7_a_client_that_does_not_read_has_at_most_a_quarter_second_beyond_our_write(reused):
    async with house() as built:
        client = await connect(built, reused=reused)
        await client.open()
        client.say(text={"utteranceId": "a", "text": "endless"})
        session = await built.reception.session()
        await session.until(lambda it: it.written_samples and it.outlet.paused)

        assert session.written_samples <= 24 * 250
        client.say(cancel={})
        await session.until(lambda it: it.heard(events.Cancel))
        frames = await client.until("utteranceCancelled")
        assert sum(len(frame.data) - HEADER.size for frame in frames if frame.kind == BINARY) <= 48 * 250
        client.close()


@pytest.mark.parametrize("reused", [False, True], ids=["picows", "aiohttp"])
async def test_r21_a_slow_client_gets_every_sample_once_it_reads(reused):
    async with house() as built:
        client = await connect(built, reused=reused)
        await client.open()
        session = await built.reception.session()
        session.chunk_samples = 4800  # 9,600 bytes: beyond picows' own copying
        client.say(text={"utteranceId": "a", "text": "x" * 40})
        client.say(end={"utteranceId": "a"})
        await session.until(lambda it: it.outlet.paused)
        frames = await client.until("utteranceFinished")

        heard = b"".join(frame.data[HEADER.size :] for frame in frames if frame.kind == BINARY)
        assert heard == sound(0, 40 * 4800)
        client.close()


@pytest.mark.parametrize("reused", [False, True], ids=["picows", "aiohttp"])
async def test_r7_a_client_that_has_not_answered_yet_is_held_back_too(reused):
    async with house() as built:
        client = await connect(built, reused=reused)
        client.say(open={})
        client.say(text={"utteranceId": "a", "text": "endless"})
        session = await built.reception.session()
        await session.until(lambda it: it.written_samples and it.outlet.paused)
        assert session.written_samples <= 24 * 250
        client.close()


@pytest.mark.parametrize("reused", [False, True], ids=["picows", "aiohttp"])
async def test_r7_a_client_that_has_answered_and_reads_no_more_is_held_back_for_good(reused):
    async with house(ping_s=0.01) as built:
        client = await connect(built, reused=reused)
        await client.open()
        session = await built.reception.session()
        client.say(text={"utteranceId": "a", "text": "endless"})
        await session.until(lambda it: it.written_samples and it.outlet.paused)
        other = await connect(built, reused=reused)
        await other.open()
        while other.pings < 10:
            await other.frame()
        assert session.written_samples <= 24 * 250
        client.close()
        other.close()


async def test_a_client_that_answers_no_ping_is_heard_all_the_same(monkeypatch):
    monkeypatch.setattr("gateway.servers.websocket._FIRST_PONG_S", 0.02)
    async with house() as built:
        client = await RawSocket.connect(built.servers.http_port)
        client.answers_pings = False
        await client.open()
        client.say(text={"utteranceId": "a", "text": "x" * 40})
        client.say(end={"utteranceId": "a"})
        frames = await client.until("utteranceFinished")
        heard = b"".join(frame.data[HEADER.size :] for frame in frames if frame.kind == BINARY)
        assert heard == sound(0, 40 * 2400)
        client.close()


async def test_r8_who_is_held_back_since_the_path_is_shorter_than_was_thought_is_asked_what_it_has_read():
    """Nothing was on its way that it could have answered, until the next beat."""
    now, frames = [0.0], Frames()
    outlet = WebSocketOutlet(SimpleNamespace(clock=lambda: now[0]), ServerSettings(), None, frames)
    outlet.start()
    now[0] = 0.5
    outlet.pong(frames.pings.pop())
    outlet._ping()
    for ms in (30, 90):
        assert not outlet._fence.sent(ms), "the bound is 800 ms"
    now[0] += 0.01
    outlet.pong(frames.pings.pop())
    assert outlet._fence.shut, "now it is 250, and the next chunk may have 180"
    outlet.pong(frames.pings.pop())
    assert not outlet._fence.shut
    outlet.hang_up(1000, "")


class Frames:
    """Keeps the pings."""

    jammed = False

    def __init__(self):
        self.pings = []

    def ping(self, payload):
        self.pings.append(payload)

    def close(self, code, reason):
        """It is."""


async def connect(built, *, reused):
    if not reused:
        return await RawSocket.connect(built.servers.http_port)
    client = RawSocket(*await open_plain(built.servers.http_port))
    client.head = await client.upgrade()
    return client


async def open_plain(port):
    """A connection that has served a plain request before."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b"live\n")
    return reader, writer
