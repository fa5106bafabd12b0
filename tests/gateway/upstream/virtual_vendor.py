"""A vendor in virtual time: it speaks the language of `vendor.py` without a socket, drops lines as it is told, and records what it saw."""

import asyncio
import contextlib
import itertools
import random
import ssl
from collections import defaultdict, deque
from dataclasses import dataclass
from functools import partial

from gateway.upstream.line import LeasedLine
from gateway.upstream.lines import VendorLines
from gateway.upstream.surroundings import Surroundings
from gateway.upstream.wire import DialError
from legato.core.pool_terms import PoolSettings
from legato.domain.events import Failed
from legato.domain.speech import Route, UtteranceOptions
from legato.ports import LineRequest
from tests.gateway.upstream.stage import ANYBODY, ROUTE, SOON, Ear, Notes
from tests.gateway.upstream.vendor import Dialect

HALF_WAY_S = 0.02
DIAL_S = 0.2
THINKS_S = 0.08
AUDIO = b"\1\0" * 80


class Later:
    """Calls functions after a delay; those with the same delay in order, since timers that are due together may fire in any order."""

    def __init__(self):
        self.loop, self.due = asyncio.get_running_loop(), defaultdict(deque)

    def __call__(self, delay_s, do, *told):
        self.due[delay_s].append(partial(do, *told))
        self.loop.call_later(delay_s, self._next, delay_s)

    def _next(self, delay_s):
        self.due[delay_s].popleft()()


class Wire:
    """One connection, with what happens at its other end. Implements `wire.Wire`."""

    def __init__(self, vendor, listener):
        self.vendor, self.listener = vendor, listener
        self.loop, self.later = asyncio.get_running_loop(), Later()
        self.is_dead = self.is_closed = False
        self.open = set()
        self.lives_s = vendor.lives_s()
        self.life_at = self.loop.time()
        self.loop.call_later(self.lives_s, self._grow_idle)

    def send(self, frames):
        for frame in frames:
            if frame.startswith("begin"):
                self.vendor.begun.append(self.is_dead)
            self._across(self._take, frame)

    def ping(self):
        self._across(self._answer_ping)
        return True

    def close(self):
        self.is_closed = True
        self.vendor.wires.discard(self)

    def stop(self):
        return True

    def pause(self):
        pass

    def resume(self):
        pass

    def drop(self, how):
        """Let the vendor drop the connection, with a close or silently."""
        if not self.is_dead:
            self.is_dead = True
            if how == "close":
                self.later(HALF_WAY_S, self._tell, "ended", 1001, "idle")

    def _across(self, then, *told):
        self.later(HALF_WAY_S, self._arrive, then, *told)

    def _arrive(self, then, *told):
        if not (self.is_dead or self.is_closed):
            then(*told)

    def _answer_ping(self):
        if self.vendor.counts == "pings":
            self.life_at = self.loop.time()
        self.later(HALF_WAY_S, self._tell, "alive")

    def _take(self, frame):
        kind, *rest = frame.split()
        if kind != "keep" or self.vendor.counts == "frames":
            self.life_at = self.loop.time()
        if kind == "begin":
            self.open.add(rest[0])
        elif kind == "say" and not self.vendor.mute:
            self.later(THINKS_S + HALF_WAY_S, self._speak, rest[0], rest[1])
        elif kind == "end":
            self.later(THINKS_S + HALF_WAY_S, self._end, rest[0], "done")
        elif kind == "cancel" and self.vendor.confirms:
            self._end(rest[0], "cancelled")

    def _speak(self, run, segment):
        self._tell("came", run.encode() + b"|" + AUDIO)
        self._tell("came", f"mark {run} {segment}")

    def _end(self, run, how):
        self.open.discard(run)
        self._tell("came", f"{how} {run}")

    def _tell(self, what, *told):
        if not self.is_closed and (not self.is_dead or what == "ended"):
            getattr(self.listener, what)(*told)

    def _grow_idle(self):
        if self.is_closed or self.is_dead:
            return
        left_s = self.life_at + self.lives_s - self.loop.time()
        if left_s <= 0 and not self.open:
            self.drop(self.vendor.how)
        else:
            self.loop.call_later(max(left_s, 1.0), self._grow_idle)


