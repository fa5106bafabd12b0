import asyncio

from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Begin
from legato_client.feeders import Feeders
from legato_client.record import UtteranceRecord


async def waits_and_ends(ended):
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)
        ended.append(True)


async def turns():
    for _ in range(4):
        await asyncio.sleep(0)


def record(**known):
    return UtteranceRecord(Begin("u1"), **known)


async def test_only_those_are_stopped_that_nobody_wants():
    feeders, spoken, over, cancelled = Feeders(), record(), record(), record()
    ended = {id(one): [] for one in (spoken, over, cancelled)}
    for one in (spoken, over, cancelled):
        feeder = asyncio.get_running_loop().create_task(waits_and_ends(ended[id(one)]))
        feeders.add(feeder, one)
    await turns()
    feeders.stop_unwanted()
    await turns()
    assert list(ended.values()) == [[], [], []]
    over.trouble, cancelled.cancelled = SpeechError(Reason.INTERNAL, "x"), True
    for _ in range(2):  # the second time nothing is interrupted
        feeders.stop_unwanted()
        await asyncio.sleep(0)
    feeders.stop_unwanted()
    await turns()
    assert list(ended.values()) == [[], [True], [True]]
    feeders.stop_all()
    await turns()
    assert list(ended.values()) == [[True], [True], [True]]
