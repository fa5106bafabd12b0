"""Watches that a client is alive: it sends its preface in time, completes the heads that it begins, and answers pings.

- A client that has not sent its preface and settings within `handshake_s` is disconnected; it is not pinged before.
- After that, a client that was silent for `keepalive_s` is pinged, with or without calls, and is disconnected when nothing arrives for
  `keepalive_answer_s`.
"""

import asyncio
from typing import Protocol

from gateway.rpc.limits import Limits

_LATE_S = 0.1
_TICK_S = 0.001
"""Resolution of the loop's clock: a timer may fire this much early."""


class Watched(Protocol):
    """What is watched: the connection."""

    def ping(self) -> None:
        """Send a PING."""
        ...

    def time_out(self) -> None:
        """The client took too long over its preface and settings, or over the head of a request."""
        ...

    def cut(self) -> None:
        """Close now: the client is gone."""
        ...


class Watch:
    """Watches one connection.

    Args:
        limits: the times to wait.
        watched: the connection.
    """

    def __init__(self, limits: Limits, watched: Watched) -> None:
        self._limits = limits
        self._watched = watched
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._head_since = 0.0
        self.heard_at = 0.0
        """Loop time at which something last arrived, in seconds; the connection sets it."""
        self.greeted = False

    def begin(self) -> None:
        """The client has connected."""
        self._timer = self._loop.call_later(self._limits.handshake_s, self._watched.time_out)

    def greet(self) -> None:
        """The client's settings have arrived."""
        self.greeted = True
        self.end()
        self._look()

    def head(self, *, begun: bool) -> None:
        """Tell whether the head of a request has begun and is incomplete."""
        self._head_since = (self._head_since or self.heard_at) if begun else 0.0

    def end(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """The connection is closed: drop the reference to it."""
        self.end()
        del self._watched

    def _look(self) -> None:
        """Check whether the client is silent, or a head that it began is overdue."""
        limits, now = self._limits, self._loop.time()
        if self._head_since and now - self._head_since >= limits.handshake_s - _TICK_S:
            self._watched.time_out()
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
            self._await_answer()  # the delay was ours: the answer may be here, unread
        else:
            self._watched.cut()
