"""Suspected runs at the engine: of all workers together only one at a time, until it has produced anything.

The run that is on trial when the process dies is taken to have killed it.
"""

from collections import deque
from collections.abc import Callable


class Trial:
    """The trial of one run.

    Args:
        begin: lets the run continue.
    """

    __slots__ = ("begin", "begun")

    def __init__(self, begin: Callable[[], None]) -> None:
        self.begin = begin
        self.begun = False


class Trials:
    """All waiting trials, and the one that is on."""

    def __init__(self) -> None:
        self._queue: deque[Trial] = deque()
        self._advancing = False

    def enter(self, trial: Trial) -> None:
        """Add a trial; it may begin before this returns."""
        self._queue.append(trial)
        self._advance()

    def leave(self, trial: Trial) -> None:
        """End a trial, or withdraw it; the next one begins."""
        if trial in self._queue:
            self._queue.remove(trial)
            self._advance()

    def _advance(self) -> None:
        if self._advancing:
            return  # a trial may end while it begins: the loop below goes on
        self._advancing = True
        while self._queue and not self._queue[0].begun:
            self._queue[0].begun = True
            self._queue[0].begin()
        self._advancing = False
