"""Who waits for a line, and whose turn it is. Pure; time is an argument.

Rules:
1. A higher priority goes first; waiting raises it by one every second, so that nobody waits for ever. The wait counts from when
   the tenant was last served at this priority: a tenant that is served all the time does not wait, however much it has queued.
2. Within a priority, the tenant that holds the fewest seats goes first; then the one served longest ago; then the one that asked
   first.
3. The queue is bounded: beyond the bound, the request that would go last is refused.
4. A request that has waited until its deadline is refused, or as soon as it is known to wait in vain.
"""

from dataclasses import dataclass

from legato.core.concurrency import Concurrency, Head
from legato.domain.speech import Principal

_AGEING_S = 1.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits.

    Args:
        ticket: its number.
        principal: who asks.
        deadline: monotonic seconds after which a line is of no use.
        asked_at: since when it has waited.
        elsewhere: it has another route to go to.
    """

    ticket: int
    principal: Principal
    deadline: float
    asked_at: float
    elsewhere: bool = False


Rank = tuple[int, int, int, float, int]
"""Lowest goes first."""


class FairQueue:
    """The requests that wait at one place.

    Args:
        most: how many may wait.
        concurrency: the seats that tenants share, over all places of one credential.
    """

    def __init__(self, most: int, concurrency: Concurrency) -> None:
        self._most = most
        self._concurrency = concurrency
        self._waiting: dict[int, Waiting] = {}
        self._stands = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, one: Waiting, now: float) -> Waiting | None:
        """One more waits. Returns the request to be refused if there is no room: perhaps the new one itself."""
        self._waiting[one.ticket] = one
        if len(self._waiting) <= self._most:
            return None
        last = max(self._waiting.values(), key=lambda waiting: self._rank(waiting, now))
        return self._waiting.pop(last.ticket)

    def remove(self, ticket: int) -> bool:
        """Remove a request. Returns whether it was waiting."""
        return self._waiting.pop(ticket, None) is not None

    def head(self, now: float) -> Rank | None:
        """The rank of the next request, to be compared with those of other places."""
        return self._rank(self._first(now), now) if self._waiting else None

    def pop(self, now: float) -> Waiting | None:
        """Take the next request out of the queue; `None` if nobody waits."""
        if not self._waiting:
            return None
        first = self._first(now)
        self._concurrency.turned(first.principal.tenant, first.principal.priority, now)
        return self._waiting.pop(first.ticket)

    def overdue(self, now: float) -> list[Waiting]:
        """Take the requests whose deadline has come out of the queue."""
        late = [waiting for waiting in self._waiting.values() if waiting.deadline <= now]
        for waiting in late:
            del self._waiting[waiting.ticket]
        return late

    def held_back(self, until: float, *, for_long: bool) -> list[Waiting]:
        """Take out the requests that would wait in vain, since nothing is granted until then.

        Args:
            until: monotonic seconds.
            for_long: it is too long for requests that have another route.
        """
        vain = [one for one in self._waiting.values() if one.deadline < until or (for_long and one.elsewhere)]
        for waiting in vain:
            del self._waiting[waiting.ticket]
        return vain

    def clear(self) -> list[Waiting]:
        """Take all requests out of the queue."""
        everybody = list(self._waiting.values())
        self._waiting.clear()
        return everybody

    def stand_in_line(self, head: Head) -> None:
        """Take part in whose turn it is among all places if somebody waits here, and only then.

        Args:
            head: ranks the next request that could begin here, always the same one.
        """
        if self._stands is not bool(self._waiting):
            self._stands = not self._stands
            (self._concurrency.join if self._stands else self._concurrency.leave)(head)

    def deadline(self) -> float | None:
        """The earliest deadline of those that wait; `None` if nobody does."""
        return min([waiting.deadline for waiting in self._waiting.values()]) if self._waiting else None

    def _first(self, now: float) -> Waiting:
        if len(self._waiting) == 1:  # by far the usual case: nothing to rank it against
            return next(iter(self._waiting.values()))
        return min(self._waiting.values(), key=lambda waiting: self._rank(waiting, now))

    def _rank(self, waiting: Waiting, now: float) -> Rank:
        tenant, priority = waiting.principal.tenant, waiting.principal.priority
        since = max(waiting.asked_at, self._concurrency.last_turn(tenant, priority))
        aged = int((now - since) / _AGEING_S)
        held, served = self._concurrency.standing(tenant)
        return (-priority - aged, held, served, waiting.asked_at, waiting.ticket)
