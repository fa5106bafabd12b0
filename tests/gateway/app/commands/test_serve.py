import json
import os
import signal
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from gateway.app.config.settings import load
from gateway.app.process import MOST_FILES
from tests.gateway.app.cli_stage import legato_run


def invoke(*arguments, env=None):
    return legato_run("serve", *arguments, env=env)


def test_a_mistake_in_the_configuration_is_told_and_nothing_starts(tmp_path):
    file = tmp_path / "legato.yaml"
    file.write_text("server: {htpp: ':80'}", encoding="utf-8")
    result = invoke("--config", str(file))
    assert result.exit_code == 1
    assert f"Error: {file}:1: server.htpp: no such option; did you mean 'http'?" in result.stderr


def test_the_file_may_be_named_by_a_variable():
    result = invoke(env={"LEGATO_CONFIG": "/nowhere/legato.yaml"})
    assert (result.exit_code, "cannot be read" in result.stderr) == (1, True)


def test_an_address_is_checked_before_anything_is_started():
    result = invoke("--http", "8080")
    assert result.exit_code == 2
    assert "expected HOST:PORT" in result.stderr


def test_a_listener_that_a_gateway_can_be_without_may_be_none_as_in_the_file(monkeypatch):
    loaded = []
    monkeypatch.setattr(
        "gateway.app.commands.serve.run", lambda config, env, **_: loaded.append(load(config, env))
    )
    assert invoke("--admin", "null", "--wyoming", "null").exit_code == 0
    assert (loaded[0].server.admin, loaded[0].server.wyoming) == (None, None)
    assert invoke("--http", "null").exit_code == 2


def test_a_mistake_in_a_flag_is_told_by_the_flag():
    """It was told as one in a variable that nobody had set."""
    result = invoke("--http", ":8080", "--grpc", ":8080", env={"LEGATO_SERVER__WYOMING": ":8080"})
    assert (result.exit_code, result.stderr.splitlines()) == (
        1,
        [
            "Error: --grpc: server.grpc: :8080 is also the address of server.http",
            "LEGATO_SERVER__WYOMING: server.wyoming: :8080 is also the address of server.http",
            "LEGATO_SERVER__WYOMING: server.wyoming: :8080 is also the address of server.grpc",
        ],
    )


def test_strangers_are_kept_from_paid_routes(tmp_path):
    file = tmp_path / "legato.yaml"
    file.write_text(
        "voices: {a: {routes: [{provider: v}, {provider: e}]}}\n"
        "providers: {v: {dialect: x}, e: {engine: espeak}}\n",
        encoding="utf-8",
    )
    result = invoke("--config", str(file), "--http", ":0")
    assert result.exit_code == 1
    assert "--insecure" in result.stderr


def test_a_certificate_that_does_not_fit_is_told(tmp_path):
    tls = Path(__file__).parents[1] / "tls"
    env = {
        "LEGATO_SERVER__TLS__CERTIFICATE": f"{tls}/certificate.pem",
        "LEGATO_SERVER__TLS__KEY": f"{tls}/other_key.pem",
    }
    result = invoke(env=env)
    assert result.exit_code == 1
    assert "Error: server.tls: " in result.stderr


def test_help_tells_what_there_is():
    result = invoke("--help")
    assert result.exit_code == 0
    for option in ("--config", "--http", "--grpc", "--admin", "--wyoming", "--insecure"):
        assert option in result.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.voice
def test_the_command_lives_until_it_is_told_to_go(tmp_path):
    file = tmp_path / "legato.yaml"
    file.write_text(
        "voices: {e: {routes: [{provider: v}, {provider: espeak}]}}\n"
        "providers: {v: {dialect: x}, espeak: {engine: espeak}}\n",
        encoding="utf-8",
    )
    admin, ready, over = f"127.0.0.1:{free_port()}", [], threading.Event()

    def go_when_ready():
        for _ in range(400):
            if over.wait(0.05):
                return
            try:
                with urllib.request.urlopen(f"http://{admin}/readyz", timeout=5) as answer:
                    ready.append(answer.status)
                break
            except urllib.error.HTTPError as error:
                error.close()  # it holds the answer, which Python 3.14 wants closed
            except urllib.error.URLError:
                continue
        os.kill(os.getpid(), signal.SIGTERM)

    guard = threading.Thread(target=go_when_ready)
    guard.start()
    try:
        result = invoke(
            "--config", str(file), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--admin", admin,
            env={"LEGATO_LIMITS__MAX_STREAMS": str(2 * MOST_FILES)},
        )  # fmt: skip
    finally:
        over.set()
        guard.join()
    assert result.exit_code == 0, result.output
    assert ready == [200]
    lines = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    events = [line["event"] for line in lines]
    assert (
        events.index("file limit")
        < events.index("listening")
        < events.index("ready")
        < events.index("stopped")
    )
    (told,) = [
        line
        for line in lines
        if line["event"].startswith("the limit of open files is below limits.max_streams")
    ]
    assert (told["level"], told["max_streams"]) == ("warning", 2 * MOST_FILES)
    assert told["now"] <= MOST_FILES
    assert "this provider's dialect is not built in; its routes are skipped" in events
