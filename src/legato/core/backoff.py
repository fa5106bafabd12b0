"""How long to wait before the next try: exponential with full jitter, so that what failed together does not come back together."""

from collections.abc import Callable


class Backoff:
    """Waits that grow.

    Args:
        first_s: the longest first wait.
        max_s: the longest wait of all.
        chance: uniform in [0, 1).
    """

    __slots__ = ("_chance", "_first_s", "_max_s", "failures")

    def __init__(self, first_s: float, max_s: float, chance: Callable[[], float]) -> None:
        self._first_s = first_s
        self._max_s = max_s
        self._chance = chance
        self.failures = 0

    def next_s(self) -> float:
        """Count one more failure. Returns how long to wait now: anything from nothing to the bound of this try."""
        bound_s = min(self._first_s * 2.0 ** min(self.failures, 30), self._max_s)
        self.failures += 1
        return bound_s * self._chance()

    def reset(self) -> None:
        """It worked."""
        self.failures = 0
