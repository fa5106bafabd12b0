"""What a test of the upstream side needs: a provider's lines, ears, and a client that asks for lines."""

import asyncio
import contextlib
import itertools
import ssl
import time

from gateway.upstream.lines import VendorLines
from gateway.upstream.surroundings import Surroundings
from legato.core.pool_terms import PoolSettings
from legato.domain.events import Audio, Failed, Finished, Lost
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.traces import NO_TRACE
from legato.ports import LineRequest
from tests.gateway.upstream.vendor import SECRET, Dialect

SOON = 10.0
ROUTE = Route("test", "voice")
ANYBODY = Principal()
TLS = ssl.create_default_context()


class Notes:
    def __init__(self):
        self.facts, self.news = [], asyncio.Event()

    def note(self, fact):
        self.facts.append(fact)
        self.news.set()

    def of(self, kind):
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def more(self, kind, than):
        async with asyncio.timeout(10):
            while len(self.of(kind)) <= than:
                self.news.clear()
                await self.news.wait()


class Ear:
    def __init__(self):
        self.events, self.news = [], asyncio.Event()

    def heard(self, line, event):
        assert not self.over, f"{event} after the end"
        self.events.append(event)
        self.news.set()

    @property
    def over(self):
        return bool(self.events) and isinstance(self.events[-1], Finished | Failed | Lost)

    @property
    def audio(self):
        return b"".join(event.data for event in self.events if isinstance(event, Audio))

    async def until(self, condition):
        async with asyncio.timeout(SOON):
            while not condition(self):
                self.news.clear()
                await self.news.wait()

    async def end(self):
        await self.until(lambda ear: ear.over)
        return self.events[-1]


class Asked:
    """One request for a line."""

    def __init__(
        self, lines, ear, route=ROUTE, wait_s=SOON, principal=ANYBODY, returning=False, elsewhere=False
    ):
        self.answers, self.came = [], asyncio.Event()
        now = time.monotonic()
        request = LineRequest(
            route,
            "en",
            UtteranceOptions(),
            principal,
            "stream",
            "utterance",
            now + wait_s,
            returning,
            elsewhere=elsewhere,
        )
        self.ticket = lines.acquire(request, ear, self._ready)

    def _ready(self, answer):
        self.answers.append(answer)
        self.came.set()

    @property
    def now(self):
        """The answer, if it has come already."""
        return self.answers[0] if self.answers else None

    async def answer(self):
        async with asyncio.timeout(SOON):
            await self.came.wait()
        assert len(self.answers) == 1
        return self.answers[0]


@contextlib.asynccontextmanager
async def lines_of(
    dialect: Dialect,
    notes=None,
    secret=lambda: SECRET,
    chance=lambda: 0.5,
    warm=True,
    tls=None,
    trace=lambda *_: NO_TRACE,
    name="",
    **settings,
):
    """Make the lines of one provider; with `warm` it keeps its floor of lines open."""
    settings = {"floor": 1, "spare": 0, "runs_per_line": dialect.limits.runs_per_line, **settings}
    async with asyncio.TaskGroup() as tasks:
        world = Surroundings(
            time.monotonic,
            notes or Notes(),
            itertools.count(1),
            tasks,
            tls or TLS,
            chance,
            trace=trace,
            name=name,
        )
        lines = VendorLines("test", dialect, secret, PoolSettings(**settings), world)
        try:
            if warm:
                lines.keep_warm(Route("test", "voice"), "en")
            yield lines
        finally:
            lines.close()


async def turns(count=1_000):
    """Let the loop make this many turns: whatever can be read is read by then."""
    for _ in range(count):
        await asyncio.sleep(0)


def idle(lines):
    return lines.states().get("idle", 0)


async def speak(lines, text="hello", **asked):
    """Speak one utterance, from asking for a line to giving it back; return the ear and the line."""
    ear = Ear()
    line = await Asked(lines, ear, **asked).answer()
    assert not isinstance(line, Failed), line
    line.say(0, Reading(text))
    line.end_input()
    await ear.end()
    line.release(clean=isinstance(ear.events[-1], Finished))
    return ear, line
