"""What Locust runs, always in a process of its own: users, shape, statistics. All I/O is done by its child (`child.py`).

LEGATO_LOAD_PLAN=var/loadtest/plan.json locust -f loadtest/swarm/locustfile.py
"""

import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]  # ships no types
from locust import LoadTestShape, User, events, task
from locust.env import Environment

from loadtest.swarm.handover import requests_of
from loadtest.swarm.plan import ENV, Plan
from loadtest.swarm.records import Kind, Records, TurnRecord
from loadtest.swarm.scenarios import speakers
from loadtest.swarm.timetable import Timetable

PLAN_FILE = os.environ[ENV]
PLAN = Plan.read(Path(PLAN_FILE))
RECORDS = Records()
NUMBERS = itertools.count(1)
LEAVE_S = 25


class Child:
    """The process that speaks."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "loadtest.swarm.child", PLAN_FILE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader: Any = None

    def tell(self, **command: object) -> None:
        """Send it a command."""
        assert self._process.stdin is not None, "it was asked for"
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def hear(self, environment: Environment) -> None:
        """Hand over its records to Locust for as long as it writes them."""
        self._reader = gevent.spawn(self._read, environment)

    def finish(self) -> None:
        """Let it finish, and wait for it."""
        self.tell(finish=True)
        self._reader.join(LEAVE_S)
        self._process.terminate()
        self._process.wait()

    def _read(self, environment: Environment) -> None:
        assert self._process.stdout is not None, "it was asked for"
        for line in self._process.stdout:
            record = RECORDS.take(line)
            if isinstance(record, TurnRecord):
                for request in requests_of(record):
                    environment.events.request.fire(**request)  # type: ignore[no-untyped-call]  # Locust's own


class Caller(User):
    """A caller: comes and goes as Locust says, and speaks in the child."""

    abstract = True
    kind: Kind

    def on_start(self) -> None:
        """Come."""
        self.number = next(NUMBERS)
        _children[0].tell(start=self.number, kind=self.kind)

    def on_stop(self) -> None:
        """Go."""
        _children[0].tell(stop=self.number)

    @task
    def be_there(self) -> None:
        """Wait until Locust ends the user."""
        gevent.sleep(0.5)


class GrpcCaller(Caller):
    """A caller on gRPC's `Stream`."""

    kind = Kind.GRPC


class WebSocketCaller(Caller):
    """A caller on a WebSocket."""

    kind = Kind.WEBSOCKET


class SpeakCaller(Caller):
    """A caller that calls `Speak` for each turn."""

    kind = Kind.SPEAK
    fixed_count = speakers(PLAN.streams)
    """Exactly this many, and they come first: with a weight they would now and then take the place of a stream."""


class Scenario(LoadTestShape):
    """The plan's scenario."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Locust's own
        self._timetable = Timetable(PLAN.timetable(), PLAN.targets, RECORDS, speakers(PLAN.streams))

    def tick(self) -> tuple[int, float] | None:
        """Return how many callers there are to be now, by the clock of the child."""
        begun_s = RECORDS.begun_s
        return self._timetable.tick(0.0 if begun_s is None else time.monotonic() - begun_s)


_children: list[Child] = []


@events.test_start.add_listener  # type: ignore[untyped-decorator]  # Locust's own
def begin(environment: Environment, **_: object) -> None:
    """Start the child."""
    _children[:] = [Child()]
    _children[0].hear(environment)
    _children[0].tell(begin=True)


@events.test_stop.add_listener  # type: ignore[untyped-decorator]  # Locust's own
def finish(**_: object) -> None:
    """Let the child finish."""
    _children[0].finish()
