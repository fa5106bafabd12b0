"""Listeners of the local voices through the engine process and its socket: one, many back to back, many at random."""

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil

from gateway.engines.engine_link import EngineLink
from gateway.engines.lines import EngineLines
from gateway.engines.supervisor import EngineSettings, Supervisor
from legato.domain.events import Audio, Failed, Finished, Lost, VendorEvent
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.ports import Line, LineRequest
from loadtest.rows import Row
from loadtest.swarm.figures import percentile

TEXTS = {
    3: "See you soon.",
    12: "The quick brown fox jumps over the lazy dog near the river.",
    25: "In the morning the old man walked slowly down to the harbour, where the boats were waiting "
    "for the tide to turn before sailing away.",
}
HIGH_S = 1.5
"""A session pauses its line when more audio than this waits to be heard, and resumes it below half of it."""
STREAMS, ARRIVALS_S, REST_S = 12, 40.0, 0.5
"""Listeners whose sentences come at random: how many, for how long, and their mean pause."""
AT_RANDOM = f"{STREAMS} streams, sentences at random"
FIRST, OTHERS = "first sound", "cores busy with something else"


@dataclass
class Talker:
    """A listener who hears one sentence after the other, each in real time from its first sound.

    Args:
        lines: where it leases its lines.
        number: number of this listener.
        words: words in a sentence.
        rest_s: gives the pause after a sentence, in seconds.
    """

    lines: EngineLines
    number: int
    words: int = 12
    rest_s: Callable[[], float] = float
    first_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    heard_s: float = 0.0
    failures: int = 0

    async def talk(self, until: float) -> None:
        """Listen to sentence after sentence."""
        while time.monotonic() < until:
            ear = await self.sentence()
            await asyncio.sleep(max(0.0, ear.dry_at - time.monotonic()) + self.rest_s())

    async def sentence(self) -> "_Ear":
        """Ask for a sentence and wait until all of it has come."""
        ear = _Ear(self)
        request = LineRequest(
            Route("local", ""),
            "en",
            UtteranceOptions(),
            Principal(tenant=f"t{self.number % 4}"),
            "",
            "",
            0.0,
        )
        self.lines.acquire(request, ear, ear.leased)
        await ear.over.wait()
        return ear


class _Ear:
    def __init__(self, talker: Talker) -> None:
        self.over = asyncio.Event()
        self.dry_at = 0.0
        self._talker = talker
        self._asked = time.monotonic()
        self._paused = False
        self._loop = asyncio.get_running_loop()

    def leased(self, line: Line | Failed) -> None:
        if isinstance(line, Failed):
            self._talker.failures += 1
            self._loop.call_later(0.2, self.over.set)
            return
        self._rate = line.sample_rate_hz
        line.say(0, Reading(TEXTS[self._talker.words]))
        line.end_input()

    def heard(self, line: Line, event: VendorEvent) -> None:
        now = time.monotonic()
        if isinstance(event, Audio):
            self._audio(len(event.data) / 2 / self._rate, now)
            if not self._paused and self.dry_at - now > HIGH_S:
                self._paused = True
                line.pause()
                self._loop.call_later(self.dry_at - now - HIGH_S / 2, line.resume)
            self._paused = self._paused and self.dry_at - now > HIGH_S / 2
        elif isinstance(event, Failed | Lost):
            self._talker.failures += 1
            self._loop.call_later(0.2, self.over.set)
        elif isinstance(event, Finished):
            self.over.set()

    def _audio(self, seconds: float, now: float) -> None:
        talker = self._talker
        talker.heard_s += seconds
        if not self.dry_at:
            talker.first_ms.append(1000 * (now - self._asked))
            self.dry_at = now
        elif now > self.dry_at:
            talker.late_ms.append(1000 * (now - self.dry_at))
            self.dry_at = now
        self.dry_at += seconds


