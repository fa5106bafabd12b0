"""The crowd's surroundings: a gateway and two simulators behind it, as processes; and whether they are at rest afterwards."""

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import psutil

from loadtest.children import Child, ChildError, Order, cores
from tests.chaos.cases import VENDORS
from tests.chaos.stage import PATIENCE
from tests.crowd.files import open_files
from tests.crowd.texts import REPEATED_SHARE, coded_text

BIN = Path(sys.executable).parent
SIMULATED = (
    "deepgram",
    "deepgram_v2",
    "elevenlabs",
    "cartesia",
    "openai",
    "wyoming",
    "riva",
    "google",
    "deepgram_rest",
    "elevenlabs_rest",
    "cartesia_bytes",
)
PACE = {
    "first_byte": {"fast_ms": 40, "slow_ms": 400, "slow_share": 0.05},
    "speed": 6,
    "chunk_ms": 40,
    "jitter_ms": 10,
}
LIMITLESS = {"concurrency": 0, "flushes": 0, "window_chars": 0}
"""What a vendor's plan allows is not rehearsed here. Both sides must be told."""
UNHURRIED = {
    **dict.fromkeys(("dial_s", "first_audio_s", "between_audio_s", "finish_s", "cancel_s"), 30.0),
    "first_audio_factor": 0.0,
}
"""Time limits of vendors without faults: on a busy machine the usual ones fire, and what is then said twice is nobody's mistake. Nor is the time
to the first audio learnt: a second vendor that is given up for being slower than usual sends its text back to the first, which breaks off again.
"""
PATIENT = {"idle": {"anything_ms": 15_000}}
"""How long the rest of a word is waited for: on a busy machine clients take long to write it, and a part of a word is none of the code."""
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
_CACHE_MB = 50
_START_S = 60.0
_REST_S = 20.0
_GONE_S = 10.0
_GRACE_S = 20.0
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
        cache: whether it keeps audio.
    """

    def __init__(self, folder: Path, seed: int, *, faults: bool, workers: int, cache: bool = False) -> None:
        self._folder, self._faults, self._cache, self.workers = folder, faults, cache, workers
        self._vendors = {"first": self._vendor("first", seed, FAULTS if faults else [])}
        if faults:
            self._vendors["second"] = self._vendor("second", seed + 1, [])
        self.gateway = self._child(
            "gateway", "serve", "--config", folder / "gateway.json", "--workers", workers
        )
        self.voices, self.repeated = SIMULATED, REPEATED_SHARE
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            for child in self._vendors.values():
                stack.enter_context(child)
            told = {
                name: _told(self._folder / f"{name}.log", "listening")["listening"] for name in self._vendors
            }
            at = {side: told.get(side, told["first"]) for side in ("first", "second")}
            (self._folder / "gateway.json").write_text(
                json.dumps(_settings(at, faults=self._faults, cache=self._cache)), encoding="utf-8"
            )
            stack.enter_context(self.gateway)
            log = self._folder / "gateway.log"
            said = _told(log, '"event": "listening"')
            self.http_port, self.grpc_port = _port(said["http"]), _port(said["grpc"])
            self._admin = f"http://{said['admin']}"
            self._ports = {_port(said[name]): name for name in ("http", "grpc", "admin")} | {
                _port(url): f"{side} vendor's {name}"
                for side, urls in told.items()
                for name, url in reversed(urls.items())  # WebSockets are at the port for HTTP
            }
            _told(log, '"event": "ready"')
            self._parent = psutil.Process(self.gateway.pids[0])
            self._stack = stack.pop_all()
        return self

    def text(self, chance: random.Random) -> str:
        """Return what a client says."""
        return coded_text(chance, self.repeated)

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def http(self) -> str:
        """Base URL of the HTTP port."""
        return f"http://127.0.0.1:{self.http_port}"

    def kill_worker(self) -> None:
        """Kill one of the gateway's workers, and wait until it is gone; another takes its place."""
        with urllib.request.urlopen(f"{self._admin}/healthz", timeout=10) as answer:
            worker = psutil.Process(json.load(answer)["workers"][0]["pid"])
        worker.kill()
        worker.wait(_GONE_S)  # it may accept connections until then

    def drain(self) -> None:
        """Ask the gateway to finish what it is saying, and to end."""
        os.kill(self._parent.pid, signal.SIGTERM)

    async def drained(self) -> list[str]:
        """Return what was wrong with its end."""
        try:
            status = await asyncio.to_thread(self._parent.wait, _GRACE_S + 10)
        except psutil.TimeoutExpired:
            return [f"it has not ended {_GRACE_S + 10:g} s after SIGTERM"]
        return [f"exit status {status}"] if status else []

    def _vendor(self, name: str, seed: int, faults: list[dict[str, Any]]) -> Child:
        lasting = [{**fault, "times": 0} for fault in faults]
        script = self._folder / f"{name}.json"
        script.write_text(
            json.dumps({"pace": PACE, "limits": LIMITLESS, "faults": lasting}), encoding="utf-8"
        )
        return self._child(name, "simulate", *SIMULATED, "--quiet", "--seed", seed, "--script", script)

    def _child(self, name: str, *command: object) -> Child:
        order = Order((str(BIN / "legato"), *map(str, command)), ",".join(map(str, cores())))
        return Child(order, self._folder / f"{name}.log")

    # --- afterwards ---------------------------------------------------------------------------------------------------

    def metrics(self) -> dict[str, float]:
        """Return every sample of the gateway's metrics, by its name with labels."""
        with urllib.request.urlopen(f"{self._admin}/metrics", timeout=10) as answer:
            rows = (line.rpartition(" ") for line in answer.read().decode().splitlines())
            return {name: float(value) for name, _, value in rows if not name.startswith("#")}

    def files(self) -> Counter[str]:
        """Return how many files of each kind the gateway's processes hold open."""
        return open_files(self.gateway.pids, self._ports)

    async def rests(self, files_before: Counter[str]) -> list[str]:
        """Wait until nothing is under way any more; return what still is."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _REST_S
        while True:
            try:
                wrong = list(self._unrest(await asyncio.to_thread(self.metrics), files_before))
            except OSError as error:  # it is busy: it is asked again
                wrong = [f"at rest: its metrics cannot be read: {error}"]
            if not wrong or loop.time() > deadline:
                return wrong
            await asyncio.sleep(0.5)

    def _unrest(self, metrics: dict[str, float], files_before: Counter[str]) -> Iterator[str]:
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
        if files.total() > files_before.total() + lines + 8 * self.workers:
            more = dict((files - files_before).most_common())
            yield f"at rest: {files.total()} open files, of which {lines:g} are lines; {files_before.total()} at the start; more than then: {more}"

    def log(self) -> list[str]:
        """Return the lines of the gateway's and the vendors' logs that tell of bugs."""
        return [
            f"{path.name}: {line}"
            for path in sorted(self._folder.glob("*.log"))
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
            if _WRONG_LINES.search(line) and '"status": -9' not in line  # the worker that was killed
        ]


def _settings(vendors: dict[str, dict[str, str]], *, faults: bool, cache: bool) -> dict[str, Any]:
    """Return the configuration of a gateway with a voice of each vendor; each has the next vendor, on the second side, as its second route."""
    voices = {}
    for first, second in zip(SIMULATED, (*SIMULATED[1:], SIMULATED[0]), strict=True):
        routes = [
            {"provider": f"first-{first}", "voice": VENDORS[first].voice},
            {"provider": f"second-{second}", "voice": VENDORS[second].voice},
        ]
        voices[first] = {"language": "en", "routes": routes}
    providers = {
        f"{side}-{name}": _provider(at, name, {} if faults and side == "first" else UNHURRIED)
        for side, at in vendors.items()
        for name in SIMULATED
    }
    return {
        "server": dict.fromkeys(("http", "grpc", "admin"), "127.0.0.1:0"),
        "logging": {"format": "json"},
        "limits": PATIENCE,
        "text": PATIENT,
        "cache": {"audio_mb": _CACHE_MB if cache else 0},
        "providers": providers,
        "voices": voices,
    }


def _provider(at: dict[str, str], vendor: str, limits: dict[str, float]) -> dict[str, Any]:
    known = VENDORS[vendor]
    base = at[{"ws": "websocket"}.get(known.scheme, known.scheme)]
    pool = {
        "floor": 1,
        "ceiling": 240,
        "spare": 1,
    }  # a line for everybody, also where all talk with one voice
    return {"dialect": vendor, "url": base + known.path, "limits": LIMITLESS | limits, "pool": pool}


def _port(address: str) -> int:
    return int(address.rstrip("/").rpartition(":")[2])


def _told(log: Path, mark: str) -> dict[str, Any]:
    """Wait for the line with this mark, and return it."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        for line in log.read_text(encoding="utf-8").splitlines(keepends=True):
            if mark in line and line.endswith("\n"):
                return json.loads(line)  # type: ignore[no-any-return]
        time.sleep(0.05)
    raise ChildError(f"{log.name} never told {mark}: {log.read_text(encoding='utf-8')[-500:]}")
