"""What a vendor's connections go through, counted from its own log: reuse, interruptions, flushes, concurrency, clients that die."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter

import pytest

from gateway.app.simulation import simulator
from gateway.simulator.log import Saw
from gateway.simulator.script import Script
from legato_client import connect
from tests.chaos.hearing import Ear
from tests.chaos.stage import FORMAT, HEALTHY, RATE_HZ, coded_text, configuration, gateway, provider, say

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TALKER = """
import asyncio, sys
from legato_client import connect
async def main():
    async with connect(sys.argv[1], voice="voice") as speech:
        async for _ in speech.say("one two three four five six seven eight nine ten. " * 20):
            print("sounds", flush=True)
asyncio.run(main())
"""


def alone(dialect, vendor, **more):
    """The configuration of a voice on this vendor alone."""
    routes = [{"provider": "first", "voice": "one"}]
    voices = {"voice": {"language": "en", "routes": routes}}
    return configuration({"first": provider(dialect, vendor, **more)}, voices)


def script(**more):
    return Script.model_validate({**HEALTHY, **more})


async def interrupted(url, times, number):
    """Talks and is interrupted, again and again."""
    chance = random.Random(number)
    async with connect(url, voice="voice", audio_format=FORMAT) as speech:
        for _ in range(times):
            utterance = speech.say(coded_text(chance))
            async for _ in utterance:
                break
            await utterance.cancel()


@pytest.mark.parametrize("dialect", ["deepgram", "elevenlabs"])
async def test_r2_r9_behind_a_barge_in_there_is_a_warm_line_and_no_limit_is_overstepped(dialect):
    async with (
        simulator([dialect], script(), seed=1) as vendor,
        gateway(alone(dialect, vendor, pool={"floor": 2, "spare": 2})) as url,
    ):
        async with asyncio.TaskGroup() as tasks:
            for number in range(4):
                tasks.create_task(interrupted(url, 10, number))
        log = vendor.log
        assert log.count(Saw.BEGUN) >= 40
        assert log.of(Saw.LIMIT) == []
        assert log.count(Saw.DIALLED) <= 12, (
            "as many lines as are spoken on or cleaned at once, not one for each utterance"
        )


def most_open(log):
    """The most contexts that were open at once on one connection, closing ones included."""
    now, most = Counter(), 0
    for entry in log:
        if entry.saw is Saw.BEGUN:
            now[entry.connection] += 1
            most = max(most, now[entry.connection])
        elif entry.saw in {Saw.FINISHED, Saw.CANCELLED, Saw.DROPPED}:
            now[entry.connection] -= 1
    return most


@pytest.mark.parametrize(("dialect", "contexts"), [("elevenlabs", 5), ("cartesia", 10)])
async def test_r9_contexts_are_used_to_the_limit_and_never_beyond_however_often_one_barges_in(
    dialect, contexts
):
    """Two hundred interruptions in seconds, of more talkers than there are contexts, at a vendor that takes its time to close one."""
    busy = script(closing_ms=150, pace={**HEALTHY["pace"], "first_byte": {"constant_ms": 20}})
    once = {"floor": 1, "spare": 0, "ceiling": 1}
    async with (
        simulator([dialect], busy, seed=1) as vendor,
        gateway(alone(dialect, vendor, pool=once)) as url,
    ):
        async with asyncio.TaskGroup() as tasks:
            for number in range(10):
                tasks.create_task(interrupted(url, 20, number))
        log = vendor.log
        assert log.count(Saw.BEGUN) >= 200
        assert log.of(Saw.LIMIT) == []
        assert most_open(log) == contexts


async def test_r12_text_without_a_full_stop_is_spoken_whole_within_the_flush_budget():
    async with simulator(["deepgram"], script(), seed=1) as vendor, gateway(alone("deepgram", vendor)) as url:
        async with connect(url, voice="voice", audio_format=FORMAT) as speech:
            text = coded_text(random.Random(1), sentences=10).rstrip(". ")
            heard = await say(speech, text, Ear(RATE_HZ))
        assert (heard.lost, heard.repeated, heard.error) == (0, 0, "")
        assert vendor.log.of(Saw.LIMIT) == []


async def test_r22_more_streams_than_the_vendor_allows_wait_their_turn_and_none_is_refused():
    two = {"concurrency": 2}
    async with (
        simulator(["deepgram"], script(limits=two, concurrency_of="utterances"), seed=1) as vendor,
        gateway(alone("deepgram", vendor, limits=two)) as url,
    ):
        async with asyncio.TaskGroup() as tasks:
            said = [tasks.create_task(_one(url, number)) for number in range(6)]
        assert [(one.result().lost, one.result().error) for one in said] == [(0, "")] * 6
        assert vendor.log.of(Saw.LIMIT) + vendor.log.of(Saw.REFUSED) == []


async def _one(url, number):
    async with connect(url, voice="voice", audio_format=FORMAT) as speech:
        return await say(speech, coded_text(random.Random(number), sentences=1), Ear(RATE_HZ))


@pytest.mark.alone
async def test_r29_a_client_that_is_killed_is_cancelled_upstream_within_250_ms():
    async with simulator(["cartesia"], script(), seed=1) as vendor, gateway(alone("cartesia", vendor)) as url:
        talker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", TALKER, url, stdout=asyncio.subprocess.PIPE
        )
        await talker.stdout.readline()
        loop = asyncio.get_running_loop()
        os.kill(talker.pid, signal.SIGKILL)
        killed_at = loop.time()
        async with asyncio.timeout(5):
            await vendor.seen(Saw.CANCELLED)
        assert loop.time() - killed_at < 0.25
        await talker.wait()
