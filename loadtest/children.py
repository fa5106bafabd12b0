"""Child processes of a benchmark: each is pinned to its core, awaited until it answers, measured from outside, and ended by its own id."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

START_S = 30.0
STOP_S = 5.0
_LOOK_AGAIN_S = 0.02
_NS = 1e9
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


class ChildError(Exception):
    """A child did not start; the message says what it wrote last."""


@dataclass(frozen=True, slots=True)
class Order:
    """How to start a child.

    Args:
        command: the program and its arguments.
        core: core for it and all its threads and children, as `taskset` takes it; may be a list of several.
        ports: its ports on this machine; it has started when all of them answer.
        env: variables to add to the environment.
        ready_s: time that it gets to settle once its ports answer.
    """

    command: tuple[str, ...]
    core: str
    ports: tuple[int, ...] = ()
    env: Mapping[str, str] | None = None
    ready_s: float = 0.0


class Child:
    """A child process: a context that starts it, and ends it on leaving.

    Args:
        order: what to start.
        log: file for everything that it writes.
    """

    def __init__(self, order: Order, log: Path) -> None:
        self._order = order
        self._log = log
        self._file: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._log.open("wb")
        self._process = subprocess.Popen(
            ["taskset", "--cpu-list", self._order.core, *self._order.command],
            env={**os.environ, **(self._order.env or {})},
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C goes to the command alone, which ends its children in their order
        )
        try:
            self._wait_for_ports()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._file is not None:
            self._file.close()

    @property
    def pids(self) -> list[int]:
        """Process ids of the child and its descendants."""
        assert self._process is not None, "it has been started"
        return list(_family(self._process.pid))

    def cpu_s(self) -> float:
        """Return the processor seconds that all its threads have used so far."""
        return sum(map(processor_s, self.pids))

    def rss_mb(self) -> float:
        """Return its resident memory in MB."""
        return sum(map(_rss_kb, self.pids)) / 1024

    def _wait_for_ports(self) -> None:
        assert self._process is not None, "it has been started"
        deadline = time.monotonic() + START_S
        for port in self._order.ports:
            while not _answers(port):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise ChildError(f"{self._order.command[0]} did not start: {self._last_words()}")
                time.sleep(_LOOK_AGAIN_S)
        time.sleep(self._order.ready_s)

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "no output"


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that are not in use."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def machine_busy_s() -> float:
    """Return the processor seconds that all cores have been busy since the machine booted."""
    fields = (_PROC / "stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, interrupts, soft, *_ = map(int, fields)
    return (user + nice + system + interrupts + soft) * _TICK_S


def cores() -> Sequence[int]:
    """Return the cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def processor_s(pid: int) -> float:
    """Return the processor seconds of all threads of a process so far; 0 if the process is gone."""
    threads = (_PROC / str(pid) / "task").glob("*/schedstat")
    return sum(int((_read(thread).split() or ["0"])[0]) for thread in threads) / _NS


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in (_PROC / str(pid) / "task").glob("*/children"):
        for child in _read(children).split():
            yield from _family(int(child))


def _rss_kb(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "status").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # the process has just ended
        return ""
