"""Seats of one credential shared by several processes: who may borrow one, and who is asked to give one back. The lender's side.

Rules:
1. What is lent never exceeds what the plan allows, less what refusals have taught.
2. A borrower keeps its seats until another needs them: it gives back an idle seat when recalled, but never one in use.
3. The borrower with the most seats, if more than the one that asks has, is recalled urgently: its next free seat goes back even if it
   has use for it. So nobody starves, and seats move only where a run ends.
4. A borrower that is gone has given everything back.
5. While the vendor's pause lasts nothing is lent, and the lender tells all borrowers of it, for the seats that they have already.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from legato.core.concurrency import Concurrency


@dataclass(frozen=True, slots=True)
class Lend:
    """Lend this borrower one more seat."""

    borrower: str


@dataclass(frozen=True, slots=True)
class Recall:
    """Ask for one seat back.

    Args:
        borrower: whom to ask.
        urgent: the next free seat, even if the borrower has use for it; otherwise only an idle one.
    """

    borrower: str
    urgent: bool


LendingEffect = Lend | Recall


class Lending:
    """The seats of one credential.

    Args:
        limit: the plan's limit; 0 if there is none, in which case borrowers share only the vendor's pauses.
    """

    def __init__(self, limit: int) -> None:
        self.is_limited = limit > 0
        """Whether seats are lent at all."""
        self._seats = Concurrency(limit)
        self._lent: dict[str, int] = {}
        self._asking: list[str] = []
        self._recalled: dict[str, bool] = {}

    @property
    def lent(self) -> int:
        """Seats that are lent now."""
        return self._seats.in_use

    @property
    def allowed(self) -> int:
        """Seats in all, as configured and learnt."""
        return self._seats.allowed

    @property
    def hold_until(self) -> float:
        """Nobody may begin a run before this, monotonic seconds: the vendor has asked for a pause."""
        return self._seats.hold_until

    def held_by(self, borrower: str) -> int:
        """Seats that this borrower has."""
        return self._lent.get(borrower, 0)

    def ask(self, borrower: str, now: float) -> Sequence[LendingEffect]:
        """A borrower needs one more seat; it is lent one as soon as there is one."""
        if borrower not in self._asking:
            self._asking.append(borrower)
        return self._rebalance(now)

    def give_back(self, borrower: str, seats: int, now: float) -> Sequence[LendingEffect]:
        """A borrower has given this many seats back."""
        self._recalled.pop(borrower, None)
        for _ in range(min(seats, self.held_by(borrower))):
            self._lent[borrower] -= 1
            self._seats.give_back(borrower)
        return self._rebalance(now)

    def refused(self, retry_after_s: float | None, now: float) -> Sequence[LendingEffect]:
        """The vendor has refused one run for being one too many."""
        self._seats.refused(retry_after_s, now)
        return self._rebalance(now)

    def renewed(self, now: float) -> Sequence[LendingEffect]:
        """The credential is another one."""
        self._seats.renewed()
        return self._rebalance(now)

    def gone(self, borrower: str, now: float) -> Sequence[LendingEffect]:
        """A borrower will not return, and its runs at the vendor are over."""
        if borrower in self._asking:
            self._asking.remove(borrower)
        effects = self.give_back(borrower, self.held_by(borrower), now)
        self._lent.pop(borrower, None)
        return effects

    def tick(self, now: float) -> Sequence[LendingEffect]:
        """Time has passed."""
        return self._rebalance(now)

    def deadline(self, now: float) -> float | None:
        """When `tick` must be called next; `None` for never."""
        return self._seats.hold_until if self._asking and self._seats.hold_until > now else None

    def _rebalance(self, now: float) -> Sequence[LendingEffect]:
        effects: list[LendingEffect] = []
        while self._asking and self._seats.free(now):
            first = min(self._asking, key=self._seats.standing)
            self._asking.remove(first)
            self._seats.take(first)
            self._lent[first] = self.held_by(first) + 1
            effects.append(Lend(first))
        effects += self._recall()
        return effects

    def _recall(self) -> Sequence[LendingEffect]:
        poorest = min(self._asking, key=self._seats.standing, default="")
        if self._seats.allowed and self._seats.in_use > self._seats.allowed:
            fewest = 0  # more are lent than are allowed now: somebody must give one back
        elif poorest:
            fewest = self.held_by(poorest)
        else:
            return ()
        holders = [name for name, seats in self._lent.items() if seats and name != poorest]
        richest = max(holders, key=self.held_by, default="")
        effects: list[LendingEffect] = []
        for name in holders:
            urgent = name == richest and self.held_by(name) > fewest
            if name not in self._recalled or (urgent and not self._recalled[name]):
                self._recalled[name] = urgent
                effects.append(Recall(name, urgent))
        return effects
