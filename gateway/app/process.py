"""How a process is set up: the limit of open files, garbage collection, thread switching, and the signals that ask it to leave."""

import asyncio
import gc
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable

from legato.ports import Clock

MOST_FILES = 1 << 20
LEAST_FILES = 64
"""With fewer, not even one stream would get in."""
FILES_PER_WORKER = 6
"""How many files the parent of several workers has open for each of them, at most."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""The signals that ask a process to leave."""
_ECHO_S = 0.1


THREADS = 16
"""How many threads one process and the local voices start, on few cores."""
THREADS_PER_WORKER = 8


class TooFewFilesError(Exception):
    """The system lets this process open too few files; the message says how many it needs."""


class TooFewThreadsError(Exception):
    """The system lets this process start too few threads; the message says how many it needs."""


def check_threads(workers: int = 1) -> None:
    """Check that as many threads can be started as are needed: libraries that cannot start theirs end the process without a word.

    Args:
        workers: how many processes share the work.

    Raises:
        TooFewThreadsError: they are too few.
    """
    least = THREADS + (THREADS_PER_WORKER * workers if workers > 1 else 0)
    over, started = threading.Event(), []
    try:
        for _ in range(least):
            thread = threading.Thread(target=over.wait, daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        # Each takes 8 MB of addresses or more, and the system does not tell which limit it was.
        bounded = resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
        limits = f"ulimit -u{', ulimit -v' if bounded else ''}, or the container's limit of processes"
        raise TooFewThreadsError(
            f"only {len(started)} more threads can be started ({limits}): expected at least {least}"
        ) from None
    finally:
        over.set()
        for thread in started:
            thread.join()


def check_file_limit(limit: int, workers: int = 1) -> None:
    """Check that as many files may be opened as are needed before the first stream comes.

    Args:
        limit: how many may be open.
        workers: how many processes share the work.

    Raises:
        TooFewFilesError: they are too few.
    """
    least = LEAST_FILES + (FILES_PER_WORKER * workers if workers > 1 else 0)
    if resource.RLIM_INFINITY != limit < least:
        raise TooFewFilesError(
            f"only {limit} files may be open (ulimit -n): expected at least {least}, and one more for each stream"
        )


def raise_file_limit() -> tuple[int, int]:
    """Let this process open as many files as it may: every stream is one, and the usual limit is a thousand.

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
    """Set aside what start-up made, which is never garbage, so that collections examine only what streams make.

    Nearly all objects of a stream live as long as it does, and a collection takes about a microsecond for each object that it examines:
    so young objects are examined a few thousand at a time, and all of them together only seldom.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 5, 400)


def take_turns() -> None:
    """Let other threads, which write log lines, spans and metrics, hold up the event loop for a millisecond at most."""
    sys.setswitchinterval(0.001)


class Departure:
    """The first SIGTERM, SIGINT or SIGHUP sets `asked`; a second one ends the process at once.

    A wrapper (`timeout`, `npm`, `uv run`) passes its signal on to a program that, as one of its process group, has had it already: a
    signal that comes again within a tenth of a second is the same one.

    If something else sets `asked`, the first signal is still the first: a worker's parent may tell it to leave before the signal comes.

    SIGHUP, from a terminal that is closed, comes to a process more than once: it never counts as the second signal, not even while
    the interpreter shuts down. Signals that are ignored from the start (`nohup`) stay ignored.

    It is made first, before anything that would be left behind.

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
        """Handle signals from now on, and those that have come while they were blocked."""
        for number in self._heeded:
            self._loop.add_signal_handler(number, self.take, number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def close(self) -> None:
        """Stop handling signals. If the process leaves because of one, a later SIGHUP must not change its exit status."""
        for number in self._heeded:
            self._loop.remove_signal_handler(number)
        if self._first_at is not None:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def take(self, number: int) -> None:
        """Take a signal."""
        now = self._clock()
        if self._first_at is None:
            self._first_at = now
        elif number != signal.SIGHUP and now - self._first_at > _ECHO_S:
            self.last_words()
            self._end(128 + number)
        self.asked.set()


def _none() -> None:
    """Do nothing: nothing has been made yet."""
