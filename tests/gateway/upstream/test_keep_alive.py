"""What keeps runs alive that wait for text, through the real driver against the simulator. Google's is in test_grpc_vendors."""

import asyncio
import contextlib

import numpy as np
import pytest

from gateway.app.simulation import simulator
from gateway.app.vendors import VENDORS
from gateway.simulator.log import Saw
from gateway.simulator.script import Script
from gateway.simulator.tones import decode
from gateway.simulator.words import WORDS
from gateway.upstream.connection import Connection
from legato.domain.events import Audio, Failed, Finished, Marker
from legato.domain.speech import Route
from legato.domain.text import Reading
from tests.gateway.upstream.stage import Asked, Ear, lines_of, turns

PATHS = {"elevenlabs": "", "deepgram": "/v1/speak"}
KEPT_S = 0.05


@contextlib.asynccontextmanager
async def line_of(name, limits):
    """A leased line to a simulated vendor that keeps these limits, and its ear."""
    script = Script(limits=limits, pace={"speed": 0})
    async with simulator([name], script) as running:
        dialect = VENDORS[name](running.websocket_url + PATHS[name], {**limits, "keep_alive_s": KEPT_S}, {})
        async with lines_of(dialect, warm=False, keep_alive_s=KEPT_S) as lines:
            ear = Ear()
            line = await Asked(lines, ear, route=Route("test", "aura-2-anna-en")).answer()
            assert not isinstance(line, Failed), line
            yield line, ear, running


def said(*numbers):
    return Reading(" ".join(WORDS[number] for number in numbers) + ".")


def heard(ear, line):
    return decode(np.frombuffer(ear.audio, "<i2"), line.sample_rate_hz)


async def silence(ear, seconds):
    """So long in which nothing ends; the ear fails by itself where something does."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ear.until(lambda ear: ear.over)
    assert not ear.over, ear.events[-1]


async def test_rule_11_a_context_that_waits_for_text_is_kept_alive_and_nothing_of_that_is_heard():
    async with line_of("elevenlabs", {"context_idle_s": 0.3}) as (line, ear, running):
        line.say(0, said(1, 2))
        await silence(ear, 0.8)
        line.say(1, said(3, 4))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        assert heard(ear, line) == [1, 2, 3, 4]
        assert running.log.of(Saw.LIMIT) == []
        assert running.log.count(Saw.BEGUN) == 1, "one context, and the vendor has not ended it"
        line.release(clean=True)


async def test_a_context_that_is_not_kept_alive_expires_at_the_simulated_vendor():
    script = Script(limits={"context_idle_s": 0.2}, pace={"speed": 0})
    async with simulator(["elevenlabs"], script) as running:
        dialect = VENDORS["elevenlabs"](running.websocket_url, {"keep_alive_s": 30.0}, {})
        async with lines_of(dialect, warm=False, keep_alive_s=30.0) as lines:
            ear = Ear()
            line = await Asked(lines, ear).answer()
            line.say(0, said(1, 2))
            async with asyncio.timeout(5):
                await running.seen(Saw.LIMIT)
            assert running.log.of(Saw.LIMIT)[0].note == "context_idle_s"
            line.cancel()
            line.release(clean=False)


async def test_r12_text_that_the_flush_budget_does_not_allow_is_spoken_by_another_connection():
    async with line_of("deepgram", {"flushes": 4, "window_s": 60.0}) as (line, ear, running):
        line.say(0, said(1, 2))
        line.say(1, said(3, 4))
        line.say(2, said(5, 6))
        await ear.until(lambda ear: Marker(2) in ear.events)
        assert heard(ear, line) == [1, 2, 3, 4, 5, 6], "though nobody has ended the text"
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        assert running.log.of(Saw.LIMIT) == []
        assert running.log.count(Saw.DIALLED) == 2
        line.release(clean=True)


@pytest.mark.parametrize("name", ["elevenlabs", "deepgram"])
async def test_an_idle_line_is_told_nothing_that_sounds(name, monkeypatch):
    kept, keep_alive = asyncio.Queue(), Connection.keep_alive

    def told(connection, now):
        kept.put_nowait(connection)
        return keep_alive(connection, now)

    monkeypatch.setattr(Connection, "keep_alive", told)
    async with line_of(name, {}) as (line, ear, running), asyncio.timeout(10):
        line.release(clean=True)
        for _ in range(4):
            await kept.get()
        await turns()
        assert running.log.count(Saw.TEXT) == running.log.count(Saw.FLUSHED) == 0
        assert not [event for event in ear.events if isinstance(event, Audio)]


@pytest.mark.parametrize("limits", [{"window_chars": 500}, {"flushes": 6}])
async def test_r12_no_connection_is_asked_for_more_than_its_window_allows_and_no_word_is_lost(limits):
    script = Script(limits=limits, pace={"speed": 0})
    async with simulator(["deepgram"], script) as running:
        dialect = VENDORS["deepgram"](running.websocket_url + PATHS["deepgram"], limits, {})
        async with lines_of(dialect, warm=False, spare=1) as lines:
            for number in range(15):
                ear = Ear()
                line = await Asked(lines, ear, route=Route("test", "aura-2-anna-en")).answer()
                assert not isinstance(line, Failed), line
                words = tuple(range(number * 10, number * 10 + 10))
                line.say(0, said(*words))
                line.end_input()
                assert isinstance(await ear.end(), Finished)
                assert tuple(heard(ear, line)) == words
                line.release(clean=True)
        assert running.log.of(Saw.LIMIT) == []
        assert 3 <= running.log.count(Saw.DIALLED) <= 13, "a spent connection is replaced, others are not"
