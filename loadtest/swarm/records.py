"""What the generator records, a JSON line each: how every turn went, and how the generator itself was doing.

{"begin": 1234.5}   monotonic seconds at which the plan's clock began; all other times are on that clock
{"turn": {…}}       a turn that is over
{"beat": {…}}       the generator, once a second
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from loadtest.swarm.turns import Shape


class Kind(StrEnum):
    """How a caller connects."""

    GRPC = "gRPC"
    WEBSOCKET = "WebSocket"
    SPEAK = "Speak"


class Outcome(StrEnum):
    """How a turn ended."""

    SPOKEN = "spoken"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn that is over. Times in seconds; `None` for what did not happen.

    Args:
        due_s: when it was due.
        kind: how its caller connected.
        shape: how its text came.
        outcome: how it ended.
        error: the reason why it failed; empty if it did not.
        late_s: due -> begun: how late the generator itself was.
        first_audio_s: due -> first audio read.
        end_to_end_s: last text due -> last audio read, for a turn that was spoken to its end.
        ttfb_speakable_s: first speakable segment known -> first audio written, from the gateway's receipt.
        cancel_s: the caller's cancel -> its answer.
        audio_s: length of the audio that came.
        queued: whether it waited behind an earlier turn of its stream.
    """

    due_s: float
    kind: Kind
    shape: Shape
    outcome: Outcome
    error: str = ""
    late_s: float = 0.0
    first_audio_s: float | None = None
    end_to_end_s: float | None = None
    ttfb_speakable_s: float | None = None
    cancel_s: float | None = None
    audio_s: float = 0.0
    queued: bool = False

    @property
    def failed(self) -> bool:
        """Whether the turn counts against the gateway."""
        return self.outcome is Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Beat:
    """The generator in one second.

    Args:
        at_s: when this was recorded.
        streams: number of open streams, on gRPC and on WebSockets.
        lag_s: the worst lag of its loop.
        cpu: cores that it used.
    """

    at_s: float
    streams: int
    lag_s: float
    cpu: float


@dataclass(slots=True)
class Records:
    """All records of a run.

    Args:
        begun_s: monotonic seconds at which it began; `None` before that.
        turns: turns in the order in which they ended.
        beats: beats in order.
    """

    begun_s: float | None = None
    turns: list[TurnRecord] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)

    def take(self, line: str) -> TurnRecord | Beat | None:
        """Add the record of a line, and return it."""
        told = json.loads(line)
        if "turn" in told:
            self.turns.append(_turn(told["turn"]))
            return self.turns[-1]
        if "beat" in told:
            self.beats.append(Beat(**told["beat"]))
            return self.beats[-1]
        self.begun_s = told["begin"]
        return None

    @classmethod
    def read(cls, path: Path) -> "Records":
        """Read all records of a file; the last line may have been cut off."""
        records = cls()
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for line in _whole(text.splitlines(keepends=True)):
            records.take(line)
        return records


def line_of(record: TurnRecord | Beat | float) -> str:
    """Return a record as a line; a number is the beginning of the plan's clock."""
    match record:
        case TurnRecord():
            return json.dumps({"turn": asdict(record)}) + "\n"
        case Beat():
            return json.dumps({"beat": asdict(record)}) + "\n"
    return json.dumps({"begin": record}) + "\n"


def _turn(told: dict[str, Any]) -> TurnRecord:
    named = {
        "kind": Kind(told["kind"]),
        "shape": Shape(told["shape"]),
        "outcome": Outcome(told["outcome"]),
    }
    return TurnRecord(**{**told, **named})


def _whole(lines: Iterable[str]) -> Iterable[str]:
    return (line for line in lines if line.endswith("\n"))
