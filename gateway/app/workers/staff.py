"""All workers together: who is there, whether all are ready, and orders to all of them."""

from collections.abc import Callable, Sequence

from gateway.app.link.hub import Hub, Member
from gateway.app.link.messages import Order
from gateway.app.link.post import Post
from gateway.app.workers.process import WorkerProcess
from gateway.app.workers.vigil import has_ended


class Staff:
    """The workers.

    Args:
        posts: the post of each.
        workers: their processes, in the same order.
        hub: knows who is connected.
    """

    def __init__(self, posts: Sequence[Post], workers: Sequence[WorkerProcess], hub: Hub) -> None:
        self.posts = posts
        self.workers = workers
        self.leaving = False
        self._hub = hub
        self._all_listened = False
        self._all_were_ready = False

    def all_listen_now(self) -> bool:
        """Return whether just now, for the first time, all of them listen."""
        if self._all_listened or not self._all(lambda member: member.listening):
            return False
        self._all_listened = True
        return True

    def all_ready_now(self) -> bool:
        """Return whether just now, for the first time, all of them are ready."""
        if self._all_were_ready or not self._all(lambda member: member.ready):
            return False
        self._all_were_ready = True
        return True

    @property
    def started(self) -> bool:
        """Whether all have been ready."""
        return self._all_were_ready

    @property
    def present(self) -> int:
        """How many workers are connected."""
        return len(self._hub.members)

    @property
    def gone(self) -> bool:
        """Whether all processes have ended, even if that was not reported; one that is being started has not."""
        pids = [worker.pid for worker in self.workers if worker.alive]
        return not self._hub.connected() and all(pid and has_ended(pid) for pid in pids)

    def stand(self, about: str, order: Order) -> None:
        """Give all workers an order that holds from now on, also for those that are restarted."""
        self._hub.stand(about, order)

    def leave(self) -> None:
        """Let all workers finish and leave, and restart none."""
        self.leaving = True
        for worker in self.workers:
            worker.leave()
        self._hub.leave()

    def kill(self) -> None:
        """End all workers at once."""
        for worker in self.workers:
            worker.leave()
            worker.kill()

    def _all(self, are_so: Callable[[Member], bool]) -> bool:
        members = self._hub.members
        return all(post.number in members and are_so(members[post.number]) for post in self.posts)
