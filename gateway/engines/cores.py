"""How many cores this process may use: those that it may run on, limited by the CPU time that its control groups are allowed.

A container with a limit (`docker run --cpus`, Kubernetes' `limits.cpu`, systemd's `CPUQuota=`) still sees every core of its host. With a
thread on each of them it uses up the time of a period at once, and then stands still for the rest of it.
"""

import math
import os
from collections.abc import Iterator
from pathlib import Path

from gateway.engines.control_groups import PROC, groups


def cores(proc: Path = PROC) -> int:
    """Return how many cores this process may use, at least 1; part of a core counts as a whole one.

    Args:
        proc: the kernel's files about this process.
    """
    allowed = min(_allowances(proc), default=math.inf)
    return max(1, min(len(os.sched_getaffinity(0)), math.ceil(min(allowed, 1 << 20))))


def _allowances(proc: Path) -> Iterator[float]:
    """Yield the cores' worth of CPU time that each group around this process is allowed, where there is a limit."""
    for group in groups(proc, "cpu"):
        try:
            quota, period = _quota(group)
            if quota > 0 and period > 0:
                yield quota / period
        except (OSError, ValueError):
            pass  # `max`, or a group without this limit


def _quota(group: Path) -> tuple[int, int]:
    """Return the microseconds allowed within a period, and the period; in version 1 the first is negative without a limit."""
    try:
        quota, period = (group / "cpu.max").read_text().split()
    except FileNotFoundError:
        quota, period = ((group / f"cpu.cfs_{one}_us").read_text() for one in ("quota", "period"))
    return int(quota), int(period)
