"""How many files may still be opened: streams are refused before the last are used up, or nobody would hear why.

A socket that cannot be accepted is no refusal: whoever comes is cut off without a word, health checks as well.
"""

import math
import os
import resource

from gateway.telemetry.logs import logger
from legato.ports import Clock

RESERVE = 32
"""For operators, health checks, vendors' lines of streams that are open, and whoever is to be told that there is no room."""
_TELL_AGAIN_S = 60.0
_COUNT_AGAIN_S = 0.25
"""Counting them takes a millisecond where there are thousands; between counts everybody who asks is one more."""
_FOLDER = "/proc/self/fd"


class OpenFiles:
    """The files of this process.

    Args:
        clock: monotonic seconds.
        limit: of open files; `None` for what the system allows now.
    """

    def __init__(self, clock: Clock, limit: int | None = None) -> None:
        self._clock = clock
        self._limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if limit is None else limit
        self._told_at = -math.inf
        self._counted_at = -math.inf
        self._open = 0

    def are_short(self) -> bool:
        """So few are left that nobody else should come in; a line of the log says so, once a minute."""
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
                "streams are refused: nearly as many files are open as may be; raise ulimit -n",
                limit=self._limit,
            )
        return True

    def _count(self) -> int:
        try:
            with os.scandir(_FOLDER) as files:
                return sum(1 for _ in files) - 1  # but for the folder itself
        except FileNotFoundError:
            return 0  # a system that does not tell
        except OSError:
            return self._limit  # not even one more
