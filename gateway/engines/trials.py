"""Runs that are suspected, at the engine: one of all workers' at a time, until it has given anything.

Whoever is tried when the process dies has killed it, as far as can be known.
"""

from collections import deque
from collections.abc import Callable


class Trial:
    """Of one run.

    Args:
        begin: lets the run go on.
    """

    __slots__ = ("begin", "begun")

    def __init__(self, begin: Callable[[], None]) -> None:
        self.begin = begin
        self.begun = False


class Trials:
    """All that wait for theirs, and the one that goes on."""

    def __init__(self) -> None:
        self._queue: deque[Trial] = deque()
        self._advancing = False

    def enter(self, trial: Trial) -> None:
        """One more; it may begin before this returns."""
        self._queue.append(trial)
        self._advance()

    def leave(self, trial: Trial) -> None:
        """It is over, or was not wanted any more: the next one begins."""
        if trial in self._queue:
            self._queue.remove(trial)
            self._advance()

    def _advance(self) -> None:
        if self._advancing:
            return  # one that begins may be over before it has begun: the loop below goes on
        self._advancing = True
        while self._queue and not self._queue[0].begun:
            self._queue[0].begun = True
            self._queue[0].begin()
        self._advancing = False
