"""Tells systemd, if it asks (`Type=notify`), that the gateway is ready or leaving, and that its event loop turns (`WatchdogSec=`).

Datagrams are sent to the socket that the environment names; if it names none, nothing happens.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from gateway.telemetry.logs import logger


class Systemd:
    """A context within a loop: inside, a watchdog is told that the loop turns, twice within the time that it waits.

    Args:
        env: environment variables, with those that systemd sets.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        where = env.get("NOTIFY_SOCKET", "")
        self._where = f"\0{where[1:]}" if where.startswith("@") else where
        self._interval_s = _watchdog_s(env) / 2
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        if self._where and self._interval_s:
            self._turn()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def ready(self) -> None:
        """New streams are welcome."""
        try:
            self._say("READY=1")
        except OSError as error:
            logger("legato.serve").warning("cannot tell systemd that the gateway is ready", error=str(error))

    def leaving(self) -> None:
        """Shutdown has begun."""
        with contextlib.suppress(OSError):
            self._say("STOPPING=1")

    def _turn(self) -> None:
        with contextlib.suppress(OSError):
            self._say("WATCHDOG=1")
        self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._turn)

    def _say(self, state: str) -> None:
        if self._where:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.setblocking(False)  # noqa: FBT003 - the library's own
                out.sendto(state.encode(), self._where)


def _watchdog_s(env: Mapping[str, str]) -> float:
    """Return how long the watchdog waits; 0 if there is none, or it watches another process."""
    told = env.get("WATCHDOG_USEC", "")
    ours = env.get("WATCHDOG_PID") in {None, "", str(os.getpid())}
    return int(told) / 1e6 if told.isdecimal() and ours else 0.0
