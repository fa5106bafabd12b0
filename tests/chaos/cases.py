"""What is rehearsed: which vendor has which fault at which moment, and how much may be lost (nothing)."""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.simulator.log import Entry

WHENEVER = ("before", "during", "between", "idle")


@dataclass(frozen=True)
class Rehearsed:
    """A vendor language as it is rehearsed.

    Args:
        dialect: its name in the configuration and in the simulator.
        scheme: ws, http (each segment is a request of its own), grpc (each run is a call of its own) or tcp.
        path: path of its URL on the simulator.
        contexts: whether several runs share a connection.
        json: whether it sends its audio as text.
        words: whether it sends word times.
        marks: whether it tells where the audio of each text ends; else it tells only the end of all.
        voice: name of a voice that it has.
    """

    dialect: str
    scheme: str
    path: str = ""
    contexts: bool = False
    json: bool = False
    words: bool = False
    marks: bool = True
    voice: str = "one"

    @property
    def http(self) -> bool:
        """Whether each segment is a request."""
        return self.scheme == "http"

    @property
    def asks(self) -> bool:
        """Whether the simulator learns which vendor a connection is for only from a request on it."""
        return self.scheme in {"http", "grpc"}


VENDORS = {
    vendor.dialect: vendor
    for vendor in (
        Rehearsed("deepgram", "ws", "/v1/speak"),
        Rehearsed("deepgram_v2", "ws", "/v2/speak"),
        Rehearsed("deepgram_rest", "http", "/v1/speak"),
        Rehearsed("elevenlabs", "ws", contexts=True, json=True, words=True),
        Rehearsed("elevenlabs_rest", "http"),
        Rehearsed("cartesia", "ws", "/tts/websocket", contexts=True, json=True, words=True),
        Rehearsed("cartesia_bytes", "http", "/tts/bytes"),
        Rehearsed("openai", "http", "/v1"),
        Rehearsed("wyoming", "tcp", voice="simulated"),
        Rehearsed("riva", "grpc", marks=False),
        Rehearsed("google", "grpc", marks=False),
    )
}


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault.

    Args:
        do: the fault, as in the simulator's script.
        moments: moments at which it is rehearsed.
        only: trait of the vendors that it is rehearsed with; all of them by default.
        lasting: whether it lasts as long as the case does.
    """

    do: Any
    moments: tuple[str, ...] = WHENEVER
    only: str = ""
    lasting: bool = False


FAULTS = {
    "reset": FaultKind("reset"),
    "eof": FaultKind("eof"),
    "half_open": FaultKind("half_open"),
    "close 1011": FaultKind({"close": 1011, "reason": "NET-0000"}, only="closes"),
    "stall": FaultKind("stall", ("before", "during", "between")),
    "drip": FaultKind({"drip_bytes_per_s": 200}, ("before", "during")),
    "silence": FaultKind("silence", ("before",)),
    "slow start": FaultKind({"delay_ms": 5_000}, ("before",)),
    "odd bytes": FaultKind("odd_bytes", ("before", "during")),
    "truncated JSON": FaultKind("truncate_json", ("during",), only="json"),
    "quota": FaultKind({"error": "vendor_quota"}, ("before", "during", "between")),
    "unavailable": FaultKind({"error": "vendor_unreachable"}, ("before", "during", "between"), only="grpc"),
    "context limit": FaultKind("context_limit", ("before",), only="contexts"),
    "401": FaultKind({"http": 401}, ("before",), only="dialled", lasting=True),
    "402": FaultKind({"http": 402}, ("before",), only="dialled", lasting=True),
    "403": FaultKind({"http": 403}, ("before",), only="dialled", lasting=True),
    "429": FaultKind({"http": 429, "retry_after_s": 2}, ("before",), only="dialled", lasting=True),
    "500": FaultKind({"http": 500}, ("before",), only="dialled", lasting=True),
    "503": FaultKind({"http": 503}, ("before",), only="dialled", lasting=True),
    "refused dial": FaultKind("refuse", ("before",), only="dialled", lasting=True),
    "late words": FaultKind({"words": "late"}, ("before",), only="words"),
    "absent words": FaultKind({"words": "absent"}, ("before",), only="words"),
    "outage": FaultKind({"down_ms": 1_500}, ("during", "idle")),
}


@dataclass(frozen=True)
class Case:
    """One cell of the matrix with its seed; or a fault exactly on its `cue`, which is a `When` of the simulator's script."""

    vendor: str
    fault: str
    moment: str
    seed: int
    cue: tuple[tuple[str, Any], ...] = ()
    sentences: int = 3

    @property
    def name(self) -> str:
        return " ".join(
            map(str, (self.vendor, self.fault, self.moment, self.seed, *(value for _, value in self.cue)))
        )

    @property
    def from_the_start(self) -> bool:
        """Whether the fault is there before anything is spoken; else an utterance without it comes first."""
        return self.moment == "idle" or FAULTS[self.fault].only == "dialled"

    def when(self) -> dict[str, Any]:
        """Return the moment, for the simulator's script."""
        if self.cue:
            return dict(self.cue)
        chance = random.Random(self.name)
        kind = FAULTS[self.fault]
        if kind.only == "dialled":
            return {"at": "dial"}
        if self.fault == "context limit":
            return {"at": "begin"}
        if self.moment == "before":
            return {"at": "first_byte"}
        if self.moment == "between":
            return {"at": "segment", "value": 1}
        if self.moment == "idle":
            return {"at": "idle", "value": 150}
        if VENDORS[self.vendor].http:  # each segment is an utterance there
            return {"at": "ms", "value": chance.randint(50, 500)}
        return chance.choice(
            [{"at": "ms", "value": chance.randint(50, 1_400)}, {"at": "word", "value": chance.randint(1, 6)}]
        )

    def fired(self, faults: Sequence[Entry]) -> bool:
        """Whether the fault fired at its moment, according to the simulator's log."""
        return any(fault.moment == self.when()["at"] for fault in faults)

    def faults(self) -> list[dict[str, Any]]:
        """Return the vendor's faults, for the simulator's script."""
        kind = FAULTS[self.fault]
        return [{"when": self.when(), "do": kind.do, "times": 0 if kind.lasting else 1}]


def fits(vendor: Rehearsed, kind: FaultKind, moment: str) -> bool:
    """Whether there is such a cell."""
    if vendor.http and moment == "between":
        return False  # each segment is a request of its own
    return {
        "": True,
        "closes": vendor.scheme in {"ws", "grpc"},
        "grpc": vendor.scheme == "grpc",
        "json": vendor.json,
        "contexts": vendor.contexts,
        "words": vendor.words,
        "dialled": not (vendor.scheme == "tcp" and isinstance(kind.do, dict)),
    }[kind.only]


def matrix(
    seeds: int,
    vendors: tuple[str, ...] = (),
    faults: tuple[str, ...] = (),
    moments: tuple[str, ...] = (),
) -> Iterator[Case]:
    """Yield every distinct cell once for each seed; only those of the vendors, faults and moments that are named, if any are."""
    for vendor, (name, kind), seed in itertools.product(VENDORS.values(), FAULTS.items(), range(seeds)):
        if (vendors and vendor.dialect not in vendors) or (faults and name not in faults):
            continue
        for moment in kind.moments:
            if moments and moment not in moments:
                continue
            if fits(vendor, kind, moment):
                yield Case(vendor.dialect, name, moment, seed)
