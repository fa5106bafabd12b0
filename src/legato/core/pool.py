"""Which line goes to whom, and when lines are dialled and dropped: the policy of one place at one vendor. Pure; time is an argument.

Rules:
1. A request that finds a line with a free seat gets it at once: the one used last, so that the others can grow old and go.
2. As many lines are kept as demand needs, at least the floor, with spare seats beside those in use, up to the ceiling.
3. A line that grows old is replaced before it is dropped; ages are jittered, so that lines do not all go at once.
4. Dials in flight are bounded and paced (`dial_pace`); nobody waits for a dial while another line is free.
5. Those who wait are served by priority, fairly between tenants, until a deadline. If no line can be had, they are told at once.
6. A cancelled run keeps its seat until the vendor owes nothing for it.
"""

from collections.abc import Callable, Sequence

from legato.core import pool_refusals as refusals
from legato.core.concurrency import Concurrency
from legato.core.demand import Demand
from legato.core.dial_pace import DialPace
from legato.core.fair_queue import FairQueue, Rank, Waiting
from legato.core.line_book import LineBook
from legato.core.pool_lines import CONNECTED, LineState, PoolLine
from legato.core.pool_terms import Dial, Drop, Grant, KeepAlive, PoolEffect, PoolSettings, PoolView, Refuse
from legato.core.upkeep import Upkeep
from legato.domain.coalescing import together
from legato.domain.errors import PROPERTIES
from legato.domain.events import Failed
from legato.domain.speech import Principal

_NEVER = float("inf")
_SHORT_LIFE_S = 2.0


