"""Ends workers that hang: each is asked at intervals whether it is there, and ended if it has not answered for too long.

The kernel goes on giving connections to a worker whose loop stands still, and its process looks alive. Once ended, it is restarted
like any other that dies. One that does not connect at all, or has disconnected and does not end, hangs too; if it has ended and that is
not reported, or none can be started, the process that workers are forked from hangs.

Only time in which this process itself has run counts as silence: a host that was suspended, a terminal that has stopped all of
them, or a parent that got no processor says nothing against workers. One that a debugger has stopped is spared.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from typing import Protocol

import psutil

from gateway.app.link.hub import Member
from gateway.app.workers.process import end_fork_server
from gateway.telemetry.logs import logger

_MOST_INTERVAL_S = 5.0
_KNOCKS = 6
"""At least this many looks within the silence that is allowed: each one proves that the parent itself has run."""
LEAST_START_S = 60.0
"""A worker that is not ready yet may be silent for at least this long: it may load much, on a busy machine."""


class Hub(Protocol):
    """Knows who is connected."""

    def connected(self) -> Sequence[Member]:
        """Return every worker that is connected."""


class Worker(Protocol):
    """A worker, through all its lives."""

    number: int

    @property
    def alive(self) -> bool:
        """Whether its process is being started or runs, as far as is known."""

    @property
    def pid(self) -> int:
        """Id of the process that runs now; 0 for none."""


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


def has_ended(pid: int) -> bool:
    """Return whether the process has ended, even if nobody has taken note of it."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


class Vigil:
    """Watches over all workers, from when each is started until it has ended.

    Args:
        hub: knows who is there.
        workers: those who should be there.
        silence_s: how long a worker may leave a knock unanswered; 0 for no limit.
        end: ends a process by its id.
        end_fork_server: ends the process that workers are forked from; all of them count as ended then, and are begun again.
        held: returns whether a debugger has stopped a process.
    """

    def __init__(
        self,
        hub: Hub,
        workers: Sequence[Worker],
        silence_s: float,
        end: Callable[[int], None] = kill,
        end_fork_server: Callable[[], None] = end_fork_server,
        held: Callable[[int], bool] = is_held,
    ) -> None:
        self._hub = hub
        self._workers = workers
        self._silence_s = silence_s
        self._start_s = max(silence_s, LEAST_START_S)
        self._interval_s = min(silence_s / _KNOCKS, _MOST_INTERVAL_S)
        self._end = end
        self._end_fork_server = end_fork_server
        self._held = held
        self._absent: dict[int, tuple[int, float]] = {}
        """Of workers that are not connected, by number: the process, and for how long."""
        self._log = logger("legato.workers")

    async def keep(self) -> None:
        """Look at intervals, until cancelled; return at once if there is no limit."""
        while self._silence_s:
            await asyncio.sleep(self._interval_s)
            self._look()

    def _look(self) -> None:
        passed_s = self._interval_s  # for any time beyond that, this process has not run
        there = self._hub.connected()
        for member in there:
            if member.silent_s is None:
                member.knock()
            elif self._held(member.pid):
                member.silent_s = 0.0
            else:
                self._wait(member, passed_s)
        pids = {member.pid for member in there}
        for worker in self._workers:
            if not worker.alive or worker.pid in pids or (worker.pid and self._held(worker.pid)):
                self._absent.pop(worker.number, None)
            else:
                self._wait_for(worker, passed_s)

    def _wait(self, member: Member, passed_s: float) -> None:
        assert member.silent_s is not None, "it is waited for"
        was_s, member.silent_s = member.silent_s, member.silent_s + passed_s
        if was_s < (self._silence_s if member.ready else self._start_s) <= member.silent_s:
            self._tell_and_end(member.number, member.pid, member.silent_s)

    def _wait_for(self, worker: Worker, passed_s: float) -> None:
        pid, number = worker.pid, worker.number
        was, was_s = self._absent.get(number, (pid, 0.0))
        absent_s = was_s + passed_s if was == pid else passed_s
        self._absent[number] = pid, absent_s
        if absent_s < self._start_s:
            return
        del self._absent[number]
        if pid and not has_ended(pid):
            self._tell_and_end(number, pid, absent_s)
        else:
            self._log.error("the process that workers are forked from hangs; it is killed", worker=number)
            self._end_fork_server()

    def _tell_and_end(self, number: int, pid: int, silent_s: float) -> None:
        self._log.error("a worker hangs and is killed", worker=number, pid=pid, silent_s=round(silent_s, 1))
        self._end(pid)