@asynccontextmanager
async def running(engine: str) -> AsyncIterator[tuple[Supervisor, EngineLines]]:
    """Run an engine process; yield it, and lines to it over its socket."""
    supervisor = Supervisor(EngineSettings(engines=(engine,)))
    await supervisor.start()
    try:
        async with asyncio.TaskGroup() as group:
            watching, link = group.create_task(supervisor.watch()), EngineLink(supervisor.socket)
            keeping = group.create_task(link.keep())
            await link.connected()
            yield supervisor, EngineLines(link, engine, itertools.count(1))
            keeping.cancel()
            watching.cancel()
    finally:
        await supervisor.stop()


async def espeak_over_socket() -> AsyncIterator[Row]:
    """Measure the time from asking to the first sound of espeak-ng in its process."""
    async with running("espeak") as (_, lines):
        talker = Talker(lines, 0, words=3)
        for _ in range(60):
            await talker.sentence()
    first = talker.first_ms[10:]
    yield Row(f"espeak-ng, 3 words, through its socket: {FIRST}", statistics.median(first), "ms", len(first))
    yield Row(f"espeak-ng, 3 words, through its socket: {FIRST} p95", p95(first), "ms", len(first))


async def streams(counts: Sequence[int], seconds: float) -> AsyncIterator[Row]:
    """Measure each of these numbers of listeners at once, through the engine process and its socket; 12-word sentences back to back."""
    async with running("piper") as (supervisor, lines):
        for count in counts:
            talkers = [Talker(lines, number) for number in range(count)]
            begins_s = [3.4 / count] * count  # people do not all begin at once
            for row in await _crowd(f"{count} at once in real time", supervisor, talkers, begins_s, seconds):
                yield row


async def at_random(seconds: float) -> AsyncIterator[Row]:
    """Measure the promised number of listeners, each with a random pause between its sentences."""
    chance = random.Random(12)
    async with running("piper") as (supervisor, lines):
        talkers = [
            Talker(lines, number, rest_s=lambda: chance.expovariate(1 / REST_S)) for number in range(STREAMS)
        ]
        begins_s = [chance.expovariate(STREAMS / 3.4) for _ in talkers]
        for row in await _crowd(AT_RANDOM, supervisor, talkers, begins_s, seconds):
            yield row


async def _crowd(
    what: str, supervisor: Supervisor, talkers: Sequence[Talker], begins_s: Sequence[float], seconds: float
) -> Iterable[Row]:
    engine = psutil.Process(supervisor.pid)
    before, begun, all_before = engine.cpu_times(), time.monotonic(), _busy_s()
    async with asyncio.TaskGroup() as group:
        for talker, begin_s in zip(talkers, begins_s, strict=True):
            group.create_task(talker.talk(begun + seconds))
            await asyncio.sleep(begin_s)
    after, took = engine.cpu_times(), time.monotonic() - begun
    firsts = [ms for talker in talkers for ms in talker.first_ms]
    late = [ms for talker in talkers for ms in talker.late_ms]
    others = (_busy_s() - all_before) / took
    busy = (after.user + after.system - before.user - before.system) / took
    failures = sum(talker.failures for talker in talkers)
    sentences = len(firsts)
    return (
        Row(f"{what}: {FIRST} p50", statistics.median(firsts), "ms", sentences),
        Row(f"{what}: {FIRST} p95", p95(firsts), "ms", sentences),
        Row(f"{what}: underruns", len(late), "", sentences),
        Row(f"{what}: worst underrun", max(late, default=0.0), "ms", sentences),
        Row(f"{what}: refused", failures, "", sentences),
        Row(f"{what}: cores busy", busy, "", 1),
        Row(f"{what}: {OTHERS}", others - busy, "", 1),
        Row(f"{what}: memory of the engine", engine.memory_info().rss / 1e6, "MB", 1),
    )


def p95(values: Sequence[float]) -> float:
    """Return the p95 of some values."""
    return percentile(values, 0.95)


def _busy_s() -> float:
    """Return the core seconds that this machine has been busy, for anyone."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait)
