"""How much audio lies between our write and the client's read, told by WebSocket pings sent behind it. Pure arithmetic.

A ping travels in order with the audio, through every kernel and proxy buffer on the way, and a client's library answers it when it
comes to it. What was written before an answered ping has been read; the rest is *beyond our write*, where no cancel can fetch it
back. Above the limit nothing more is written until a pong comes.

Rules:
- A client that has never answered a ping is not held back by one.
- Held back means: a ping behind everything that was written is on its way.
- The limit grows with the round trip, else a distant client would starve: three of them at least.
"""

import struct
from collections import deque

from legato.ports import Clock

_PAYLOAD = struct.Struct("<4sI")
_MARK = b"lgto"


class Fence:
    """One connection's account of its audio.

    Args:
        limit_ms: audio that may be unread by the client.
        clock: monotonic seconds.
    """

    __slots__ = (
        "_acked_ms",
        "_clock",
        "_last_ms",
        "_least_ms",
        "_limit_ms",
        "_pinged_ms",
        "_pings",
        "_sent_ms",
        "_serial",
        "_trip_ms",
    )

    def __init__(self, limit_ms: float, clock: Clock) -> None:
        self._least_ms = limit_ms
        self._limit_ms = limit_ms
        self._trip_ms: float | None = None
        self._clock = clock
        self._sent_ms = 0.0
        self._acked_ms = 0.0
        self._pinged_ms = 0.0
        self._last_ms = 0.0
        self._serial = 0
        self._pings: deque[tuple[int, float, float]] = deque()

    @property
    def beyond_ms(self) -> float:
        """Audio written and not known to be read."""
        return self._sent_ms - self._acked_ms

    @property
    def shut(self) -> bool:
        """One more chunk like the last would be too much."""
        beyond = self._sent_ms - self._acked_ms
        return self._trip_ms is not None and beyond > 0 and beyond + self._last_ms > self._limit_ms

    def sent(self, ms: float) -> bytes | None:
        """So much audio was written: the payload of a ping to write behind it, or none."""
        self._sent_ms += ms
        self._last_ms = ms
        fresh = self._sent_ms - self._pinged_ms
        return self.ping() if fresh > 0 and (fresh >= self._limit_ms / 4 or self.shut) else None

    def ping(self) -> bytes:
        """The payload of a ping that is written now."""
        self._serial = (self._serial + 1) & 0xFFFF_FFFF
        self._pinged_ms = self._sent_ms
        self._pings.append((self._serial, self._sent_ms, self._clock()))
        if len(self._pings) > 64:  # a client that never answers
            self._pings.popleft()
        return _PAYLOAD.pack(_MARK, self._serial)

    def pong(self, payload: bytes) -> None:
        """A ping came back; one answer may stand for the pings before it."""
        if len(payload) != _PAYLOAD.size:
            return
        mark, serial = _PAYLOAD.unpack(payload)
        if mark != _MARK or all(serial != known for known, _, _ in self._pings):
            return
        while True:
            known, sent_ms, at = self._pings.popleft()
            if known == serial:
                break
        self._acked_ms = sent_ms
        self._trip((self._clock() - at) * 1000)

    def _trip(self, trip_ms: float) -> None:
        # Only the quickest answer tells the path; the others also tell how slowly the client reads.
        self._trip_ms = trip_ms if self._trip_ms is None else min(self._trip_ms, trip_ms)
        self._limit_ms = max(self._least_ms, 3 * self._trip_ms)
