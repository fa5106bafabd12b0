"""The states of a pooled line, as a table, and the line itself.

DIALLING   being connected
IDLE       connected, every seat free
LEASED     at least one run is on it
CLEANING   no run is on it; the vendor still owes the end of a cancelled one
DRAINING   takes no more runs; goes when the last has ended
GONE       no longer in the pool
"""

import enum

_REFRESH_FROM, _REFRESH_TO, _RETIRE = 0.7, 0.85, 0.95
"""Shares of the greatest age, and of the longest silence, that the vendor tolerates."""
_NEVER = float("inf")


class LineState(enum.StrEnum):
    """What a line is doing."""

    DIALLING = "dialling"
    IDLE = "idle"
    LEASED = "leased"
    CLEANING = "cleaning"
    DRAINING = "draining"
    GONE = "gone"


_D, _I, _L, _C, _R, _G = LineState
MOVES: dict[LineState, frozenset[LineState]] = {
    _D: frozenset({_I, _G}),
    _I: frozenset({_L, _G}),
    _L: frozenset({_I, _C, _R, _G}),
    _C: frozenset({_I, _L, _R, _G}),
    _R: frozenset({_G}),
    _G: frozenset(),
}
"""The legal moves; a line that stays what it is does not move."""
CONNECTED = frozenset({_I, _L, _C, _R})
"""The states in which a vendor is at the other end."""
TAKING = frozenset({_I, _L, _C})
"""The states in which it takes runs, now or when one ends."""


class PoolLine:
    """One line of a pool.

    Args:
        number: its number in the pool, never used twice.
        seats: runs at once.
        bears_s: the vendor drops it after it has been silent for this long; 0 for never.
        now: when dialling began.
    """

    __slots__ = (
        "_bears_s", "_refresh_at", "_retire_at", "cleaning", "dialled_at", "idle_since", "kept_at", "leases", "number", "quiet_since", "seats",
        "state", "used",
    )  # fmt: skip

    def __init__(self, number: int, seats: int, bears_s: float, now: float) -> None:
        self.number = number
        self.seats = seats
        self.state = LineState.DIALLING
        self._bears_s = bears_s
        self._refresh_at = self._retire_at = _NEVER
        self.dialled_at = now
        self.quiet_since = now
        """Since when the vendor has received nothing on it."""
        self.idle_since = now
        """Since when no run has been on it."""
        self.kept_at = now
        """When its last keep-alive was due."""
        self.used = False
        """Whether a run has been on it."""
        self.leases: dict[int, tuple[str, float]] = {}
        """Tenant and time of each run's grant, by ticket."""
        self.cleaning: list[str] = []
        """Tenants of the cancelled runs whose end the vendor still owes."""

    @property
    def free_seats(self) -> int:
        """How many more runs may begin on it; closing ones take up a seat."""
        if self.state not in TAKING:
            return 0
        return self.seats - len(self.leases) - len(self.cleaning)

    @property
    def busy_seats(self) -> int:
        """Runs that count at the vendor."""
        return len(self.leases) + len(self.cleaning)

    @property
    def is_old(self) -> bool:
        """Whether it is to be replaced because of its age, not because of its silence."""
        return self.quiet_since >= self._refresh_at

    @property
    def refresh_at(self) -> float:
        """From when on another line should stand ready to replace it."""
        return min(self._refresh_at, self._silent_at(_REFRESH_FROM))

    @property
    def retire_at(self) -> float:
        """From when on it takes no more runs."""
        return _NEVER if self.state is LineState.DRAINING else min(self._retire_at, self._silent_at(_RETIRE))

    def connected(self, max_age_s: float, luck: float, now: float) -> None:
        """It is connected.

        Args:
            max_age_s: the vendor drops it at this age; 0 for never.
            luck: in [0, 1), so that lines which began together do not go together.
            now: monotonic seconds.
        """
        self.dialled_at = self.quiet_since = self.kept_at = self.idle_since = now
        if max_age_s:
            self._refresh_at = now + (_REFRESH_FROM + (_REFRESH_TO - _REFRESH_FROM) * luck) * max_age_s
            self._retire_at = now + _RETIRE * max_age_s

    def _silent_at(self, share: float) -> float:
        if not self._bears_s or self.state is not LineState.IDLE:
            return _NEVER
        return self.quiet_since + share * self._bears_s

    def move(self, state: LineState) -> None:
        """Move to this state."""
        if state is self.state:
            return
        assert state in MOVES[self.state], f"a line that is {self.state} does not become {state}"
        self.state = state

    def settle(self) -> None:
        """Move to the state that its runs imply."""
        if self.state is _R:
            return
        if self.leases:
            self.move(_L)
        else:
            self.move(_C if self.cleaning else _I)
