"""What a client may do often, and how often: the counts that end a connection which floods with what costs it nothing.

Time is an argument: `now` in seconds, monotonic.
"""

from h2.errors import ErrorCodes


class AbuseError(Exception):
    """A client does what only an attacker or a broken one does: its connection ends.

    Args:
        words: for the last frame.
        code: of it.
    """

    def __init__(self, words: str, code: ErrorCodes = ErrorCodes.ENHANCE_YOUR_CALM) -> None:
        super().__init__(words)
        self.code = code


class Budget:
    """So many at once, and so many a second in the long run.

    Args:
        burst: at once.
        per_s: in the long run.
        words: what is too many.
    """

    def __init__(self, burst: float, per_s: float, words: str) -> None:
        self._burst = self._left = burst
        self._per_s = per_s
        self._words = words
        self._at = 0.0

    def spend(self, now: float) -> None:
        """One more.

        Raises:
            AbuseError: it is one too many.
        """
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s) - 1
        self._at = now
        if self._left < 0:
            raise AbuseError(self._words)


class PingStrikes:
    """Pings that come too fast, as grpc counts them: three are too many, and whatever we send in between wipes the slate.

    Args:
        interval_s: two pings without anything sent between them are at least so far apart.
    """

    ALLOWED = 2

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._strikes = 0
        self._last_at = float("-inf")
        self.sent = False

    def struck(self, now: float) -> None:
        """A ping has come.

        Raises:
            AbuseError: too many have.
        """
        if self.sent:
            self._strikes, self.sent = 0, False
        elif now - self._last_at < self._interval_s:
            self._strikes += 1
        self._last_at = now
        if self._strikes > self.ALLOWED:
            raise AbuseError("too_many_pings")
