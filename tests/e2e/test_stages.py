"""A delay that is put into one stage of an utterance's way shows there, and there alone: through a whole gateway, by what each stage is of all.
R24."""

import asyncio
import contextlib
import time

import pytest

from gateway.app.simulation import simulator
from gateway.session.speaker import Speaker
from gateway.simulator.script import Script
from gateway.upstream.line import LeasedLine
from legato.audio.pipe import Pipe
from legato.domain.receipt import Stage
from legato.domain.replies import AudioChunk
from legato.faces.native import NativeWebSocket
from legato_client import connect
from tests.chaos.stage import FORMAT, configuration, gateway, provider

pytestmark = [pytest.mark.e2e]

DELAYS_S = (0.3, 1.5)
"""Where a busy machine has put so much elsewhere that the first one is not most of all, the second one is."""
TEXT = "vabado zebelu vabado zebelu. "
QUICK = {"first_byte": {"constant_ms": 5}, "speed": 8}


@contextlib.asynccontextmanager
async def stream(script=None, **more):
    """A client of a gateway over one simulated vendor, and that vendor."""
    checked = Script.model_validate({"pace": QUICK} | (script or {}))
    voices = {"voice": {"language": "en", "routes": [{"provider": "first", "voice": "one"}]}}
    limits = {"dial_s": 20.0, "first_audio_s": 20.0, "between_audio_s": 20.0, "finish_s": 20.0}
    async with asyncio.timeout(60), simulator(["deepgram"], checked, seed=1) as vendor:
        providers = {"first": provider("deepgram", vendor, limits=limits, **more)}
        async with (
            gateway(configuration(providers, voices)) as url,
            connect(url, voice="voice", audio_format=FORMAT) as speech,
        ):
            yield speech, vendor


async def receipt_of(utterance):
    await utterance.wait()
    assert utterance.receipt.no_audio == ""
    return utterance.receipt


def late(patch, delay_s, owner, name, *, behind=False, counts=lambda result, *arguments: True):
    """The first call that counts takes so much longer, the whole loop with it: before it is made, or behind."""
    usual = getattr(owner, name)
    left = [delay_s]

    def made(*arguments, **named):
        result = usual(*arguments, **named) if behind else None
        if left and counts(result, *arguments):
            time.sleep(left.pop())
        return result if behind else usual(*arguments, **named)

    patch.setattr(owner, name, made)


async def slow_text(_, delay_s):
    async with stream() as (speech, _vendor):
        utterance = speech.begin()
        await utterance.send("vabado")
        await asyncio.sleep(delay_s)  # the client's own delay
        await utterance.send(" zebelu vabado zebelu. ")
        await utterance.end()
        return await receipt_of(utterance)


async def slow_segmenting(patch, delay_s):
    late(patch, delay_s, Speaker, "cut", behind=True, counts=lambda segments, *_: segments)
    return await said()


async def no_route(_, delay_s):
    """The vendor is down, and asked again until it is there."""
    async with stream() as (speech, vendor):
        vendor.down()
        utterance = speech.say(TEXT)
        asyncio.get_running_loop().call_later(delay_s, vendor.up)
        return await receipt_of(utterance)


async def slow_dial(_, delay_s):
    # The line is dialled when the stream opens, a moment before the text.
    slow = {"when": {"at": "dial"}, "do": {"delay_ms": round(delay_s * 2_000)}, "times": 0}
    async with stream({"faults": [slow]}, pool={"floor": 0, "spare": 0}) as (speech, _vendor):
        receipt = await receipt_of(speech.say(TEXT))
        assert not receipt.line_reused
        return receipt


async def slow_sending(patch, delay_s):
    late(patch, delay_s, LeasedLine, "say")
    return await said()


async def slow_vendor(_, delay_s):
    return await said({"pace": QUICK | {"first_byte": {"constant_ms": round(delay_s * 1000)}}})


async def nothing_worth_writing(patch, delay_s):
    late(patch, delay_s, Pipe, "push")
    return await said()


async def behind_another(_, delay_s):
    async with stream() as (speech, _vendor):
        first, second = speech.say(TEXT * round(delay_s * 16)), speech.say(TEXT)
        await first.wait()
        receipt = await receipt_of(second)
        assert receipt.queued
        return receipt


async def slow_encoding(patch, delay_s):
    late(patch, delay_s, Speaker, "take")
    return await said()


async def slow_writing(patch, delay_s):
    late(patch, delay_s, NativeWebSocket, "render", counts=lambda _, face, reply: type(reply) is AudioChunk)
    return await said()


async def said(script=None):
    async with stream(script) as (speech, _):
        return await receipt_of(speech.say(TEXT))


INJECTED = {
    Stage.TEXT_WAIT: slow_text,
    Stage.SEGMENT: slow_segmenting,
    Stage.QUEUE: no_route,
    Stage.ACQUIRE: slow_dial,
    Stage.SEND: slow_sending,
    Stage.VENDOR: slow_vendor,
    Stage.SILENCE: nothing_worth_writing,
    Stage.TURN_WAIT: behind_another,
    Stage.ENCODE: slow_encoding,
    Stage.WRITE: slow_writing,
}


def shows_alone(receipt, stage, delay_s):
    """The stages sum to the whole; whether this one is most of it."""
    stages = dict(receipt.stages)
    assert sum(stages.values()) == pytest.approx(receipt.ttfb_s, abs=1e-4)
    seen_s = stages.pop(stage)
    assert seen_s >= 0.9 * delay_s, receipt.stages
    return seen_s > 2 * max(stages.values())


@pytest.mark.parametrize("stage", Stage)
async def test_a_delay_in_a_stage_shows_in_that_stage_alone(stage, monkeypatch):
    seen = []
    for delay_s in DELAYS_S:
        with monkeypatch.context() as patch:
            seen.append(await INJECTED[stage](patch, delay_s))
        if shows_alone(seen[-1], stage, delay_s):
            return
    pytest.fail("\n".join(str(receipt.stages) for receipt in seen))
