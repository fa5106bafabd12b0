"""Whatever happens, in whatever order: what a pool promises, checked after every step. Moves that are not legal raise by themselves."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from legato.core.concurrency import Concurrency
from legato.core.pool import Pool
from legato.core.pool_lines import LineState
from legato.core.pool_terms import Dial, Drop, Grant, PoolSettings, Refuse
from legato.domain.errors import Reason
from legato.domain.events import Failed
from legato.domain.speech import Principal

FAILURES = st.sampled_from(
    [
        Failed(Reason.VENDOR_UNREACHABLE, "down"),
        Failed(Reason.VENDOR_REJECTED, "key"),
        Failed(Reason.VENDOR_QUOTA, "many", 1.0),
        Failed(Reason.VENDOR_TIMEOUT, "late"),
    ]
)


class Machine(RuleBasedStateMachine):
    @initialize(
        floor=st.integers(0, 3),
        runs=st.integers(1, 3),
        ceiling=st.integers(3, 6),
        concurrency=st.integers(0, 6),
        spare=st.integers(0, 2),
        ages=st.booleans(),
        chances=st.lists(st.floats(0, 0.999), min_size=1, max_size=5),
    )
    def open(self, floor, runs, ceiling, concurrency, spare, ages, chances):
        self.settings = PoolSettings(
            floor=floor, ceiling=ceiling, runs_per_line=runs, concurrency=concurrency, spare=spare,
            max_waiting=5, dials_at_once=2, max_age_s=60.0 if ages else 0.0, idle_s=20.0 if ages else 0.0,
        )  # fmt: skip
        self.seats = Concurrency(concurrency)
        self.turn, self.chances = 0, chances
        self.pool = Pool(self.settings, self.chance, self.seats)
        self.now, self.tickets = 0.0, 0
        self.waiting, self.tenants, self.leases, self.cleaning = {}, {}, {}, {}
        self.turns = {}
        self.dialling, self.connected, self.answered, self.dials = set(), set(), set(), []
        self.states = {}
        self.do(self.pool.tick(0.0))

    def chance(self):
        self.turn += 1
        return self.chances[self.turn % len(self.chances)]

    def do(self, effects):
        for effect in effects:
            match effect:
                case Dial(line):
                    assert line not in self.dialling | self.connected
                    self.dialling.add(line)
                    self.dials.append(self.now)
                case Drop(line):
                    assert line in self.dialling | self.connected
                    assert line not in self.leases.values(), "nobody's line is dropped"
                    self.gone(line)
                case Grant(ticket, line, _):
                    self.answer(ticket)
                    assert line in self.connected
                    self.check_fair(ticket)
                    self.leases[ticket] = line
                case Refuse(ticket, failed):
                    self.answer(ticket)
                    assert failed.message
                    del self.waiting[ticket]

    def answer(self, ticket):
        assert ticket not in self.answered, "no ticket is answered twice"
        assert ticket in self.waiting, "nor one that was withdrawn"
        self.answered.add(ticket)

    def check_fair(self, ticket):
        """Nobody of equal or higher priority whose tenant holds fewer seats was passed over."""
        mine = self.waiting.pop(ticket)
        for other in self.waiting.values():
            if self.rank(other) >= self.rank(mine):
                held = self.holds(mine[0].tenant), self.holds(other[0].tenant)
                assert self.rank(other) == self.rank(mine), "priority goes first"
                assert held[0] <= held[1], "tenants share"
        self.turns[mine[0].tenant, mine[0].priority] = self.now

    def rank(self, waiting):
        """Who waits behind its own tenant's turns grows no older by them."""
        principal, asked_at, _ = waiting
        since = max(asked_at, self.turns.get((principal.tenant, principal.priority), asked_at))
        return principal.priority + int(self.now - since)

    def holds(self, tenant):
        held = [t for t in self.leases if self.tenants[t] == tenant]
        closing = [t for tickets in self.cleaning.values() for t in tickets if self.tenants[t] == tenant]
        return len(held) + len(closing)

    def gone(self, line):
        self.dialling.discard(line)
        self.connected.discard(line)
        self.cleaning.pop(line, None)
        self.leases = {ticket: at for ticket, at in self.leases.items() if at != line}

    # --- what may happen

    @rule(tenant=st.sampled_from("ab"), priority=st.integers(0, 1), wait=st.floats(0.1, 5.0))
    def ask(self, tenant, priority, wait):
        self.tickets += 1
        principal = Principal(tenant, tenant, priority)
        self.waiting[self.tickets] = (principal, self.now, self.now + wait)
        self.tenants[self.tickets] = tenant
        idle = self.pool.snapshot(self.now).lines[LineState.IDLE]
        could = idle and self.seats.free(self.now)
        self.do(self.pool.ask(self.tickets, principal, self.now + wait, self.now))
        assert not could or self.tickets in self.leases, "never a wait where an idle line exists"

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def withdraw(self, data):
        ticket = data.draw(st.sampled_from(sorted(self.waiting)))
        del self.waiting[ticket]
        self.do(self.pool.withdraw(ticket, self.now))

    @precondition(lambda self: self.dialling)
    @rule(data=st.data())
    def dialled(self, data):
        line = data.draw(st.sampled_from(sorted(self.dialling)))
        self.dialling.remove(line)
        self.connected.add(line)
        self.do(self.pool.dialled(line, self.now))

    @precondition(lambda self: self.dialling)
    @rule(data=st.data(), failed=FAILURES)
    def dial_failed(self, data, failed):
        line = data.draw(st.sampled_from(sorted(self.dialling)))
        self.gone(line)
        self.do(self.pool.dial_failed(line, failed, self.now))

    @precondition(lambda self: self.connected)
    @rule(data=st.data())
    def lost(self, data):
        line = data.draw(st.sampled_from(sorted(self.connected)))
        self.gone(line)
        self.do(self.pool.lost(line, self.now))

    @precondition(lambda self: self.connected)
    @rule()
    def all_lost(self):
        self.now += 5.0
        self.do(self.pool.tick(self.now))
        for line in sorted(self.connected):
            self.gone(line)
            self.do(self.pool.lost(line, self.now))

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), clean=st.booleans())
    def released(self, data, clean):
        ticket = data.draw(st.sampled_from(sorted(self.leases)))
        line = self.leases.pop(ticket)
        self.do(self.pool.released(line, ticket, self.now, clean=clean))

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def cancelled(self, data):
        ticket = data.draw(st.sampled_from(sorted(self.leases)))
        line = self.leases.pop(ticket)
        self.cleaning.setdefault(line, []).append(ticket)
        self.do(self.pool.cleaning(line, ticket, self.now))

    @precondition(lambda self: any(self.cleaning.values()))
    @rule(data=st.data(), clean=st.booleans())
    def settled(self, data, clean):
        line = data.draw(st.sampled_from(sorted(line for line, owed in self.cleaning.items() if owed)))
        self.cleaning[line].pop(0)
        self.do(self.pool.settled(line, self.now, clean=clean))

    @precondition(lambda self: self.leases)
    @rule(retry=st.one_of(st.none(), st.floats(0, 3)))
    def refused(self, retry):
        self.do(self.pool.refused(retry, self.now))

    @rule()
    def renew(self):
        self.do(self.pool.renew(self.now))

    @rule(seconds=st.floats(0.01, 20.0))
    def time_passes(self, seconds):
        until = self.now + seconds
        for _ in range(500):
            deadline = self.pool.deadline()
            if deadline is None or deadline > until:
                break
            self.now = max(deadline, self.now)
            self.do(self.pool.tick(self.now))
            assert (self.pool.deadline() or until + 1) > self.now, "a tick does what was due"
        else:
            raise AssertionError("time does not go on")
        self.now = until

    # --- what is always so

    @invariant()
    def seats_are_never_oversold(self):
        for line in self.connected:
            on_it = sum(at == line for at in self.leases.values()) + len(self.cleaning.get(line, ()))
            assert on_it <= self.settings.runs_per_line
        total = len(self.leases) + sum(map(len, self.cleaning.values()))
        assert self.seats.in_use == total
        assert not self.settings.concurrency or total <= self.settings.concurrency

    @invariant()
    def bounds_hold(self):
        assert len(self.dialling) <= self.settings.dials_at_once
        assert len(self.dialling | self.connected) <= self.settings.ceiling
        assert len(self.waiting) <= self.settings.max_waiting

    @invariant()
    def its_counts_are_those_of_the_world(self):
        lines = self.pool.snapshot(self.now).lines
        assert lines[LineState.DIALLING] == len(self.dialling)
        assert sum(lines.values()) == len(self.dialling | self.connected)
        assert lines[LineState.LEASED] <= len(set(self.leases.values()))

    @invariant()
    def nobody_is_forgotten(self):
        deadline = self.pool.deadline()
        for _, _, until in self.waiting.values():
            assert deadline is not None
            assert deadline <= max(until, self.now)

    @invariant()
    def there_is_no_storm(self):
        recent = [at for at in self.dials if at > self.now - 0.001]
        assert len(recent) <= 60

    def teardown(self):
        """When the vendor is well again, the floor is full within a bound, and every ticket has been answered."""
        if not hasattr(self, "pool"):
            return
        until = self.now + 70.0
        while self.now < until:
            for line in sorted(self.dialling):
                self.dialling.remove(line)
                self.connected.add(line)
                self.do(self.pool.dialled(line, self.now))
            for ticket, line in sorted(self.leases.items()):
                if self.leases.pop(ticket, None):
                    self.do(self.pool.released(line, ticket, self.now, clean=True))
            for line, owed in sorted(self.cleaning.items()):
                while owed:
                    owed.pop()
                    self.do(self.pool.settled(line, self.now))
            self.time_passes(0.9)
        assert not self.waiting
        assert len(self.connected | self.dialling) >= self.settings.floor


Machine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPool = Machine.TestCase
