"""Runs benchmarks, one after the other, and prints their figures. `make bench`.

    python -m loadtest.bench [NAME ...] [--json] [--quick]

A benchmark is an entry of `BENCHMARKS`: its name, what it measures, and the function that yields its rows.
"""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from types import FrameType

from loadtest import (
    collector,
    micro_acquire,
    micro_audio,
    micro_faces,
    micro_parts,
    micro_relay,
    micro_text,
    plots,
    relay,
    shares,
    turns,
    vendor_lines,
    voices,
    workers,
)
from loadtest.machine import machine
from loadtest.rows import Row, table


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark.

    Args:
        about: what it measures.
        rows: measures it; if it also yields lines of text, those are the table.
        quick: a shorter version of `rows`, if there is one.
        asked: whether it runs only when it is named, not among all.
    """

    about: str
    rows: Callable[[], Iterable[Row | str]]
    quick: Callable[[], Iterable[Row | str]] | None = None
    asked: bool = False


BENCHMARKS = {
    "audio": Benchmark("the audio path, for 20 ms of audio", micro_audio.rows),
    "text": Benchmark("the text front end, for a token of four characters", micro_text.rows),
    "faces": Benchmark("the native contract, for a message", micro_faces.rows),
    "voices": Benchmark("the local voices", voices.rows),
    "chunk": Benchmark("what a chunk costs within the gateway, without sockets", micro_relay.rows),
    "parts": Benchmark("each step of a chunk's path by itself, without sockets", micro_parts.rows),
    "shares": Benchmark(
        "what uses the CPU of an utterance: the text front end, the chunk sizer, the rest", shares.rows
    ),
    "acquire": Benchmark("how long a run waits for a warm line (R2: p99 under 2 ms)", micro_acquire.rows),
    "relay": Benchmark(
        "what the gateway adds, compared with nginx and Envoy; 20 minutes, with --quick 3",
        partial(relay.rows, quick=False),
        partial(relay.rows, quick=True),
    ),
    "turns": Benchmark(
        "what an utterance costs, and what each second of it costs; 12 minutes, with --quick 1",
        partial(turns.rows, quick=False),
        partial(turns.rows, quick=True),
        asked=True,
    ),
    "workers": Benchmark(
        "CPU per stream, two workers compared with one process; 4 minutes, with --quick 1",
        partial(workers.rows, quick=False),
        partial(workers.rows, quick=True),
        asked=True,
    ),
    "lines": Benchmark(
        "what a message from a gRPC vendor costs, compared with grpc.aio; 1 minute",
        partial(vendor_lines.rows, quick=False),
        partial(vendor_lines.rows, quick=True),
        asked=True,
    ),
    "collector": Benchmark(
        "what garbage collection costs, tuned and untuned; 5 minutes, with --quick 2",
        partial(collector.rows, quick=False),
        partial(collector.rows, quick=True),
        asked=True,
    ),
    "plots": Benchmark(
        "docs/figures, drawn from the results of the last `relay`", plots.rows, plots.quick_rows, asked=True
    ),
}


def main(given: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m loadtest.bench", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"benchmarks to run, from {', '.join(BENCHMARKS)} (default: all up to relay)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument(
        "--quick", action="store_true", help="run the short version of benchmarks that have one"
    )
    arguments = parser.parse_args(given)
    unknown = sorted(set(arguments.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"unknown benchmark {', '.join(unknown)}; expected some of {', '.join(BENCHMARKS)}")
    names = arguments.names or [name for name, one in BENCHMARKS.items() if not one.asked]
    signal.signal(signal.SIGTERM, _interrupt)
    write = _as_json if arguments.json else _as_table
    write(names, quick=arguments.quick)


def _interrupt(number: int, _: FrameType | None) -> None:
    """End the run as Ctrl-C does, once: what was measured is shown, and the children are ended."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _rows(name: str, *, quick: bool) -> Iterable[Row | str]:
    benchmark = BENCHMARKS[name]
    return ((quick and benchmark.quick) or benchmark.rows)()


def _as_table(names: Sequence[str], *, quick: bool) -> None:
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    for name in names:
        print(f"\n{name}: {BENCHMARKS[name].about}")
        for line in table(_rows(name, quick=quick)):
            print(line)
            sys.stdout.flush()


def _as_json(names: Sequence[str], *, quick: bool) -> None:
    where = machine()
    rows: list[dict[str, object]] = []
    try:
        for name in names:
            told = (row for row in _rows(name, quick=quick) if isinstance(row, Row))
            rows.extend({"benchmark": name, **asdict(row)} for row in told)
    finally:  # also what was measured until Ctrl-C
        print(json.dumps({"machine": where, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
