"""The process that speaks, on virtual time: it does what it is told, and tells how it is."""

import asyncio
import contextlib
import json
import os
from dataclasses import replace
from pathlib import Path

from loadtest.swarm.child import Crowd, beat, obeyed, run
from loadtest.swarm.plan import Plan
from loadtest.swarm.records import Kind, Records
from tests.loadtest.swarm.turns_made import turn
from tests.virtual_time import played

PLAN = Plan("steady", 1, 1.0, "ws://127.0.0.1:1", "grpc://127.0.0.1:2")


class Caller:
    streams = 1

    def __init__(self, crowd, kind):
        self.kind = kind
        self._crowd = crowd
        self._stopped = asyncio.Event()

    async def talk(self):
        await self._stopped.wait()
        await asyncio.sleep(0.5)
        self._crowd.told(turn(1.0, kind=self.kind))

    def stop(self):
        self._stopped.set()


def obeying(*commands):
    """Records of a crowd that is told these, one a second."""
    records = Records()
    open_streams = []

    async def play():
        loop = asyncio.get_running_loop()
        crowd = Crowd(PLAN, records.take, loop.time, lambda crowd, kind, _: Caller(crowd, kind))
        reader = asyncio.StreamReader()

        async def tell():
            for command in commands:
                reader.feed_data(json.dumps(command).encode() + b"\n")
                await asyncio.sleep(1)
                open_streams.append(crowd.streams)
            reader.feed_eof()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(tell())
            tasks.create_task(obeyed(crowd, reader))

    played(play)
    return records, open_streams


def test_callers_come_and_go_as_they_are_told():
    records, streams = obeying(
        {"begin": True},
        {"start": 1, "kind": "gRPC"},
        {"start": 2, "kind": "Speak"},
        {"stop": 1},
        {"stop": 9},
        {"finish": True},
    )
    assert records.begun_s is not None
    assert streams == [0, 1, 2, 1, 1, 0]
    assert [one.kind for one in records.turns] == [Kind.GRPC, Kind.SPEAK]


def test_the_end_of_its_input_is_the_end_of_all_callers():
    records, _ = obeying({"begin": True}, {"start": 1, "kind": "WebSocket"})
    assert [one.kind for one in records.turns] == [Kind.WEBSOCKET]


async def test_a_record_is_in_the_file_as_soon_as_it_is_told(tmp_path):
    """A run that was stopped lost its last eight kilobytes of records: of a few callers, half a minute."""
    plan = replace(PLAN, records=str(tmp_path / "records.jsonl"))
    found = []
    read, write = os.pipe()
    os.write(write, b'{"begin": true}\n')
    os.close(write)
    with os.fdopen(read) as given:
        await run(plan, given, lambda _: found.append(Records.read(Path(plan.records)).begun_s))
    assert found[0] is not None


def test_it_tells_once_a_second_how_it_is_and_how_late_its_loop_was():
    records = Records()

    async def play():
        loop = asyncio.get_running_loop()
        crowd = Crowd(PLAN, records.take, loop.time, make=lambda *_: None)
        loop.call_at(1.5, loop.stand_still, 0.2)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(3.5):
                await beat(crowd)

    played(play)
    assert [round(one.at_s) for one in records.beats] == [1, 2, 3]
    assert [one.streams for one in records.beats] == [0, 0, 0]
    assert [round(one.lag_s, 1) for one in records.beats] == [0.0, 0.2, 0.0]
    assert all(one.cpu >= 0 for one in records.beats)
