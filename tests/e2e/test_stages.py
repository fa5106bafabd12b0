"""A delay that is put into one stage of an utterance's way shows there, and there alone: through a whole gateway, by what each stage is of all."""

import asyncio
import contextlib

import pytest

from gateway.app.simulation import simulator
from gateway.simulator.script import Script
from legato.domain.receipt import Stage
from legato_client import connect
from tests.chaos.stage import FORMAT, configuration, gateway, provider

pytestmark = [pytest.mark.e2e]

DELAY_MS = 700
TEXT = "vabado zebelu vabado zebelu. "
QUICK = {"first_byte": {"constant_ms": 5}, "speed": 8}


@contextlib.asynccontextmanager
async def stream(script=None, **more):
    """A client of a gateway over one simulated vendor."""
    checked = Script.model_validate({"pace": QUICK} | (script or {}))
    voices = {"voice": {"language": "en", "routes": [{"provider": "first", "voice": "one"}]}}
    limits = {"dial_s": 20.0, "first_audio_s": 20.0, "between_audio_s": 20.0, "finish_s": 20.0}
    async with asyncio.timeout(60), simulator(["deepgram"], checked, seed=1) as vendor:
        providers = {"first": provider("deepgram", vendor, limits=limits, **more)}
        async with (
            gateway(configuration(providers, voices)) as url,
            connect(url, voice="voice", audio_format=FORMAT) as speech,
        ):
            yield speech


async def receipt_of(utterance):
    await utterance.wait()
    assert utterance.receipt.no_audio == ""
    return utterance.receipt


def shows_in(receipt, stage):
    """The stages sum to the whole, and this one is most of it."""
    stages = dict(receipt.stages)
    assert sum(stages.values()) == pytest.approx(receipt.ttfb_s, abs=1e-4)
    delay_s = stages.pop(stage)
    assert delay_s >= 0.9 * DELAY_MS / 1000, receipt.stages
    assert delay_s > 2 * max(stages.values()), receipt.stages
    return True


async def test_a_vendor_that_takes_its_time():
    async with stream({"pace": QUICK | {"first_byte": {"constant_ms": DELAY_MS}}}) as speech:
        assert shows_in(await receipt_of(speech.say(TEXT)), Stage.VENDOR)


async def test_a_line_that_must_be_dialled_first():
    slow = {"when": {"at": "dial"}, "do": {"delay_ms": DELAY_MS * 2}, "times": 0}
    async with stream({"faults": [slow]}, pool={"floor": 0, "spare": 0}) as speech:
        receipt = await receipt_of(speech.say(TEXT))
        assert shows_in(receipt, Stage.ACQUIRE)
        assert not receipt.line_reused


async def test_a_client_that_writes_slowly():
    async with stream() as speech:
        utterance = speech.begin()
        await utterance.send("vabado")
        await asyncio.sleep(DELAY_MS / 1000)  # the client's own delay
        await utterance.send(" zebelu vabado zebelu. ")
        await utterance.end()
        assert shows_in(await receipt_of(utterance), Stage.TEXT_WAIT)


async def test_an_utterance_behind_another():
    async with stream() as speech:
        first, second = speech.say(TEXT * 8), speech.say(TEXT)
        await first.wait()
        receipt = await receipt_of(second)
        assert receipt.queued
        assert shows_in(receipt, Stage.TURN_WAIT)
