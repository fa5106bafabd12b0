"""Decides whose turn it is: a fair queue of seats at the engine. Pure; time is an argument.

Rules:
1. A seat does one bounded step at a time, in one thread at a time.
2. Listeners are assumed to play audio from the moment it was produced. `lead` is what a listener has left to play.
3. Seats with less than `COMFORT_S` of lead, or none yet, come before those with more: a stream that is far ahead yields.
4. Among those, tenants share the serving time: the tenant served least goes first, but it cannot save up turns while it
   asks for nothing. A higher priority goes before all that.
5. Within a tenant, and among the comfortable, the seat whose listener runs dry first goes first; a seat that has produced
   nothing yet counts as dry from when it asked.
6. A seat that would wait longer than `most_wait_s` for its first step is refused, never queued. The wait is the cost of the
   first steps that go before it: those of a higher priority, its own tenant's, and as much of each other tenant's. So one
   tenant's crowd does not lock out another, and more seats may wait for a cheap voice than for an expensive one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Work = TypeVar("Work")
COMFORT_S = 1.0


class OverloadedError(Exception):
    """The wait for a first step would be too long."""


@dataclass(slots=True, eq=False)
class Seat(Generic[Work]):
    """One utterance at the engine.

    Args:
        tenant: which tenant it belongs to.
        priority: higher goes first.
        work: what to do; opaque to the scheduler.
        first_step_s: estimated cost of its first step.
        dry_at: when its listener has played everything; `None` before there was anything.
        asked_at: when it last started to want a step.
        held: its listener has enough for now, so it is asked for no step.
        wants: it has work to do and is not held.
        running: a thread is running its step.
    """

    tenant: str
    priority: int
    work: Work
    first_step_s: float = 0.0
    dry_at: float | None = None
    asked_at: float = 0.0
    held: bool = False
    wants: bool = False
    running: bool = False

    @property
    def waits(self) -> bool:
        """Whether there is work for it and others go first."""
        return self.wants and not self.running

    @property
    def is_new(self) -> bool:
        """Whether it waits for its first step."""
        return self.dry_at is None and not self.running

    @property
    def due(self) -> float:
        """When its next audio is needed."""
        return self.asked_at if self.dry_at is None else max(self.dry_at, self.asked_at)


class Scheduler(Generic[Work]):
    """The queue.

    Args:
        most_wait_s: the longest that a seat may have to wait for its first step.
        servers: how many steps run at once.
    """

    def __init__(self, most_wait_s: float, servers: int = 1) -> None:
        self._most_wait_s = most_wait_s
        self._servers = servers
        self._seats: dict[Seat[Work], None] = {}  # in the order of asking
        self._served: dict[str, float] = {}

    def wait_s(self, tenant: str, priority: int) -> float:
        """Estimate how long a new seat of this tenant would wait for its first step."""
        sooner, level = 0.0, {tenant: 0.0}
        for seat in self._seats:
            if not seat.is_new or seat.priority < priority:
                continue
            if seat.priority > priority:
                sooner += seat.first_step_s
            else:
                level[seat.tenant] = level.get(seat.tenant, 0.0) + seat.first_step_s
        return (sooner + sum(min(cost, level[tenant]) for cost in level.values())) / self._servers

    def ask(self, seat: Seat[Work], now: float) -> None:
        """A seat has work to do.

        Raises:
            OverloadedError: the seat is new and would wait too long.
        """
        if seat.wants:
            return
        if seat.is_new and self.wait_s(seat.tenant, seat.priority) >= self._most_wait_s:
            raise OverloadedError
        self._admit(seat.tenant)
        seat.wants, seat.asked_at = True, now
        self._seats[seat] = None

    def rest(self, seat: Seat[Work]) -> None:
        """A seat has no work now: it is held, done or gone."""
        seat.wants = False
        if not seat.running:
            self._seats.pop(seat, None)

    def next(self, now: float) -> Seat[Work] | None:
        """Take the seat whose turn it is, which is `running` from now on; `None` when none wants a step."""
        ready = [seat for seat in self._seats if seat.waits]
        if not ready:
            return None
        chosen = self._fairest([seat for seat in ready if seat.due - now < COMFORT_S]) or min(ready, key=_due)
        chosen.running = True
        return chosen

    def done(self, seat: Seat[Work], now: float, *, spent_s: float, given_s: float) -> None:
        """A step has ended.

        Args:
            seat: whose.
            now: when it ended.
            spent_s: how long it took.
            given_s: seconds of audio that it produced.
        """
        seat.running = False
        self._served[seat.tenant] = self._served.get(seat.tenant, 0.0) + spent_s
        if given_s > 0:
            seat.dry_at = max(now, seat.dry_at or now) + given_s
        if not seat.wants:
            self._seats.pop(seat, None)

    def _fairest(self, seats: Iterable[Seat[Work]]) -> Seat[Work] | None:
        return min(
            seats,
            key=lambda seat: (-seat.priority, self._served[seat.tenant], seat.tenant, seat.due),
            default=None,
        )

    def _admit(self, tenant: str) -> None:
        """A tenant that returns starts level with the least served of those present."""
        here = {seat.tenant for seat in self._seats}
        if tenant in here:
            return
        level = min((self._served[other] for other in here), default=0.0)
        # Those who are not present start afresh when they come back.
        self._served = {other: self._served[other] for other in here} | {tenant: level}


def _due(seat: Seat[Work]) -> float:
    return seat.due
