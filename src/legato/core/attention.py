"""How much is listened to at once: following a voice through a sketch takes time, in which nothing else of the process is done.

Rules:
1. What has been listened to is made up for at an even rate. As long as nothing is left of it, anything may be listened to.
2. Many lines may die at once. The first of them are listened to, and where there is no time for the others, the letters have to do.
"""

_FRAMES_PER_S = 12_000.0
_AT_ONCE_FRAMES = 2_000
"""Some 15 us each, of which a fifth of a core is spent at most, and 30 ms in one."""


class Attention:
    """What all streams of a process share.

    Args:
        frames_per_s: of a sketch that are listened to in the long run.
        at_once: and of those that come at once. The last of them may be one more, however long it is.
    """

    __slots__ = ("_at_once", "_frames_per_s", "_left", "_since")

    def __init__(self, frames_per_s: float = _FRAMES_PER_S, at_once: int = _AT_ONCE_FRAMES) -> None:
        self._frames_per_s = frames_per_s
        self._at_once = at_once
        self._left = float(at_once)
        self._since = 0.0

    def grants(self, frames: int, now: float) -> bool:
        """Whether so many frames may be listened to at `now` (monotonic seconds); if so they count."""
        self._left = min(self._left + max(now - self._since, 0.0) * self._frames_per_s, self._at_once)
        self._since = max(now, self._since)
        if self._left <= 0:
            return False
        self._left -= frames
        return True
