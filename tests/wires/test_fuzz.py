"""Random clients on both wires, while a neighbour speaks on the same servers. Promises R7, R8 and R29.

`LEGATO_WIRE_SESSIONS` and `LEGATO_WIRE_CANCELS` set how many sessions and cancels there are on each wire: 150 and 500 by default.
"""

import asyncio
import os
import random

import grpc
import pytest

from legato.domain.speech import StreamLimits
from tests.plays.world import Script
from tests.wires.stage import PER_CHAR, stage

pytestmark = pytest.mark.e2e  # real sockets and real time: they run by themselves

SESSIONS = int(os.environ.get("LEGATO_WIRE_SESSIONS", "150"))
CANCELS = int(os.environ.get("LEGATO_WIRE_CANCELS", "500"))
AT_ONCE = 6
NAMES = "abcdefghij"
TEXTS = ["alpha ", "be. ", "gamma ray. ", "1", "", "z" * 70]
GONE = (grpc.aio.AioRpcError, asyncio.InvalidStateError, asyncio.CancelledError, ConnectionError)


@pytest.fixture(params=["grpc", "websocket"])
def wire(request):
    return request.param


async def random_message(dice, client):
    name, track = dice.choice(NAMES), dice.choice([0, 0, 1])
    kind = dice.randrange(13)
    if kind <= 4:
        await client.text(name, dice.choice(TEXTS))
    elif kind == 5:
        position = dice.randrange(4)
        await client.send(begin={"utterance_id": name, "track": track, "position": position})
    elif kind == 6:
        await client.send(end={"utterance_id": name})
    elif kind == 7:
        await client.send(flush={"utterance_id": name, "flush_id": "f"})
    elif kind == 8:
        await client.send(cancel={"utterance_id": dice.choice(["", name]), "fade_ms": dice.choice([0, 20])})
    elif kind == 9:
        await client.send(pause={"track": track})
    elif kind == 10:
        await client.send(resume={"track": track})
    elif kind == 11:
        await client.send(played={"track": track, "sample": dice.choice([0, 400, 10**12])})
    else:
        await client.send_garbage(dice.randbytes(dice.randrange(1, 40)))


async def converse(dice, client):
    """What one random client sends. How it leaves: by its end of input, by a frame that breaks the wire, or by vanishing."""
    await client.open(max_lead_ms=dice.choice([-1, 0, 200]))
    for _ in range(dice.randrange(2, 14)):
        await random_message(dice, client)
        if dice.random() < 0.2:
            await client.send(ping={"payload": "p"})
            await client.until("pong")
    leaving = dice.randrange(4)
    if leaving == 0:
        await client.vanish()
    elif leaving == 1:
        await client.bad_utf8("a")
    else:
        await client.send(cancel={"force": True})
    await client.send(ping={"payload": "last"})
    while (message := await client.read()) is not None:
        if message.WhichOneof("response") == "pong" and message.pong.payload == "last":
            return leaving
    return leaving


async def play(on, wire, seed):
    dice = random.Random(seed)
    async with on.client(wire) as client:
        leaving = -1
        try:
            leaving = await converse(dice, client)
        except GONE:
            assert not on.bugs
        client.check()
        if leaving >= 2:
            started = {s.utterance_id for s in client.of("utterance_started")}
            assert started <= set(client.terminals()), "what began has not ended"
        await client.vanish()


async def neighbour(on, wire, over):
    """Speaks sentence after sentence on one stream until the others are done; every one of them whole."""
    async with on.client(wire) as client:
        await client.open()
        number = 0
        while not over.is_set() or not number:
            name = f"n{number}"
            await client.speak(name, "one of many.")
            finished = await client.until("utterance_finished", name)
            assert finished.receipt.audio_samples == 12 * PER_CHAR
            number += 1
        client.check()
        assert client.of("error") == []
        assert set(map(tuple, client.terminals().values())) == {("utterance_finished",)}
        await client.vanish()


async def crowd(jobs):
    """All of them, some at once."""
    todo = iter(jobs)

    async def worker():
        for job in todo:
            await job()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(worker())


async def test_random_clients_leave_no_bug_no_lease_no_second_end_and_their_neighbour_in_peace(wire):
    scripts = {
        "one": Script(first_s=0.002, speed=40.0, die_after_chars=15, deaths=SESSIONS),
        "two": Script(first_s=0.0, speed=0.0),
    }
    limits = StreamLimits(max_pending_chars=200, head_idle_ms=20)

    def session(seed):
        async def run():
            try:
                await play(on, wire, seed)
            except Exception as error:
                error.add_note(f"seed {seed}")
                raise

        return run

    async with stage(scripts=scripts, limits=limits) as on, asyncio.TaskGroup() as tasks:
        over = asyncio.Event()
        tasks.create_task(neighbour(on, wire, over))
        await crowd(session(seed) for seed in range(SESSIONS))
        over.set()


async def test_nothing_of_an_utterance_follows_its_cancel(wire):
    """R7: cancels at random moments of the audio, several streams at once, seen from the clients' sockets."""
    scripts = {"one": Script(first_s=0.0, speed=30.0)}

    def stream(seed):
        async def run():
            dice = random.Random(seed)
            async with on.client(wire) as client:
                await client.open()
                for number in range(CANCELS // 10):
                    name = f"u{number}"
                    await client.speak(name, "abcdefghij. " * 3)
                    for _ in range(dice.randrange(4)):
                        await client.read()
                    await client.send(cancel={"fade_ms": dice.choice([0, 20])})
                    await client.ended(name)
                await client.speak("last", "the end.")
                await client.ended("last")
                assert client.said("last") == "the end."
                client.check()
                assert len(client.terminals()) == CANCELS // 10 + 1
                cancelled.append(len(client.of("utterance_cancelled")))
                await client.vanish()

        return run

    cancelled = []
    async with stage(scripts=scripts) as on:
        await crowd(stream(seed) for seed in range(10))
    assert sum(cancelled) >= CANCELS * 0.9, "the others were spoken before their cancel came"
