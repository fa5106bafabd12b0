"""Rehearses every vendor, fault and moment through the real gateway, and prints what was lost. `make chaos`.

python -m tests.chaos [--seeds N] [--vendor NAME ...] [--fault NAME ...]

A cell counts if its fault fired at its moment, and if the vendor passes without a fault. Gaps are silence at the listener's playback
clock, in milliseconds; after deaths that are noticed at once, while a voice was heard, 95 of 100 must be at most 150 (R6).
`recovery` is the longest time to the first audio of the utterance after the one with the fault.
"""

import argparse
import sys
import time
from collections.abc import Iterable

import uvloop

from gateway.engines.cores import cores
from loadtest.arguments import positive
from tests.chaos.cases import FAULTS, VENDORS, matrix
from tests.chaos.outages import two_percent_down
from tests.chaos.report import describe, table, totals, why_not
from tests.chaos.seams import GAP_MS, gaps_ms, p95_ms, told
from tests.chaos.shares import in_processes


def main() -> int:
    asked = _asked()
    cases = list(matrix(asked.seeds, tuple(asked.vendor), tuple(asked.fault), tuple(asked.moment)))
    if not cases:
        sys.exit("nothing to rehearse: no cell has this vendor, this fault and this moment together")
    started = time.monotonic()
    controls, results = in_processes(cases, asked.processes, asked.at_once)
    failed = [
        control for control in controls if not control.well or control.faulty.repeated or control.on_second
    ]
    _print(table(results))
    _print(f"CONTROL FAILED {describe(control)}" for control in failed)
    bad = [result for result in results if why_not(result)]
    _print(f"FAILED ({why_not(result)}) {describe(result)}" for result in bad)
    gaps = gaps_ms(results)
    _print([totals(results, time.monotonic() - started, len(bad)), told(gaps)])
    well = not bad and not failed and p95_ms(gaps) <= GAP_MS
    if not (asked.vendor or asked.fault or asked.moment):
        outage = uvloop.run(two_percent_down())
        _print([str(outage)])
        well = well and outage.well
    return 0 if well else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--seeds",
        type=positive(int),
        default=3,
        help="seeds for each cell of the matrix (default: 3; 10 for the full matrix)",
    )
    parser.add_argument("--vendor", action="append", default=[], choices=list(VENDORS))
    parser.add_argument("--fault", action="append", default=[], choices=list(FAULTS))
    parser.add_argument("--moment", action="append", default=[], choices=_moments())
    parser.add_argument("--at-once", type=positive(int), default=9, help="cases at once in each process")
    parser.add_argument("--processes", type=positive(int), default=min(cores(), 4))
    return parser.parse_args()


def _moments() -> list[str]:
    return sorted({moment for kind in FAULTS.values() for moment in kind.moments})


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
