"""The vendors' own clients, unmodified, in a venv of their own, against the gateway as a process."""

import hashlib
import json
import os
import select
import shlex
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.processes import BIN, ROOT, Gateway

HERE = Path(__file__).parent
TLS = ROOT / "tests" / "gateway" / "app" / "tls"
PYTHON = ROOT / ".venv-witness" / "bin" / "python"
KEY = "a-key-for-the-witnesses"
PLAY_S = 60
TEXT = "This is what the witness has come to hear."
CONFIG = {
    "voices": {"espeak": {"routes": [{"provider": "espeak"}]}},
    "providers": {"espeak": {"engine": "espeak"}},
    "keys": {
        "witness": {
            "sha256": hashlib.sha256(KEY.encode()).hexdigest(),
            "livekit": {KEY: "env:KEY_OF_THE_HOUSE"},
        }
    },
}
"""The voice that starts fastest, and a key that is required; it is also the name and the secret of LiveKit's. (JSON is YAML.)"""


class Heard(dict):
    """What a witness has reported."""

    def lasts(self, seconds, within=0.05):
        """Check that it heard as much sound as it should have, and not silence."""
        assert self["seconds"] == pytest.approx(seconds, rel=within)
        assert 0.01 < self["loudness"] < self["peak"] <= 1
        return True


class Witness:
    """A process of one script, which plays one case after the other against one server."""

    def __init__(self, script, url, **environment):
        assert PYTHON.exists(), "make witness sets up the clients' own venv"
        self._child = subprocess.Popen(
            [PYTHON, HERE / script, url],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.kill()
        self._child.communicate()

    def __call__(self, case, key=KEY, **options):
        words = [
            case,
            "--key",
            key,
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]
        self._child.stdin.write(shlex.join(words) + "\n")
        self._child.stdin.flush()
        ready, _, _ = select.select([self._child.stdout], [], [], PLAY_S)
        line = self._child.stdout.readline() if ready else ""
        if not line:
            self._child.kill()
            raise AssertionError(f"the witness said nothing: {self._child.communicate()[1]}")
        return Heard(json.loads(line))


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    """A gateway with every listener that there is."""
    wyoming = {"wyoming": "127.0.0.1:0", "wyoming_key": "env:KEY_OF_THE_HOUSE"}
    with _serving(tmp_path_factory, wyoming) as running:
        yield running


@pytest.fixture(scope="session")
def tls_gateway(tmp_path_factory):
    """A gateway with TLS and a certificate for localhost."""
    tls = {"certificate": str(TLS / "certificate.pem"), "key": str(TLS / "key.pem")}
    with _serving(tmp_path_factory, {"tls": tls}) as running:
        yield running


@contextmanager
def _serving(tmp_path_factory, server):
    config = tmp_path_factory.mktemp("gateway") / "legato.yaml"
    config.write_text(json.dumps({**CONFIG, "server": server}), encoding="utf-8")
    with Gateway(LEGATO_CONFIG=str(config), KEY_OF_THE_HOUSE=KEY) as running:
        running.wyoming = running.log.find(lambda line: line.get("event") == "listening")["wyoming"]
        yield running.ready()


@pytest.fixture(scope="session")
def seconds(gateway):
    """How long TEXT lasts when that gateway speaks it."""
    return lasting(f"http://{gateway.http}", "espeak")


def lasting(url, voice):
    """Return how long TEXT lasts, measured without any vendor's client."""
    body = {"model": "tts-1", "voice": voice, "input": TEXT, "response_format": "pcm"}
    request = urllib.request.Request(
        f"{url}/v1/audio/speech",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PLAY_S) as answer:
        return len(answer.read()) / 2 / 24_000


class Simulator:
    """`legato simulate` with real speech."""

    def __init__(self, *arguments):
        self._child = subprocess.Popen(
            [BIN / "legato", "simulate", *arguments, "--voice", "espeak", "--quiet"],
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        ready, _, _ = select.select([self._child.stdout], [], [], PLAY_S)
        line = self._child.stdout.readline() if ready else ""
        if not line:
            self.__exit__()
            raise AssertionError("it never listened")
        self.listening = json.loads(line)["listening"]
        return self

    def __exit__(self, *_):
        self._child.terminate()
        try:
            self._child.communicate(timeout=PLAY_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.communicate()
