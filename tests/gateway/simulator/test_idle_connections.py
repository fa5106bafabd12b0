"""An HTTP connection between two requests."""

import asyncio
import contextlib

import aiohttp
import pytest

from gateway.simulator.log import Saw
from gateway.simulator.script import Fault
from tests.gateway.simulator.stage import said, simulated
from tests.gateway.simulator.test_simulator import fault


@contextlib.asynccontextmanager
async def keeping_alive(script):
    """A simulator and a client with one connection to it, which has asked once."""
    async with simulated(script, names=["openai"]) as built:
        connector = aiohttp.TCPConnector(limit=1)
        async with aiohttp.ClientSession(connector=connector) as client:

            async def ask():
                body = {"model": "tts-1", "voice": "anna", "input": said(1), "response_format": "pcm"}
                async with client.post(f"{built.url}/v1/audio/speech", json=body) as answer:
                    return await answer.read()

            assert await ask()
            yield built, ask


async def asked_anew(ask):
    """By a client that may not know yet that its connection is gone."""
    while True:
        with contextlib.suppress(aiohttp.ClientError):
            return await ask()


@pytest.mark.parametrize("do", ["reset", "eof", {"close": 1011}, {"down_ms": 1}])
async def test_it_dies_while_nobody_speaks(do):
    async with keeping_alive(fault(do, "idle", 5)) as (built, ask):
        await built.seen(Saw.FAULT)
        [fired] = built.log.faults
        assert (fired.moment, fired.connection) == ("idle", 1)
        assert await asked_anew(ask)
        assert built.log.of(Saw.OPENED)[-1].connection > 1


async def test_it_falls_silent_while_nobody_speaks():
    async with keeping_alive(fault("half_open", "idle", 5)) as (built, ask):
        await built.seen(Saw.FAULT)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask()


async def test_a_request_that_comes_in_time_prevents_it():
    async with keeping_alive({}) as (built, ask):
        built.add(Fault.model_validate({"when": {"at": "idle", "value": 60_000}, "do": "reset"}))
        for _ in range(3):
            assert await ask()
        assert (built.log.count(Saw.DIALLED), built.log.faults) == (1, [])


@pytest.mark.parametrize("how", ["eof", "reset", "close"])
async def test_the_vendor_drops_what_is_idle_for_too_long(how):
    async with keeping_alive({"limits": {"idle_s": 0.01}, "idle_drop": how}) as (built, ask):
        await built.seen(Saw.LIMIT)
        assert [entry.note for entry in built.log.of(Saw.LIMIT)] == ["idle_s"]
        assert await asked_anew(ask)
        assert built.log.of(Saw.OPENED)[-1].connection > 1


async def test_without_a_word():
    async with keeping_alive({"limits": {"idle_s": 0.01}}) as (built, ask):
        await built.seen(Saw.LIMIT)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await ask()


async def test_a_client_that_has_gone_has_nothing_to_lose():
    async with simulated(
        fault("reset", "idle", 150) | {"limits": {"idle_s": 0.15}}, names=["openai"]
    ) as built:
        async with aiohttp.ClientSession() as client:
            body = {"model": "tts-1", "voice": "anna", "input": said(1), "response_format": "pcm"}
            async with client.post(f"{built.url}/v1/audio/speech", json=body) as answer:
                await answer.read()
        await asyncio.sleep(0.2)
        assert built.log.faults == built.log.of(Saw.LIMIT) == []
