"""The alarm of a stream on the event loop: one timer handle, re-armed lazily.

Moving the deadline later costs only a comparison: the old handle wakes too soon and re-arms itself. Only an earlier deadline needs
a new handle. The loop's clock may tick in milliseconds, so the alarm rings up to one millisecond late, never early.

A loop that was held up runs its timers before it looks at its sockets. An alarm that is late therefore lets the loop read first what came
meanwhile: a client whose words wait to be read has not fallen silent.
"""

import asyncio
import math
from collections.abc import Callable

from legato.ports import Clock

_TICK_S = 0.001
_HELD_UP_S = 0.05
"""An alarm that is later than this was kept from ringing. A busy loop is a little late at every turn, no more than a network delays a
text; alarms that waited for three more such turns would let listeners run dry."""
_TURNS = 3
"""Turns of a loop: one looks at the sockets, one reads, and one lets a task take what was read."""


class LoopAlarm:
    """Implements `ports.Alarm`.

    Args:
        clock: the clock of the deadlines.
        ring: called on the loop when the deadline has come.
    """

    __slots__ = ("_armed_for", "_clock", "_deadline", "_handle", "_loop", "_ring")

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._deadline = math.inf
        self._armed_for = math.inf
        self._handle: asyncio.Handle | None = None

    def set(self, deadline: float | None) -> None:
        """Ring at this second of the clock, or never; replaces what was set."""
        self._deadline = math.inf if deadline is None else deadline
        if self._deadline < self._armed_for:
            self._arm()

    def close(self) -> None:
        """Never ring again."""
        self._deadline = math.inf
        self._disarm()
        self._ring = _nobody  # its owner refers to this alarm: the cycle would keep both

    def _arm(self) -> None:
        self._disarm()
        self._armed_for = self._deadline
        wait = max(0.0, self._deadline - self._clock())
        self._handle = self._loop.call_later(math.ceil(wait / _TICK_S) * _TICK_S, self._wake)

    def _disarm(self) -> None:
        self._armed_for = math.inf
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _wake(self, turns: int = _TURNS) -> None:
        self._handle = None
        self._armed_for = math.inf
        if self._deadline == math.inf:
            return
        late_s = self._clock() - self._deadline
        if late_s < 0:
            self._arm()
        elif turns and late_s > _HELD_UP_S:
            self._armed_for = self._deadline
            self._handle = self._loop.call_soon(self._wake, turns - 1)
        else:
            self._deadline = math.inf
            self._ring()


def _nobody() -> None:
    """Stand in for the callback once the stream is over."""
