"""`legato`, with every collection of garbage in its processes written down, and with the collector untuned where that is asked for.

    LEGATO_BENCH_PAUSES=FILE [LEGATO_BENCH_UNTUNED=1] python -m loadtest.garbage serve --config FILE

A worker of `multiprocessing` imports the main module of its parent before anything else: so what stands here reaches it as well.
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
        pid: of the process.
        generation: 0 for the youngest objects, 2 for all.
        at_s: its end, monotonic seconds.
        cpu_s: how long it took, by the processor, which others may have had in between.
    """

    pid: int
    generation: int
    at_s: float
    cpu_s: float


def pauses(path: Path) -> Sequence[Pause]:
    """All that a file holds, those of all processes."""
    told = path.read_bytes() if path.exists() else b""
    whole = len(told) - len(told) % _RECORD.size
    return [
        Pause(pid, generation, at / 1e9, cpu / 1e9)
        for pid, generation, at, cpu in _RECORD.iter_unpack(told[:whole])
    ]


def watch(path: Path) -> _Told:
    """Writes every collection of this process to the end of a file; gives what was added to `gc.callbacks`."""
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
    """The collector stays as Python has it, whatever the gateway asks for."""
    vars(serve)["tune_collector"] = lambda: None
    gc.unfreeze()  # in a worker: what the process it was forked from has set aside


def prepare(env: Mapping[str, str]) -> None:
    """Does what is asked for."""
    if env.get(PAUSES):
        watch(Path(env[PAUSES]))
    if env.get(UNTUNED):
        leave_untuned()


prepare(os.environ)

if __name__ == "__main__":
    main()
