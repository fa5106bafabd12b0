"""Time as the session has it: read where a stamp is taken, and told when a deadline has come."""

from collections.abc import Callable
from typing import Protocol

Clock = Callable[[], float]
"""Monotonic seconds."""


class Alarm(Protocol):
    """Wakes the session: the server or a test arms a timer that calls `SessionPort.tick`."""

    def set(self, deadline: float | None) -> None:
        """Wake at this monotonic second, or never; replaces what was set. Setting the same value again costs nothing."""
