"""A vendor's limits on one connection, kept strictly. Time is an argument."""

from collections import deque
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from legato.domain.vendors import VendorLimits


def changed(limits: VendorLimits, asked: Mapping[str, float]) -> VendorLimits:
    """The limits with others in place of some.

    Raises:
        ValueError: there is no such limit; the message lists those there are.
    """
    whole = {field.name: isinstance(field.default, int) for field in fields(VendorLimits)}
    for name in asked:
        if name not in whole:
            raise ValueError(f"there is no limit {name!r}; the limits are {', '.join(whole)}")
    values: dict[str, Any] = {name: int(value) if whole[name] else value for name, value in asked.items()}
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
