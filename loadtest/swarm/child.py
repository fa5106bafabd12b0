"""The process that speaks: asyncio on uvloop, beside Locust, whose gevent would add 60 ms to every figure.

    python -m loadtest.swarm.child PLAN

It reads commands, a JSON line each, and writes records (`records.py`) to the plan's file and to its standard output:

    {"begin": true}                    start the plan's clock
    {"start": 7, "kind": "gRPC"}       caller 7 comes
    {"stop": 7}                        caller 7 finishes what it began, and goes
    {"finish": true}                   all callers do, then the process ends; so does the end of its input
"""

import asyncio
import contextlib
import json
import random
import resource
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Any

import uvloop

from legato_client import Speech, Tuning, connect
from legato_client.address import parse_address
from legato_client.backoff import Retry
from legato_client.grpc_wire import open_channel
from loadtest.swarm.plan import Plan
from loadtest.swarm.records import Beat, Kind, TurnRecord, line_of
from loadtest.swarm.speak_call import spoken_by
from loadtest.swarm.talkers import SpeakTalker, StreamTalker, Talker
from loadtest.swarm.times import Times
from loadtest.swarm.turns import Habits, turns

TICK_S = 0.01
"""How often the lag of the loop is measured."""
BEAT_S = 1.0
LEAVE_S = 20.0
"""How long callers may take to finish; after that they are abandoned."""
_TUNING = Tuning(max_lead_ms=-1, retry=Retry(attempts=1))
"""The end-to-end time is defined without a bound on the lead; and a refusal is to be counted, not waited out."""


class Crowd:
    """All callers.

    Args:
        plan: what the run is, and which gateway they call.
        write: takes the lines of the records.
        clock: returns monotonic seconds.
        make: makes a caller of this kind and number; for tests.
    """

    def __init__(
        self,
        plan: Plan,
        write: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        make: Callable[["Crowd", Kind, int], Talker] | None = None,
    ) -> None:
        self.plan = plan
        self.times = Times(clock(), clock)
        self.finished = asyncio.Event()
        self._write = write
        self.clock = clock
        self._make = make or talker
        self._talkers: dict[int, Talker] = {}
        self._streams: set[Talker] = set()

    @property
    def streams(self) -> int:
        """Number of streams that are open now."""
        return sum(talker.streams for talker in self._streams)

    def told(self, record: TurnRecord | Beat) -> None:
        """Write a record."""
        self._write(line_of(record))

    def obey(self, command: dict[str, Any], tasks: asyncio.TaskGroup) -> None:
        """Obey a command from Locust."""
        match command:
            case {"begin": _}:
                self.times = Times(self.clock(), self.clock)
                self._write(line_of(self.times.begun))
            case {"start": int(number), "kind": str(kind)}:
                self._talkers[number] = self._make(self, Kind(kind), number)
                tasks.create_task(self._talk(self._talkers[number]), name=f"caller-{number}")
            case {"stop": int(number)} if number in self._talkers:
                self._talkers.pop(number).stop()
            case {"finish": _}:
                self.finished.set()

    def stop(self) -> None:
        """Let all callers finish."""
        for one in self._talkers.values():
            one.stop()

    async def _talk(self, one: Talker) -> None:
        self._streams.add(one)
        try:
            await one.talk()
        finally:
            self._streams.discard(one)


def talker(crowd: Crowd, kind: Kind, number: int) -> Talker:
    """Return a caller of the plan's gateway."""
    plan, times = crowd.plan, crowd.times
    plays = turns(times.now(), random.Random(f"{plan.seed}/{number}"), Habits())
    if kind is Kind.SPEAK and plan.grpc:
        address = parse_address(plan.grpc)
        channel = open_channel(address, None)
        return SpeakTalker(
            lambda text: spoken_by(channel, address, plan.key, plan.voice, text), plays, times, crowd.told
        )
    url = plan.grpc if kind is Kind.GRPC and plan.grpc else plan.websocket
    return StreamTalker(kind, lambda: _stream(plan, url), plays, times, crowd.told)


@contextlib.asynccontextmanager
async def _stream(plan: Plan, url: str) -> AsyncIterator[Speech]:
    async with connect(url, key=plan.key, voice=plan.voice, tuning=_TUNING) as speech:
        yield speech


async def beat(crowd: Crowd) -> None:
    """Record once a second how late the loop was, and how much CPU the process used."""
    lag_s, since, cpu_s, next_at = 0.0, crowd.clock(), _cpu_s(), crowd.clock()
    while True:
        next_at += TICK_S
        await asyncio.sleep(next_at - crowd.clock())
        now = crowd.clock()
        lag_s, next_at = max(lag_s, now - next_at), max(now, next_at)
        if now - since >= BEAT_S:
            used_s = _cpu_s()
            crowd.told(Beat(crowd.times.now(), crowd.streams, lag_s, (used_s - cpu_s) / (now - since)))
            lag_s, since, cpu_s = 0.0, now, used_s


async def obeyed(crowd: Crowd, commands: asyncio.StreamReader) -> None:
    """Obey commands until the end, then let all callers finish."""
    async with asyncio.TaskGroup() as tasks:
        beats = tasks.create_task(beat(crowd), name="beat")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None) as patience, asyncio.TaskGroup() as callers:
                while not crowd.finished.is_set() and (line := await commands.readline()):
                    crowd.obey(json.loads(line), callers)
                crowd.stop()
                patience.reschedule(asyncio.get_running_loop().time() + LEAVE_S)
        beats.cancel()


async def run(plan: Plan, given: IO[Any], shown: Callable[[str], object]) -> None:
    """Run the whole plan.

    Args:
        plan: what is to be done.
        given: pipe with the commands.
        shown: takes the lines that are also written to the plan's file.
    """
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), given)
    with contextlib.closing(_opened(plan)) as file:

        def write(line: str) -> None:
            file.write(line)
            shown(line)

        await obeyed(Crowd(plan, write), commands)


def _opened(plan: Plan) -> IO[str]:
    # Line by line: a run that is stopped is reported from what is in the file then.
    return Path(plan.records).open("w", encoding="utf-8", buffering=1)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _show(line: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(line)
        sys.stdout.flush()


def main() -> None:
    """Run the command."""
    plan = Plan.read(Path(sys.argv[1]))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(plan, sys.stdin, _show))


if __name__ == "__main__":
    main()
