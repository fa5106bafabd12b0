"""A vendor's limits on one connection, strictly enforced. Time is an argument."""

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
"""The limits that a simulated vendor enforces; the others tell a gateway how long to wait."""


def changed(limits: VendorLimits, asked: Mapping[str, float]) -> VendorLimits:
    """The limits with some of them replaced.

    Raises:
        ValueError: an unknown limit or a bad value; the message lists the limits, or says which values are allowed.
    """
    whole = {field.name for field in fields(VendorLimits) if isinstance(field.default, int)}
    values: dict[str, Any] = {}
    for name, value in asked.items():
        if name not in _KEPT:
            raise ValueError(f"there is no limit {name!r}; the limits are {', '.join(_KEPT)}")
        if not 0 <= value < math.inf or (name in whole and value != int(value)):
            kind = "a whole number" if name in whole else "a number"
            raise ValueError(f"limits.{name} must be {kind} of at least 0 (0 for no limit); got {value:g}")
        values[name] = int(value) if name in whole else value
    return replace(limits, **values)


class Window:
    """A sliding window: at most so much in any stretch of this length.

    Args:
        most: the bound; 0 for none.
        length_s: length of the window.
    """

    def __init__(self, most: int, length_s: float) -> None:
        self._most = most
        self._length_s = length_s
        self._taken: deque[tuple[float, int]] = deque()
        self._sum = 0

    def take(self, amount: int, now: float) -> bool:
        """Count this if there is room; returns whether there was."""
        while self._taken and self._taken[0][0] <= now - self._length_s:
            self._sum -= self._taken.popleft()[1]
        if self._most and self._sum + amount > self._most:
            return False
        self._taken.append((now, amount))
        self._sum += amount
        return True
