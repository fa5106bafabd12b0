"""Whatever happens to leases, in whatever order: what they promise the session, the pool and the route, checked after every step."""

import asyncio
from collections import Counter
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.upstream.lease import Lease
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
WHICH = st.integers(0, 9)


class Session(Ear):
    """One request and what became of it. Gives the line back when it hears of the end, within that call if `at_once`."""

    def __init__(self, at_once):
        super().__init__()
        self.at_once, self.answers, self.line = at_once, [], None
        self.stopped = self.released = False
        self.segments = 0

    def ready(self, answer):
        self.answers.append(answer)
        assert len(self.answers) == 1, "a request is answered once"
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


class Machine(RuleBasedStateMachine):
    @initialize(floor=st.integers(0, 3), spare=st.integers(0, 1), how=st.sampled_from(["close", "silent"]))
    def begin(self, floor, spare, how):
        self.loop = VirtualLoop()
        self.sessions, self.ends = [], Counter()
        self.vendor = VirtualVendor(how)
        self.patches = [patch("gateway.upstream.place_pool.dial", self.vendor.dial)]
        for name in ("over", "called_off"):
            self.patches.append(patch.object(Lease, name, self.counting(getattr(Lease, name))))
        for one in self.patches:
            one.start()
        self.done, opened = asyncio.Event(), asyncio.Event()

        async def life():
            settings = {"floor": floor, "spare": spare, "concurrency": SEATS, "ceiling": 5}
            async with virtual_lines(LIMITS, **settings) as self.lines:
                opened.set()
                await self.done.wait()

        self.life = self.loop.create_task(life())
        self.loop.run_until_complete(opened.wait())

    def counting(self, method):
        def counted(lease, *told):
            self.ends[lease] += 1
            assert self.ends[lease] == 1, "the route is told of each lease once"
            method(lease, *told)

        return counted

    def do(self, step):
        """Do it within the loop."""

        async def stepping():
            step()

        self.loop.run_until_complete(stepping())

    @property
    def held(self):
        return [one for one in self.sessions if one.line is not None and not one.released]

    @property
    def pools(self):
        return list(self.lines._pools.values())

    # --- what may happen

    @rule(at_once=st.booleans())
    def ask(self, at_once):
        session = Session(at_once)
        self.sessions.append(session)
        deadline = self.loop.time() + 3.0
        request = LineRequest(ROUTE, "en", UtteranceOptions(), ANYBODY, "s", "u", deadline)
        self.do(lambda: self.lines.acquire(request, session, session.ready))

    @rule(
        which=WHICH,
        what=st.sampled_from(
            ["say", "say", "say", "end", "cancel", "release", "unclean", "pause", "resume", "cut"]
        ),
    )
    def session_does(self, which, what):
        if not (held := self.held):
            return
        session = held[which % len(held)]
        line = session.line

        def step():
            if what == "say":
                line.say(session.segments, Reading("hello"))
                session.segments += 1
            elif what == "end":
                line.end_input()
            elif what == "cancel":
                line.cancel()
                session.stopped = True
            elif what in {"release", "unclean"}:
                session.release(clean=what == "release")
            elif what == "cut":
                line.cut("moved")
            else:
                getattr(line, what)()

        self.do(step)

    @rule(which=WHICH, what=st.sampled_from(["drop", "end", "bye", "bug", "vendor_quota", "vendor_rejected"]))
    def vendor_does(self, which, what):
        if not (wires := sorted(self.vendor.wires, key=lambda wire: wire.listener.number)):
            return
        wire = wires[which % len(wires)]

        def step():
            if what == "drop":
                wire.drop(self.vendor.how)
            elif what == "end":
                wire.listener.ended(1006, "")
            elif what in {"bye", "bug"}:
                wire.listener.came(what)
            elif wire.open:
                wire.listener.came(f"error {wire.open.pop()} {what}")

        self.do(step)

    @rule()
    def network_changes(self):
        self.vendor.is_down = not self.vendor.is_down

    @rule(mute=st.booleans())
    def vendor_falls_silent(self, mute):
        self.vendor.mute = mute

    @rule(seconds=st.sampled_from([0.0, 0.02, 0.05, 0.1, 0.3, 1.1, 5.0, 40.0]))
    def wait(self, seconds):
        self.loop.run_until_complete(asyncio.sleep(seconds))

    # --- what always holds

    @invariant()
    def every_seat_is_somebodys(self):
        if not hasattr(self, "lines"):
            return
        speaking = [one.line._connection for one in self.held]
        live = [connection for connection in speaking if connection is not None and not connection.is_over]
        assert len(set(live)) == len(live), "no connection carries two runs"
        lines = self.lines.view().lines()
        counted = lines.get("leased", 0) + lines.get("draining", 0) + lines.get("cleaning", 0)
        assert counted >= len(live)
        assert self.lines._concurrency.in_use <= SEATS

    def teardown(self):
        if not hasattr(self, "lines"):
            return
        try:
            self.vendor.is_down = False
            self.wait(10.0)
            for session in self.held:
                self.do(lambda session=session: session.release(clean=False))
            self.wait(100.0)
            assert all(len(one.answers) == 1 for one in self.sessions), "every request is answered"
            assert self.lines._concurrency.in_use == 0, "no seat is left taken"
            assert not any(pool._askers for pool in self.pools), "nor any request"
            states = self.lines.view().lines()
            assert not any(states.get(state) for state in ("leased", "cleaning", "draining"))
            granted = [one for one in self.sessions if one.line is not None]
            assert len(self.ends) >= len(granted), "every lease was told of"
        finally:
            self.loop.call_soon(self.done.set)
            self.loop.run_until_complete(self.life)
            for one in self.patches:
                one.stop()
            self.loop.close()


Machine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLeases = Machine.TestCase
