"""What a message from a gRPC vendor costs: our wire beside the one of grpc.aio that it replaced, in turns, with the fake vendor on a core of its own.

    python -m loadtest.bench lines [--quick]

The vendor sends 20 ms of audio at a time, four times as fast as it is heard, on 1, 100 and 300 calls at once, each on a connection of its
own. How late a message is counts from when it was due at the vendor until it is in Python's hands. The process does nothing else.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from loadtest.children import Child, ChildError, Order, cores, free_ports
from loadtest.columns import Column, lines
from loadtest.contenders import FOLDER, NATIVE, ROOT
from loadtest.rows import Row
from loadtest.targets import Target, verdicts

OURS, THEIRS = "h2", "grpc.aio"
MOST = 0.67
"""The target: our CPU for a message, as a part of theirs."""
CALLS = (1, 100, 300)
AUDIO_MS, QUICK_AUDIO_MS = 6_000, 2_000
ROUNDS, QUICK_ROUNDS = 5, 2
_PATIENCE_S = 120
Run = Mapping[str, float]
COLUMNS: Sequence[Column[Run]] = (
    Column("CPU a message", "us", lambda run: run["cpu_us"]),
    Column("late p50", "ms", lambda run: run["p50_ms"]),
    Column("late p99", "ms", lambda run: run["p99_ms"]),
    Column("took", "s", lambda run: run["wall_s"]),
)


def rows(*, quick: bool) -> Iterator[Row | str]:
    """Yield the table as lines, and each of its figures as a row."""
    vendor = NATIVE / "vendor"
    if not vendor.is_file():
        yield "  skipped: this benchmark needs the fake vendor (make -C loadtest/native)"
        return
    core, *others = map(str, cores())
    ws, port = free_ports(2)
    order = Order((str(vendor), str(ws), str(port)), others[0] if others else core, (ws, port))
    try:
        with Child(order, FOLDER / "lines-vendor.log"):
            yield from compared(port, core, quick=quick)
    except ChildError as error:
        yield f"  skipped: {error}"


def compared(port: int, core: str, *, quick: bool) -> Iterator[Row | str]:
    """Run both in turns; which comes first alternates from round to round."""
    rounds, audio_ms = (QUICK_ROUNDS, QUICK_AUDIO_MS) if quick else (ROUNDS, AUDIO_MS)
    targets = []
    for calls in CALLS:
        runs: dict[str, list[Run]] = {OURS: [], THEIRS: []}
        for number in range(rounds):
            for wire in (OURS, THEIRS) if number % 2 == 0 else (THEIRS, OURS):
                runs[wire].append(asked(wire, port, core, calls, audio_ms))
        yield from lines({f"{calls} calls, {wire}": each for wire, each in runs.items()}, COLUMNS, _no_mark)
        if calls > 1:  # the messages of a single call are too few for a verdict
            targets.append(ratio(calls, runs[OURS], runs[THEIRS]))
    yield from verdicts(targets)


def asked(wire: str, port: int, core: str, calls: int, audio_ms: int) -> Run:
    """Run the calls in a process of their own.

    Raises:
        ChildError: it failed.
    """
    given = (wire, str(port), str(calls), str(audio_ms))
    command = ["taskset", "--cpu-list", core, sys.executable, "-m", "loadtest.vendor_calls", *given]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    if done.returncode:
        raise ChildError(f"{calls} calls of {wire} failed: {done.stderr.strip()[-300:]}")
    told: Run = json.loads(done.stdout)
    return told


def ratio(calls: int, ours: Sequence[Run], theirs: Sequence[Run]) -> Target:
    """Return the target with the median, over the rounds, of our CPU for a message divided by theirs."""
    ratios = [one["cpu_us"] / other["cpu_us"] for one, other in zip(ours, theirs, strict=True)]
    note = "by rounds " + ", ".join(f"{each:.2f}" for each in ratios)
    return Target(
        f"CPU a message, {calls} calls: {OURS} beside {THEIRS}", MOST, statistics.median(ratios), "x", note
    )


def _no_mark(_: Run) -> str:
    return ""
