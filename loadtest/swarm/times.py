"""The clock of a plan: seconds since the run began."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_LOOK_S = 0.25
"""How often a waiting caller looks whether it is to stop."""


@dataclass(frozen=True, slots=True)
class Times:
    """The plan's clock: seconds since the run began.

    Args:
        begun: monotonic seconds at which the run began.
        clock: returns monotonic seconds.
        sleep: waits for a number of seconds.
    """

    begun: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def now(self) -> float:
        """Return the seconds since the run began."""
        return self.clock() - self.begun

    async def until(self, at_s: float, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Wait until a moment, not at all if it has passed; return whether it came before the wait was stopped."""
        while not stopped():
            left = at_s - self.now()
            if left <= 0:
                return True
            await self.sleep(min(left, _LOOK_S))
        return False
