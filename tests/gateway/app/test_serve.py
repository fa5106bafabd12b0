import asyncio
import json
import os
import signal
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from gateway.app import serve as module
from gateway.app.config import Settings
from gateway.app.serve import CannotServeError, serve, serve_command

LONG = "One two three four five six seven eight nine ten. " * 3


async def converse(address, told_started):
    """Speaks over the wire and stays until the gateway closes; returns seconds of sound and the JSON messages."""
    samples, messages = 0, []
    async with aiohttp.ClientSession() as client, client.ws_connect(f"http://{address}/v1/stream") as stream:
        for message in (
            {"open": {"maxLeadMs": -1}},
            {"text": {"utteranceId": "u", "text": LONG}},
            {"end": {"utteranceId": "u"}},
        ):
            await stream.send_json(message)
        async for message in stream:
            if message.type is aiohttp.WSMsgType.BINARY:
                samples += (len(message.data) - 24) // 2
                told_started.set()
            else:
                messages.append(json.loads(message.data))
    return samples, messages, stream.close_code


@pytest.mark.voice
async def test_sigterm_finishes_what_is_being_said_and_ends(espeak, told):
    started = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        life = group.create_task(serve(espeak(), {}))
        listening = await told.event("listening")
        await told.event("ready")
        client = group.create_task(converse(listening["http"], started))
        async with asyncio.timeout(20):
            await started.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(20):
            await life
        samples, messages, _ = await client
    kinds = [kind for message in messages for kind in message if kind not in {"serverSeq", "ackedClientSeq"}]
    assert kinds.count("utteranceFinished") == 1
    assert "goAway" in kinds
    receipt = next(
        message["utteranceFinished"]["receipt"] for message in messages if "utteranceFinished" in message
    )
    assert samples == int(receipt["audioSamples"])
    names = [line["event"] for line in told.lines]
    assert names.index("leaving") < names.index("utterance ended") < names.index("stopped")


async def cut_off(address, started):
    """Begins to speak, hears a little, and stays until the gateway closes."""
    async with aiohttp.ClientSession() as client, client.ws_connect(f"http://{address}/v1/stream") as stream:
        for message in ({"open": {}}, {"text": {"utteranceId": "u", "text": LONG}}):
            await stream.send_json(message)
        async for message in stream:
            if message.type is aiohttp.WSMsgType.BINARY:
                started.set()


@pytest.mark.voice
async def test_what_lasts_longer_than_the_grace_is_cut_off(espeak, told, monkeypatch):
    monkeypatch.setattr(module, "_LAST_FRAMES_S", 0.0)
    settings = espeak(server={"shutdown_grace_s": 0.0}, limits={"max_lead_ms": 0})
    started = asyncio.Event()
    async with asyncio.timeout(40), asyncio.TaskGroup() as group:
        life = group.create_task(serve(settings, {}))
        listening = await told.event("listening")
        await told.event("ready")
        client = group.create_task(cut_off(listening["http"], started))
        await started.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await client
        await life
    assert told.lines[-1]["event"] == "stopped"


async def test_an_address_that_is_taken_is_named(espeak, told):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for listener in ("http", "admin", "wyoming"):
            with pytest.raises(CannotServeError, match=f"cannot listen.*{taken.getsockname()[1]}"):
                await serve(espeak(server={listener: address}), {})


async def test_a_key_that_cannot_be_had_is_named(espeak, told):
    with pytest.raises(CannotServeError, match=r"server\.wyoming_key: the variable HOME_KEY"):
        await serve(espeak(server={"wyoming_key": "env:HOME_KEY"}), {})


async def test_an_address_for_bugs_that_is_none_is_named_and_not_repeated(espeak, told):
    settings = espeak(telemetry={"sentry_dsn": "env:BUGS"})
    with pytest.raises(CannotServeError, match=r"telemetry\.sentry_dsn: this is no DSN"):
        await serve(settings, {"BUGS": "not-an-address"})


@pytest.mark.voice
async def test_voices_that_cannot_start_say_why(espeak, told, tmp_path):
    server = espeak().server
    settings = Settings(
        voices={"joe": {"routes": [{"provider": "joe"}]}},
        providers={"joe": {"engine": "piper"}},
        server=server,
        engines={"voices": str(tmp_path)},
    )
    with pytest.raises(CannotServeError, match="no prepared voice"):
        await serve(settings, {})


def invoke(*arguments, env=None):
    return CliRunner().invoke(serve_command, list(arguments), env=env)


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
    tls = Path(__file__).parent / "tls"
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
            except urllib.error.URLError:
                continue
        os.kill(os.getpid(), signal.SIGTERM)

    guard = threading.Thread(target=go_when_ready)
    guard.start()
    try:
        result = invoke(
            "--config", str(file), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--admin", admin
        )
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
    assert "this provider's dialect is not built in; its routes are passed over" in events
