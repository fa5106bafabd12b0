import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from gateway.app.link.hub import Member
from gateway.app.link.messages import Knock
from gateway.app.workers import vigil
from gateway.app.workers.vigil import LEAST_START_S, Vigil, has_ended, is_held, kill
from gateway.telemetry.logs import Logs
from tests.virtual_time import on_virtual_time


class Worker:
    """A member whose process answers, hangs, or is in a debugger; it ends when it is ended."""

    def __init__(self, number, *, hangs=False, ready=True, there=True, pid=None):
        self.number, self.pid, self.alive, self.there = (
            number,
            100 + number if pid is None else pid,
            True,
            there,
        )
        self.member = Member(str(number), self)
        self.member.number, self.member.pid, self.member.ready = number, self.pid, ready
        self.hangs, self.held, self.ends, self.knocks = hangs, False, True, 0

    def send(self, message):
        assert message == Knock()
        self.knocks += 1
        if not self.hangs:
            self.member.silent_s = None


class Watched:
    """Workers under a vigil on the loop's own clock."""

    def __init__(self, *workers, silence_s=30.0):
        self.workers, self.ended, self.ended_fork_servers = list(workers), [], []
        loop = asyncio.get_running_loop()
        hub = SimpleNamespace(connected=lambda: [worker.member for worker in self.workers if worker.there])
        self._vigil = Vigil(hub, workers, silence_s, self._end, self._end_fork_server, self._held)
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
        for worker in self.workers:
            worker.alive = worker.alive and (worker.pid != pid or not worker.ends)
        self.workers = [worker for worker in self.workers if worker.pid != pid or not worker.ends]

    def _end_fork_server(self):
        self.ended_fork_servers.append(self._now())
        for worker in self.workers:
            worker.alive = not worker.ends

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


@pytest.mark.parametrize("silence_s", [1.0, 6.0, 30.0, 600.0])
@on_virtual_time
async def test_one_that_hangs_is_ended_soon_after_its_silence_however_long_that_is(silence_s):
    """The first knock may come just before it hangs, and each look is a sixth of its silence after the last, or less."""
    async with Watched(Worker(1, hangs=True), silence_s=silence_s) as watched:
        await asyncio.sleep(3 * silence_s)
        ((_, at_s),) = watched.ended
        assert silence_s <= at_s <= silence_s * 1.34
        assert at_s <= silence_s + 10.1


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
async def test_one_that_a_debugger_takes_up_amid_its_silence_has_all_its_time_after_that():
    held = Worker(1, hangs=True)
    async with Watched(held) as watched:
        await asyncio.sleep(26)
        held.held = True
        await asyncio.sleep(60)
        held.held = False
        await asyncio.sleep(24)
        assert watched.ended == []
        await asyncio.sleep(10)
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


@on_virtual_time
async def test_one_that_hangs_before_it_is_ready_is_ended_after_a_longer_silence():
    async with Watched(Worker(1), Worker(2, hangs=True, ready=False)) as watched:
        await asyncio.sleep(300)
        ((pid, at_s),) = watched.ended
        assert pid == 102
        assert LEAST_START_S <= at_s < LEAST_START_S + 30


@on_virtual_time
async def test_one_that_hangs_before_it_connects_is_ended(monkeypatch):
    monkeypatch.setattr(vigil, "has_ended", lambda _: False)
    written = io.StringIO()
    with Logs("info", "json", written):
        async with Watched(Worker(1), Worker(2, there=False)) as watched:
            await asyncio.sleep(LEAST_START_S - 1)
            assert watched.ended == []
            await asyncio.sleep(60)
            assert [pid for pid, _ in watched.ended] == [102]
            assert watched.ended_fork_servers == []
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert (line["event"], line["worker"], line["pid"]) == ("a worker hangs and is killed", 2, 102)


@on_virtual_time
async def test_one_that_connects_in_time_and_one_that_waits_to_be_begun_again_are_left_alone():
    late, waiting = Worker(1, there=False), Worker(2, there=False)
    waiting.alive = False
    async with Watched(late, waiting) as watched:
        await asyncio.sleep(LEAST_START_S - 10)
        late.there = True
        await asyncio.sleep(10)
        late.there = False
        await asyncio.sleep(LEAST_START_S - 10)
        late.pid += 1  # as one that died and was begun again between two looks
        await asyncio.sleep(LEAST_START_S - 10)
        assert (watched.ended, watched.ended_fork_servers) == ([], [])


@pytest.mark.parametrize("pid", [0, 102], ids=["none can be started", "one has ended, which is not reported"])
@on_virtual_time
async def test_a_process_that_workers_are_forked_from_is_ended_when_it_hangs(pid, monkeypatch):
    monkeypatch.setattr(vigil, "has_ended", lambda _: True)
    written = io.StringIO()
    with Logs("info", "json", written):
        async with Watched(Worker(1), Worker(2, there=False, pid=pid)) as watched:
            await asyncio.sleep(600)
            assert watched.ended == []
            (at_s,) = watched.ended_fork_servers
            assert LEAST_START_S <= at_s < LEAST_START_S + 10
    (line,) = map(json.loads, written.getvalue().splitlines())
    assert line["event"] == "the process that workers are forked from hangs; it is killed"


@pytest.mark.parametrize(("pid", "has_ended"), [(0, True), (102, True), (102, False)])
@on_virtual_time
async def test_what_was_ended_has_all_its_time_to_begin_again(pid, has_ended, monkeypatch):
    """The next process that workers are forked from was killed at the next look: a worker that it begins has no id yet either."""
    monkeypatch.setattr(vigil, "has_ended", lambda _: has_ended)
    absent = Worker(2, there=False, pid=pid)
    absent.ends = False
    async with Watched(absent) as watched:
        await asyncio.sleep(2 * LEAST_START_S + 1)
        times = [at_s for _, at_s in watched.ended] or watched.ended_fork_servers
        assert times == [LEAST_START_S, 2 * LEAST_START_S]


@on_virtual_time
async def test_one_that_a_debugger_holds_before_it_connects_is_spared(monkeypatch):
    monkeypatch.setattr(vigil, "has_ended", lambda _: False)
    held = Worker(1, there=False)
    held.held = True
    async with Watched(held) as watched:
        await asyncio.sleep(3_600)
        held.held = False
        await asyncio.sleep(LEAST_START_S - 10)
        assert watched.ended == []


def test_a_process_that_has_ended_is_known_before_anybody_takes_note():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert not has_ended(child.pid)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert has_ended(child.pid)
        child.wait()
        assert has_ended(child.pid)


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
