"""Whatever happens to leases, in whatever order: what they promise the session, the pool and the route, checked after every step.

The orders are drawn from numbered seeds rather than by Hypothesis, which draws evenly: of its plays few reached a line whose connection
was gone. A failure shows its steps, and is the same every time.
"""

import asyncio
import random
from collections import Counter
from contextlib import ExitStack
from unittest.mock import patch

import pytest

from gateway.upstream.lease import Lease
from gateway.upstream.line import LeasedLine
from gateway.upstream.line_life import LineLife, RunRest
from gateway.upstream.place_pool import PlacePool
from legato.domain.events import Failed
from legato.domain.speech import UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from legato.ports import LineRequest
from tests.gateway.upstream.stage import ANYBODY, ROUTE, Ear
from tests.gateway.upstream.virtual_vendor import VirtualVendor, virtual_lines
from tests.virtual_time import VirtualLoop

LIMITS = VendorLimits(first_audio_s=1.0, finish_s=1.0, cancel_s=0.3, dial_s=2.0, idle_s=600.0)
SEATS = 3
STEPS = 60
WAITS_S = (0.0, 0.0, 0.02, 0.02, 0.05, 0.1, 0.1, 0.2, 0.3, 1.1, 5.0, 40.0)
OF_A_SESSION = ("say", "say", "say", "end", "cancel", "release", "unclean", "pause", "resume", "cut")
OF_A_VENDOR = ("drop", "end", "end", "bye", "bug", "vendor_quota", "vendor_rejected")


class Session(Ear):
    """One request and what became of it. Gives the line back when it hears of the end, within that call if `at_once`."""

    def __init__(self, at_once):
        super().__init__()
        self.at_once, self.answers, self.line, self.ticket = at_once, [], None, None
        self.stopped = self.released = self.withdrawn = False
        self.segments = 0

    def ready(self, answer):
        self.answers.append(answer)
        assert len(self.answers) == 1, "a request is answered once"
        assert not self.withdrawn, "and not after it was withdrawn"
        self.line = None if isinstance(answer, Failed) else answer

    def heard(self, line, event):
        assert not self.stopped, f"{event} after the cancel"
        assert not self.released, f"{event} after the release"
        super().heard(line, event)
        if self.over and self.at_once:
            self.release(clean=False)

    def release(self, *, clean):
        self.released = True
        self.line.release(clean=clean)

    @property
    def waits(self):
        return not (self.answers or self.withdrawn)