class Pool:
    """The lines of one place.

    Args:
        settings: their bounds.
        chance: uniform in [0, 1), for jitter.
        concurrency: the seats that all places of one credential share; by default the pool has its own.
    """

    def __init__(
        self, settings: PoolSettings, chance: Callable[[], float], concurrency: Concurrency | None = None
    ) -> None:
        self._settings = settings
        self._chance = chance
        self._concurrency = concurrency or Concurrency(settings.concurrency)
        self._queue = FairQueue(settings.max_waiting, self._concurrency)
        self._demand = Demand()
        self._lines = LineBook(settings.runs_per_line, settings.idle_s)
        self._pace = DialPace(
            settings.dials_at_once, settings.retry_first_s, settings.retry_max_s, settings.ceiling, chance
        )
        self._short, self._floor = 0, settings.floor
        self._expected_until = self._now = -_NEVER
        self._upkeep = Upkeep()

    # --- what happened --------------------------------------------------------------------------------------------------

    def ask(
        self, ticket: int, principal: Principal, deadline: float, now: float, *, elsewhere: bool = False
    ) -> Sequence[PoolEffect]:
        """A line is wanted, until the deadline. Tickets are never used twice; `elsewhere` as in `Waiting`."""
        self._demand.asked(now)
        if (failed := self._hopeless(deadline, now)) is not None:
            return (Refuse(ticket, failed),)
        effects: list[PoolEffect] = []
        displaced = self._queue.add(Waiting(ticket, principal, deadline, now, elsewhere), now)
        if displaced is not None:
            effects.append(Refuse(displaced.ticket, refusals.crowded(self._pace.asked_at - now)))
        return self._rebalance(effects, now)

    def withdraw(self, ticket: int, now: float) -> Sequence[PoolEffect]:
        """The holder of this ticket no longer wants a line."""
        self._queue.remove(ticket)
        return self._rebalance([], now)

    def dialled(self, line: int, now: float) -> Sequence[PoolEffect]:
        """The line is connected."""
        found = self._lines.get(line)
        if found is None:
            return ()
        self._pace.connected()
        self._lines.connect(found)
        found.connected(self._settings.max_age_s, self._chance(), now)
        self._look_after(found)
        return self._rebalance([], now)

    def dial_failed(self, line: int, reason: Failed, now: float) -> Sequence[PoolEffect]:
        """The line could not be connected."""
        found = self._lines.get(line)
        return () if found is None else self._rebalance(self._dial_failed(found, reason, now), now)

    def lost(self, line: int, now: float) -> Sequence[PoolEffect]:
        """The line is gone, and every run on it."""
        found = self._lines.get(line)
        if found is None:
            return ()
        if found.state in CONNECTED and not found.used and now - found.dialled_at < _SHORT_LIFE_S:
            self._pace.dropped_young(now)
        elif not found.leases:
            self._pace.lost(now)
        self._remove(found)
        return self._rebalance([], now)

    def released(self, line: int, ticket: int, now: float, *, clean: bool) -> Sequence[PoolEffect]:
        """A run is over.

        Args:
            line: the line it was on.
            ticket: the ticket it was granted for.
            now: monotonic seconds.
            clean: the vendor owes nothing for it; otherwise the line takes no more runs.
        """
        found = self._lines.get(line)
        if found is None or ticket not in found.leases:
            return ()
        tenant, since = self._lines.end(found, ticket)
        self._concurrency.give_back(tenant)
        self._demand.held(now - since)
        return self._freed(found, now, clean=clean)

    def cleaning(self, line: int, ticket: int, now: float) -> Sequence[PoolEffect]:
        """A run was cancelled, and the vendor has yet to confirm it."""
        found = self._lines.get(line)
        if found is None or ticket not in found.leases:
            return ()
        _, since = self._lines.clean(found, ticket)
        self._demand.held(now - since)
        return self._rebalance([], now)

    def settled(self, line: int, now: float, *, clean: bool = True) -> Sequence[PoolEffect]:
        """The vendor owes nothing more for a cancelled run; or, if not clean, will never confirm the cancel."""
        found = self._lines.get(line)
        if found is None or not found.cleaning:
            return ()
        self._concurrency.give_back(self._lines.end_cleaning(found))
        return self._freed(found, now, clean=clean)

    def refused(self, retry_after_s: float | None, now: float) -> Sequence[PoolEffect]:
        """The vendor has refused a run for being one too many."""
        self._concurrency.refused(retry_after_s, now)
        return self._rebalance(refusals.in_vain(self._queue, self._concurrency.hold_until, now), now)

    def kept(self, line: int, now: float) -> None:
        """The vendor was sent something that counts as a sign of life."""
        if (found := self._lines.get(line)) is not None:
            self._heard_from(found, now)

    def keep(self, floor: int, now: float) -> Sequence[PoolEffect]:
        """From now on this many lines are kept while nobody speaks."""
        self._floor = floor
        return self._rebalance([], now)

    def expect(self, now: float) -> Sequence[PoolEffect]:
        """A request is expected soon: one more seat is kept ready for a while."""
        self._expected_until = now + self._settings.linger_s
        return self._rebalance([], now)

    def renew(self, now: float) -> Sequence[PoolEffect]:
        """The credential is another one: replace every connected line, one with a run on it when that has ended, and dial at once."""
        self._pace.renewed()
        effects: list[PoolEffect] = []
        for line in self._lines:
            if line.state in CONNECTED:
                self._spoil(line, effects)
        return self._rebalance(effects, now)

    def tick(self, now: float) -> Sequence[PoolEffect]:
        """Time has passed, or a seat shared with other places may have become free."""
        wait_s, hold_s = self._pace.asked_at - now, self._concurrency.hold_until - now
        told = refusals.too_late(wait_s, hold_s, connected=bool(self._lines.usable))
        effects: list[PoolEffect] = [Refuse(late.ticket, told) for late in self._queue.overdue(now)]
        effects += refusals.in_vain(self._queue, self._concurrency.hold_until, now)
        for line in self._upkeep.due(now):
            self._look_at(line, effects, now)
            if line.state is not LineState.GONE:
                self._look_after(line)
        return self._rebalance(effects, now)

    def close(self) -> None:
        """The place is given up: nobody waits here any longer."""
        self._queue.clear()
        self._queue.stand_in_line(self.head)

    # --- what it looks like ---------------------------------------------------------------------------------------------

    def deadline(self) -> float | None:
        """When `tick` must be called next, at the latest; `None` for never."""
        at = self._upkeep.next_at()
        if (late := self._queue.deadline()) is not None:
            at = min(at, late, self._later(self._concurrency.hold_until), self._later(self._pace.asked_at))
        if self._short > 0:
            at = min(at, self._later(max(self._pace.retry_at, self._pace.refill_at)))
        return None if at == _NEVER else at

    def head(self, now: float) -> Rank | None:
        """The rank of the next request here that could begin at once, to be compared with other places of the credential."""
        return None if self._lines.last_used() is None else self._queue.head(now)

    @property
    def lines(self) -> LineBook:
        """Its lines, to be counted."""
        return self._lines

    def snapshot(self, now: float) -> PoolView:
        """The pool as it is now."""
        return PoolView(self._lines.counts(), len(self._queue), self._wanted(now), self._pace.ceiling(now))

    # --- serving --------------------------------------------------------------------------------------------------------

    def _rebalance(self, effects: list[PoolEffect], now: float) -> Sequence[PoolEffect]:
        """Serve all who can be served, then bring the number of lines to what is wanted."""
        self._now = now
        while len(self._queue) and self._concurrency.free(now):
            line = self._lines.last_used()
            if line is None or not self._concurrency.is_next(self._queue.head, now):
                break
            waiting = self._queue.pop(now)
            assert waiting is not None, "somebody waits"
            tenant, reused = waiting.principal.tenant, line.used or line.dialled_at < waiting.asked_at
            self._concurrency.take(tenant)
            self._lines.take(line, waiting.ticket, tenant, now)
            effects.append(Grant(waiting.ticket, line.number, reused))
        self._refill(effects, now)
        if len(self._queue) and (told := self._hopeless(_NEVER, now)) is not None:
            effects += [Refuse(waiting.ticket, told) for waiting in self._queue.clear()]
        self._queue.stand_in_line(self.head)
        return effects

    def _freed(self, line: PoolLine, now: float, *, clean: bool) -> Sequence[PoolEffect]:
        effects: list[PoolEffect] = []
        line.idle_since = now
        self._heard_from(line, now)
        if clean:
            self._pace.served()
        if not clean or line.state is LineState.DRAINING:
            self._spoil(line, effects)
        return self._rebalance(effects, now)

    def _heard_from(self, line: PoolLine, now: float) -> None:
        line.quiet_since = now
        if not line.is_old:
            self._lines.rejuvenate(line)

    def _spoil(self, line: PoolLine, effects: list[PoolEffect]) -> None:
        """Put no more runs on this line: it goes now, or when the last run on it has ended."""
        if line.busy_seats:
            if line.state is not LineState.DRAINING:
                self._lines.drain(line)
        else:
            effects.append(Drop(line.number))
            self._remove(line)

    def _hopeless(self, deadline: float, now: float) -> Failed | None:
        """Why a request made now would wait in vain; `None` if it would not."""
        hold_until = self._concurrency.hold_until
        if hold_until > deadline:
            return refusals.held_back(hold_until - now)
        last = self._pace.last_failure
        if last is None or now >= self._pace.asked_at:
            return None
        if self._lines.usable or self._lines.count(LineState.DIALLING):
            return None
        return refusals.again(last, self._pace.asked_at - now)

    # --- how many lines -------------------------------------------------------------------------------------------------

    def _wanted(self, now: float) -> int:
        settings = self._settings
        seats = self._lines.busy_seats + self._serveable()
        expected = seats + 1 if now < self._expected_until else 0
        seats = max(seats + settings.spare if seats else 0, expected, self._demand.seats(now))
        return min(max(self._floor, -(-seats // settings.runs_per_line)), self._pace.ceiling(now))

    def _serveable(self) -> int:
        """How many of those who wait could be served if there were enough lines."""
        allowed, waiting = self._concurrency.allowed, len(self._queue)
        return min(waiting, max(allowed - self._concurrency.in_use, 0)) if allowed else waiting

    def _refill(self, effects: list[PoolEffect], now: float) -> None:
        ageing, dialling = self._lines.ageing(), self._lines.count(LineState.DIALLING)
        present = len(self._lines) - self._lines.count(LineState.DRAINING) - len(ageing)
        wanted = self._wanted(now)
        if present - dialling >= wanted:
            for line in ageing:
                self._spoil(line, effects)
        self._short = wanted - present
        if self._short <= 0:
            return
        missing = min(self._short, self._pace.ceiling(now) - len(self._lines), self._pace.at_once - dialling)
        if now < self._pace.refill_at:
            missing = min(missing, -(-self._serveable() // self._settings.runs_per_line) - dialling)
        if missing > 0 and now >= (self._pace.asked_at if len(self._queue) else self._pace.retry_at):
            effects += [self._dial(now) for _ in range(missing)]

    def _dial(self, now: float) -> Dial:
        self._look_after(line := self._lines.add(now))
        return Dial(line.number)

    def _dial_failed(self, line: PoolLine, reason: Failed, now: float) -> list[PoolEffect]:
        self._remove(line)
        self._pace.failed(reason, self._lines.usable, now)
        others = self._lines.count(LineState.DIALLING)
        if self._lines.usable or (others and PROPERTIES[reason.reason].may_retry):
            return []
        told = refusals.again(reason, self._pace.asked_at - now)
        return [Refuse(waiting.ticket, told) for waiting in self._queue.clear()]

    def _remove(self, line: PoolLine) -> None:
        for tenant in (*(tenant for tenant, _ in line.leases.values()), *line.cleaning):
            self._concurrency.give_back(tenant)
        self._upkeep.forget(line)
        self._lines.remove(line)

    # --- upkeep ---------------------------------------------------------------------------------------------------------

    def _look_at(self, line: PoolLine, effects: list[PoolEffect], now: float) -> None:
        if line.state is LineState.DIALLING:
            if now >= line.dialled_at + self._settings.dial_s:
                effects.append(Drop(line.number))
                effects += self._dial_failed(line, refusals.UNANSWERED, now)
            return
        if now >= line.refresh_at:
            self._lines.age(line)
        if now >= line.retire_at or self._is_surplus(line, now):
            self._spoil(line, effects)
        if line.state is not LineState.GONE and now >= line.kept_at + self._period_s():
            line.kept_at = together(now, self._period_s())
            if self._settings.keep_alive_s:
                effects.append(KeepAlive(line.number))

    def _look_after(self, line: PoolLine) -> None:
        """Plan when the line is next to be looked at."""
        if line.state is LineState.DIALLING:
            at = line.dialled_at + self._settings.dial_s
        else:
            turn = line.retire_at if self._lines.is_ageing(line) else line.refresh_at
            at = min(line.kept_at + self._period_s(), turn)
        self._upkeep.plan(line, at)

    def _is_surplus(self, line: PoolLine, now: float) -> bool:
        if line.state is not LineState.IDLE or now < line.idle_since + self._settings.linger_s:
            return False
        return len(self._lines) - self._lines.count(LineState.DRAINING) > self._wanted(now)

    def _period_s(self) -> float:
        return self._settings.keep_alive_s or self._settings.linger_s

    def _later(self, at: float) -> float:
        return at if at > self._now else _NEVER
