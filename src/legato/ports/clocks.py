"""Time as the session sees it: a clock to take stamps from, and an alarm for the next deadline."""

from collections.abc import Callable
from typing import Protocol

Clock = Callable[[], float]
"""Monotonic seconds."""


class Alarm(Protocol):
    """Wakes the session: a server's timer, or a test's, that calls `SessionPort.tick`."""

    def set(self, deadline: float | None) -> None:
        """Wake at this time (monotonic seconds), or never; replaces what was set. Setting the same value again costs nothing."""
