"""A vendor's budget of flushes in each window of time, with some kept back for the end of a run.

Rules (R12):
- A segment is flushed at once as long as that leaves two flushes; otherwise it waits while its run is being spoken, and the next flush
  speaks it too. The dialect sees to it that no text waits in silence.
- The end of a run is always flushed: text that is never spoken is worse than a vendor's warning.
"""

import math
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
        self._reserve = min(_RESERVE, flushes - 1)
        self._window_s = window_s
        self._spent: deque[float] = deque()

    def allows(self, now: float) -> bool:
        """Whether a segment that could also wait may be flushed now."""
        return self._left(now) > self._reserve

    def is_low(self, now: float) -> bool:
        """Whether too few are left for another run: not even one for a segment, or less than a quarter of them."""
        return not self.allows(now) or self._left(now) < self._flushes // 4

    def spend(self, now: float) -> None:
        """Count a flush that was sent."""
        if self._flushes:
            self._spent.append(now)

    def _left(self, now: float) -> float:
        if not self._flushes:
            return math.inf
        while self._spent and self._spent[0] <= now - self._window_s:
            self._spent.popleft()
        return self._flushes - len(self._spent)
