"""Runs at once with one credential: what the plan allows, what was learnt from refusals, and how many each tenant holds.

Rules:
1. A run counts from its grant until the vendor owes nothing for it, closing ones included.
2. A refusal (429) teaches that one fewer than were under way is allowed. Of several that come together each teaches one fewer still, since
   a run that was refused no longer counts. Nothing is begun until the time that the vendor gave, or else half a second, is over.
3. A run that is refused while it is alone is not one too many: the vendor has another reason, such as a rate or the credit. The wait
   doubles, and then one run tries. When that has gone well, or nothing was refused for a while, what was learnt is forgotten.
4. Otherwise what was learnt is forgotten a step at a time while nothing is refused.
5. A free seat goes to the next in turn over all places that have a line for it.
"""

from collections.abc import Callable

_FIRST_HOLD_S = 0.5
_MAX_HOLD_S = 30.0
_TOGETHER_S = 0.5
_GROW_S = 15.0
_MOST_TURNS = 1_000
_NEVER = float("-inf")

Head = Callable[[float], tuple[float, ...] | None]
"""Gives the rank of the next request at one place that could begin at once, lowest first; `None` if there is none."""


class Concurrency:
    """The seats that all places of one credential share.

    Args:
        limit: the plan's limit; 0 if there is none.
        told: reports a refusal to the other processes with the same credential, with the seconds after which the vendor may be asked
            again, if it has said so.
    """

    def __init__(self, limit: int = 0, told: Callable[[float | None], None] | None = None) -> None:
        self._limit = limit
        self._told = told
        self._learnt = 0
        self._learnt_at = self._hold_until = _NEVER
        self._together_until = _NEVER
        self._hold_s = _FIRST_HOLD_S
        self._lone_grant: int | None = None
        """How many runs had been granted when one was refused while it was alone; `None` if the last refusal was not of that kind."""
        self._in_use = 0
        self._held: dict[str, int] = {}
        self._served: dict[str, int] = {}
        self._grants = 0
        self._turns: dict[tuple[str, int], float] = {}
        self._heads: dict[Head, None] = {}

    @property
    def in_use(self) -> int:
        """Runs that count now."""
        return self._in_use

    @property
    def allowed(self) -> int:
        """Runs allowed at once, as configured and learnt; 0 for no bound."""
        limit, learnt = self._limit, self._learnt
        return min(limit, learnt) if limit and learnt else limit or learnt

    @property
    def learnt(self) -> int:
        """What refusals have taught; 0 for nothing."""
        return self._learnt

    @property
    def hold_until(self) -> float:
        """No run begins before this, monotonic seconds."""
        return self._hold_until

    def may_double(self) -> bool:
        """Whether every run may have one more request at the vendor than it counts for."""
        return not self.allowed or 2 * self._in_use <= self.allowed

    def free(self, now: float) -> bool:
        """Whether one more run may begin."""
        if now < self._hold_until:
            return False
        if not (bound := self.allowed):
            return True
        if self._in_use < bound:
            return True
        return self._learnt > 0 and self._grown(now)

    def take(self, tenant: str) -> None:
        """One more run has begun."""
        self._in_use += 1
        self._grants += 1
        self._held[tenant] = self._held.get(tenant, 0) + 1
        self._served[tenant] = self._grants

    def give_back(self, tenant: str) -> None:
        """A run is over."""
        held = self._held.get(tenant, 0)
        assert held > 0, "only what was taken is given back"
        if self._in_use == 1 and self._lone_grant is not None and self._grants > self._lone_grant:
            self._forget()
        self._in_use -= 1
        if held > 1:
            self._held[tenant] = held - 1
        else:
            del self._held[tenant]
            if len(self._served) > 10 * (len(self._held) + 10):  # tenants that have left are forgotten
                self._served = {name: self._served[name] for name in self._held}

    def standing(self, tenant: str) -> tuple[int, int]:
        """Seats that a tenant holds, and when it was last served, counted in grants; the lower goes first."""
        return self._held.get(tenant, 0), self._served.get(tenant, 0)

    def turned(self, tenant: str, priority: int, now: float) -> None:
        """A tenant has had its turn, with a request of this priority."""
        if len(self._turns) >= _MOST_TURNS:
            latest = sorted(self._turns.items(), key=lambda turn: turn[1])
            self._turns = dict(latest[_MOST_TURNS // 2 :])
        self._turns[tenant, priority] = now

    def last_turn(self, tenant: str, priority: int) -> float:
        """When the tenant last had its turn at this priority."""
        return self._turns.get((tenant, priority), _NEVER)

    def join(self, head: Head) -> None:
        """A place has requests that wait. Others are not asked for theirs: a credential may have thousands of places."""
        self._heads[head] = None

    def leave(self, head: Head) -> None:
        """Nobody waits at a place any longer."""
        self._heads.pop(head, None)

    @property
    def is_waited_for(self) -> bool:
        """Whether a request waits at any place."""
        return bool(self._heads)

    def is_next(self, own: Head, now: float) -> bool:
        """Whether the next request at this place goes before those at all other places."""
        if not self._heads or not self.allowed:
            return True
        rank = own(now)
        if rank is None:
            return False
        return not any(other < rank for head in self._heads if (other := head(now)) is not None)

    def refused(self, retry_after_s: float | None, now: float) -> None:
        """The vendor has refused a run for being one too many."""
        fewer = max(1, min(self._in_use - 1, self.allowed or self._in_use))
        if now >= self._hold_until:
            is_alone = self._in_use <= 1
            again = now - self._learnt_at < _GROW_S or now - self._hold_until < self._hold_s
            self._hold_s = min(2 * self._hold_s, _MAX_HOLD_S) if is_alone and again else _FIRST_HOLD_S
            self._lone_grant = self._grants if is_alone else None
            self._together_until = now + _TOGETHER_S
            self._learnt = fewer
        elif now < self._together_until:
            self._learnt = fewer
        self._learnt_at = now
        self._hold_until = max(
            self._hold_until, now + (self._hold_s if retry_after_s is None else retry_after_s)
        )
        if self._told is not None:
            self._told(retry_after_s)

    def pause(self, until: float) -> None:
        """Begin no run before this: the vendor has refused another process with the same credential."""
        self._hold_until = max(self._hold_until, until)

    def renewed(self) -> None:
        """The credential is another one: what its predecessor was refused says nothing of it."""
        self._forget()
        self._learnt_at = self._hold_until = self._together_until = _NEVER
        self._hold_s = _FIRST_HOLD_S

    def _grown(self, now: float) -> bool:
        if now - max(self._learnt_at, self._hold_until) < _GROW_S:
            return False
        self._learnt += 1
        self._learnt_at = now
        if self._lone_grant is not None or (self._limit and self._learnt >= self._limit):
            self._forget()
        return self._in_use < (self.allowed or self._in_use + 1)

    def _forget(self) -> None:
        self._learnt, self._lone_grant = 0, None
