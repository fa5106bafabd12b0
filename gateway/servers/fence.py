"""How much audio lies between our write and the client's read. Pure arithmetic.

Marks are set behind audio in the order of writing, and the client answers a mark when it comes to it: a WebSocket ping that its
library answers, or the `server_seq` that a gRPC client tells back. What was written before an answered mark has been read; the
rest is *beyond our write*, through every kernel and proxy on the way, where no cancel can fetch it back. Above the limit nothing
more is written until an answer comes.

Rules:
- Held back is who is known to answer: who has answered, or who is expected to (`hold`) and has not shown otherwise (`let_go`).
- Held back means: a mark behind everything that was written is on its way.
- The limit grows with the round trip, else a distant client would starve. Every answer gives an upper bound of it, and the least
  of them counts; so a client that reads slowly cannot stretch it once anything was answered at once, such as the mark that is set
  while nothing is on the way. No path is longer than `_LONGEST_TRIP_MS`: what takes longer is a client that does not read.
"""

import math
from collections import deque

from legato.ports import Clock

_MAX_MARKS = 64
_LONGEST_TRIP_MS = 600.0
_SPARE_MS = 300.0
"""Beyond a round trip's worth of audio: two chunks and the way between two marks."""


class Fence:
    """One connection's account of its audio.

    Args:
        limit_ms: audio that may be unread by the client.
        clock: monotonic seconds.
    """

    __slots__ = (
        "_answered",
        "_answered_ms",
        "_clock",
        "_holds",
        "_last_ms",
        "_least_ms",
        "_limit_ms",
        "_marked_ms",
        "_marks",
        "_next_ms",
        "_sent_ms",
        "_trip_ms",
        "shut",
    )

    def __init__(self, limit_ms: float, clock: Clock) -> None:
        self._least_ms = limit_ms
        self._limit_ms = limit_ms
        self._clock = clock
        self._sent_ms = 0.0
        self._marked_ms = 0.0
        self._answered_ms = 0.0
        self._last_ms = 0.0
        self._next_ms = 0.0
        self._trip_ms = _LONGEST_TRIP_MS
        self._holds = False
        self._answered = False
        self._marks: deque[tuple[int, float, float]] = deque()
        self.shut = False
        """One more chunk, as the last ones were, would be too much."""

    @property
    def beyond_ms(self) -> float:
        """Audio written and not known to be read."""
        return self._sent_ms - self._answered_ms

    @property
    def room_ms(self) -> float:
        """Audio that may be written in one: what has waited behind it is more than the chunks before it were."""
        return self._limit_ms - (self._sent_ms - self._answered_ms) if self._holds else math.inf

    @property
    def wants_mark(self) -> bool:
        """So much audio is unmarked that it is time for a mark."""
        fresh = self._sent_ms - self._marked_ms
        return fresh > 0 and (fresh >= self._least_ms / 2 or self.shut)

    def hold(self) -> None:
        """This client will answer: hold it back from the first audio on."""
        self._holds = True
        self._weigh()

    def let_go(self) -> None:
        """Time enough has passed: a client that has never answered is not held back."""
        self._holds = self._answered
        self._weigh()

    def give_up(self) -> None:
        """No answer can come any more: who has ended its side is not held back."""
        self._holds = self._answered = False
        self._marks.clear()
        self._weigh()

    def sent(self, ms: float) -> bool:
        """So much audio was written. Returns `wants_mark`."""
        self._next_ms = 2 * ms if ms > self._last_ms > 0 else ms  # chunks that grow do so by doubling
        self._last_ms = ms
        sent_ms = self._sent_ms = self._sent_ms + ms
        if self._holds:  # as `_weigh` has it; this is for every chunk
            self.shut = sent_ms - self._answered_ms + self._next_ms > self._limit_ms
        return self.shut or sent_ms - self._marked_ms >= self._least_ms / 2

    def mark(self, serial: int) -> None:
        """A mark is written now; serials rise."""
        self._marked_ms = self._sent_ms
        self._marks.append((serial, self._sent_ms, self._clock()))
        if len(self._marks) > _MAX_MARKS:  # a client that never answers
            self._marks.popleft()

    def answered(self, serial: int) -> None:
        """The client has come to this mark, and so to all before it."""
        at = None
        while self._marks and self._marks[0][0] <= serial:
            _, self._answered_ms, at = self._marks.popleft()
        if at is not None:
            self._holds = self._answered = True
            self._trip_ms = min(self._trip_ms, (self._clock() - at) * 1000)
            self._limit_ms = max(self._least_ms, min(3 * self._trip_ms, self._trip_ms + _SPARE_MS))
            self._weigh()

    def _weigh(self) -> None:
        beyond = self._sent_ms - self._answered_ms
        self.shut = self._holds and beyond > 0 and beyond + self._next_ms > self._limit_ms
