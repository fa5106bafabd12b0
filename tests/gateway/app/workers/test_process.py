import asyncio
import importlib.util
import itertools
import multiprocessing
import os
import shutil
import signal
import threading
from multiprocessing.connection import arbitrary_address
from multiprocessing.spawn import get_preparation_data
from pathlib import Path

import psutil
import pytest

from gateway.app.workers import process
from gateway.app.workers.process import WorkerFailedError, WorkerProcess, fork_server
from tests.virtual_time import on_virtual_time


@pytest.fixture(autouse=True)
def fork_servers(monkeypatch):
    """What a process that workers are forked from would be started with: its mask of signals, and whether it imports from its folder."""
    started = []

    def start():
        started.append((signal.pthread_sigmask(signal.SIG_BLOCK, ()), os.environ.get("PYTHONSAFEPATH")))

    monkeypatch.setattr(multiprocessing.forkserver, "ensure_running", start)
    return started


class Life:
    """Stands in for a process: a pipe that is readable when it has ended."""

    def __init__(self, status=None):
        self.sentinel, self._alive = os.pipe()
        self.exitcode, self.pid = None, 4711
        if status is not None:
            self.end(status)

    def start(self):
        pass

    def end(self, status):
        self.exitcode = status
        os.close(self._alive)

    def kill(self):
        self.end(-signal.SIGKILL)

    def join(self):
        os.close(self.sentinel)


class Lives:
    def __init__(self, *lives):
        self._lives = iter(lives)
        self.begun = []
        self.news = asyncio.Event()

    def __call__(self):
        self.begun.append(next(self._lives))
        self.news.set()
        return self.begun[-1]

    async def count(self, number):
        async with asyncio.timeout(10):
            while len(self.begun) < number:
                self.news.clear()
                await self.news.wait()


def worker(lives, *, ready=True, clock=lambda: 0.0):
    return WorkerProcess(1, lives, clock, lambda: ready)


async def test_one_that_dies_is_begun_again_until_it_should_leave(monkeypatch):
    monkeypatch.setattr(process, "FIRST_WAIT_S", 0.0)
    last = Life()
    lives = Lives(Life(1), Life(-9), last)
    kept = worker(lives)
    async with asyncio.TaskGroup() as group:
        group.create_task(kept.keep())
        await lives.count(3)
        assert (kept.restarts, kept.pid, kept.alive) == (2, 4711, True)
        kept.leave()
        last.end(0)
    assert (kept.restarts, kept.pid, kept.alive) == (2, 0, False)
    kept.kill()


async def test_the_wait_before_the_next_life_can_be_cut_short(monkeypatch):
    monkeypatch.setattr(process, "FIRST_WAIT_S", 60.0)
    monkeypatch.setattr(process, "MOST_WAIT_S", 60.0)
    lives = Lives(Life(1))
    kept = worker(lives)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(kept.keep())
        while not kept.restarts:  # noqa: ASYNC110 - the count rings no bell; the loop has its turn
            await asyncio.sleep(0)
        kept.leave()


async def test_the_wait_doubles_while_lives_are_short(told, monkeypatch):
    monkeypatch.setattr(process, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(process, "MOST_WAIT_S", 0.004)
    times = iter([1000, 1001, 1001, 1002, 1002, 1003, 1003, 1100, 1100])
    last = Life()
    lives = Lives(Life(1), Life(1), Life(1), Life(1), last)
    kept = worker(lives, clock=lambda: float(next(times)))
    async with asyncio.TaskGroup() as group:
        group.create_task(kept.keep())
        await lives.count(5)
        kept.leave()
        kept.kill()
    ended = await told.events("a worker has ended and is restarted", 4)
    assert [line["wait_s"] for line in ended] == [0.002, 0.004, 0.004, 0.001]


@on_virtual_time
async def test_the_first_that_dies_is_begun_again_within_two_seconds_and_none_waits_for_more_than_five():
    loop, began_at = asyncio.get_running_loop(), []

    def live():
        began_at.append(loop.time())
        if len(began_at) == 9:
            kept.leave()
        return Life(1)

    kept = worker(live)
    await kept.keep()
    waits = [later - sooner for sooner, later in itertools.pairwise(began_at)]
    assert waits[0] < 2
    assert waits == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5])


@on_virtual_time
async def test_one_that_lives_is_not_begun_again():
    lives, one = Lives(last := Life()), asyncio.Event()
    kept = worker(lives)
    async with asyncio.TaskGroup() as group:
        group.create_task(kept.keep()).add_done_callback(lambda _: one.set())
        await asyncio.sleep(3_600)
        assert (kept.restarts, kept.alive, one.is_set()) == (0, True, False)
        kept.leave()
        await asyncio.sleep(3_600)
        assert not one.is_set(), "it has its time to leave"
        last.end(0)


