"""How long to wait for the first audio of a route: as long as it usually takes and some more, but never longer than is configured.

Rules:
1. The limit is a multiple of the 95th percentile of recent waits: at least a floor, at most what is configured.
2. Until enough waits are known, the configured limit holds.
3. Waits in vain count as well: a vendor that has become slow as a whole is soon waited for again, one that hangs just once is not.
"""

from collections import deque

from legato.domain.vendors import VendorLimits

_KEPT = 128
_ENOUGH = 20
_LOOKED_AT_EACH = 4
_SHARE = 0.95


class Patience:
    """The patience with one route."""

    __slots__ = ("_new", "_usual_s", "_waits_s")

    def __init__(self) -> None:
        self._waits_s: deque[float] = deque(maxlen=_KEPT)
        self._usual_s = 0.0
        self._new = 0

    def waited(self, seconds: float) -> None:
        """First audio came, or was given up on, this long after the first text was sent."""
        self._waits_s.append(seconds)
        self._new += 1
        if len(self._waits_s) >= _ENOUGH and self._new >= _LOOKED_AT_EACH:
            self._new = 0
            self._usual_s = sorted(self._waits_s)[int(_SHARE * len(self._waits_s))]

    def limit_s(self, limits: VendorLimits) -> float:
        """How long to wait now; 0 for ever."""
        configured_s = limits.first_audio_s
        if not (self._usual_s and limits.first_audio_factor and configured_s):
            return configured_s
        return min(max(limits.first_audio_factor * self._usual_s, limits.first_audio_least_s), configured_s)
