"""`legato`, with every garbage collection in its processes recorded, and on request with the collector left untuned.

    LEGATO_BENCH_PAUSES=FILE [LEGATO_BENCH_UNTUNED=1] python -m loadtest.garbage serve --config FILE

A worker of `multiprocessing` imports the main module of its parent before anything else, so this module takes effect in workers too.
"""

import gc
import os
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.app import serve
from gateway.app.cli import main

PAUSES = "LEGATO_BENCH_PAUSES"
UNTUNED = "LEGATO_BENCH_UNTUNED"
_RECORD = struct.Struct("<iiqq")
_Told = Callable[[str, dict[str, int]], None]


@dataclass(frozen=True, slots=True)
class Pause:
    """A collection, during which its process does nothing else.

    Args:
        pid: id of the process.
        generation: 0 for the youngest objects, 2 for all.
        at_s: its end, monotonic seconds.
        cpu_s: CPU time that it took; wall time may be longer, if others had the core in between.
    """

    pid: int
    generation: int
    at_s: float
    cpu_s: float


def pauses(path: Path) -> Sequence[Pause]:
    """Return all pauses in a file, those of all processes."""
    told = path.read_bytes() if path.exists() else b""
    whole = len(told) - len(told) % _RECORD.size
    return [
        Pause(pid, generation, at / 1e9, cpu / 1e9)
        for pid, generation, at, cpu in _RECORD.iter_unpack(told[:whole])
    ]


def watch(path: Path) -> _Told:
    """Append every collection of this process to a file; return the callback that was added to `gc.callbacks`."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    began = 0

    def told(phase: str, info: dict[str, int]) -> None:
        nonlocal began
        now = time.thread_time_ns()
        if phase == "start":
            began = now
            return
        os.write(file, _RECORD.pack(os.getpid(), info["generation"], time.monotonic_ns(), now - began))

    gc.callbacks.append(told)
    return told


def leave_untuned() -> None:
    """Leave the collector at Python's defaults, whatever the gateway asks for."""
    vars(serve)["tune_collector"] = lambda: None
    gc.unfreeze()  # in a worker: objects that the process it was forked from has frozen


def prepare(env: Mapping[str, str]) -> None:
    """Do what the environment asks for."""
    if env.get(PAUSES):
        watch(Path(env[PAUSES]))
    if env.get(UNTUNED):
        leave_untuned()


prepare(os.environ)

if __name__ == "__main__":
    main()
