"""The crowd's surroundings: a gateway and two simulators behind it, as processes; and whether they are at rest afterwards."""

import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psutil

from loadtest.children import Child, Order, cores, free_ports
from tests.chaos.cases import VENDORS

BIN = Path(sys.executable).parent
SIMULATED = ("deepgram", "deepgram_v2", "elevenlabs", "cartesia", "openai", "wyoming", "riva")
PACE = {
    "first_byte": {"fast_ms": 40, "slow_ms": 400, "slow_share": 0.05},
    "speed": 6,
    "chunk_ms": 40,
    "jitter_ms": 10,
}
LIMITLESS = {"concurrency": 0, "flushes": 0, "window_chars": 0}
_NO_LIMIT = {"flushes": 0, "window_chars": 0, "concurrency": 0}
FAULTS: list[dict[str, Any]] = [
    {"when": {"share": 0.04, "at": "dial"}, "do": {"http": 429, "retry_after_s": 1}},
    {"when": {"share": 0.03, "at": "dial"}, "do": {"http": 503}},
    {"when": {"share": 0.02, "at": "dial"}, "do": "refuse"},
    {"when": {"share": 0.03, "at": "begin"}, "do": "reset"},
    {"when": {"share": 0.03, "at": "first_byte"}, "do": "eof"},
    {"when": {"share": 0.04, "at": "word", "value": 2}, "do": "reset"},
    {"when": {"share": 0.04, "at": "word", "value": 4}, "do": {"close": 1011, "reason": "NET-0000"}},
    {"when": {"share": 0.02, "at": "word", "value": 3}, "do": "stall"},
    {"when": {"share": 0.03, "at": "ms", "value": 700}, "do": {"error": "vendor_quota"}},
    {"when": {"share": 0.02, "at": "byte", "value": 20_001}, "do": "eof"},
    {"when": {"share": 0.02, "at": "first_byte"}, "do": {"delay_ms": 2_500}},
]
_REST_S = 20.0
_WRONG_LINES = re.compile(
    r"Traceback|\"level\": ?\"(error|critical)\"|never retrieved|\bbug\b", re.IGNORECASE
)


