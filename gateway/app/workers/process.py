"""One worker's process: forked from a process that has imported everything, watched, ended, restarted.

A worker that dies is restarted at once, or after a wait that doubles if it does not live long. It is forked from the fork server of
the standard library, which has no loop, no thread and no socket of ours: so the fork is sound, and a worker listens a fraction of a
second after its start. The fork server lives as long as its parent: signals that come to all processes of a terminal or a service,
which the workers handle, do not reach it.
"""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from gateway.app.process import SIGNALS
from gateway.telemetry.logs import logger
from legato.ports import Clock

PRELOADED = ("gateway.app.workers.main", "gateway.app.cli", "gateway.app.workers.preload")
FIRST_WAIT_S = 0.1
MOST_WAIT_S = 5.0
SHORT_LIFE_S = 5.0

_UNKNOWN = 255
"""The library's status of a process whose end nobody reports any more, since the fork server has died."""
_ADOPTED_S = 1.0
"""A dying process closes its files, which is what we see of it, a moment before its children get another parent."""
_SAFE_PATH = "PYTHONSAFEPATH"
_STARTING = threading.Lock()

Target = Callable[[], ForkServerProcess]


def fork_server(folder: Path) -> multiprocessing.context.ForkServerContext:
    """Return the context of the fork server that workers are forked from; it is started with the first of them.

    Args:
        folder: where its socket lies. Left to itself, the library makes a folder that stays if this process is killed.
    """
    multiprocessing.current_process()._config["tempdir"] = str(folder)  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def end_fork_server() -> None:
    """End the process that workers are forked from at once, if there is one; the next worker starts another.

    Only this process tells when workers have ended. Once it is gone, all of them count as ended, and a start that waits for it fails.
    """
    pid = getattr(forkserver._forkserver, "_forkserver_pid", None)  # noqa: SLF001 - the library offers no other way
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class WorkerFailedError(Exception):
    """A worker ended before it was ready for the first time; it has said why."""


class WorkerProcess:
    """One of the workers, through all its lives.

    Args:
        number: from 1.
        make: makes a process for it, not started yet.
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
        """Id of the process that runs now; 0 for none."""
        process = self._process
        return (process.pid or 0) if process is not None and process.exitcode is None else 0

    @property
    def alive(self) -> bool:
        """Whether its process is being started or runs, as far as is known."""
        return self._process is not None

    async def keep(self) -> None:
        """Run the worker, again and again, until `leave`.

        Raises:
            WorkerFailedError: it ended before it was ready for the first time.
        """
        log, wait_s = logger("legato.workers"), FIRST_WAIT_S
        while not self._over.is_set():
            began = self._clock()
            status = await self._live()
            self._process = None
            if self._over.is_set():
                break
            if not self._is_ready():
                raise WorkerFailedError(f"worker {self.number} did not start: status {status}")
            lived_s = self._clock() - began
            wait_s = FIRST_WAIT_S if lived_s > SHORT_LIFE_S else min(2 * wait_s, MOST_WAIT_S)
            log.error(
                "a worker has ended and is restarted",
                worker=self.number, status=status, lived_s=round(lived_s, 1), wait_s=wait_s,
            )  # fmt: skip
            self.restarts += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._over.wait()

    def leave(self) -> None:
        """Do not restart it any more. Others tell the process that runs to leave."""
        self._over.set()

    def kill(self) -> None:
        """End its process at once, or as soon as it is there if it is just being started."""
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
        if process.exitcode == _UNKNOWN and process.pid:
            _bury(process.pid)
        return process.exitcode


def _bury(pid: int) -> None:
    """Wait for a worker that has outlived the fork server: as PID 1, as in a container, we are its parent now, or it would stay a zombie."""
    try:
        end = os.pidfd_open(pid)
    except OSError:  # it is gone, or the kernel has no such thing
        return
    loop = asyncio.get_running_loop()

    def ended() -> None:
        loop.remove_reader(end)
        os.close(end)
        loop.call_later(_ADOPTED_S, _reap, pid)

    loop.add_reader(end, ended)


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):  # it is another's: of whatever is PID 1
        os.waitpid(pid, os.WNOHANG)


def _begin(process: ForkServerProcess) -> None:
    """Start a process; a fork server that is started with it inherits the signals blocked here, and the worker unblocks them."""
    _stand_somewhere()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        with _STARTING, _imports_from_nowhere_else():
            resource_tracker.ensure_running()  # otherwise it is started later, and unblocks some of them
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
            forkserver.ensure_running()
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _imports_from_nowhere_else() -> Iterator[None]:
    """Let processes that are started within import nothing from their folder, where a file may be named like a module."""
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _stand_somewhere() -> None:
    """Leave a working directory that was removed, as an old release is: the library asks for it, and could start no process."""
    try:
        Path.cwd()
    except FileNotFoundError:
        os.chdir("/")
