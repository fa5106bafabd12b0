"""How much audio may be listened to: following a voice through a sketch takes time, in which the process does nothing else.

Rules:
1. Frames listened to are taken from a budget that is refilled at an even rate. While any of it is left, anything may be listened to.
2. Many lines may die at once. The first are listened to; where there is no time for the others, an estimate from the letters must do.
"""

_FRAMES_PER_S = 12_000.0
_AT_ONCE_FRAMES = 2_000
"""A frame takes some 15 us, so this is at most a fifth of a core, and 30 ms at once."""


class Attention:
    """The budget that all streams of a process share.

    Args:
        frames_per_s: frames of sketches that may be listened to in the long run.
        at_once: frames that may be listened to at once. The last sketch may exceed this, however long it is.
    """

    __slots__ = ("_at_once", "_frames_per_s", "_left", "_since")

    def __init__(self, frames_per_s: float = _FRAMES_PER_S, at_once: int = _AT_ONCE_FRAMES) -> None:
        self._frames_per_s = frames_per_s
        self._at_once = at_once
        self._left = float(at_once)
        self._since = 0.0

    def grants(self, frames: int, now: float) -> bool:
        """Whether this many frames may be listened to at `now` (monotonic seconds); if so, they are counted."""
        self._left = min(self._left + max(now - self._since, 0.0) * self._frames_per_s, self._at_once)
        self._since = max(now, self._since)
        if self._left <= 0:
            return False
        self._left -= frames
        return True
