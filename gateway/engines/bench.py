"""The worker threads that synthesise speech, one per core, and the queue of runs that they serve.

- The bench's lock guards only the queue; steps run outside it, so callers never wait for synthesis.
- A run that is held (its listener has enough) keeps its seat and its state, and wants no step.
"""

import threading
import time

from gateway.engines.cores import cores
from gateway.engines.run import Run
from gateway.engines.scheduler import Scheduler, Seat

CLOSE_S = 2.0
MOST_WAIT_S = 1.0  # a client that would wait longer for its first sound is better served elsewhere


class Bench:
    """Runs the steps of all runs.

    Args:
        threads: how many steps run at once; 0 for one per core that this process may use (`cores`).
    """

    def __init__(self, threads: int = 0) -> None:
        count = threads or cores()
        self._changed = threading.Condition()
        self._queue: Scheduler[Run] = Scheduler(MOST_WAIT_S, servers=count)
        self._closed = False
        self.made = 0
        """How many steps have been run."""
        self._threads = [
            threading.Thread(target=self._work, name=f"voice-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def seat(self, run: Run, tenant: str, priority: int) -> Seat[Run]:
        """Give a run its seat in the queue; it has nothing to do yet."""
        return Seat(tenant, priority, run, run.first_step_s)

    def wake(self, seat: Seat[Run]) -> None:
        """Tell the bench that there may be work for this run.

        Raises:
            OverloadedError: the run has not begun, and would wait too long.
        """
        with self._changed:
            self._ask(seat)

    def hold(self, seat: Seat[Run], *, held: bool) -> None:
        """Hold a run, or let it continue."""
        with self._changed:
            seat.held = held
            if held:
                self._queue.rest(seat)
            elif not seat.wants:
                self._ask(seat)

    def leave(self, seat: Seat[Run]) -> None:
        """Drop a run that nobody listens to any more."""
        seat.work.drop()
        with self._changed:
            self._queue.rest(seat)

    def close(self, within_s: float = CLOSE_S) -> None:
        """Stop the threads, after the steps that are running.

        Args:
            within_s: how long to wait for them; a step that hangs must not keep the process alive.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _ask(self, seat: Seat[Run]) -> None:
        # While a step runs, whether more work remains is not known: the run is checked again after it.
        if not seat.held and (seat.running or seat.work.has_work):
            self._queue.ask(seat, time.monotonic())
            self._changed.notify()

    def _work(self) -> None:
        while (seat := self._wait()) is not None:
            run, begun, before = seat.work, time.monotonic(), seat.work.seconds
            run.step()
            now = time.monotonic()
            with self._changed:
                self.made += 1
                if not run.has_work:
                    self._queue.rest(seat)
                self._queue.done(seat, now, spent_s=now - begun, given_s=run.seconds - before)

    def _wait(self) -> Seat[Run] | None:
        with self._changed:
            while not self._closed:
                seat = self._queue.next(time.monotonic())
                if seat is not None:
                    return seat
                self._changed.wait()
            return None
