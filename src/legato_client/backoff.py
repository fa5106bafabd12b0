"""How long to wait before the next attempt: doubling with full jitter, so that clients dropped together do not return together."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """When to try again.

    Args:
        attempts: connections tried before giving up; with 1, nothing is tried again.
        base_s: upper bound of the first wait.
        cap_s: upper bound of every wait. Both bound the client's own part: what the gateway asks for (`retry_after_s`) is always
            waited for, and added.
    """

    attempts: int = 6
    base_s: float = 0.2
    cap_s: float = 10.0


class Backoff:
    """The waits of one series of attempts.

    Args:
        retry: the bounds.
    """

    def __init__(self, retry: Retry) -> None:
        self._retry = retry
        self._failed = 0

    @property
    def exhausted(self) -> bool:
        """Whether no attempt is left."""
        return self._failed >= self._retry.attempts

    def failed(self, chance: float, at_least_s: float = 0.0) -> float:
        """Count a failed attempt.

        Args:
            chance: a random number in [0, 1).
            at_least_s: the wait that the gateway asked for.

        Returns:
            Seconds to wait before the next attempt.
        """
        bound = min(self._retry.cap_s, self._retry.base_s * 2.0**self._failed)
        self._failed += 1
        return at_least_s + bound * chance
