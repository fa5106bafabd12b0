"""Limits on what costs a peer nothing to send: a connection that exceeds a rate is closed, and one that floods waits for its next turn.

Time is an argument: `now` in seconds, monotonic.
"""

from collections.abc import Callable

from h2.errors import ErrorCodes


class AbuseError(Exception):
    """The peer does what only an attacker or a broken program does: its connection is closed.

    Args:
        words: the message of the GOAWAY.
        code: its error code.
    """

    def __init__(self, words: str, code: ErrorCodes = ErrorCodes.ENHANCE_YOUR_CALM) -> None:
        super().__init__(words)
        self.code = code


class Budget:
    """A token bucket: a burst at once, and a sustained rate.

    Args:
        burst: how many at once.
        per_s: how many a second in the long run.
        words: names what there are too many of.
    """

    def __init__(self, burst: float, per_s: float, words: str) -> None:
        self._burst = self._left = burst
        self._per_s = per_s
        self._words = words
        self._at = 0.0

    def spend(self, now: float) -> None:
        """Count one more.

        Raises:
            AbuseError: it exceeds the limit.
        """
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s) - 1
        self._at = now
        if self._left < 0:
            raise AbuseError(self._words)


class Turn:
    """How much of one connection is handled before the others get their turn. What exceeds a turn is taken off the next ones.

    Args:
        most: how much a turn has room for.
        seconds: how long a turn lasts.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = self._left = most
        self._seconds = seconds
        self._at = 0.0
        self._rest: Callable[[], None] | None = None

    @property
    def over(self) -> bool:
        """Whether the rest must wait for the next turn."""
        return self._left <= 0

    def begin(self, now: float) -> None:
        """Begin the next turn if it is time for it, with what was postponed."""
        turns = int((now - self._at) / self._seconds)
        if turns > 0:
            self._at, self._left = now, min(self._most, self._left + turns * self._most)
        if self._rest is not None and not self.over:
            rest, self._rest = self._rest, None
            rest()

    def spend(self, cost: int) -> None:
        """Count what is handled."""
        self._left -= cost

    def postpone(self, rest: Callable[[], None]) -> None:
        """Do the rest of what is being handled first in the next turn."""
        self._rest = rest

    def close(self) -> None:
        """The connection is closed: drop what was postponed."""
        self._rest = None


class PingStrikes:
    """Counts pings that arrive too fast, as grpc does: the third is one too many, and anything that we send in between resets the count.

    Args:
        interval_s: least seconds between two pings with nothing sent in between.
    """

    ALLOWED = 2

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._strikes = 0
        self._last_at = float("-inf")
        self.sent = False

    def struck(self, now: float) -> None:
        """Count a ping.

        Raises:
            AbuseError: too many came too fast.
        """
        if self.sent:
            self._strikes, self.sent = 0, False
        elif now - self._last_at < self._interval_s:
            self._strikes += 1
        self._last_at = now
        if self._strikes > self.ALLOWED:
            raise AbuseError("too_many_pings")
