"""How much audio lies between our write and the client's read. Pure arithmetic.

Marks are written after audio, in order, and the client answers each one when it reaches it: a WebSocket ping, which its library
answers, or the `server_seq` that a gRPC client acknowledges. What was written before an answered mark has been read; the rest is
*beyond our write*, in the kernels and proxies on the way, where no cancel can fetch it back. Above the limit nothing more is written
until an answer comes.

Rules:
- Only a client that is known to answer is held back: one that has answered, or that is expected to (`hold`) and has not failed to
  (`let_go`).
- While a client is held back, a mark after everything that was written is on its way.
- The limit grows with the round trip, or a distant client would starve. Every answer gives an upper bound of the round trip, and the
  lowest one counts: a client that reads slowly cannot raise the limit once it has answered any mark at once, such as one written while
  nothing was on its way. No path is taken to be longer than `_LONGEST_TRIP_MS`: a client that takes longer does not read.
- A path may become longer: another network, or somebody else's queue on it. If less than real time gets through, the path is let run dry:
  a mark with nothing before it then tells a longer path from a slow reader. If it was the reader, this is not tried again soon. A gRPC
  client acknowledges only audio, so there a PING of HTTP/2 (`pinged`) takes the place of that mark. It is answered whether the client
  reads or not, and therefore says nothing about what has been read.
- If answers take nearly as long as the audio on its way lasts, audio is written in smaller pieces, each with its own mark: otherwise a
  path that is only just wide enough would carry nothing between the end of a chunk and its answer.
"""

import math
from collections import deque

from legato.ports import Clock

