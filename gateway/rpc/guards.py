"""Rate limits on what costs a client nothing to send: a connection that exceeds one is closed.

Time is an argument: `now` in seconds, monotonic.
"""

from h2.errors import ErrorCodes


class AbuseError(Exception):
    """The client does what only an attacker or a broken client does: its connection is closed.

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
