"""R23 upstream: streams that are opened and killed at any moment leave nothing behind: no line, no task, no file, no buffer.

`LEGATO_KILLED_STREAMS` sets how many; the whole count is for `make soak`.
"""

import asyncio
import contextlib
import gc
import os
import random
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from gateway.app.simulation import simulator
from gateway.simulator.log import Saw
from gateway.simulator.script import Script
from gateway.upstream.connection import Connection
from gateway.upstream.lease import Lease
from gateway.upstream.line import LeasedLine
from legato.audio.pipe import Pipe
from legato.core.utterance import Utterance
from legato_client import connect
from tests.chaos.stage import FORMAT, HEALTHY, coded_text, configuration, gateway, provider

STREAMS = int(os.environ.get("LEGATO_KILLED_STREAMS", "96"))
pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(120 + STREAMS)]

WIDTH = 8
WARM = 48
CEILING = 12
OWNED = (Connection, Lease, LeasedLine, Pipe, Utterance)
"""What a stream has upstream."""
_TABLES_BYTES = 120_000
"""Of the words that streams are made of: three hundred bytes for each of four hundred, whoever says it first."""
_BYTES_A_STREAM = 2_000
"""What tables of words and of figures grow by; one buffer, or one utterance, that stays would be more."""
_GATEWAY = tuple(
    tracemalloc.Filter(inclusive=True, filename_pattern=f"*/{room}/*")
    for room in ("src/legato", "gateway/session", "gateway/upstream", "gateway/servers")
)
"""The simulator is in this process as well: its log and its tones are not the gateway's."""
_SETTLED_S = 10.0


async def killed(url, number):
    """One stream that speaks, and is gone at any moment: while it connects, waits, hears, or writes."""
    chance = random.Random(number)
    after = chance.choice(["connect", "sound", "any"])
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(chance.uniform(0, 0.1) if after == "connect" else 20) as life:
            async with connect(url, voice="voice", audio_format=FORMAT) as speech:
                async for _ in speech.say(coded_text(chance)):
                    if after == "sound":
                        return
                    life.reschedule(
                        min(life.when(), asyncio.get_running_loop().time() + chance.uniform(0, 0.5))
                    )


async def many(url, numbers):
    left = iter(numbers)

    async def slot():
        for number in left:
            await killed(url, number)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(WIDTH):
            tasks.create_task(slot())


def counted():
    """Of each kind, how many objects there are."""
    gc.collect()
    return Counter(kind.__name__ for one in gc.get_objects() for kind in OWNED if type(one) is kind)


def held_bytes():
    """That the gateway's own code has allocated and not freed."""
    gc.collect()
    return sum(
        stat.size for stat in tracemalloc.take_snapshot().filter_traces(_GATEWAY).statistics("filename")
    )


def files():
    return len(list(Path("/proc/self/fd").iterdir()))


async def settled():
    """No utterance is under way: what is left, and how many tasks and files."""
    async with asyncio.timeout(_SETTLED_S):
        while True:
            found = counted()
            if found["LeasedLine"] + found["Lease"] + found["Utterance"] == 0:
                return found, len(asyncio.all_tasks()), files()
            await asyncio.sleep(0.1)  # vendors confirm cancels in their own time


@pytest.mark.parametrize(("dialect", "share"), [("cartesia", 1), ("deepgram", 1), ("openai", 2)])
async def test_r23_streams_that_are_killed_at_any_moment_leave_nothing_behind(dialect, share):
    streams = STREAMS // share
    providers_pool = {"floor": 2, "ceiling": CEILING, "spare": 1}
    routes = [{"provider": "first", "voice": "one"}]
    async with simulator([dialect], Script.model_validate(HEALTHY), seed=1) as vendor:
        first = provider(dialect, vendor, pool=providers_pool)
        voices = {"voice": {"language": "en", "routes": routes}}
        async with gateway(configuration({"first": first}, voices)) as url:
            await many(url, range(WARM))
            before, tasks_before, files_before = await settled()
            tracemalloc.start()
            bytes_before = held_bytes()
            try:
                await many(url, range(WARM, WARM + streams))
                after, tasks_after, files_after = await settled()
                bytes_after = held_bytes()
            finally:
                tracemalloc.stop()
        assert vendor.log.count(Saw.BEGUN) > (WARM + streams) // 2, "most were killed while they spoke"
    assert after["Pipe"] <= before["Pipe"]
    assert after["Connection"] <= CEILING
    assert tasks_after <= tasks_before + 2 * CEILING, (
        "a task or two for each line that is kept, none for a stream"
    )
    assert files_after <= files_before + 4 * CEILING
    grown = bytes_after - bytes_before
    assert grown <= _TABLES_BYTES + streams * _BYTES_A_STREAM, f"{grown} bytes by {streams} streams"
