"""How late the event loop is, measured by a timer that notes how much it overslept."""

import asyncio
from collections.abc import Awaitable, Callable

from legato.ports import Clock


async def watch_loop_lag(
    observe: Callable[[float], None],
    interval_s: float,
    clock: Clock,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Observe the lag in seconds every `interval_s`, until cancelled."""
    while True:
        due = clock() + interval_s
        await sleep(interval_s)
        observe(max(0.0, clock() - due))
