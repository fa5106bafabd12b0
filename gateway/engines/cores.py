"""How many cores this process may use: those that it may run on, limited by the CPU time that its control groups are allowed.

A container with a limit (`docker run --cpus`, Kubernetes' `limits.cpu`, systemd's `CPUQuota=`) still sees every core of its host. With a
thread on each of them it uses up the time of a period at once, and then stands still for the rest of it.
"""

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

_PROC = Path("/proc/self")


def cores(proc: Path = _PROC) -> int:
    """Return how many cores this process may use, at least 1; part of a core counts as a whole one.

    Args:
        proc: the kernel's files about this process.
    """
    allowed = min(_allowances(proc), default=math.inf)
    return max(1, min(len(os.sched_getaffinity(0)), math.ceil(min(allowed, 1 << 20))))


def _allowances(proc: Path) -> Iterator[float]:
    """Yield the cores' worth of CPU time that each group around this process is allowed, where there is a limit."""
    for mount, folder in _folders(proc):
        for group in (folder, *folder.parents):
            try:
                quota, period = _quota(group)
                if quota > 0 and period > 0:
                    yield quota / period
            except (OSError, ValueError):
                pass  # `max`, or a group without this limit
            if group == mount:
                break


def _quota(group: Path) -> tuple[int, int]:
    """Return the microseconds allowed within a period, and the period; in version 1 the first is negative without a limit."""
    try:
        quota, period = (group / "cpu.max").read_text().split()
    except FileNotFoundError:
        quota, period = ((group / f"cpu.cfs_{one}_us").read_text() for one in ("quota", "period"))
    return int(quota), int(period)


def _folders(proc: Path) -> Iterator[tuple[Path, Path]]:
    """Yield, for each hierarchy that limits CPU time, where it is mounted and where in it this process is."""
    try:
        groups = (proc / "cgroup").read_text(errors="surrogateescape").splitlines()
        mounts = (proc / "mountinfo").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return  # this system has no such groups
    paths = {name: path for _, names, path in _fields(groups) for name in names.split(",")}
    for line in mounts:
        place, _, system = line.partition(" - ")
        match place.split(), system.split():
            case [_, _, _, root, mount, *_], ["cgroup2", *_] if "" in paths:
                yield Path(mount), Path(mount) / _inside(root, paths[""])
            case [_, _, _, root, mount, *_], ["cgroup", _, options] if "cpu" in {*options.split(",")} & {
                *paths
            }:
                yield Path(mount), Path(mount) / _inside(root, paths["cpu"])


def _fields(groups: Sequence[str]) -> Iterator[list[str]]:
    return (line.split(":", 2) for line in groups if line.count(":") > 1)


def _inside(root: str, path: str) -> str:
    """Return where in a mount a group is. A container may see its own group alone, under a path that only its host knows."""
    is_inside = path == root or path.startswith(f"{root.rstrip('/')}/")
    return path[len(root) :].lstrip("/") if is_inside else ""
