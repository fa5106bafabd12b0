import asyncio

from gateway.servers.alarm import LoopAlarm
from tests.virtual_time import on_virtual_time


class Bell:
    """An alarm's, on the running loop's clock."""

    def __init__(self):
        self.rung = []
        self.now = asyncio.get_running_loop().time

    def __call__(self):
        self.rung.append(self.now())


@on_virtual_time
async def test_it_rings_once_never_early_and_late_by_a_tick_at_most():
    bell = Bell()
    LoopAlarm(bell.now, bell).set(0.0123)
    await asyncio.sleep(3600)
    [at] = bell.rung
    assert 0.0123 <= at <= 0.0133


@on_virtual_time
async def test_a_later_deadline_makes_no_new_handle():
    bell = Bell()
    alarm = LoopAlarm(bell.now, bell)
    alarm.set(10.0)
    handle = alarm._handle
    for step in range(5):
        alarm.set(11.0 + step)
        assert alarm._handle is handle
    await asyncio.sleep(3600)
    [at] = bell.rung
    assert 15.0 <= at <= 15.001


@on_virtual_time
async def test_an_earlier_deadline_rings_earlier():
    bell = Bell()
    alarm = LoopAlarm(bell.now, bell)
    alarm.set(3600.0)
    alarm.set(0.0)
    await asyncio.sleep(7200)
    assert bell.rung == [0.0]


@on_virtual_time
async def test_it_can_be_set_from_its_own_ring():
    bell = Bell()
    alarm = LoopAlarm(bell.now, lambda: (bell(), alarm.set(bell.now() + 1) if len(bell.rung) < 3 else None))
    alarm.set(1.0)
    await asyncio.sleep(3600)
    assert [round(at, 2) for at in bell.rung] == [1.0, 2.0, 3.0]


@on_virtual_time
async def test_none_and_close_silence_it():
    bell = Bell()
    withdrawn, closed = LoopAlarm(bell.now, bell), LoopAlarm(bell.now, bell)
    withdrawn.set(1.0)
    withdrawn.set(None)
    closed.set(1.0)
    closed.close()
    await asyncio.sleep(3600)
    assert bell.rung == []


def held_up(read, seconds):
    """Let the loop stand still past the alarm's deadline, and read after that, in as many turns as a task takes."""
    loop = asyncio.get_running_loop()
    loop.stand_still(seconds)
    loop.call_soon(loop.call_soon, loop.call_soon, read)


@on_virtual_time
async def test_what_came_while_the_loop_was_held_up_is_read_before_it_rings():
    """Text that waits to be read: without it half a word would be spoken as a whole one."""
    bell = Bell()
    alarm = LoopAlarm(bell.now, bell)
    alarm.set(2.0)
    await asyncio.sleep(1.0)
    held_up(lambda: alarm.set(bell.now() + 2.0), 3.0)
    await asyncio.sleep(3600)
    assert [round(at, 2) for at in bell.rung] == [6.0]


@on_virtual_time
async def test_on_a_loop_that_is_only_busy_it_rings_as_soon_as_it_can():
    """Audio that is due would wait for three more turns, each as long as that one."""
    bell = Bell()
    alarm = LoopAlarm(bell.now, bell)
    alarm.set(2.0)
    await asyncio.sleep(1.0)
    held_up(lambda: alarm.set(None), 1.04)
    await asyncio.sleep(3600)
    assert [round(at, 2) for at in bell.rung] == [2.04]


@on_virtual_time
async def test_a_late_alarm_rings_all_the_same_and_each_time_it_is_late():
    bell = Bell()
    alarm = LoopAlarm(bell.now, bell)
    for at in (2.0, 12.0):
        alarm.set(at)
        await asyncio.sleep(at - 1 - bell.now())
        held_up(lambda: None, 3.0)
        await asyncio.sleep(1)
    assert bell.rung == [4.0, 14.0]


@on_virtual_time
async def test_a_late_alarm_that_is_silenced_does_not_ring():
    bell = Bell()
    alarm = LoopAlarm(bell.now, bell)
    alarm.set(2.0)
    await asyncio.sleep(1.0)
    held_up(alarm.close, 3.0)
    await asyncio.sleep(3600)
    assert bell.rung == []
