import errno
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest

from gateway.app.simulation import NAMES
from tests.gateway.app.cli_stage import legato_run


class Simulate:
    """`legato simulate` as a process of its own."""

    def __init__(self, *arguments, **environment):
        code = "from gateway.app.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "simulate", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        )
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.first = json.loads(line)

    def ask(self, path, body, context=None):
        url = self.first["listening"]["http"] + path
        headers = {"Content-Type": "application/json", "Authorization": "Token k"}
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            return answer.read()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        assert (self.process.returncode, err) == (0, "")
        return [json.loads(line) for line in out.splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


@pytest.mark.e2e
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.measured
def test_it_listens_tells_what_it_sees_and_ends(tmp_path, number):
    script = tmp_path / "script.yaml"
    script.write_text("pace: {speed: 0}\nlimits: {message_chars: 0}\n")
    with Simulate("deepgram_rest", "wyoming", "--script", script, "--seed", 4) as running:
        assert running.first["vendors"] == ["deepgram_rest", "wyoming"]
        assert running.first["listening"]["tcp"].startswith("tcp://127.0.0.1:")
        assert (
            len(running.ask("/v1/speak?encoding=linear16&container=none", {"text": "vabado zebelu"})) > 9_000
        )
        lines = running.end(number)
    assert [line["saw"] for line in lines[:-1]][:3] == ["dialled", "opened", "begun"]
    assert lines[-1]["counts"]["billed_chars"] == len("vabado zebelu")


@pytest.mark.e2e
@pytest.mark.measured
def test_it_speaks_through_tls_and_keeps_quiet():
    with Simulate("openai", "--tls", "-q") as running:
        listening = running.first["listening"]
        assert listening["http"].startswith("https://")
        trusting = ssl.create_default_context(cafile=listening["certificate"])
        request = {"input": "vabado", "voice": "alloy", "model": "tts-1", "response_format": "pcm"}
        assert running.ask("/v1/audio/speech", request, trusting)
        assert [list(line) for line in running.end()] == [["counts"]]


@pytest.mark.e2e
@pytest.mark.voice
@pytest.mark.measured
def test_it_speaks_with_a_real_voice():
    with Simulate("openai", "--voice", "espeak") as running:
        request = {"input": "Good morning.", "voice": "alloy", "model": "tts-1", "response_format": "pcm"}
        assert len(running.ask("/v1/audio/speech", request)) > 20_000
        running.end()


@pytest.mark.e2e
@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.measured
def test_one_of_whose_output_only_the_first_line_is_read_serves_on(tmp_path, closed):
    """As a script does to learn the port: it broke off every connection, or stood still once the pipe was full."""
    script = tmp_path / "script.yaml"
    script.write_text("pace: {speed: 0}\n")
    with Simulate("deepgram_rest", "--script", script) as running:
        if closed:
            running.process.stdout.close()
        for _ in range(2 if closed else 120):
            assert running.ask("/v1/speak?encoding=linear16&container=none", {"text": "va"})
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
        assert running.process.stderr.read() == ""


@pytest.mark.measured
def test_output_that_cannot_be_written_is_named():
    code = "from gateway.app.cli import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "simulate", "openai"],
            check=False, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1,
        "Error: cannot write to standard output: No space left on device\n",
    )


@pytest.mark.e2e
@pytest.mark.voice
def test_a_second_signal_leaves_no_key_behind(short_tmp_path):
    with Simulate("openai", "--tls", "--voice", "espeak", TMPDIR=str(short_tmp_path)) as running:
        certificate = Path(running.first["listening"]["certificate"])
        assert (certificate.parent.parent, certificate.parent.stat().st_mode & 0o777) == (
            short_tmp_path,
            0o700,
        )
        (engine,) = psutil.Process(running.process.pid).children()
        engine.suspend()
        try:
            running.process.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):  # an engine that hangs is waited for
                running.process.wait(0.5)
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(30) == 128 + signal.SIGTERM
        finally:
            engine.kill()
        assert list(short_tmp_path.iterdir()) == []


@pytest.mark.e2e
def test_the_key_of_a_process_that_was_killed_is_removed_by_the_next_one(short_tmp_path):
    with Simulate("openai", "--tls", TMPDIR=str(short_tmp_path)) as running:
        key = Path(running.first["listening"]["certificate"]).with_name("key.pem")
    assert key.exists()
    with Simulate("openai", "--tls", TMPDIR=str(short_tmp_path)) as running:
        assert not key.exists()
        running.end()
    assert list(short_tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", ["--tls", "--voice=espeak"])
def test_a_machine_without_room_for_temporary_files_is_told(monkeypatch, option):
    def refuse(**_):
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("gateway.engines.own_directory.tempfile.mkdtemp", refuse)
    result = legato_run("simulate", "openai", option)
    assert result.output.startswith("Error: cannot create a temporary directory (TMPDIR): ")
    assert result.exit_code == 1


def test_what_is_wrong_is_said(tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text("faults: [{do: explode}]")
    assert "faults.0.do" in legato_run("simulate", "deepgram", "--script", script).output
    script.write_text("limits: {nothing: 1}")
    assert "no limit 'nothing'" in legato_run("simulate", "deepgram", "--script", script).output
    assert "is not one of" in legato_run("simulate", "nobody").output
    said = legato_run("simulate", "deepgram", "--host", "203.0.113.1")
    assert "cannot listen" in said.output
    assert said.exit_code == 1


def test_its_help_names_every_vendor():
    words = legato_run("simulate", "--help").output.replace(",", " ").replace(".", " ").split()
    assert set(NAMES) <= set(words)


@pytest.mark.parametrize("option", ["--port", "--tcp-port", "--grpc-port"])
@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_a_port_that_there_is_not_is_refused(option, port):
    result = legato_run("simulate", "deepgram", option, port)
    assert (result.exit_code, f"{port} is not in the range 0<=x<=65535" in result.output) == (2, True)


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = legato_run("simulate", "deepgram", "--port", str(port))
    assert result.output == f"Error: cannot listen on 127.0.0.1:{port}: address already in use\n"
