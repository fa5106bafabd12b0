import os
import shutil
from types import SimpleNamespace

from gateway.app.link.messages import SetLevel
from gateway.app.workers.staff import Staff


class Worker:
    def __init__(self):
        self.left = self.killed = 0
        self.alive, self.pid = True, 0

    def leave(self):
        self.left += 1

    def kill(self):
        self.killed += 1


def member(**what):
    return SimpleNamespace(**{"listening": False, "ready": False, **what})


class Hub:
    def __init__(self):
        self.members, self.left = {}, False

    def connected(self):
        return [*self.members.values()]

    def leave(self):
        self.left = True

    def stand(self, about, order):
        self.standing = {about: order}


def staff():
    hub = Hub()
    return Staff([SimpleNamespace(number=1), SimpleNamespace(number=2)], [Worker(), Worker()], hub), hub


def test_the_whole_is_there_when_all_are_and_that_is_told_once():
    all_of_them, hub = staff()
    hub.members = {1: member(listening=True, ready=True)}
    assert not all_of_them.all_listen_now()
    assert not all_of_them.all_ready_now()
    hub.members[2] = member()
    assert not all_of_them.all_listen_now()
    hub.members[2] = member(listening=True)
    assert not all_of_them.all_ready_now()
    assert [all_of_them.all_listen_now(), all_of_them.all_listen_now()] == [True, False]
    assert not all_of_them.started
    assert all_of_them.present == 2
    hub.members[2] = member(ready=True)
    assert [all_of_them.all_ready_now(), all_of_them.all_ready_now()] == [True, False]
    hub.members.clear()
    assert all_of_them.started


def test_all_are_gone_when_none_is_connected_and_every_process_has_ended():
    """A process that has ended and that nobody has waited for is a zombie; one without an id yet is being started."""
    all_of_them, hub = staff()
    first, second = all_of_them.workers
    first.pid, second.alive = os.posix_spawn(shutil.which("true"), ["true"], {}), False
    try:
        os.waitid(os.P_PID, first.pid, os.WEXITED | os.WNOWAIT)
        assert all_of_them.gone
        hub.members = {1: member()}
        assert not all_of_them.gone
        hub.members.clear()
        second.alive = True
        assert not all_of_them.gone
        second.pid = os.getpid()
        assert not all_of_them.gone
    finally:
        os.waitpid(first.pid, 0)


def test_word_to_all():
    all_of_them, hub = staff()
    all_of_them.stand("level", SetLevel("debug"))
    assert hub.standing == {"level": SetLevel("debug")}
    assert not all_of_them.leaving
    all_of_them.leave()
    assert (all_of_them.leaving, hub.left) == (True, True)
    all_of_them.kill()
    assert [(worker.left, worker.killed) for worker in all_of_them.workers] == [(2, 1), (2, 1)]
