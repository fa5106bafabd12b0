"""How long to wait before the next attempt: doubling with full jitter, so that clients that fell together rise apart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """When to try again.

    Args:
        attempts: connections tried before giving up; 1 never tries again.
        base_s: bound of the first wait.
        cap_s: bound of every wait.
    """

    attempts: int = 6
    base_s: float = 0.2
    cap_s: float = 10.0


class Backoff:
    """The waits of one row of attempts.

    Args:
        retry: its bounds.
    """

    def __init__(self, retry: Retry) -> None:
        self._retry = retry
        self._failed = 0

    @property
    def exhausted(self) -> bool:
        """No attempt is left."""
        return self._failed >= self._retry.attempts

    def failed(self, chance: float, at_least_s: float = 0.0) -> float:
        """Counts a failed attempt.

        Args:
            chance: a random number in [0, 1).
            at_least_s: what the gateway asked for.

        Returns:
            Seconds to wait before the next attempt.
        """
        bound = min(self._retry.cap_s, self._retry.base_s * 2.0**self._failed)
        self._failed += 1
        return at_least_s + bound * chance