class VirtualVendor:
    """The other end.

    Args:
        how: how it drops lines: "silent" or "close".
        counts: what it takes for a sign of life: "pings", "frames", or "text" alone.
        idle_s: bounds of the time without a sign of life after which it drops a line.
        mute: whether it speaks only through `says`.
    """

    def __init__(self, how="silent", counts="text", idle_s=(1e9, 1e9), *, mute=False):
        self.how, self.counts, self.mute = how, counts, mute
        self.chance = random.Random(1)
        self.bounds = idle_s
        self.is_down, self.confirms = False, True
        self.wires, self.dials, self.begun, self.dialling, self.most_dialling = set(), [], [], 0, 0

    def lives_s(self):
        return self.chance.uniform(*self.bounds)

    def says(self, frame):
        """Send a frame on every line that has an open run."""
        for wire in tuple(self.wires):
            if wire.open:
                wire.listener.came(frame)

    def drop_all(self):
        """Drop all lines, as when the network has changed."""
        for wire in tuple(self.wires):
            wire.drop(self.how)

    async def dial(self, transport, call, listener):
        """Dial; stands in for `dialler.dial`."""
        self.dials.append(asyncio.get_running_loop().time())
        self.dialling += 1
        self.most_dialling = max(self.most_dialling, self.dialling)
        try:
            await asyncio.sleep(DIAL_S)
        finally:
            self.dialling -= 1
        if self.is_down:
            raise DialError("the network is down")
        wire = Wire(self, listener)
        self.wires.add(wire)
        return wire

    def most_dials_in(self, seconds):
        """Return the most dials that began within any span of this many seconds."""
        return max(sum(at <= other < at + seconds for other in self.dials) for at in self.dials)


@contextlib.asynccontextmanager
async def virtual_lines(limits, language=None, **settings):
    """Make the lines of one provider, on the running loop's clock."""
    loop = asyncio.get_running_loop()
    dialect = Dialect("virtual://vendor", limits)
    if language is not None:
        dialect.connect = lambda place: language()
    chance = random.Random(2)
    settings = {"floor": 2, "spare": 1, "ceiling": 20, "idle_s": limits.idle_s, **settings}
    async with asyncio.TaskGroup() as tasks:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        world = Surroundings(loop.time, Notes(), itertools.count(1), tasks, tls, chance.random)
        lines = VendorLines("test", dialect, lambda: "", PoolSettings(**settings), world)
        lines.keep_warm(Route("test", "voice"), "en")
        await lines.tried()
        try:
            yield lines
        finally:
            lines.close()


@dataclass
class Said:
    """How one utterance went; times in virtual seconds since it was asked for."""

    ear: Ear
    line: LeasedLine
    acquire_s: float
    first_audio_s: float


async def lease(lines, ear=None):
    """Return a line as soon as there is one."""
    loop, answers, came = asyncio.get_running_loop(), [], asyncio.Event()

    def ready(answer):
        answers.append(answer)
        came.set()

    deadline = loop.time() + SOON
    request = LineRequest(ROUTE, "en", UtteranceOptions(), ANYBODY, "s", "u", deadline)
    lines.acquire(request, ear or Ear(), ready)
    await came.wait()
    assert not isinstance(answers[0], Failed), answers
    return answers[0]


async def say(lines, reading, *, interrupted=False):
    """Speak one utterance, from asking for a line to giving it back; if `interrupted`, only until its first sound."""
    loop, ear = asyncio.get_running_loop(), Ear()
    asked_at = loop.time()
    line = await lease(lines, ear)
    acquire_s = loop.time() - asked_at
    line.say(0, reading)
    if not interrupted:
        line.end_input()
    await ear.until(lambda ear: ear.audio or ear.over)
    first_audio_s = loop.time() - asked_at
    if interrupted:
        line.cancel()
    else:
        await ear.end()
    line.release(clean=True)
    return Said(ear, line, acquire_s, first_audio_s)
