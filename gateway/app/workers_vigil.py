"""Ends workers that hang: each is asked at intervals whether it is there, and ended if it has not answered for too long.

The kernel goes on giving connections to a worker whose loop stands still, and its process looks alive. Once ended, it is restarted
like any other that dies.

Only time in which this process itself has run counts as silence: a host that was suspended, a terminal that has stopped all of
them, or a parent that got no processor says nothing against workers. One that a debugger has stopped is spared.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import psutil

from gateway.app.workers_hub import Member
from gateway.telemetry.logs import logger
from legato.ports import Clock

_MOST_INTERVAL_S = 5.0
_KNOCKS = 6
"""At least this many looks within the silence that is allowed: each one proves that the parent itself has run."""


class Hub(Protocol):
    """Knows who is at work."""

    def at_work(self) -> Sequence[Member]:
        """Return every worker that has been ready and is connected."""


def kill(pid: int) -> None:
    """End a process at once; do nothing if it is gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def is_held(pid: int) -> bool:
    """Return whether a debugger has stopped the process."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_TRACING_STOP)
    except psutil.Error:
        return False


class Vigil:
    """Watches over all workers, from when each is ready until its connection ends.

    Args:
        hub: knows who is there.
        silence_s: how long a worker may leave a knock unanswered; 0 for no limit.
        clock: monotonic seconds.
        end: ends a process by its id.
        held: returns whether a debugger has stopped it.
    """

    def __init__(
        self,
        hub: Hub,
        silence_s: float,
        clock: Clock,
        end: Callable[[int], None] = kill,
        held: Callable[[int], bool] = is_held,
    ) -> None:
        self._hub = hub
        self._silence_s = silence_s
        self._interval_s = min(silence_s / _KNOCKS, _MOST_INTERVAL_S)
        self._clock = clock
        self._end = end
        self._held = held
        self._log = logger("legato.workers")

    async def keep(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look at intervals, until cancelled; return at once if there is no limit."""
        while self._silence_s:
            before = self._clock()
            await sleep(self._interval_s)
            # For any time beyond that, this process has not run.
            self._look(min(self._clock() - before, self._interval_s))

    def _look(self, passed_s: float) -> None:
        for member in self._hub.at_work():
            if member.silent_s is None:
                member.knock()
            elif self._held(member.pid):
                member.silent_s = 0.0
            else:
                self._wait(member, passed_s)

    def _wait(self, member: Member, passed_s: float) -> None:
        assert member.silent_s is not None, "it is waited for"
        was_s, member.silent_s = member.silent_s, member.silent_s + passed_s
        if was_s < self._silence_s <= member.silent_s:
            self._log.error(
                "a worker hangs and is killed",
                worker=member.number, pid=member.pid, silent_s=round(member.silent_s, 1),
            )  # fmt: skip
            self._end(member.pid)
