"""Whether a client is there: it greets in time, ends the heads that it begins, and answers when it was silent for long.

- A client that has not sent its preface and settings within `handshake_s` is parted with; it is not pinged before.
- From its settings on, one that was silent for `keepalive_s` is pinged, calls or none, and gone when nothing comes for `keepalive_answer_s`.
"""

import asyncio
from typing import Protocol

from gateway.rpc.limits import Limits

_LATE_S = 0.1
_TICK_S = 0.001
"""Of the loop's clock: what was to last so long may have lasted less by it."""


class Watched(Protocol):
    """The connection."""

    def ping(self) -> None:
        """Ask the client whether it is there."""
        ...

    def tire(self) -> None:
        """The client has taken too long over its greeting, or over a head."""
        ...

    def cut(self) -> None:
        """Close now: nobody is there."""
        ...


class Watch:
    """One connection's.

    Args:
        limits: its times.
        watched: the connection.
    """

    def __init__(self, limits: Limits, watched: Watched) -> None:
        self._limits = limits
        self._watched = watched
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._head_since = 0.0
        self.heard_at = 0.0
        """The second of the loop at which something last came; set by who hears it."""
        self.greeted = False

    def begin(self) -> None:
        """The client has connected."""
        self._timer = self._loop.call_later(self._limits.handshake_s, self._watched.tire)

    def greet(self) -> None:
        """The client's settings are there."""
        self.greeted = True
        self.end()
        self._look()

    def head(self, *, begun: bool) -> None:
        """A head has begun and is not whole; or none has."""
        self._head_since = (self._head_since or self.heard_at) if begun else 0.0

    def end(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """The connection is over, and is not kept by its watch."""
        self.end()
        del self._watched

    def _look(self) -> None:
        """Whether something is heard of the client, and a head that it has begun goes on."""
        limits, now = self._limits, self._loop.time()
        if self._head_since and now - self._head_since >= limits.handshake_s - _TICK_S:
            self._watched.tire()
            return
        left = self.heard_at + limits.keepalive_s - now
        if left > 0:
            self._timer = self._loop.call_later(left, self._look)
            return
        self._watched.ping()
        self._await_answer()

    def _await_answer(self) -> None:
        due = self._loop.time() + self._limits.keepalive_answer_s
        self._timer = self._loop.call_at(due, self._listen, self.heard_at, due)

    def _listen(self, before: float, due: float) -> None:
        if self.heard_at != before:
            self._look()
        elif self._loop.time() - due > _LATE_S:
            self._await_answer()  # it is we who were held up: the answer may be here and unread
        else:
            self._watched.cut()
