"""Who waits for a line, and whose turn it is. Pure; time is an argument.

Rules:
1. A higher priority goes first; waiting raises it by one every `ageing_s`, so that nobody waits for ever. It counts from the last
   time that the tenant was served at this priority: who is served all the while does not wait, however many it has in the queue.
2. Within a priority, the tenant that holds the fewest seats goes first; then the one that was served longest ago; then whoever
   asked first.
3. The queue is bounded: above the bound whoever would go last is refused.
4. Whoever has waited until its deadline is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from legato.core.concurrency import Concurrency
from legato.domain.speech import Principal

_AGEING_S = 1.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits.

    Args:
        ticket: its number.
        principal: who asks.
        deadline: monotonic seconds after which a line is of no use.
        asked_at: since when it waits.
    """

    ticket: int
    principal: Principal
    deadline: float
    asked_at: float


Rank = tuple[int, int, int, float, int]
"""Lowest goes first."""


class FairQueue:
    """The waiting of one place.

    Args:
        most: how many may wait.
        concurrency: the seats that tenants share, over all places of one credential.
        ageing_s: how long a wait is worth one step of priority.
    """

    def __init__(self, most: int, concurrency: Concurrency, ageing_s: float = _AGEING_S) -> None:
        self._most = most
        self._concurrency = concurrency
        self._ageing_s = ageing_s
        self._waiting: dict[int, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, one: Waiting, now: float) -> Waiting | None:
        """One more waits. Returns whoever is to be refused for it, where there is no room: perhaps itself."""
        self._waiting[one.ticket] = one
        if len(self._waiting) <= self._most:
            return None
        last = max(self._waiting.values(), key=lambda waiting: self._rank(waiting, now))
        return self._waiting.pop(last.ticket)

    def remove(self, ticket: int) -> bool:
        """No longer waits; whether it did."""
        return self._waiting.pop(ticket, None) is not None

    def head(self, now: float) -> Rank | None:
        """The rank of whoever is next, to be compared with those of other places."""
        return self._rank(self._first(now), now) if self._waiting else None

    def pop(self, now: float) -> Waiting | None:
        """Whoever is next; it waits no longer."""
        if not self._waiting:
            return None
        first = self._first(now)
        self._concurrency.turned(first.principal.tenant, first.principal.priority, now)
        return self._waiting.pop(first.ticket)

    def overdue(self, now: float) -> list[Waiting]:
        """Those whose deadline has come; they wait no longer."""
        late = [waiting for waiting in self._waiting.values() if waiting.deadline <= now]
        for waiting in late:
            del self._waiting[waiting.ticket]
        return late

    def clear(self) -> list[Waiting]:
        """All of them; nobody waits any longer."""
        everybody = list(self._waiting.values())
        self._waiting.clear()
        return everybody

    def deadline(self) -> float | None:
        """The first deadline of those who wait."""
        return min([waiting.deadline for waiting in self._waiting.values()]) if self._waiting else None

    def waiting(self) -> Iterable[Waiting]:
        """Those who wait, in the order of asking."""
        return self._waiting.values()

    def _first(self, now: float) -> Waiting:
        if len(self._waiting) == 1:  # as it nearly always is: there is nobody to be weighed against
            return next(iter(self._waiting.values()))
        return min(self._waiting.values(), key=lambda waiting: self._rank(waiting, now))

    def _rank(self, waiting: Waiting, now: float) -> Rank:
        tenant, priority = waiting.principal.tenant, waiting.principal.priority
        since = max(waiting.asked_at, self._concurrency.last_turn(tenant, priority))
        aged = int((now - since) / self._ageing_s)
        held, served = self._concurrency.standing(tenant)
        return (-priority - aged, held, served, waiting.asked_at, waiting.ticket)
