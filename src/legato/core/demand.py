"""How many runs to expect at once: how often they are asked for, times how long they last, both smoothed. Time is an argument."""

import math

_MEMORY_S = 60.0
_HOLD_WEIGHT = 0.1


class Demand:
    """The demand for the lines of one place."""

    __slots__ = ("_hold_s", "_rate", "_rate_at")

    def __init__(self) -> None:
        self._rate = 0.0
        self._rate_at = 0.0
        self._hold_s = 0.0

    def asked(self, now: float) -> None:
        """One more run was asked for."""
        self._rate = self._rate_now(now) + 1 / _MEMORY_S
        self._rate_at = now

    def held(self, seconds: float) -> None:
        """A line was held for a run for this long."""
        self._hold_s += (seconds - self._hold_s) * (_HOLD_WEIGHT if self._hold_s else 1.0)

    def seats(self, now: float) -> int:
        """Seats that are nearly always enough: the mean plus two standard deviations of random arrivals."""
        mean = self._rate_now(now) * self._hold_s
        return 0 if mean < 0.01 else math.ceil(mean + 2 * math.sqrt(mean))

    def _rate_now(self, now: float) -> float:
        return self._rate * math.exp((self._rate_at - now) / _MEMORY_S)
