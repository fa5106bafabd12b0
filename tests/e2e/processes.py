"""The processes of an end-to-end test: started once, their output read while they run, ended by their own id."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
START_S = 60
STOP_S = 30
ESPEAK_ALONE = {"LEGATO_CONFIG": str(Path(__file__).with_name("espeak.yaml"))}
"""The voice that starts fastest, and speaks a hundred times faster than real time."""


class Lines:
    """The lines that a process writes, as they come; whoever waits for a line gets it at once."""

    def __init__(self, pipe):
        self.lines = []
        self._over = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe):
        with pipe:
            for line in pipe:
                with self._news:
                    self.lines.append(_parsed(line))
                    self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()

    def find(self, wanted, *, after=0, within=START_S):
        """Wait for the first line for which `wanted` holds, and return it."""
        deadline = time.monotonic() + within
        with self._news:
            while True:
                for line in self.lines[after:]:
                    if wanted(line):
                        return line
                left = deadline - time.monotonic()
                if self._over or left <= 0 or not self._news.wait(left):
                    raise AssertionError(f"never said; it said {self.lines[-20:]}")

    def join(self):
        self._thread.join(STOP_S)


def _parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return {"event": line.strip()}


class Process:
    """A child process that is ended by its own id, whatever happens."""

    def __init__(self, command, **environment):
        self.child = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log = Lines(self.child.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def send(self, number):
        self.child.send_signal(number)

    def stop(self):
        if self.child.poll() is None:
            self.send(signal.SIGTERM)
        self.ended()
        self.log.join()

    def told_again(self):
        """Send SIGTERM until it exits, and return its exit status; a signal repeated in the same instant may merge with the first."""
        until(lambda: self.child.poll() is not None or self.send(signal.SIGTERM), within=STOP_S)
        return self.ended()

    def ended(self, within=STOP_S):
        """Wait until it has exited, and return its exit status; kill it if that takes too long."""
        try:
            return self.child.wait(within)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise


class Gateway(Process):
    """`legato serve` on free ports."""

    def __init__(self, **environment):
        free = "127.0.0.1:0"
        super().__init__(
            [BIN / "legato", "serve", "--http", free, "--grpc", free, "--admin", free],
            LEGATO_LOGGING__FORMAT="json",
            **environment,
        )

    def __enter__(self):
        try:
            told = self.log.find(lambda line: line.get("event") == "listening")
            self.http, self.grpc, self.admin = told["http"], told["grpc"], told["admin"]
        except BaseException:
            self.stop()
            raise
        return self

    def ready(self):
        self.log.find(lambda line: line.get("event") == "ready")
        return self

    @property
    def urls(self):
        """URLs of both wires."""
        return {"grpc": f"grpc://{self.grpc}", "websocket": f"ws://{self.http}"}

    def metrics(self):
        """Return every sample of the exposition, by its name with labels."""
        _, body = fetch(f"http://{self.admin}/metrics")
        rows = (line.rpartition(" ") for line in body.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in rows}


class Envoy(Process):
    """The real proxy with the real `envoy.yaml`, in which only addresses are replaced, and the texts in `changes`, pairs of old and new."""

    def __init__(self, gateway, folder, changes=()):
        config = folder / "envoy.yaml"
        config.write_text(_envoy_config(gateway, changes), encoding="utf-8")
        self._admin_file = folder / "admin"
        super().__init__(
            [
                BIN / "envoy", "--config-path", config, "--admin-address-path", self._admin_file,
                "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning",
            ]
        )  # fmt: skip

    def __enter__(self):
        try:
            until(lambda: self._admin_file.is_file() and self._admin_file.read_text(), self)
            self.admin = self._admin_file.read_text().strip()
            self.address = until(self._listening, self)
            until(lambda: fetch(f"http://{self.address}/readyz")[0] == 200 and self._grpc_healthy(), self)
        except BaseException:
            self.stop()
            raise
        return self

    @property
    def urls(self):
        return {"grpc": f"grpc://{self.address}", "websocket": f"ws://{self.address}"}

    def stats(self):
        _, body = fetch(f"http://{self.admin}/stats")
        return dict(line.split(": ", 1) for line in body.splitlines() if ": " in line)

    def _listening(self):
        _, body = fetch(f"http://{self.admin}/listeners?format=json")
        statuses = json.loads(body).get("listener_statuses", [])
        where = [status["local_address"]["socket_address"] for status in statuses]
        return f"127.0.0.1:{where[0]['port_value']}" if where and where[0]["port_value"] else ""

    def _grpc_healthy(self):
        return self.stats().get("cluster.legato_grpc.membership_healthy") == "1"


def _envoy_config(gateway, changes):
    text = (ROOT / "envoy.yaml").read_text(encoding="utf-8")
    http, grpc = (address.rpartition(":")[2] for address in (gateway.http, gateway.grpc))
    addresses = (
        ("address: 0.0.0.0, port_value: 8000", "address: 127.0.0.1, port_value: 0"),
        ("port_value: 9901", "port_value: 0"),
        ("port_value: 50051", f"port_value: {grpc}"),
        ("port_value: 8080", f"port_value: {http}"),
    )
    for old, new in (*addresses, *changes):
        assert old in text, f"envoy.yaml has no {old!r}"
        text = text.replace(old, new)
    return text


def until(probe, process=None, within=START_S):
    """Return what `probe` returns as soon as it is true; for changes in another process that it cannot announce."""
    deadline = time.monotonic() + within
    nothing = threading.Event()
    while True:
        found = _tried(probe)
        if found:
            return found
        assert time.monotonic() < deadline, "it never came to be"
        assert process is None or process.child.poll() is None, f"it has ended: {process.log.lines[-20:]}"
        nothing.wait(0.01)


def _tried(probe):
    try:
        return probe()
    except OSError:
        return None


def fetch(url, **headers):
    """Return status and body."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def host_port(address):
    host, _, port = address.rpartition(":")
    return host, int(port)


def connected(address):
    """Return a plain TCP socket that is connected to this address."""
    sock = socket.create_connection(host_port(address), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock
