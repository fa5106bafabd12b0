"""How long a run waits for its line: from asking to the answer, with idle lines, and after a barge-in. Without sockets."""

import asyncio
import itertools
import ssl
import time
from collections.abc import Iterator, Sequence

import numpy as np

from gateway.upstream import dialler
from gateway.upstream.lines import VendorLines
from gateway.upstream.surroundings import Surroundings
from gateway.upstream.wire import DialTarget, Wire, WireListener
from legato.core.pool_terms import PoolSettings
from legato.domain.events import Failed, VendorEvent
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import Outgoing, Transport
from legato.ports import Line, LineRequest
from legato.providers.deepgram import DeepgramV1
from loadtest.rows import Row
from loadtest.targets import Target, verdicts

LINES, UTTERANCES = 16, 20_000
MOST_MS = 2.0
"""The bound of R2."""
_ROUTE = Route("bench", "aura-2-thalia-en")


_Wait = tuple[float, float]
"""Milliseconds of wall-clock time, and of CPU time."""


class _Wire:
    """A wire with nobody at the other end; a cancel is confirmed in the next turn of the loop. Implements `wire.Wire`."""

    def __init__(self, listener: WireListener) -> None:
        self._listener = listener

    def send(self, frames: Sequence[Outgoing]) -> None:
        if any(isinstance(frame, str) and '"Clear"' in frame for frame in frames):
            cleared = '{"type":"Cleared","sequence_id":0}'
            asyncio.get_running_loop().call_soon(self._listener.came, cleared)

    def ping(self) -> bool:
        return False

    def stop(self) -> bool:
        return True

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def close(self) -> None:
        pass


class _Nobody:
    """A listener and observer that ignores what it is told."""

    def heard(self, line: Line, event: VendorEvent) -> None:
        pass

    def note(self, fact: object) -> None:
        pass


def rows() -> Iterator[Row | str]:
    """Yield milliseconds of wall-clock time, and of this process's CPU time in it. On a busy machine they differ."""
    idle, behind = asyncio.run(_measured())
    found: list[Target] = []
    for name, waits in (("with idle lines", idle), ("behind a barge-in", behind)):
        for unit, each in zip(("ms", "ms of CPU"), np.array(waits).T, strict=True):
            for label, share in (("p50", 0.5), ("p99", 0.99)):
                took = float(np.quantile(each, share))
                yield Row(f"from asking to a line, {name}, {label}", took, unit, len(each))
        passed, worked = np.quantile(np.array(waits), 0.99, axis=0)
        note = f"{worked:.2f} ms of CPU"
        found.append(Target(f"a warm line, {name}: p99", MOST_MS, float(passed), "ms", note))
    yield from verdicts(found)


async def _measured() -> tuple[list[_Wait], list[_Wait]]:
    async def dial(target: DialTarget, listener: WireListener) -> Wire:
        del target
        return _Wire(listener)

    usual, dialler.DIALS[Transport.WEBSOCKET] = dialler.DIALS[Transport.WEBSOCKET], dial
    try:
        async with asyncio.TaskGroup() as tasks:
            world = Surroundings(
                time.monotonic,
                _Nobody(),
                itertools.count(1),
                tasks,
                ssl.create_default_context(),
                lambda: 0.5,
            )
            dialect = DeepgramV1()
            settings = PoolSettings(floor=LINES, ceiling=2 * LINES, spare=2, dials_at_once=LINES)
            lines = VendorLines("bench", dialect, lambda: "key", settings, world)
            lines.keep_warm(_ROUTE, "en")
            await lines.tried()
            idle = [await _wait(lines, interrupted=False) for _ in range(UTTERANCES)]
            behind = [await _wait(lines, interrupted=True) for _ in range(UTTERANCES // 10)]
            lines.close()
    finally:
        dialler.DIALS[Transport.WEBSOCKET] = usual
    return idle, behind


async def _wait(lines: VendorLines, *, interrupted: bool) -> _Wait:
    """Ask for a line and give it back at once, or say something on it and interrupt it; return the milliseconds until the line was there."""
    answer: asyncio.Future[tuple[_Wait, Line | Failed]] = asyncio.get_running_loop().create_future()
    request = LineRequest(
        _ROUTE, "en", UtteranceOptions(), Principal(), "stream", "utterance", time.monotonic() + 10
    )
    began, worked = time.perf_counter(), time.thread_time()

    def ready(found: Line | Failed) -> None:
        took = (time.perf_counter() - began) * 1e3, (time.thread_time() - worked) * 1e3
        answer.set_result((took, found))

    lines.acquire(request, _Nobody(), ready)
    took, line = await answer
    if isinstance(line, Failed):
        raise ConnectionError(line.message)
    if interrupted:
        line.say(0, Reading("A sentence of some words that the voice is to speak."))
        line.cancel()
    line.release(clean=True)
    if not interrupted:
        await asyncio.sleep(0)
    return took
