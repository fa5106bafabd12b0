"""What this process asks of the machine: open files, the garbage collector's and the threads' manners, and to be told when it should go."""

import asyncio
import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable

from legato.ports import Clock

MOST_FILES = 1 << 20
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""What asks a process to go."""
_ECHO_S = 0.1


def raise_file_limit() -> tuple[int, int]:
    """Lets this process open as many files as it may: every stream is one, and the usual limit is a thousand.

    Returns:
        The limit before and after.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft, soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return soft, wanted


def tune_collector() -> None:
    """What start-up made is never garbage: it is set aside, so that a collection looks at streams alone.

    Nearly all that streams make lives as long as they do, and a collection takes about a microsecond for each object that it looks at: so
    the young are looked at a few thousand at a time, and all of them together seldom.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 5, 400)


def take_turns() -> None:
    """Other threads, which write log lines, spans and metrics, hold the event loop up for a millisecond at most."""
    sys.setswitchinterval(0.001)


class Departure:
    """The first SIGTERM, SIGINT or SIGHUP sets `asked`; a second one ends the process at once.

    Who starts a program for others (`timeout`, `npm`, `uv run`) hands its own signal on, which the program has had as well, as one of
    their group: what comes again within a tenth of a second is the same signal.

    Where somebody else sets `asked`, the first signal is still the first: as a worker's, whose parent has had the same one.

    SIGHUP, of a terminal that is closed, comes to a process more than once: it never is that second one. What is ignored from the
    start (`nohup`) stays so.

    It comes first, before anything is made that would be left behind.

    Args:
        end: ends the process with this status.
        clock: monotonic seconds.
    """

    def __init__(self, end: Callable[[int], None] = os._exit, clock: Clock = time.monotonic) -> None:
        self.last_words: Callable[[], None] = _none
        """Called before the process ends at once; must not wait."""
        self._end = end
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self.asked = asyncio.Event()
        self._first_at: float | None = None
        self._heeded = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]

    def listen(self) -> None:
        """From now on; what has come and was kept away until now counts as well."""
        for number in self._heeded:
            self._loop.add_signal_handler(number, self.take, number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def close(self) -> None:
        """Signals do what they did before."""
        for number in self._heeded:
            self._loop.remove_signal_handler(number)

    def take(self, number: int) -> None:
        """One signal."""
        now = self._clock()
        if self._first_at is None:
            self._first_at = now
        elif number != signal.SIGHUP and now - self._first_at > _ECHO_S:
            self.last_words()
            self._end(128 + number)
        self.asked.set()


def _none() -> None:
    """Nothing has been made yet."""
