"""The files that processes hold open, by what they are: connections by their state and whom they are with, the rest by their names."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import psutil

_SOCKET = re.compile(r"socket:\[\d+\]")


def open_files(pids: Iterable[int], known: Mapping[int, str]) -> Counter[str]:
    """Return how many of each kind these processes hold; one that is gone holds none.

    Args:
        pids: their ids.
        known: names of ports; those of others are left out, since they say nothing and each is another.
    """
    found: Counter[str] = Counter()
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            sockets = {one.fd: one for one in psutil.Process(pid).net_connections("all")}
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(FileNotFoundError):  # it was closed just now
                    found[_kind(str(file.readlink()), sockets.get(int(file.name)), known)] += 1
    return found


def _kind(target: str, socket: "psutil._ntuples.pconn | None", known: Mapping[int, str]) -> str:
    if not _SOCKET.fullmatch(target):
        return re.sub(r":\[\d+\]$", "", target)  # pipes are numbered
    if socket is None or not isinstance(socket.laddr, tuple):
        return "socket"
    ports = (*socket.laddr[1:], *socket.raddr[1:])  # it has no peer if it listens
    names = " to ".join(known.get(port, "anyone") for port in ports)
    return f"connection {names}, {socket.status.lower()}"