class Stage:
    """A gateway and its vendors: a context that starts them, and ends them on leaving.

    Args:
        folder: for what they read and write.
        seed: of the vendors.
        faults: whether the first vendor of each voice fails now and then. The second never does.
        workers: how many processes the gateway has.
    """

    def __init__(self, folder: Path, seed: int, *, faults: bool, workers: int) -> None:
        self._folder, self._workers = folder, workers
        http, grpc, admin, self.wyoming_port, *rest = free_ports(10)
        self.http_port, self.grpc_port, self.admin_port = http, grpc, admin
        self._vendor_ports = {"first": rest[:3], "second": rest[3:]}
        self._core = ",".join(map(str, cores()))
        self._children = [
            self._vendor("first", seed, FAULTS if faults else []),
            self._vendor("second", seed + 1, []),
        ]
        settings = folder / "gateway.json"
        settings.write_text(json.dumps(self._settings()), encoding="utf-8")
        command = (str(BIN / "legato"), "serve", "--config", str(settings), "--workers", str(workers))
        order = Order(command, self._core, (http, grpc, admin, self.wyoming_port), ready_s=1.5)
        self.gateway = Child(order, folder / "gateway.log")
        self.voices = [f"{name}" for name in SIMULATED]
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            for child in (*self._children, self.gateway):
                stack.enter_context(child)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def http(self) -> str:
        """Base URL of the HTTP port."""
        return f"http://127.0.0.1:{self.http_port}"

    def signal(self, number: int = signal.SIGTERM) -> None:
        """Send the gateway a signal."""
        os.kill(self.gateway.pids[0], number)

    def _vendor(self, name: str, seed: int, faults: list[dict[str, Any]]) -> Child:
        http, tcp, grpc = self._vendor_ports[name]
        script = {
            "pace": PACE,
            "limits": LIMITLESS,
            "speak_at": "flush",
            "faults": [{**fault, "times": 0} for fault in faults],
        }
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(script), encoding="utf-8")
        command = [str(BIN / "legato"), "simulate", *SIMULATED, "--quiet", "--seed", str(seed)]
        command += [
            "--port",
            str(http),
            "--tcp-port",
            str(tcp),
            "--grpc-port",
            str(grpc),
            "--script",
            str(path),
        ]
        return Child(Order(tuple(command), self._core, (http, tcp, grpc)), self._folder / f"{name}.log")

    def _settings(self) -> dict[str, Any]:
        providers = {
            f"{side}-{vendor}": self._provider(side, vendor)
            for side in ("first", "second")
            for vendor in SIMULATED
        }
        voices = {}
        for number, vendor in enumerate(SIMULATED):
            other = SIMULATED[number - 1]
            routes = [
                {"provider": f"first-{vendor}", "voice": VENDORS[vendor].voice},
                {"provider": f"second-{other}", "voice": VENDORS[other].voice},
            ]
            voices[vendor] = {"language": "en", "routes": routes}
        own = {
            "http": self.http_port, "grpc": self.grpc_port, "admin": self.admin_port, "wyoming": self.wyoming_port,
        }  # fmt: skip
        return {
            "server": {name: f"127.0.0.1:{port}" for name, port in own.items()},
            "logging": {"format": "json"},
            "providers": providers,
            "voices": voices,
        }

    def _provider(self, side: str, vendor: str) -> dict[str, Any]:
        http, tcp, grpc = self._vendor_ports[side]
        known = VENDORS[vendor]
        port = {"ws": http, "http": http, "tcp": tcp, "grpc": grpc}[known.scheme]
        return {
            "dialect": vendor,
            "url": f"{known.scheme}://127.0.0.1:{port}{known.path}",
            "limits": _NO_LIMIT,
            "pool": {"floor": 1, "ceiling": 40, "spare": 1},
        }

    # --- afterwards ---------------------------------------------------------------------------------------------------

    def metrics(self) -> dict[str, float]:
        """Return every sample of the gateway's metrics, by its name with labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}/metrics", timeout=10) as answer:
            rows = (line.rpartition(" ") for line in answer.read().decode().splitlines())
            return {name: float(value) for name, _, value in rows if not name.startswith("#")}

    def files(self) -> int:
        """Return how many files the gateway's processes hold open."""
        found = 0
        for pid in self.gateway.pids:
            with contextlib.suppress(psutil.NoSuchProcess):
                found += psutil.Process(pid).num_fds()
        return found

    async def rests(self, files_before: int) -> list[str]:
        """Wait until nothing is under way any more; return what still is."""
        wrong: list[str] = ["never asked"]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REST_S):
                while wrong := list(self._unrest(await asyncio.to_thread(self.metrics), files_before)):
                    await asyncio.sleep(0.5)
        return wrong

    def _unrest(self, metrics: dict[str, float], files_before: int) -> Iterator[str]:
        lines = 0.0
        for name, value in metrics.items():
            moves = name.startswith(
                ("legato_streams_open", "legato_utterances_open", "legato_lines_waited_for")
            )
            busy = name.startswith("legato_lines{") and re.search('state="(leased|cleaning|draining)"', name)
            if value and (moves or busy or name.startswith("legato_bugs_total")):
                yield f"at rest: {name} {value:g}"
            lines += value if name.startswith("legato_lines{") else 0
        files = self.files()
        if files > files_before + lines + 8 * self._workers:
            yield f"at rest: {files} open files, of which {lines:g} are lines; {files_before} at the start"

    def log(self) -> list[str]:
        """Return the lines of the gateway's and the vendors' logs that tell of bugs."""
        return [
            f"{path.name}: {line}"
            for path in sorted(self._folder.glob("*.log"))
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
            if _WRONG_LINES.search(line)
        ]
