import asyncio

import pytest

from gateway.telemetry.loop_lag import watch_loop_lag


async def test_what_the_loop_oversleeps_is_its_lag():
    now, seen = 100.0, []
    oversleeps = iter([0.0, 0.25, -0.1])

    async def sleep(seconds):
        nonlocal now
        try:
            now += seconds + next(oversleeps)
        except StopIteration:
            raise asyncio.CancelledError from None

    with pytest.raises(asyncio.CancelledError):
        await watch_loop_lag(seen.append, 0.5, lambda: now, sleep)
    assert seen == pytest.approx([0.0, 0.25, 0.0])


async def test_it_runs_on_the_loop_until_it_is_cancelled():
    seen = []
    enough = asyncio.Event()

    def observe(lag):
        seen.append(lag)
        if len(seen) == 3:
            enough.set()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(watch_loop_lag(observe, 0.001, asyncio.get_running_loop().time))
        await enough.wait()
        task.cancel()
    assert all(lag >= 0 for lag in seen)
