"""What this process tells probes and people about its health."""

import functools
import importlib.metadata
import platform
import time
from collections.abc import Callable, Mapping

import psutil

from gateway.app.memory import memory
from gateway.engines.cores import cores
from legato.ports import Clock, VoiceDirectory

_LIBRARIES = ("aiohttp", "grpcio", "picows", "protobuf", "uvloop")


class ProcessHealth:
    """Implements `ports.Health`.

    Live while the loop turns: an answered probe proves it. Ready when start-up has ended, no shutdown has begun, and every
    dependency that must be there is.

    Args:
        directory: the voices.
        dependencies: by name, whether each is well; all must be, for new streams to be welcome.
        open_streams: returns how many there are.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        directory: VoiceDirectory,
        dependencies: Mapping[str, Callable[[], bool]],
        open_streams: Callable[[], int],
        clock: Clock = time.monotonic,
    ) -> None:
        self._directory = directory
        self._dependencies = dict(dependencies)
        self._open_streams = open_streams
        self._clock = clock
        self._started_at = clock()
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only marks where the next one measures from
        self._warm = False
        self._leaving = False

    def warmed_up(self) -> None:
        """Start-up has ended."""
        self._warm = True

    def leave(self) -> None:
        """Shutdown has begun."""
        self._leaving = True

    def live(self) -> bool:
        """Return whether the process is well; if not, it should be restarted."""
        return True

    def ready(self) -> bool:
        """Return whether new streams are welcome."""
        return not self.hindrance()

    def hindrance(self) -> str:
        """Return what keeps new streams away; empty if they are welcome."""
        if self._leaving:
            return "shutting down"
        if not self._warm:
            return "starting"
        unwell = [name for name, is_well in self._dependencies.items() if not is_well()]
        return f"unwell: {', '.join(unwell)}" if unwell else ""

    def report(self) -> Mapping[str, object]:
        """Return a report for people: versions, voices, dependencies, CPU, memory, disk. JSON values only."""
        return {
            "status": self._status(),
            "versions": versions(),
            "uptime_s": round(self._clock() - self._started_at, 1),
            "streams": self._open_streams(),
            "voices": {
                info.voice.name: {"ready": info.ready, "languages": len(info.voice.languages)}
                for info in self._directory.voices()
            },
            "dependencies": {
                name: "well" if is_well() else "unwell" for name, is_well in self._dependencies.items()
            },
            "cpu": self._cpu(),
            "memory": self._memory(),
            "disk": self._disk(),
        }

    def _status(self) -> str:
        if self._leaving:
            return "leaving"
        if not self._warm:
            return "starting"
        return "ready" if self.ready() else "unwell"

    def _cpu(self) -> dict[str, object]:
        return {
            "cores": cores(),
            "process_percent": self._process.cpu_percent(),
            "load_1m": round(psutil.getloadavg()[0], 2),
        }

    def _memory(self) -> dict[str, object]:
        available, total = memory()
        return {
            "process_bytes": self._process.memory_info().rss,
            "available_bytes": available,
            "total_bytes": total,
        }

    def _disk(self) -> dict[str, object]:
        usage = psutil.disk_usage(".")  # works even if that folder has been removed since
        return {"free_bytes": usage.free, "total_bytes": usage.total}


@functools.cache
def version() -> str:
    """Return the version of the gateway; a source tree that is not installed has none of its own."""
    return _version_of("legato") or "0+source"


@functools.cache
def versions() -> Mapping[str, str]:
    """Return the versions of the gateway, Python, and the libraries on the wires."""
    found = {name: _version_of(name) for name in _LIBRARIES}
    return {"legato": version(), "python": platform.python_version(), **found}


def _version_of(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
