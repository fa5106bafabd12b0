"""How much memory there is for this process: that of the machine, within what its control groups are allowed.

A container with a limit still sees the whole machine: it would seem to have gigabytes left when the kernel is about to kill it.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psutil

from gateway.engines.control_groups import PROC, groups

_VERSIONS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""The files of a group with its limit and with what it uses, and the part of that which can be had back at any time."""


def memory(proc: Path = PROC) -> tuple[int, int]:
    """Return how many bytes are available, and how many there are.

    Args:
        proc: the kernel's files about this process.
    """
    machine = psutil.virtual_memory()
    available, total = machine.available, machine.total
    for limit, used in _limits(proc):
        total, available = min(total, limit), min(available, max(0, limit - used))
    return available, total


def _limits(proc: Path) -> Iterator[tuple[int, int]]:
    for group in groups(proc, "memory"):
        for version in _VERSIONS:
            # It may be `max`, of the other version, or a group without this limit.
            with contextlib.suppress(OSError, ValueError):
                yield _limit(group, *version)


def _limit(group: Path, limit: str, usage: str, spare: str) -> tuple[int, int]:
    most, used = (int((group / name).read_text()) for name in (limit, usage))
    found = dict(line.split(" ", 1) for line in (group / "memory.stat").read_text().splitlines())
    return most, used - int(found.get(spare, 0))