class Play:
    """Random steps in virtual time, and what must hold after each."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.loop = VirtualLoop()
        self.faults = []
        self.loop.set_exception_handler(lambda loop, context: self.faults.append(context))  # else only logged
        self.log, self.sessions, self.leases = [], [], []
        self.ends, self.given_back = Counter(), Counter()
        self.spoilt, self.last = set(), None
        self.vendor = VirtualVendor(self.chance.choice(["close", "silent"]))
        self.steps = {
            self.ask: 3,
            self.session_acts: 6,
            self.session_acts_while_its_line_moves: 6,
            self.session_acts_after_its_release: 2,
            self.session_withdraws: 1,
            self.vendor_acts: 3,
            self.vendor_drops_everything: 1,
            self.vendor_falls_silent: 1,
            self.vendor_ignores_cancels: 0.5,
            self.network_changes: 0.5,
            self.time_passes: 6,
        }

    def run(self):
        settings = {
            "floor": self.chance.randint(0, 3),
            "spare": self.chance.randint(0, 1),
            "concurrency": SEATS,
            "ceiling": 5,
        }
        with ExitStack() as stack:
            stack.enter_context(patch("gateway.upstream.place_pool.dial", self.vendor.dial))
            for cls, name, note in (
                (Lease, "ask", self.note_ask),
                (Lease, "over", self.note_end),
                (Lease, "called_off", self.note_end),
                (PlacePool, "give_back", self.note_return),
                (PlacePool, "clean_up", self.note_return),
                (LeasedLine, "settled", self.note_settled),
            ):
                stack.enter_context(patch.object(cls, name, _noting(note, getattr(cls, name))))
            stack.callback(self.loop.close)
            self.loop.run_until_complete(self.play(settings))

    async def play(self, settings):
        async with virtual_lines(LIMITS, **settings) as self.lines:
            try:
                for _ in range(STEPS):
                    (step,) = self.chance.choices(list(self.steps), list(self.steps.values()))
                    await self.do(step)
                await self.ends_well()
            except BaseException as error:
                error.add_note("after " + ", ".join(self.log))
                raise

    async def do(self, step):
        done = step()
        if done is None:
            return
        self.log.append(f"{step.__name__} {done}")
        if step == self.time_passes:
            await asyncio.sleep(done)
        self.check()

    # --- what is counted

    def note_ask(self, lease):
        self.leases.append(lease)

    def note_end(self, lease, *_):
        self.ends[lease] += 1
        assert self.ends[lease] == 1, "the route is told of each lease once"

    def note_return(self, pool, connection, ticket, **_):
        self.given_back[pool, ticket] += 1
        assert self.given_back[pool, ticket] == 1, "what was granted is given back once"

    def note_settled(self, line, *, clean):
        if not clean:
            self.spoilt.add(line._connection)

    # --- what may happen; `None` if it cannot happen now

    def ask(self):
        session = Session(self.chance.random() < 0.5)
        self.sessions.append(session)
        deadline = self.loop.time() + 3.0
        request = LineRequest(ROUTE, "en", UtteranceOptions(), ANYBODY, "s", "u", deadline)
        session.ticket = self.lines.acquire(request, session, session.ready)
        return "giving back at once" if session.at_once else ""

    def session_withdraws(self):
        """Once it has its answer, this changes nothing."""
        return self.act(self.sessions, ["withdraw"])

    def session_acts(self):
        return self.act(self.held, OF_A_SESSION)

    def session_acts_while_its_line_moves(self):
        return self.act(self.moving, OF_A_SESSION)

    def session_acts_after_its_release(self):
        """This changes nothing, whoever has the connection now."""
        return self.act([one for one in self.sessions if one.released], OF_A_SESSION)

    def act(self, sessions, whats):
        if not sessions:
            return None
        again = self.last in sessions and self.chance.random() < 0.6  # steps of one session, close together
        session = self.last = self.last if again else self.chance.choice(sessions)
        line, what = session.line, self.chance.choice(whats)
        if what == "say":
            line.say(session.segments, Reading("hello"))
            session.segments += 1
        elif what == "end":
            line.end_input()
        elif what == "cancel":
            line.cancel()
            session.stopped = True
        elif what in {"release", "unclean"}:
            if what == "unclean" and not session.released and line._rest is not RunRest.NOTHING:
                self.spoilt.add(line._connection)
            session.release(clean=what == "release")
        elif what == "cut":
            line.cut("moved")
        elif what == "withdraw":
            session.withdrawn |= session.waits
            session.ticket.withdraw()
        else:
            getattr(line, what)()
        return f"{self.sessions.index(session)} {what}"

    def vendor_acts(self):
        if not (wires := self.wires):
            return None
        wire, what = self.chance.choice(wires), self.chance.choice(OF_A_VENDOR)
        if what == "drop":
            wire.drop(self.vendor.how)
        elif what == "end":
            wire.listener.ended(1006, "")
        elif what in {"bye", "bug"}:
            wire.listener.came(what)
        elif wire.open:
            run = min(wire.open)
            wire.open.remove(run)
            wire.listener.came(f"error {run} {what}")
        return f"{wire.listener.number} {what}"

    def vendor_drops_everything(self):
        at_once = self.chance.random() < 0.5
        for wire in self.wires:
            if at_once:
                wire.listener.ended(1001, "idle")
            else:
                wire.drop(self.vendor.how)
        return "at once" if at_once else ""

    def vendor_falls_silent(self):
        self.vendor.mute = not self.vendor.mute
        return self.vendor.mute

    def vendor_ignores_cancels(self):
        self.vendor.confirms = not self.vendor.confirms
        return not self.vendor.confirms

    def network_changes(self):
        self.vendor.is_down = not self.vendor.is_down
        return self.vendor.is_down

    def time_passes(self):
        return self.chance.choice(WAITS_S)

    # --- what always holds

    def check(self):
        if self.faults:
            fault = self.faults[0]
            raise fault.get("exception") or AssertionError(fault["message"])
        speaking = [one.line._connection for one in self.held]
        live = [connection for connection in speaking if connection is not None and not connection.is_over]
        assert len(set(live)) == len(live), "no connection carries two runs"
        told = {one.line._connection for one in self.held if one.line._life is LineLife.SPEAKING}
        assert not told & self.spoilt - {None}, (
            "no run follows on a connection on which the vendor may still send another"
        )
        lines = self.lines.states()
        counted = lines.get("leased", 0) + lines.get("draining", 0) + lines.get("cleaning", 0)
        assert counted >= len(live)
        assert self.lines._concurrency.in_use <= SEATS

    async def ends_well(self):
        """When the vendor is well again and all has been given back, nothing is left of it."""
        self.vendor.is_down, self.vendor.confirms = False, True
        await asyncio.sleep(10.0)
        for session in self.held:
            session.release(clean=False)
        await asyncio.sleep(100.0)
        self.check()
        assert not any(one.waits for one in self.sessions), "every request is answered"
        assert all(self.ends[lease] == 1 for lease in self.leases), "the route is told of each lease"
        assert {one.line._keeper for one in self.sessions if one.line is not None} <= set(self.leases)
        assert self.lines._concurrency.in_use == 0, "no seat is left taken"
        assert not any(pool._askers for pool in self.lines._pools.values()), "nor any request"
        states = self.lines.states()
        assert not any(states.get(state) for state in ("leased", "cleaning", "draining"))

    @property
    def held(self):
        return [one for one in self.sessions if one.line is not None and not one.released]

    @property
    def moving(self):
        return [one for one in self.held if one.line._life is LineLife.MOVING]

    @property
    def wires(self):
        """Sorted: a set's order differs from run to run."""
        return sorted(self.vendor.wires, key=lambda wire: wire.listener.number)


def _noting(note, method):
    def noted(one, *told, **how):
        note(one, *told, **how)
        return method(one, *told, **how)

    return noted


@pytest.mark.parametrize("first", range(0, 100, 10))
def test_leases_keep_their_promises_in_any_order(first):
    for seed in range(first, first + 10):
        Play(seed).run()
