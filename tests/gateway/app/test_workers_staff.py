from types import SimpleNamespace

from gateway.app.workers_staff import Staff


class Worker:
    def __init__(self):
        self.left = self.killed = 0

    def leave(self):
        self.left += 1

    def kill(self):
        self.killed += 1


def member(**what):
    return SimpleNamespace(**{"listening": False, "ready": False, **what})


class Hub:
    def __init__(self):
        self.members, self.left = {}, False

    def leave(self):
        self.left = True

    def stand(self, about, **order):
        self.standing = {about: order}


def staff():
    hub = Hub()
    return Staff([SimpleNamespace(number=1), SimpleNamespace(number=2)], [Worker(), Worker()], hub), hub


def test_the_whole_is_there_when_all_are_and_that_is_told_once():
    all_of_them, hub = staff()
    hub.members = {1: member(listening=True, ready=True)}
    assert not all_of_them.all_listen_now()
    assert not all_of_them.all_ready_now()
    hub.members[2] = member(listening=True)
    assert [all_of_them.all_listen_now(), all_of_them.all_listen_now()] == [True, False]
    assert not all_of_them.started
    assert all_of_them.present == 2
    hub.members[2] = member(ready=True)
    assert [all_of_them.all_ready_now(), all_of_them.all_ready_now()] == [True, False]
    hub.members.clear()
    assert all_of_them.started


def test_word_to_all():
    all_of_them, hub = staff()
    all_of_them.stand("level", level="debug")
    assert hub.standing == {"level": {"level": "debug"}}
    all_of_them.leave()
    assert (all_of_them.leaving, hub.left) == (True, True)
    all_of_them.kill()
    assert [(worker.left, worker.killed) for worker in all_of_them.workers] == [(2, 1), (2, 1)]
