"""How many files may still be opened: streams are refused before the last are used up, or nobody would hear why.

A socket that cannot be accepted is no refusal: whoever comes is cut off without a word, health checks as well.
"""

import os
import resource

from gateway.telemetry.logs import logger
from legato.ports import Clock

RESERVE = 32
"""For operators, health checks, vendors' lines of streams that are open, and whoever is to be told that there is no room."""
_TELL_AGAIN_S = 60.0


class OpenFiles:
    """The files of this process.

    Args:
        clock: monotonic seconds.
        limit: of open files; `None` for what the system allows now.
    """

    def __init__(self, clock: Clock, limit: int | None = None) -> None:
        self._clock = clock
        self._limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if limit is None else limit
        self._told_at = -_TELL_AGAIN_S

    def are_short(self) -> bool:
        """So few are left that nobody else should come in; a line of the log says so, once a minute."""
        if self._limit == resource.RLIM_INFINITY or self._next() < self._limit - RESERVE:
            return False
        now = self._clock()
        if now >= self._told_at + _TELL_AGAIN_S:
            self._told_at = now
            logger("legato.serve").warning(
                "streams are refused: nearly as many files are open as may be; raise ulimit -n",
                limit=self._limit,
            )
        return True

    def _next(self) -> int:
        """The number that the next file gets: the lowest that is free."""
        try:
            number = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return self._limit
        os.close(number)
        return number
