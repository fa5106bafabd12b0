import asyncio
import gc
import weakref

from gateway.upstream.run_alarm import RunAlarm
from legato.core.run_watch import RunWatch
from legato.domain.vendors import VendorLimits
from tests.virtual_time import on_virtual_time

LIMITS = VendorLimits(first_audio_s=3.0, between_audio_s=1.0, finish_s=2.0)


def set_alarm():
    """A watch, its alarm, the clock, and when it rang."""
    loop = asyncio.get_running_loop()
    watch, rang = RunWatch(LIMITS, marks=True), []
    alarm = RunAlarm(watch, loop.time, lambda failed: rang.append((round(loop.time(), 2), failed.message)))
    return watch, alarm, loop, rang


@on_virtual_time
async def test_it_rings_when_the_run_is_overdue_and_once():
    watch, alarm, _, rang = set_alarm()
    alarm.arm(0.0)
    assert not alarm.is_set, "nothing is awaited"
    watch.said(0.0, 0, 10)
    alarm.arm(0.0)
    assert alarm.is_set
    await asyncio.sleep(60)
    assert rang == [(3.03, "no audio came for the text within the limit")]


@on_virtual_time
async def test_what_comes_meanwhile_moves_it_on():
    watch, alarm, loop, rang = set_alarm()
    watch.said(0.0, 0, 100)
    alarm.arm(0.0)
    for _ in range(8):
        await asyncio.sleep(0.9)
        watch.audio(loop.time(), 0.3)
        alarm.arm(loop.time())
    await asyncio.sleep(60)
    assert rang == [(8.23, "no more audio came within the limit")]


@on_virtual_time
async def test_a_deadline_that_comes_nearer_is_kept():
    watch, alarm, loop, rang = set_alarm()
    watch.said(0.0, 0, 100)
    alarm.arm(0.0)
    await asyncio.sleep(0.5)
    watch.audio(loop.time(), 0.1)
    alarm.arm(loop.time())
    await asyncio.sleep(60)
    assert rang == [(1.53, "no more audio came within the limit")]


@on_virtual_time
async def test_what_came_while_the_loop_was_held_up_is_read_before_it_rings():
    watch, alarm, loop, rang = set_alarm()
    watch.said(0.0, 0, 100)
    alarm.arm(0.0)
    loop.call_later(2.9, loop.stand_still, 0.8)
    loop.call_later(4.0, lambda: watch.audio(loop.time(), 0.3))
    await asyncio.sleep(4.5)
    assert rang == []
    await asyncio.sleep(60)
    assert [message for _, message in rang] == ["no more audio came within the limit"]


@on_virtual_time
async def test_more_text_does_not_shorten_the_time_for_reading_what_came_while_the_loop_was_held_up():
    watch, alarm, loop, rang = set_alarm()
    watch.said(0.0, 0, 100)
    alarm.arm(0.0)
    loop.call_later(2.9, loop.stand_still, 0.8)

    def say():
        watch.said(loop.time(), 1, 100)
        alarm.arm(loop.time())

    loop.call_later(3.75, say)
    loop.call_later(4.0, lambda: watch.audio(loop.time(), 0.3))
    await asyncio.sleep(4.5)
    assert rang == []


@on_virtual_time
async def test_a_run_that_begins_again_on_another_connection_has_that_time_again():
    watch, _, loop, rang = set_alarm()

    def late(failed):
        rang.append(round(loop.time(), 2))
        if len(rang) == 1:
            watch.restarted(loop.time())
            alarm.arm(loop.time())

    alarm = RunAlarm(watch, loop.time, late)
    watch.said(0.0, 0, 10)
    alarm.arm(0.0)
    await asyncio.sleep(60)
    assert rang == [3.03, 6.06]


@on_virtual_time
async def test_a_run_that_is_over_is_not_rung_for():
    watch, alarm, _, rang = set_alarm()
    watch.said(0.0, 0, 10)
    alarm.arm(0.0)
    alarm.stop()
    alarm.arm(0.0)
    alarm.stop()
    assert not alarm.is_set
    await asyncio.sleep(60)
    assert rang == []


@on_virtual_time
async def test_what_waits_to_be_told_is_told_before_it_rings_and_may_end_the_run():
    watch, _, loop, rang = set_alarm()
    told = []
    alarm = RunAlarm(watch, loop.time, rang.append, lambda: (told.append(loop.time()), alarm.stop()))
    watch.said(0.0, 0, 10)
    alarm.arm(0.0)
    await asyncio.sleep(60)
    assert (told, rang) == ([3.0], [])


class Run:
    def __init__(self):
        self.alarm = RunAlarm(RunWatch(LIMITS, marks=True), lambda: 0.0, self.late, lambda: self.late(None))

    def late(self, failed):
        """Never."""


def test_a_run_that_is_over_need_not_wait_for_the_collector():
    run = Run()
    run.alarm.stop()
    gone = weakref.ref(run)
    gc.disable()
    try:
        del run
        assert gone() is None
    finally:
        gc.enable()
