"""The control groups around this process, with the limits that a container or a service has (cgroups, versions 1 and 2)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

PROC = Path("/proc/self")
"""The kernel's files about this process."""


def groups(proc: Path, controller: str) -> Iterator[Path]:
    """Yield the folders of the groups that this process is in, from its own one up to the outermost that can be seen.

    Args:
        proc: the kernel's files about this process.
        controller: what they limit, such as `cpu` or `memory`.
    """
    for mount, folder in _folders(proc, controller):
        for group in (folder, *folder.parents):
            yield group
            if group == mount:
                break


def _folders(proc: Path, controller: str) -> Iterator[tuple[Path, Path]]:
    """Yield, for each hierarchy with this controller, where it is mounted and where in it this process is."""
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
            case [_, _, _, root, mount, *_], ["cgroup", _, options] if controller in {*options.split(",")} & {
                *paths
            }:
                yield Path(mount), Path(mount) / _inside(root, paths[controller])


def _fields(groups: Sequence[str]) -> Iterator[list[str]]:
    return (line.split(":", 2) for line in groups if line.count(":") > 1)


def _inside(root: str, path: str) -> str:
    """Return where in a mount a group is. A container may see its own group alone, under a path that only its host knows."""
    is_inside = path == root or path.startswith(f"{root.rstrip('/')}/")
    return path[len(root) :].lstrip("/") if is_inside else ""
