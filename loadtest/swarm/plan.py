"""What the processes of a run must know, handed from one to the next as a JSON file."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from loadtest.swarm.scenarios import SCENARIOS, Scenario
from loadtest.swarm.verdict import Targets

ENV = "LEGATO_LOAD_PLAN"
"""The environment variable that names the file."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A run.

    Args:
        scenario: its name.
        streams: number of streams.
        minutes: how long it lasts.
        websocket: address of the gateway's WebSocket.
        grpc: address of its gRPC; empty for a gateway that is reached by WebSocket alone.
        voice: name of the voice; empty for the gateway's default.
        key: API key; empty for none.
        seed: seed of all random choices.
        records: file for the records.
        targets: what must hold.
    """

    scenario: str
    streams: int
    minutes: float
    websocket: str
    grpc: str
    voice: str = ""
    key: str = field(default="", repr=False)
    seed: int = 1
    records: str = ""
    targets: Targets = field(default_factory=Targets)

    def timetable(self) -> Scenario:
        """Return the scenario with its stages."""
        make, _ = SCENARIOS[self.scenario]
        return make(self.streams, self.minutes)

    def write(self, path: Path) -> None:
        """Write the plan for the next process; no other user may read it, since it may hold a key."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """Read what `write` has written."""
        told = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**told, "targets": Targets(**told["targets"])})