@on_virtual_time
async def test_it_is_not_alive_while_it_waits_to_be_begun_again():
    kept = worker(Lives(Life(1)))
    async with asyncio.TaskGroup() as group:
        group.create_task(kept.keep())
        while not kept.restarts:  # noqa: ASYNC110 - the count rings no bell; the loop has its turn
            await asyncio.sleep(0)
        assert not kept.alive
        kept.leave()


async def test_one_that_is_only_just_being_begun_is_ended_when_it_is_there():
    """As on a signal while many are begun: the library's own `kill` knows no process yet, and fails."""
    begun, may_go = threading.Event(), threading.Event()

    class Unborn(Life):
        def __init__(self):
            super().__init__()
            self.pid = None

        def start(self):
            begun.set()
            assert may_go.wait(10)
            self.pid = 4711

        def kill(self):
            assert self.pid
            super().kill()

    kept = worker(Lives(Unborn()))
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(kept.keep())
        assert await asyncio.to_thread(begun.wait, 10)
        kept.leave()
        kept.kill()
        may_go.set()


async def test_what_comes_to_all_processes_is_kept_away_from_the_one_that_workers_are_forked_from(
    fork_servers,
):
    """A thread hands down what it keeps away; the loop's own goes on hearing all."""
    kept = worker(Lives(Life(0)), ready=False)
    with pytest.raises(WorkerFailedError):
        await kept.keep()
    kept_away = [mask for mask, _ in fork_servers]
    assert kept_away[0] >= {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    assert not kept_away[0] & signal.pthread_sigmask(signal.SIG_BLOCK, ())
    masks = await asyncio.gather(
        *(asyncio.to_thread(signal.pthread_sigmask, signal.SIG_BLOCK, ()) for _ in range(8))
    )
    assert not any(kept_away[0] & mask for mask in masks)


@pytest.mark.parametrize("before", [None, ""])
async def test_nothing_is_imported_from_the_folder_of_the_start(fork_servers, monkeypatch, before):
    """A file there may be named like a module, as `secrets.py`."""
    monkeypatch.setenv("PYTHONSAFEPATH", before or "")
    if before is None:
        monkeypatch.delenv("PYTHONSAFEPATH")
    with pytest.raises(WorkerFailedError):
        await worker(Lives(Life(0)), ready=False).keep()
    assert [safe for _, safe in fork_servers] == ["1"]
    assert os.environ.get("PYTHONSAFEPATH") == before


async def test_it_is_begun_again_though_the_folder_was_removed_since(tmp_path, monkeypatch):
    """The library tells every child where its parent stands, and fails where that is nowhere."""

    class Placed(Life):
        def start(self):
            assert get_preparation_data("worker")["dir"] == "/"
            self.end(0)

    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(WorkerFailedError, match="status 0"):
        await worker(Lives(Placed()), ready=False).keep()


async def test_one_that_cannot_be_forked_did_not_start():
    class Stillborn(Life):
        def start(self):
            raise EOFError("unexpected EOF")

    with pytest.raises(WorkerFailedError, match="worker 1 did not start"):
        await worker(Lives(Stillborn()), ready=False).keep()


async def test_one_that_was_never_ready_is_not_begun_again():
    with pytest.raises(WorkerFailedError, match="worker 1 did not start: status 1"):
        await worker(Lives(Life(1)), ready=False).keep()


def reader(pipe):
    """A child of this process that nobody waits for and that ends with the pipe; its id."""
    return os.posix_spawn(shutil.which("cat"), ["cat"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, pipe, 0)])


async def test_r23_one_that_outlives_what_it_was_forked_from_leaves_no_zombie(monkeypatch):
    """PID 1 of a container becomes its parent then, and must wait for it."""
    monkeypatch.setattr(process, "_ADOPTED_S", 0.0)
    files = psutil.Process().num_fds()
    held, let_go = os.pipe()
    orphaned = Life(255)
    orphaned.pid = pid = reader(held)
    with pytest.raises(WorkerFailedError):
        await worker(Lives(orphaned), ready=False).keep()
    assert psutil.Process(pid).is_running()
    os.close(held)
    os.close(let_go)
    async with asyncio.timeout(10):
        while psutil.pid_exists(pid):  # noqa: ASYNC110 - what waits for it rings no bell
            await asyncio.sleep(0)
    assert psutil.Process().num_fds() <= files


def test_workers_are_forked_from_a_process_that_has_everything(tmp_path, monkeypatch):
    monkeypatch.setitem(multiprocessing.current_process()._config, "tempdir", None)
    imported = []
    monkeypatch.setattr(multiprocessing.forkserver, "set_forkserver_preload", imported.extend)
    assert fork_server(tmp_path).get_start_method() == "forkserver"
    assert Path(arbitrary_address("AF_UNIX")).parent == tmp_path
    assert "gateway.app.workers.preload" in imported
    for name in imported:
        assert importlib.util.find_spec(name), "the library says nothing of what is not there"
