"""When a slow route may be overtaken by another, and what that may cost.

Rules:
- A route is slow when its first audio has come neither by its own recent 95th percentile nor by one and a half times its median: a
  steady route is not raced for a few milliseconds. A route that is hardly known is not raced at all.
- Characters are sent twice only within a share of all characters, counted for each voice; a little is lent to begin with.
"""

from bisect import bisect_left, insort
from collections import deque

_ENOUGH = 20
_SLOW_SHARE = 0.95
_SLOW_MEDIANS = 1.5
_LENT_CHARS = 200.0
_MOST_CHARS = 2_000.0
"""The budget saved up in good times is bounded, so that in bad times not every request is doubled."""


class FirstAudioTimes:
    """How long a route's first audio has recently taken.

    Args:
        window: how many times are remembered.
    """

    __slots__ = ("_newest", "_sorted", "_window")

    def __init__(self, window: int = 200) -> None:
        self._window = window
        self._newest: deque[float] = deque()
        self._sorted: list[float] = []

    def note(self, seconds: float) -> None:
        """Add a time, from the first text handed over to the first audible sound."""
        if len(self._newest) == self._window:
            oldest = self._newest.popleft()
            del self._sorted[bisect_left(self._sorted, oldest)]
        self._newest.append(seconds)
        insort(self._sorted, seconds)

    def percentile(self, share: float) -> float | None:
        """The time that this share of them does not exceed; `None` while too few are known."""
        if len(self._sorted) < _ENOUGH:
            return None
        return self._sorted[min(int(len(self._sorted) * share), len(self._sorted) - 1)]

    def patience_s(self) -> float | None:
        """From when on a request without audio is slow, in seconds after its first text; `None` while too little is known."""
        late, median = self.percentile(_SLOW_SHARE), self.percentile(0.5)
        return None if late is None or median is None else max(late, _SLOW_MEDIANS * median)


class HedgeBudget:
    """Characters that may be sent twice.

    Args:
        share: their share of all characters.
    """

    __slots__ = ("_left", "_share")

    def __init__(self, share: float) -> None:
        self._share = share
        self._left = _LENT_CHARS if share else 0.0

    def sent(self, chars: int) -> None:
        """This many characters were sent the ordinary way."""
        self._left = min(self._left + chars * self._share, _MOST_CHARS)

    def spend(self, chars: int) -> bool:
        """Whether this many more may be sent twice; if so, they are counted."""
        if chars > self._left:
            return False
        self._left -= chars
        return True

    def give_back(self, chars: int) -> None:
        """This many of those counted were not sent twice after all."""
        self._left = min(self._left + chars, _MOST_CHARS)
