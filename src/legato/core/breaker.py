"""Whether a route is worth asking: one breaker per route. Time is an argument; what it decides is returned as moves.

    ADMITTING  every request is let through
    SHUT       none is, until the wait is over
    PROBING    one real request is under way, and decides

Rules:
1. Shut only by what is the vendor's doing: unreachable, too late, lost, empty. Never by a mistake of the client.
2. Shut after a number of failures in a row, or when they are a certain share of all requests in the window.
3. After a wait that grows with full jitter, exactly one real request is let through; its outcome decides.
4. A probe that was called off decides nothing: the next request is the probe.
5. Streams that have left the route ask for it only once a request would have been let through for a while. Where there are no others,
   the probe is thus one of theirs.
"""

import enum
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from legato.core.backoff import Backoff
from legato.domain.errors import Reason

SHUTTING = frozenset(
    {Reason.VENDOR_UNREACHABLE, Reason.VENDOR_TIMEOUT, Reason.VENDOR_LOST, Reason.VENDOR_EMPTY}
)
"""Reasons that count against a route."""


class BreakerState(enum.StrEnum):
    """What a breaker lets through."""

    ADMITTING = "admitting"
    SHUT = "shut"
    PROBING = "probing"


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """When a route is given up, and when it is tried again.

    Args:
        in_a_row: this many failures with no success between them shut it.
        share: this share of failures in the window shuts it.
        least: requests in the window below which the share does not count.
        window_s: how long an outcome counts.
        first_s: the longest first wait.
        max_s: the longest wait of all.
        least_wait_s: the shortest wait.
    """

    in_a_row: int = 3
    share: float = 0.5
    least: int = 8
    window_s: float = 20.0
    first_s: float = 1.0
    max_s: float = 30.0
    least_wait_s: float = 0.2


MOVES: dict[BreakerState, frozenset[BreakerState]] = {
    BreakerState.ADMITTING: frozenset({BreakerState.SHUT}),
    BreakerState.SHUT: frozenset({BreakerState.PROBING}),
    BreakerState.PROBING: frozenset({BreakerState.ADMITTING, BreakerState.SHUT}),
}
"""The legal moves."""

_SETTINGS = BreakerSettings()


class Breaker:
    """The breaker of one route.

    Args:
        now: monotonic seconds; it admits from here on.
        chance: uniform in [0, 1), for the jitter.
        settings: when it shuts.
    """

    def __init__(
        self, now: float, chance: Callable[[], float], settings: BreakerSettings = _SETTINGS
    ) -> None:
        self.state = BreakerState.ADMITTING
        self._settings = settings
        self._backoff = Backoff(settings.first_s, settings.max_s, chance)
        self._since = now
        self._try_at = now
        self._probe_out = False
        self._in_a_row = 0
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._failed_in_window = 0

    def admitting_since(self, now: float) -> float | None:
        """Since when a request would have been let through; `None` if none would be now."""
        if self.state is BreakerState.ADMITTING:
            return self._since
        return self._try_at if self.admits(now) else None

    def admits(self, now: float) -> bool:
        """Whether a request may go through now; report one that does with `admitted`."""
        if self.state is BreakerState.ADMITTING:
            return True
        return not self._probe_out and now >= self._try_at

    def admitted(self, now: float) -> Sequence[BreakerState]:
        """A request goes through. Returns the states that were moved to."""
        if self.state is BreakerState.ADMITTING:
            return ()
        assert self.admits(now), "only a request that the breaker admits goes through"
        self._probe_out = True
        return self._move(BreakerState.PROBING) if self.state is BreakerState.SHUT else ()

    def called_off(self) -> None:
        """The probe was never sent, or was cancelled before it showed anything."""
        self._probe_out = False

    def succeeded(self, now: float) -> Sequence[BreakerState]:
        """A request has succeeded. Returns the states that were moved to."""
        if self.state is BreakerState.SHUT:  # a request from before it shut
            return ()
        self._in_a_row = 0
        self._count(now, is_failure=False)
        if self.state is BreakerState.ADMITTING:
            if self._failed_in_window == 0:
                self._backoff.reset()
            return ()
        self._probe_out = False
        self._outcomes.clear()
        self._failed_in_window = 0
        self._since = now
        return self._move(BreakerState.ADMITTING)

    def failed(self, reason: Reason, now: float) -> Sequence[BreakerState]:
        """A request has failed. Returns the states that were moved to."""
        if reason not in SHUTTING:
            self._probe_out = False
            return ()
        if self.state is BreakerState.PROBING:
            self._probe_out = False
            return self._shut(now)
        self._in_a_row += 1
        self._count(now, is_failure=True)
        if self.state is BreakerState.ADMITTING and self._is_bad():
            return self._shut(now)
        return ()

    def retry_after_s(self, now: float) -> float:
        """When trying again makes sense; 0 for now."""
        if self.state is BreakerState.ADMITTING:
            return 0.0
        return max(self._try_at - now, self._settings.least_wait_s if self._probe_out else 0.0)

    def _is_bad(self) -> bool:
        settings = self._settings
        if self._in_a_row >= settings.in_a_row:
            return True
        count = len(self._outcomes)
        return count >= settings.least and self._failed_in_window >= settings.share * count

    def _count(self, now: float, *, is_failure: bool) -> None:
        self._outcomes.append((now, is_failure))
        self._failed_in_window += is_failure
        while self._outcomes[0][0] < now - self._settings.window_s:
            self._failed_in_window -= self._outcomes.popleft()[1]

    def _shut(self, now: float) -> Sequence[BreakerState]:
        self._in_a_row = 0
        self._try_at = now + max(self._backoff.next_s(), self._settings.least_wait_s)
        return self._move(BreakerState.SHUT)

    def _move(self, state: BreakerState) -> Sequence[BreakerState]:
        assert state in MOVES[self.state], f"{self.state} does not become {state}"
        self.state = state
        return (state,)
