"""What a run starts itself: a gateway with one voice, and the vendors behind it, both by their usual commands.

The vendor speaks Deepgram's language: first byte after 80 ms, four times real time, chunks of 40 ms.
"""

import contextlib
import json
import os
import signal
import urllib.request
from pathlib import Path
from typing import Self

from loadtest.children import Child, Order, cores, free_ports
from loadtest.swarm.loop_lag import LoopLag

VOICE = "load"
FIRST_BYTE_MS = 80
NO_LIMIT = {"flushes": 0, "window_chars": 0}
"""A vendor's plan limits how much may be asked of it, but here the gateway is to be measured. Both sides must be told."""
SCRIPT = {
    "pace": {"first_byte": {"constant_ms": FIRST_BYTE_MS}, "speed": 4, "chunk_ms": 40},
    "limits": {**NO_LIMIT, "concurrency": 0},
}
KEY = "LEGATO_LOAD_KEY"
WARM_LINES = 20


class Surroundings:
    """The gateway and its vendors: a context that starts them, and ends them on leaving.

    Args:
        folder: folder for the files that they read and write.
        legato: path of the `legato` program.
        vendors: how many routes the voice has, each to a vendor of its own.
        ceiling: the most lines to each vendor.
    """

    def __init__(self, folder: Path, legato: Path, vendors: int, ceiling: int) -> None:
        self._folder = folder
        self._legato = str(legato)
        self._core = ",".join(map(str, cores()))
        http, grpc, admin, *self._vendor_ports = free_ports(3 + vendors)
        self.websocket = f"ws://127.0.0.1:{http}"
        self.grpc = f"grpc://127.0.0.1:{grpc}"
        self._ports = (http, grpc, admin)
        self._ceiling = ceiling
        self._stack = contextlib.ExitStack()
        self.vendors = [self._vendor(number) for number in range(vendors)]
        self.gateway = self._serving()

    def __enter__(self) -> Self:
        (self._folder / "vendor.json").write_text(json.dumps(SCRIPT), encoding="utf-8")
        (self._folder / "gateway.json").write_text(json.dumps(self.settings()), encoding="utf-8")
        with contextlib.ExitStack() as stack:
            stack.callback(self._end_vendors)
            for vendor in self.vendors:
                vendor.__enter__()
            stack.enter_context(self.gateway)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def lose_vendor(self) -> None:
        """Kill the first vendor, and with it all its connections."""
        lost = self.vendors[0]
        os.kill(lost.pids[0], signal.SIGKILL)
        lost.__exit__()

    def restore_vendor(self) -> None:
        """Bring the first vendor back, at its old address."""
        self.vendors[0] = self._vendor(0)
        self.vendors[0].__enter__()

    def loop_lag(self) -> LoopLag | None:
        """Return what the gateway has noted of its event loop until now; `None` if it does not answer any more."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports[2]}/metrics", timeout=10) as answer:
                return LoopLag.read(answer.read().decode())
        except OSError:
            return None

    def settings(self) -> dict[str, object]:
        """Return the gateway's configuration."""
        http, grpc, admin = (f"127.0.0.1:{port}" for port in self._ports)
        names = [f"sim{number}" for number in range(len(self._vendor_ports))]
        routes = [{"provider": name, "voice": "aura-2-thalia-en"} for name in names]
        return {
            "server": {"http": http, "grpc": grpc, "admin": admin},
            "logging": {"format": "json"},
            "providers": dict(zip(names, map(self._provider, self._vendor_ports), strict=True)),
            "voices": {VOICE: {"routes": routes}},
        }

    def _end_vendors(self) -> None:
        for vendor in self.vendors:
            vendor.__exit__()

    def _vendor(self, number: int) -> Child:
        port = self._vendor_ports[number]
        command = (self._legato, "simulate", "deepgram", "--quiet", "--port", str(port))
        script = ("--script", str(self._folder / "vendor.json"))
        return Child(Order((*command, *script), self._core, (port,)), self._folder / f"vendor-{number}.log")

    def _serving(self) -> Child:
        command = (self._legato, "serve", "--config", str(self._folder / "gateway.json"))
        order = Order(command, self._core, self._ports, {KEY: "none"}, ready_s=1.0)
        return Child(order, self._folder / "gateway.log")

    def _provider(self, port: int) -> dict[str, object]:
        return {
            "dialect": "deepgram",
            "url": f"ws://127.0.0.1:{port}/v1/speak",
            "credential": f"env:{KEY}",
            "limits": NO_LIMIT,
            "pool": {"floor": WARM_LINES, "ceiling": self._ceiling},
        }
