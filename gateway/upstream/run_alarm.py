"""Wakes when a run would be overdue. What comes meanwhile sets no timer: the deadline is checked again on waking."""

import asyncio
from collections.abc import Callable

from legato.core.run_watch import RunWatch
from legato.domain.events import Failed
from legato.ports import Clock

_GRACE_S = 0.03
"""Time to read what came while the loop was held up, before a run is called late."""


def _nobody_cares(failed: Failed) -> None:
    """The run is over."""


def _nothing_waits() -> None:
    """Everything is reported as it comes."""


class RunAlarm:
    """The alarm of one run.

    Args:
        watch: knows when the run is overdue.
        clock: monotonic seconds.
        late: takes the reason why the run has failed.
        report_gathered: called before the watch is asked.
    """

    __slots__ = (
        "_at",
        "_clock",
        "_in_grace",
        "_late",
        "_report_gathered",
        "_stopped",
        "_timer",
        "_watch",
        "is_set",
    )

    def __init__(
        self,
        watch: RunWatch,
        clock: Clock,
        late: Callable[[Failed], None],
        report_gathered: Callable[[], None] = _nothing_waits,
    ) -> None:
        self._watch = watch
        self._clock = clock
        self._late = late
        self._report_gathered = report_gathered
        self._at = 0.0
        self._in_grace = self._stopped = False
        self._timer: asyncio.TimerHandle | None = None
        self.is_set = False
        """Whether it will wake; a plain attribute since it is read for every chunk."""

    def arm(self, now: float) -> None:
        """Something was said or heard: the deadline may be earlier now."""
        deadline = None if self._stopped else self._watch.deadline()
        if deadline is None or (self.is_set and self._at <= deadline):
            return
        if self._in_grace and deadline <= now:
            return  # it is the one that has passed: what came meanwhile is being read
        self._rest()
        self._wake_at(deadline, max(deadline - now, 0.0))

    def stop(self) -> None:
        """The run is over."""
        self._stopped = True
        # Drop the callbacks, so that their objects need not wait for the garbage collector.
        self._late, self._report_gathered = _nobody_cares, _nothing_waits
        self._rest()

    def _rest(self) -> None:
        self.is_set = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake_at(self, at: float, delay_s: float) -> None:
        self._at, self.is_set = at, True
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._wake)

    def _wake(self) -> None:
        self._timer, self.is_set = None, False
        self._report_gathered()
        if self._stopped:
            return
        now = self._clock()
        failed = self._watch.overdue(now)
        if failed is None:
            self._in_grace = False
            self.arm(now)
        elif self._in_grace:
            self._in_grace = False  # the run may begin again on another connection
            self._late(failed)
        else:
            self._in_grace, late_s = True, min(max(now - self._at, 0.0), 1.0)
            self._wake_at(now + late_s + _GRACE_S, late_s + _GRACE_S)