_MAX_MARKS = 64
_LONGEST_TRIP_MS = 600.0
_SPARE_MS = 300.0
"""Allowed beyond a round trip's worth of audio: two chunks, and the audio between two marks."""
_LATE_SHARE = 1.5
"""A path that carries whole chunks at no more than this multiple of real time is given smaller ones."""
_PIECES = 4
_ROUNDING_MS = 0.1
"""Pieces consist of whole samples, and the last one must fit too."""
_MEASURED_S = 1.0
_REAL = 0.97
"""Less than this share of real time is too little. A client that reads only as fast as it plays takes all of real time."""
_DRY_FIRST_S, _DRY_LAST_S = 2.0, 60.0
"""How long a path that was found to be no longer than before is not let run dry again: at first, and at most."""


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
        "_dry_next",
        "_dry_wait_s",
        "_drying",
        "_holds",
        "_last_ms",
        "_late",
        "_least_ms",
        "_limit_ms",
        "_mark_ms",
        "_marked_ms",
        "_marks",
        "_next_ms",
        "_piece_ms",
        "_pinged_at",
        "_sent_ms",
        "_since",
        "_since_ms",
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
        self._mark_ms = limit_ms / 2
        self._piece_ms = math.inf
        self._late = self._drying = False
        self._since, self._since_ms = math.inf, 0.0
        self._dry_next, self._dry_wait_s = 0.0, _DRY_FIRST_S
        self._marks: deque[tuple[int, float, float, bool]] = deque()
        self._pinged_at: float | None = None
        self.shut = False
        """Whether one more chunk, of the size to expect after the last ones, would be too much."""

    @property
    def beyond_ms(self) -> float:
        """Audio written and not known to be read."""
        return self._sent_ms - self._answered_ms

    @property
    def room_ms(self) -> float:
        """Audio that may be written in one chunk; after a wait there may be more to write than in the chunks before."""
        if not self._holds:
            return math.inf
        room_ms = self._limit_ms - (self._sent_ms - self._answered_ms)
        return min(self._piece_ms, room_ms)

    @property
    def wants_mark(self) -> bool:
        """Whether enough audio is unmarked for another mark."""
        fresh = self._sent_ms - self._marked_ms
        return fresh > 0 and (fresh >= self._mark_ms or self.shut)

    @property
    def is_dry(self) -> bool:
        """Whether all was read, after too little got through: a mark written now tells how long the path is."""
        return self._late and self._sent_ms == self._answered_ms

    def hold(self) -> None:
        """Hold the client back from the first audio on: it is expected to answer."""
        self._holds = True
        self._weigh()

    def let_go(self) -> None:
        """Stop holding back a client that has never answered; to be called when it has had time enough."""
        self._holds = self._answered
        self._weigh()

    def give_up(self) -> None:
        """Stop holding the client back: it has ended its side, so no answer can come any more."""
        self._holds = self._answered = False
        self._marks.clear()
        self._weigh()

    def sent(self, ms: float) -> bool:
        """Count audio that was written. Returns `wants_mark`."""
        self._next_ms = 2 * ms if ms > self._last_ms > 0 else ms  # chunks that grow do so by doubling
        self._last_ms = ms
        sent_ms = self._sent_ms = self._sent_ms + ms
        if self._holds:  # as in `_weigh`; inlined because it runs for every chunk
            self.shut = sent_ms - self._answered_ms + self._next_ms > self._limit_ms
        return self.shut or sent_ms - self._marked_ms >= self._mark_ms

    def mark(self, serial: int) -> None:
        """Note that a mark is written now. Serials increase."""
        self._marked_ms = self._sent_ms
        self._marks.append((serial, self._sent_ms, self._clock(), self._sent_ms == self._answered_ms))
        if len(self._marks) > _MAX_MARKS:  # a client that never answers
            self._marks.popleft()

    def answered(self, serial: int) -> None:
        """The client has reached this mark, and so all before it."""
        at, alone = None, False
        while self._marks and self._marks[0][0] <= serial:
            _, self._answered_ms, at, alone = self._marks.popleft()
        if at is not None:
            self._holds = self._answered = True
            now = self._clock()
            self._took((now - at) * 1000, now, alone=alone)
            self._weigh()

    def pinged(self) -> None:
        """Note that a ping is sent now, with nothing before it: `is_dry`."""
        self._late, self._pinged_at = False, self._clock()

    def ponged(self) -> None:
        """The client's HTTP/2 has answered the ping."""
        if self._pinged_at is not None:
            now = self._clock()
            ms, self._pinged_at, self._late = (now - self._pinged_at) * 1000, None, True
            self._took(ms, now, alone=True)
            self._weigh()

    def _took(self, ms: float, now: float, *, alone: bool) -> None:
        """Learn from an answer that took this long; `alone`: nothing was on its way before its mark."""
        longer = alone and self._late and ms > self._trip_ms
        self._trip_ms = min(ms, _LONGEST_TRIP_MS if longer else self._trip_ms)
        self._limit_ms = max(self._least_ms, min(3 * self._trip_ms, self._trip_ms + _SPARE_MS))
        if alone and self._late:
            self._dry_wait_s = _DRY_FIRST_S if longer else min(2 * self._dry_wait_s, _DRY_LAST_S)
            self._dry_next = now + self._dry_wait_s
            self._late = False
        self._measure(now)
        self._drying = (self._drying or (self._late and now >= self._dry_next)) and self.beyond_ms > 0
        slow = self._late or _LATE_SHARE * ms > self._limit_ms
        self._piece_ms = self._limit_ms / _PIECES - _ROUNDING_MS if slow else math.inf
        self._mark_ms = min(self._piece_ms, self._least_ms / 2)

    def _measure(self, now: float) -> None:
        """Learn whether less than real time gets through while there is more: audio held back, and some on its way, at every answer."""
        if not self.shut or self._drying or self._sent_ms == self._answered_ms:
            self._since = math.inf
        elif self._since == math.inf:
            self._since, self._since_ms = now, self._answered_ms
        elif now - self._since >= _MEASURED_S:
            got_s = (self._answered_ms - self._since_ms) / 1000
            could_be_longer = self._trip_ms < _LONGEST_TRIP_MS and self._pinged_at is None
            self._late = could_be_longer and got_s < _REAL * (now - self._since)
            self._since, self._since_ms = now, self._answered_ms

    def _weigh(self) -> None:
        beyond = self._sent_ms - self._answered_ms
        more = min(self._next_ms, self._piece_ms)
        self.shut = self._holds and beyond > 0 and (self._drying or beyond + more > self._limit_ms)
