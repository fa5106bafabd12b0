import asyncio
import time

from gateway.servers.alarm import LoopAlarm


class Bell:
    def __init__(self):
        self.rung = []
        self.event = asyncio.Event()

    def __call__(self):
        self.rung.append(time.monotonic())
        self.event.set()


async def test_it_rings_once_and_never_early():
    bell = Bell()
    alarm = LoopAlarm(time.monotonic, bell)
    deadline = time.monotonic() + 0.0123
    alarm.set(deadline)
    await bell.event.wait()
    assert len(bell.rung) == 1
    assert bell.rung[0] >= deadline


async def test_a_later_deadline_makes_no_new_handle():
    bell = Bell()
    alarm = LoopAlarm(time.monotonic, bell)
    now = time.monotonic()
    alarm.set(now + 0.010)
    handle = alarm._handle
    for step in range(5):
        alarm.set(now + 0.011 + step / 1000)
        assert alarm._handle is handle
    await bell.event.wait()
    assert bell.rung[0] >= now + 0.015


async def test_an_earlier_deadline_rings_earlier():
    bell = Bell()
    alarm = LoopAlarm(time.monotonic, bell)
    alarm.set(time.monotonic() + 3600)
    alarm.set(time.monotonic())
    await bell.event.wait()


async def test_it_can_be_set_from_its_own_ring():
    bell = Bell()
    alarm = LoopAlarm(
        time.monotonic, lambda: (bell(), alarm.set(time.monotonic()) if len(bell.rung) < 3 else None)
    )
    alarm.set(time.monotonic())
    while len(bell.rung) < 3:
        bell.event.clear()
        await bell.event.wait()


async def test_none_and_close_silence_it():
    silent, bell = Bell(), Bell()
    withdrawn, closed = LoopAlarm(time.monotonic, silent), LoopAlarm(time.monotonic, silent)
    now = time.monotonic()
    withdrawn.set(now + 0.001)
    withdrawn.set(None)
    closed.set(now + 0.001)
    closed.close()
    LoopAlarm(time.monotonic, bell).set(now + 0.01)
    await bell.event.wait()
    assert silent.rung == []
