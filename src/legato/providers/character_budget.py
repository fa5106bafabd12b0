"""A vendor's budget of characters on one connection, in each window of time.

The connection's owner asks before the next run whether it is spent, and then takes another connection; within a run, the dialect asks.
"""

from collections import deque


class CharacterBudget:
    """The characters of one connection.

    Args:
        chars: allowed in each window; 0 for no limit.
        window_s: length of the window.
    """

    def __init__(self, chars: int, window_s: float) -> None:
        self._chars = chars
        self._window_s = window_s
        self._said: deque[tuple[float, int]] = deque()
        self._sum = 0

    def spend(self, now: float, chars: int) -> None:
        """Count characters that were sent."""
        if self._chars:
            self._forget(now)
            self._said.append((now, chars))
            self._sum += chars

    def left(self, now: float) -> float:
        """How many may still be sent now; infinite if there is no limit."""
        if not self._chars:
            return float("inf")
        self._forget(now)
        return self._chars - self._sum

    def _forget(self, now: float) -> None:
        while self._said and self._said[0][0] <= now - self._window_s:
            self._sum -= self._said.popleft()[1]
