"""How many files may still be opened: streams are refused before the last ones are used up, so that clients are told why.

When a socket cannot be accepted, the client is cut off without a word, and so are health checks: then nobody would ask any more, so
they are also counted at intervals.
"""

import asyncio
import math
import os
import resource
from collections.abc import Awaitable, Callable

from gateway.telemetry.logs import logger
from legato.ports import Clock

RESERVE = 32
"""Files kept for operators, health checks, vendors' lines of open streams, and clients who are told that there is no room."""
_TELL_AGAIN_S = 60.0
_COUNT_AGAIN_S = 0.25
"""Counting takes a millisecond when there are thousands; between counts every question counts as one more file."""
_LOOK_S = 5.0
_FOLDER = "/proc/self/fd"


class OpenFiles:
    """The open files of this process.

    Args:
        clock: monotonic seconds.
        limit: how many files may be open; `None` for what the system allows now.
    """

    def __init__(self, clock: Clock, limit: int | None = None) -> None:
        self._clock = clock
        self._limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if limit is None else limit
        self._told_at = -math.inf
        self._counted_at = -math.inf
        self._open = 0

    def are_short(self) -> bool:
        """Return whether so few are left that nobody else should come in; if so, log that, once a minute."""
        now = self._clock()
        if now >= self._counted_at + _COUNT_AGAIN_S:
            self._open, self._counted_at = self._count(), now
        else:
            self._open += 1
        if self._limit == resource.RLIM_INFINITY or self._open < self._limit - RESERVE:
            return False
        if now >= self._told_at + _TELL_AGAIN_S:
            self._told_at = now
            logger("legato.serve").warning(
                "refusing streams: the process is close to its limit of open files; raise ulimit -n",
                limit=self._limit,
            )
        return True

    async def watch(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look at intervals, until cancelled: connections that never open a stream use up files too."""
        while True:
            await sleep(_LOOK_S)
            self.are_short()

    def _count(self) -> int:
        try:
            with os.scandir(_FOLDER) as files:
                return sum(1 for _ in files) - 1  # without the folder itself
        except FileNotFoundError:
            return 0  # this system does not tell
        except OSError:
            return self._limit  # not even the folder can be opened
