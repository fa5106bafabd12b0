import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from gateway.app.workers_hub import Member
from gateway.app.workers_vigil import Vigil, is_held, kill
from gateway.telemetry.logs import Logs
from tests.virtual_time import on_virtual_time


class Worker:
    """A member whose process answers, hangs, or is in a debugger; it ends when it is ended."""

    def __init__(self, number, *, hangs=False):
        self.member = Member(str(number), self)
        self.member.number, self.member.pid, self.member.ready = number, 100 + number, True
        self.hangs, self.held, self.ends, self.knocks = hangs, False, True, 0

    def send(self, **message):
        assert message == {"is": "knock"}
        self.knocks += 1
        if not self.hangs:
            self.member.silent_s = None


class Watched:
    """Workers under a vigil on the loop's own clock."""

    def __init__(self, *workers, silence_s=30.0):
        self.workers, self.ended = list(workers), []
        loop = asyncio.get_running_loop()
        hub = SimpleNamespace(at_work=lambda: [worker.member for worker in self.workers])
        self._vigil = Vigil(hub, silence_s, loop.time, self._end, self._held)
        self._now = loop.time

    async def __aenter__(self):
        self._group = await asyncio.TaskGroup().__aenter__()
        self._task = self._group.create_task(self._vigil.keep())
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        await self._group.__aexit__(None, None, None)

    def _end(self, pid):
        self.ended.append((pid, self._now()))
        self.workers = [worker for worker in self.workers if worker.member.pid != pid or not worker.ends]

    def _held(self, pid):
        return next(worker for worker in self.workers if worker.member.pid == pid).held


@on_virtual_time
async def test_one_that_hangs_is_ended_after_its_silence_and_before_twice_that_and_the_others_go_on():
    written = io.StringIO()
    with Logs("info", "json", written):
        async with Watched(Worker(1), Worker(2, hangs=True)) as watched:
            await asyncio.sleep(300)
        ((pid, at_s),) = watched.ended
        assert pid == 102
        assert 30 <= at_s < 60
        assert watched.workers[0].knocks > 50
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert line["event"] == "a worker hangs and is killed"
    assert (line["worker"], line["pid"], line["silent_s"]) == (2, 102, 30.0)


@on_virtual_time
async def test_one_that_was_only_slow_lives():
    slow = Worker(1)
    async with Watched(slow) as watched:
        await asyncio.sleep(12)
        slow.hangs = True
        await asyncio.sleep(28)
        slow.hangs, slow.member.silent_s = False, None
        await asyncio.sleep(28)
        slow.hangs = True
        await asyncio.sleep(28)
        assert watched.ended == []
        assert slow.knocks < 14, "one that has not answered is not asked again"


@on_virtual_time
async def test_time_in_which_the_parent_did_not_run_counts_against_nobody():
    """A host that was suspended, a terminal's Ctrl-Z and fg, a parent without a processor: workers may answer late by all of it."""
    loop, worker = asyncio.get_running_loop(), Worker(1, hangs=True)
    async with Watched(worker) as watched:
        for _ in range(2):
            await asyncio.sleep(5.5)
            loop.stand_still(3_600)
        assert watched.ended == []
        await asyncio.sleep(30)
        assert [pid for pid, _ in watched.ended] == [101]


@on_virtual_time
async def test_one_that_a_debugger_holds_is_spared_and_has_all_its_time_after_that():
    held = Worker(1, hangs=True)
    held.held = True
    async with Watched(held) as watched:
        await asyncio.sleep(3_600)
        held.held = False
        await asyncio.sleep(20)
        assert watched.ended == []
        await asyncio.sleep(20)
        assert [pid for pid, _ in watched.ended] == [101]


@on_virtual_time
async def test_one_that_cannot_be_ended_is_told_of_once():
    stuck = Worker(1, hangs=True)
    stuck.ends = False
    async with Watched(stuck) as watched:
        await asyncio.sleep(600)
        assert len(watched.ended) == 1


@on_virtual_time
async def test_silence_of_no_time_is_borne_for_ever():
    worker = Worker(1, hangs=True)
    async with Watched(worker, silence_s=0) as watched:
        await asyncio.sleep(3_600)
    assert (watched.ended, worker.knocks) == ([], 0)


def test_a_process_is_ended_though_it_stands_still_and_one_that_is_gone_is_no_error():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        child.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
        assert not is_held(child.pid)
        kill(child.pid)
        assert child.wait() == -signal.SIGKILL
    kill(child.pid)
    assert not is_held(child.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel to be traced as Linux has it")
def test_a_process_that_is_traced_is_known():
    program = "import ctypes, os; ctypes.CDLL(None).ptrace(0, 0, 0, 0); os.kill(os.getpid(), 19)"
    with subprocess.Popen([sys.executable, "-c", program]) as child:
        os.waitid(os.P_PID, child.pid, os.WSTOPPED | os.WNOWAIT)
        assert is_held(child.pid)
        child.kill()
