"""A vendor's budget of flushes in each window of time, with some kept back for the end of a run.

Rules (R12):
- The first segment of a run is flushed at once, as long as that leaves one flush for the run's end.
- Later segments are flushed as long as that leaves two; otherwise they wait, and the next flush speaks them too.
- The end of a run is always flushed: text that is never spoken is worse than a vendor's warning.
"""

from collections import deque

_RESERVE = 2


class FlushBudget:
    """The flushes of one connection.

    Args:
        flushes: allowed in each window; 0 for no limit.
        window_s: length of the window.
    """

    def __init__(self, flushes: int, window_s: float) -> None:
        self._flushes = flushes
        self._window_s = window_s
        self._spent: deque[float] = deque()

    def allows(self, now: float, *, first: bool) -> bool:
        """Whether a segment may be flushed now; `first` if nothing of its run was before."""
        if not self._flushes:
            return True
        while self._spent and self._spent[0] <= now - self._window_s:
            self._spent.popleft()
        kept = min(1 if first else _RESERVE, self._flushes - 1)
        return len(self._spent) < self._flushes - kept

    def spend(self, now: float) -> None:
        """Count a flush that was sent."""
        if self._flushes:
            self._spent.append(now)
