"""How fast lines may be dialled: back-off after failures, a spread after losses, and what refusals teach about the ceiling. Pure.

Rules:
1. After a failed dial nothing is dialled until a wait with full jitter is over; then one line at a time, until one is connected.
   While somebody waits for a line, and the vendor did not answer at all, that wait is a second at most: it may be back at any moment.
2. Lines lost while nobody needed them are redialled after a jittered delay; for those who wait, lines are dialled at once.
3. A vendor that accepts connections only to drop them is dialled ever more slowly.
4. The vendor's own time is kept even if a dial that was under way succeeds, or fails without a time.
5. A dial refused for being one too many teaches a ceiling, which is forgotten a step at a time. With no line connected it was not one too
   many: the vendor has another reason, such as a rate or the credit, and teaches nothing.
"""

from collections.abc import Callable

from legato.core.backoff import Backoff
from legato.domain.errors import Reason
from legato.domain.events import Failed

_NEVER = float("-inf")
_GROW_S = 15.0
_ASKED_S = 1.0
_UNANSWERED = frozenset({Reason.VENDOR_UNREACHABLE, Reason.VENDOR_TIMEOUT, Reason.VENDOR_LOST})
"""What may be over at any moment; a refused key, or one connection too many, is not."""


class DialPace:
    """The pace of one pool.

    Args:
        at_once: dials that may be in flight.
        first_s: the longest first wait.
        max_s: the longest wait of all.
        ceiling: lines at once, as configured.
        chance: uniform in [0, 1).
    """

    def __init__(
        self, at_once: int, first_s: float, max_s: float, ceiling: int, chance: Callable[[], float]
    ) -> None:
        self.retry_at = _NEVER
        """Nothing is dialled before this, except for those who wait."""
        self.asked_at = _NEVER
        """Nothing is dialled before this, even for those who wait."""
        self.refill_at = _NEVER
        """Nothing is dialled before this, except for those who wait."""
        self.last_failure: Failed | None = None
        self._told_until = _NEVER
        self._at_once = at_once
        self._first_s = first_s
        self._configured = ceiling
        self._learnt, self._learnt_at = 0, _NEVER
        self._chance = chance
        self._failures = Backoff(first_s, max_s, chance)
        self._flaps = Backoff(first_s, max_s, chance)

    @property
    def at_once(self) -> int:
        """Dials that may be in flight."""
        return 1 if self._failures.failures else self._at_once

    def ceiling(self, now: float) -> int:
        """Lines at once, as configured and learnt."""
        if not self._learnt:
            return self._configured
        self._learnt += int((now - self._learnt_at) / _GROW_S)
        self._learnt_at += int((now - self._learnt_at) / _GROW_S) * _GROW_S
        if self._learnt >= self._configured:
            self._learnt = 0
            return self._configured
        return self._learnt

    def connected(self) -> None:
        """A dial has succeeded."""
        self._failures.reset()
        self.retry_at = self.asked_at = self._told_until

    def failed(self, failure: Failed, connected: int, now: float) -> None:
        """A dial has failed while `connected` lines stood."""
        self.last_failure = failure
        if failure.retry_after_s:
            self._told_until = max(self._told_until, now + failure.retry_after_s)
        self.retry_at = self.asked_at = max(now + self._failures.next_s(), self._told_until)
        if failure.reason in _UNANSWERED:
            self.asked_at = min(self.retry_at, max(now + _ASKED_S, self._told_until))
        if failure.reason is Reason.VENDOR_QUOTA and connected:
            self._learnt, self._learnt_at = connected, now

    def renewed(self) -> None:
        """The credential is another one: what its predecessor was refused says nothing of it."""
        self._failures.reset()
        self.retry_at = self.asked_at = self._told_until = _NEVER
        self.last_failure = None
        self._learnt = 0

    def lost(self, now: float) -> None:
        """A line that nobody was using is gone."""
        self.refill_at = max(self.refill_at, now + self._first_s * self._chance())

    def dropped_young(self, now: float) -> None:
        """A line was dropped before it was of any use."""
        self.refill_at = max(self.refill_at, now + self._flaps.next_s())

    def served(self) -> None:
        """A line has carried a run to its end."""
        self._flaps.reset()
