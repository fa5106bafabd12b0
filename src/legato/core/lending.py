"""Seats of one credential among several processes: who may borrow one, and who is asked to give one back. The lender's side.

Rules:
1. What is lent never exceeds what the plan allows, less what refusals have taught.
2. A borrower keeps its seats until another one needs them: an idle seat is given back at the recall, one in use never.
3. Whoever has more seats than the one that asks is recalled urgently: its next free seat goes, though it has use for it. So
   nobody starves, and a share moves only where a run ends.
4. A borrower that is gone has given everything back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from legato.core.concurrency import Concurrency


@dataclass(frozen=True, slots=True)
class Lend:
    """One seat more for this borrower."""

    borrower: str


@dataclass(frozen=True, slots=True)
class Recall:
    """One seat is wanted back.

    Args:
        borrower: from whom.
        urgent: also when it has use for it; else only one that is idle.
    """

    borrower: str
    urgent: bool


LendingEffect = Lend | Recall


class Lending:
    """The seats of one credential.

    Args:
        limit: of the plan.
    """

    def __init__(self, limit: int) -> None:
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
        """Seats there are, as configured and learnt."""
        return self._seats.allowed

    def held_by(self, borrower: str) -> int:
        """Seats that this borrower has."""
        return self._lent.get(borrower, 0)

    def ask(self, borrower: str, now: float) -> Sequence[LendingEffect]:
        """It needs one seat more; it is lent one as soon as there is one."""
        if borrower not in self._asking:
            self._asking.append(borrower)
        return self._settle(now)

    def give_back(self, borrower: str, seats: int, now: float) -> Sequence[LendingEffect]:
        """It has so many seats less."""
        self._recalled.pop(borrower, None)
        for _ in range(min(seats, self.held_by(borrower))):
            self._lent[borrower] -= 1
            self._seats.give_back(borrower)
        return self._settle(now)

    def refused(self, retry_after_s: float | None, now: float) -> Sequence[LendingEffect]:
        """The vendor has refused one run for being one too many."""
        self._seats.refused(retry_after_s, now)
        return self._settle(now)

    def gone(self, borrower: str, now: float) -> Sequence[LendingEffect]:
        """It will not come again, and what it did at the vendor is over."""
        if borrower in self._asking:
            self._asking.remove(borrower)
        effects = self.give_back(borrower, self.held_by(borrower), now)
        self._lent.pop(borrower, None)
        return effects

    def tick(self, now: float) -> Sequence[LendingEffect]:
        """Time has passed."""
        return self._settle(now)

    def deadline(self, now: float) -> float | None:
        """When `tick` must be called next; `None` for never."""
        return self._seats.hold_until if self._asking and self._seats.hold_until > now else None

    def _settle(self, now: float) -> Sequence[LendingEffect]:
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
            fewest = 0  # more are lent than there are now: somebody has to do with less
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
