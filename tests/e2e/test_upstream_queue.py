"""R22: more wait than a vendor may serve. Whose turn it is, counted from the vendor's own log; and where they go who wait too long."""

import asyncio
import contextlib
import hashlib
import random

import pytest

from gateway.app.simulation import simulator
from gateway.simulator.log import Saw
from gateway.simulator.script import Script
from legato.domain.errors import Reason, SpeechError
from legato_client import connect
from tests.chaos.hearing import Ear
from tests.chaos.stage import FORMAT, HEALTHY, RATE_HZ, coded_text, configuration, gateway, provider, say

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SEATS = 2
KEYS = {"crowd": 0, "few": 0, "urgent": 3}
"""Each is a tenant of its own, and has this priority."""
LONG = 12
"""Sentences that are spoken for seconds."""


SCRIPT = Script.model_validate(HEALTHY)
"""The vendor takes what comes: that no more comes than may is for the gateway, and is counted."""
_OVER = {Saw.FINISHED, Saw.CANCELLED, Saw.DROPPED}


def served(vendor, dialect="cartesia", seats=SEATS, **more):
    return provider(dialect, vendor, limits={"concurrency": seats}, pool={"floor": 2, "spare": 0}, **more)


def settings(providers, *routes):
    """Every tenant has a voice of its own, so that the vendor's log tells whose turn it was."""
    voices = {
        name: {"language": "en", "routes": [{"provider": route, "voice": name} for route in routes]}
        for name in KEYS
    }
    keys = {
        name: {"sha256": hashlib.sha256(name.encode()).hexdigest(), "priority": priority}
        for name, priority in KEYS.items()
    }
    return configuration(providers, voices, keys=keys)


def talker(url, name):
    return connect(url, key=name, voice=name, audio_format=FORMAT)


def turns(vendor):
    """Whose utterances the vendor has begun, in order."""
    return [entry.voice for entry in vendor.log.of(Saw.BEGUN)]


def at_once(vendor):
    """The most utterances that the vendor has had under way."""
    open_now, most = set(), 0
    for entry in vendor.log:
        if entry.saw is Saw.BEGUN:
            open_now.add(entry.utterance)
        elif entry.saw in _OVER:
            open_now.discard(entry.utterance)
        most = max(most, len(open_now))
    return most


async def one_after_another(url, name, number, heard, until):
    """Utterance behind utterance, until told to stop."""
    chance = random.Random(f"{name}{number}")
    async with talker(url, name) as speech:
        while not until.is_set():
            heard.append(await say(speech, coded_text(chance, sentences=1), Ear(RATE_HZ)))


@contextlib.asynccontextmanager
async def crowded(url, name, width, vendor):
    """So many streams of this tenant that never stop asking; gives what they hear."""
    heard, until = [], asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for number in range(width):
            tasks.create_task(one_after_another(url, name, number, heard, until))
        async with asyncio.timeout(20):
            while vendor.log.count(Saw.BEGUN) < width:
                await vendor.seen(Saw.BEGUN, vendor.log.count(Saw.BEGUN) + 1)
        try:
            yield heard
        finally:
            until.set()


async def asked(url, name, vendor, times):
    """Says so many utterances; gives what was heard, and how many of others were begun between each asking and its turn."""
    overtaken, heard = [], []
    chance = random.Random(7)
    async with talker(url, name) as speech:
        for _ in range(times):
            before = len(turns(vendor))
            heard.append(await say(speech, coded_text(chance, sentences=1), Ear(RATE_HZ)))
            overtaken.append(turns(vendor)[before:].index(name))
    return heard, overtaken


@pytest.mark.parametrize("dialect", ["cartesia", "deepgram"])
async def test_r22_whoever_asks_for_little_has_the_next_seat_however_many_of_another_tenant_wait(dialect):
    async with (
        simulator([dialect], SCRIPT, seed=1) as vendor,
        gateway(settings({"first": served(vendor, dialect)}, "first")) as url,
    ):
        async with crowded(url, "crowd", 8, vendor) as crowd:
            heard, overtaken = await asked(url, "few", vendor, 5)
        assert [(one.lost, one.error) for one in heard] == [(0, "")] * 5
        assert [one for one in crowd if one.lost or one.error] == []
        assert max(overtaken) <= SEATS, "seats may have been given in the moment of asking"
        assert turns(vendor).count("crowd") >= 10, "the crowd was served all the while"
        assert at_once(vendor) == SEATS


async def test_r22_the_urgent_go_first_and_yet_nobody_starves():
    async with (
        simulator(["cartesia"], SCRIPT, seed=1) as vendor,
        gateway(settings({"first": served(vendor)}, "first")) as url,
    ):
        async with crowded(url, "urgent", 8, vendor) as urgent:
            heard, overtaken = await asked(url, "few", vendor, 1)
            served_then = len(urgent)
        assert [(one.lost, one.error) for one in (*heard, *urgent)] == [(0, "")] * (1 + len(urgent))
        assert overtaken[0] >= SEATS, "three steps of priority are not made up for at once"
        assert len(urgent) > served_then, "and it had its turn while they still asked"
        assert at_once(vendor) == SEATS


async def test_r22_whoever_waits_too_long_goes_to_the_next_route():
    async with (
        simulator(["cartesia"], SCRIPT, seed=1) as vendor,
        simulator(["cartesia"], SCRIPT, seed=2) as second,
        gateway(
            settings({"first": served(vendor, seats=1), "second": served(second)}, "first", "second")
        ) as url,
        holding(url, vendor),
    ):
        async with talker(url, "few") as speech:
            heard = await say(speech, coded_text(random.Random(1), sentences=1), Ear(RATE_HZ))
        assert (heard.lost, heard.error) == (0, "")
        assert turns(vendor) == ["crowd"]
        assert turns(second) == ["few"]


async def test_r22_where_every_route_is_full_that_is_told_with_the_time_to_come_back():
    async with (
        simulator(["cartesia"], SCRIPT, seed=1) as vendor,
        simulator(["cartesia"], SCRIPT, seed=2) as second,
        gateway(
            settings({"first": served(vendor, seats=1), "second": served(second, seats=1)}, "first", "second")
        ) as url,
    ):
        async with holding(url, vendor), holding(url, second), talker(url, "few") as speech:
            with pytest.raises(SpeechError) as refused:
                async for _ in speech.say("come back later"):
                    pass
            assert refused.value.reason is Reason.OVERLOADED
            assert refused.value.retry_after_s > 0
            assert "few" not in turns(vendor) + turns(second), "nothing of it was sent, nor billed"
            # The stream is as good as before: once there is a seat, it speaks.
        async with talker(url, "few") as speech:
            heard = await say(speech, coded_text(random.Random(1), sentences=1), Ear(RATE_HZ))
        assert (heard.lost, heard.error) == (0, "")


@contextlib.asynccontextmanager
async def holding(url, vendor):
    """Somebody keeps the vendor's seat: an utterance that stays open."""
    async with talker(url, "crowd") as speech:
        utterance = speech.begin()
        await utterance.send(coded_text(random.Random(3), sentences=LONG))
        async with asyncio.timeout(10):
            await vendor.seen(Saw.BEGUN, 1)
        try:
            yield
        finally:
            await utterance.cancel()
