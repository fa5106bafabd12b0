import asyncio

from gateway.engines.first_audio import FIRST_AUDIO_S, FirstAudio
from tests.virtual_time import on_virtual_time


def watched(limit_s=FIRST_AUDIO_S):
    calls, loop = [], asyncio.get_running_loop()
    return calls, FirstAudio(limit_s, lambda: calls.append(round(loop.time(), 1)))


@on_virtual_time
async def test_what_does_not_come_in_time_is_late_once():
    calls, first = watched()
    first.owed()
    await asyncio.sleep(5)
    first.owed()
    await asyncio.sleep(3_600)
    assert calls == [10.0]


@on_virtual_time
async def test_what_rests_is_not_late_and_has_its_time_again():
    calls, first = watched()
    first.owed()
    await asyncio.sleep(9)
    first.rests()
    first.rests()
    await asyncio.sleep(91)
    first.owed()
    await asyncio.sleep(3_600)
    assert calls == [110.0]


@on_virtual_time
async def test_what_has_come_is_not_waited_for_again():
    calls, first = watched()
    first.owed()
    first.came()
    first.owed()
    await asyncio.sleep(3_600)
    assert calls == []


@on_virtual_time
async def test_without_a_limit_it_is_waited_for_for_ever():
    calls, first = watched(0)
    first.owed()
    await asyncio.sleep(3_600)
    assert calls == []


@on_virtual_time
async def test_what_came_while_the_loop_was_held_up_is_read_first():
    calls, first = watched()
    loop = asyncio.get_running_loop()
    first.owed()
    await asyncio.sleep(9)
    loop.stand_still(5)
    loop.call_later(0.02, first.came)
    await asyncio.sleep(3_600)
    assert calls == []
