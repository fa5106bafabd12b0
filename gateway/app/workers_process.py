"""One worker's process: forked from a process that has everything imported, watched, ended, begun again.

A worker that dies is begun again at once, and after a wait that doubles when it does not live long. The fork server of the standard
library is that process: it has no loop, no thread and no socket of ours, so that a fork of it is sound, and a worker listens a
fraction of a second after it was begun. It lives as long as its parent does: signals that come to all processes of a terminal or a
service, which the workers heed, do not reach it.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from gateway.app.process import SIGNALS
from gateway.telemetry.logs import logger
from legato.ports import Clock

PRELOADED = ("gateway.app.workers_main", "gateway.app.cli", "gateway.app.workers_nursery")
FIRST_WAIT_S = 0.1
MOST_WAIT_S = 5.0
SHORT_LIFE_S = 5.0

Target = Callable[[], ForkServerProcess]


def fork_server() -> multiprocessing.context.ForkServerContext:
    """Where workers are forked: it is started with the first of them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


class WorkerFailedError(Exception):
    """A worker ended before it was ready for the first time; it has said why."""


class WorkerProcess:
    """One of the workers, through all its lives.

    Args:
        number: from 1.
        make: a process of it that has not been started.
        clock: monotonic seconds.
        is_ready: whether this worker has ever been ready.
    """

    def __init__(self, number: int, make: Target, clock: Clock, is_ready: Callable[[], bool]) -> None:
        self.number = number
        self.restarts = 0
        self._make = make
        self._clock = clock
        self._is_ready = is_ready
        self._process: ForkServerProcess | None = None
        self._over = asyncio.Event()
        self._killed = False

    @property
    def pid(self) -> int:
        """Of the process that runs now; 0 for none."""
        process = self._process
        return (process.pid or 0) if process is not None and process.exitcode is None else 0

    async def keep(self) -> None:
        """Runs it, again and again, until `leave`.

        Raises:
            WorkerFailedError: it ended before it was ready for the first time.
        """
        log, wait_s = logger("legato.workers"), FIRST_WAIT_S
        while not self._over.is_set():
            began = self._clock()
            status = await self._live()
            if self._over.is_set():
                break
            if not self._is_ready():
                raise WorkerFailedError(f"worker {self.number} did not start: status {status}")
            lived_s = self._clock() - began
            wait_s = FIRST_WAIT_S if lived_s > SHORT_LIFE_S else min(2 * wait_s, MOST_WAIT_S)
            log.error(
                "a worker has ended; it is begun again",
                worker=self.number, status=status, lived_s=round(lived_s, 1), wait_s=wait_s,
            )  # fmt: skip
            self.restarts += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._over.wait()

    def leave(self) -> None:
        """It is not begun again. What runs is told to go by others."""
        self._over.set()

    def kill(self) -> None:
        """Ends it at once; one that is only just being begun as soon as it is there."""
        self._killed = True
        if self._process is not None and self.pid:
            self._process.kill()

    async def _live(self) -> int | None:
        self._process = process = self._make()
        try:
            await asyncio.to_thread(_begin, process)
        except (EOFError, OSError):  # the process that it is forked from has died
            return None
        if self._killed and process.exitcode is None:
            process.kill()
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(process.sentinel)
        process.join()
        return process.exitcode


def _begin(process: ForkServerProcess) -> None:
    """Starts it; a fork server that is started with it inherits what this thread keeps away, and the worker lets it in again."""
    _stand_somewhere()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        resource_tracker.ensure_running()  # else it is started later, and has let some of them in again
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stand_somewhere() -> None:
    """In a folder that has been removed since, as an old release is, the library can begin no process: it asks where this one stands."""
    try:
        Path.cwd()
    except FileNotFoundError:
        os.chdir("/")
