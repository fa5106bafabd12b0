"""A vendor's limits on one connection, kept strictly. Time is an argument."""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from legato.domain.vendors import VendorLimits

_KEPT = (
    "runs_per_line",
    "concurrency",
    "idle_s",
    "max_age_s",
    "context_idle_s",
    "message_chars",
    "flushes",
    "window_chars",
    "window_s",
)
"""Those that a simulated vendor keeps; the others are about how a gateway waits."""


def changed(limits: VendorLimits, asked: Mapping[str, float]) -> VendorLimits:
    """The limits with others in place of some.

    Raises:
        ValueError: there is no such limit, or it cannot be that; the message lists those there are, or says what it can be.
    """
    whole = {field.name for field in fields(VendorLimits) if isinstance(field.default, int)}
    values: dict[str, Any] = {}
    for name, value in asked.items():
        if name not in _KEPT:
            raise ValueError(f"there is no limit {name!r}; the limits are {', '.join(_KEPT)}")
        if not 0 <= value < math.inf or (name in whole and value != int(value)):
            kind = "a whole number" if name in whole else "a number"
            raise ValueError(f"limits.{name} must be {kind} from 0, which means none; got {value:g}")
        values[name] = int(value) if name in whole else value
    return replace(limits, **values)


class Window:
    """So much is allowed in each stretch of so long, looked at backwards from now.

    Args:
        most: allowed; 0 for no bound.
        length_s: of the window.
    """

    def __init__(self, most: int, length_s: float) -> None:
        self._most = most
        self._length_s = length_s
        self._taken: deque[tuple[float, int]] = deque()
        self._sum = 0

    def take(self, amount: int, now: float) -> bool:
        """Whether there is room for this; what finds no room is not counted."""
        while self._taken and self._taken[0][0] <= now - self._length_s:
            self._sum -= self._taken.popleft()[1]
        if self._most and self._sum + amount > self._most:
            return False
        self._taken.append((now, amount))
        self._sum += amount
        return True
