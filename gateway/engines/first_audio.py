"""How long a run's first audio is waited for. What has come while the loop was held up is read before anybody is called late."""

import asyncio
from collections.abc import Callable

FIRST_AUDIO_S = 10.0
"""By default: who would wait for more than a second is refused at once, so it takes a machine that is ten times slower than it was
thought to be, or an engine that hangs.
"""
_GRACE_S = 0.03


class FirstAudio:
    """Of one run.

    Args:
        limit_s: so long it is waited for; 0 for ever.
        late: called when it has not come by then.
    """

    __slots__ = ("_came", "_due_at", "_late", "_limit_s", "_timer")

    def __init__(self, limit_s: float, late: Callable[[], None]) -> None:
        self._limit_s = limit_s
        self._late = late
        self._came = False
        self._due_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def owed(self) -> None:
        """It is waited for from now on, unless it has come, or is waited for already."""
        if self._limit_s and not self._came and self._timer is None:
            loop = asyncio.get_running_loop()
            self._due_at = loop.time() + self._limit_s
            self._timer = loop.call_at(self._due_at, self._look)

    def rests(self) -> None:
        """Nothing is owed for now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def came(self) -> None:
        """It is there: nothing is waited for any more."""
        self._came = True
        self.rests()

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        held_up_s = min(max(loop.time() - self._due_at, 0.0), 1.0)
        self._timer = loop.call_later(held_up_s + _GRACE_S, self._call)

    def _call(self) -> None:
        self._timer = None
        self._late()
