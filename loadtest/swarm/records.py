"""What the generator writes down, a JSON line each: how every turn went, and how it was doing itself.

{"begin": 1234.5}   monotonic seconds at which the plan's clock began; all others are on that clock
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
    """How a caller comes in."""

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
    """A turn that is over. Seconds; `None` for what did not happen.

    Args:
        due_s: when it was due.
        kind: how its caller came in.
        shape: how its text came.
        outcome: how it ended.
        error: of one that failed: the reason.
        late_s: due -> begun; what the generator itself was late.
        first_audio_s: due -> first audio read.
        end_to_end_s: last text due -> last audio read, of one that was spoken to its end.
        ttfb_speakable_s: first speakable segment known -> first audio written, by the gateway's receipt.
        cancel_s: the caller's cancel -> its answer.
        audio_s: sound that came.
        queued: it waited behind an earlier one of its stream.
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
        """It counts against the gateway."""
        return self.outcome is Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Beat:
    """The generator in one second.

    Args:
        at_s: when it was told.
        streams: those that were open, of gRPC and of WebSocket.
        lag_s: by how much its loop was late at worst.
        cpu: cores it has used.
    """

    at_s: float
    streams: int
    lag_s: float
    cpu: float


@dataclass(slots=True)
class Records:
    """All of a run.

    Args:
        begun_s: monotonic seconds at which it began; `None` before.
        turns: in the order in which they ended.
        beats: in order.
    """

    begun_s: float | None = None
    turns: list[TurnRecord] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)

    def take(self, line: str) -> TurnRecord | Beat | None:
        """Adds what a line says, and gives it back."""
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
        """All that a file holds; the last line may have been cut off."""
        records = cls()
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for line in _whole(text.splitlines(keepends=True)):
            records.take(line)
        return records


def line_of(record: TurnRecord | Beat | float) -> str:
    """A record as a line; a number is the beginning."""
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
