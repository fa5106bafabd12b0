"""Lines that wait, and texts that do: R1, vendors that drop idle lines without a word; R5, a writer who stops in the middle."""

import asyncio
import os
import random

import numpy as np
import pytest

from gateway.app.simulation import simulator
from gateway.simulator.script import Script
from legato_client import connect
from tests.chaos.hearing import Ear
from tests.chaos.stage import FORMAT, HEALTHY, RATE_HZ, coded_text, configuration, gateway, provider, say

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

UTTERANCES = int(os.environ.get("LEGATO_IDLE_UTTERANCES", "48"))
"""A thousand is the whole promise."""
_STREAMS = 12
_DIAL_MS = 1_000


def alone(dialect, vendor, **limits):
    voices = {"voice": {"language": "en", "routes": [{"provider": "first", "voice": "one"}]}}
    return configuration({"first": provider(dialect, vendor, limits=limits)}, voices)


async def test_r1_vendors_that_drop_idle_lines_silently_are_not_noticed():
    script = Script.model_validate({**HEALTHY, "idle_drop": "silent", "limits": {"idle_s": 0.4}})
    async with (
        simulator(["deepgram"], script, seed=1) as vendor,
        gateway(alone("deepgram", vendor, keep_alive_s=0.15)) as url,
    ):
        async with asyncio.TaskGroup() as tasks:
            streams = [
                tasks.create_task(_now_and_then(url, number, UTTERANCES // _STREAMS))
                for number in range(_STREAMS)
            ]
        heard = [one for stream in streams for one in stream.result()]
        assert [one for one in heard if one.lost or one.repeated or one.error or not one.terminal] == []
        healthy_ms = np.median([one.ttfb_ms for one in heard])
        assert np.quantile([one.ttfb_ms for one in heard], 0.9) < healthy_ms + 2 * _DIAL_MS


async def _now_and_then(url, number, times):
    chance = random.Random(number)
    ear, heard = Ear(RATE_HZ), []
    async with connect(url, voice="voice", audio_format=FORMAT) as speech:
        for _ in range(times):
            await asyncio.sleep(chance.uniform(0, 0.8))  # idle by chance is what this is about
            heard.append(await say(speech, coded_text(chance, sentences=1), ear))
    return heard


@pytest.mark.parametrize("dialect", ["cartesia", "elevenlabs"])
async def test_r5_a_writer_who_stops_anywhere_is_waited_for(dialect):
    script = Script.model_validate({**HEALTHY, "limits": {"context_idle_s": 0.5}})
    async with (
        simulator([dialect], script, seed=1) as vendor,
        gateway(alone(dialect, vendor, context_idle_s=0.5)) as url,
    ):
        async with asyncio.TaskGroup() as tasks:
            said = [tasks.create_task(_hesitant(url, number)) for number in range(8)]
        assert [(one.result().lost, one.result().error) for one in said] == [(0, "")] * 8


async def _hesitant(url, number):
    chance = random.Random(number)
    text, loop, ear = coded_text(chance), asyncio.get_running_loop(), Ear(RATE_HZ)
    tokens = text.split(" ")
    stalls = set(chance.sample(range(len(tokens)), 2))
    async with connect(url, voice="voice", audio_format=FORMAT) as speech:
        ear.ask(loop.time())

        async def writes():
            for place, token in enumerate(tokens):
                if place in stalls:
                    await asyncio.sleep(chance.uniform(0, 1.5))  # the stall is what this is about
                yield f"{token} "

        async for chunk in speech.say(writes()):
            ear.hear(chunk.data, loop.time())
        return ear.told(text)
