import asyncio
import errno
import io
import json
import os
import re
import signal
import socket
import ssl
from types import SimpleNamespace

import aiohttp
import pytest

from gateway.app import certificates
from gateway.app import serve as module
from gateway.app.certificate_dates import dates
from gateway.app.config.settings import Settings
from gateway.app.link.messages import SetLevel, SetRoute
from gateway.app.self_signed import certificate
from gateway.app.serve import CannotServeError, serve
from gateway.app.workers.parent import serve_with_workers
from gateway.telemetry.logs import Logs
from legato.domain.audio import Encoders, Encoding

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
    await told.event("stopped")
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
    monkeypatch.setattr(module, "LAST_FRAMES_S", 0.0)
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
    assert await told.event("stopped") == told.lines[-1]


@pytest.mark.voice
async def test_a_renewed_certificate_is_used_without_a_restart(espeak, told, tmp_path, monkeypatch):
    monkeypatch.setattr(certificates, "LOOK_S", 0.05)
    certificate(tmp_path)
    tls = {"certificate": str(tmp_path / "certificate.pem"), "key": str(tmp_path / "key.pem")}
    async with asyncio.timeout(40), asyncio.TaskGroup() as group:
        life = group.create_task(serve(espeak(server={"tls": tls}), {}))
        listening = await told.event("listening")
        certificate(tmp_path)
        await told.event("the certificate has changed; new connections get the new one")
        async with aiohttp.request("GET", f"http://{listening['admin']}/metrics") as answer:
            scrape = await answer.text()
        made = dates((tmp_path / "certificate.pem").read_bytes())
        (shown,) = re.findall(r"^legato_certificate_not_after_timestamp_seconds (\S+)$", scrape, re.MULTILINE)
        assert float(shown) == made.not_after_s
        trusting = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
        host, _, port = listening["grpc"].rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port), ssl=trusting)
        writer.close()
        os.kill(os.getpid(), signal.SIGTERM)
        await life


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
    with pytest.raises(CannotServeError, match=r"telemetry\.sentry_dsn: expected a Sentry DSN"):
        await serve(settings, {"BUGS": "not-an-address"})


@pytest.mark.parametrize("run", [serve, serve_with_workers])
async def test_a_machine_without_room_for_temporary_files_is_told(espeak, told, monkeypatch, run):
    """As a container whose file system may not be written to, and which was given no /tmp."""

    def refuse(**_):
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("gateway.engines.own_directory.tempfile.mkdtemp", refuse)
    with pytest.raises(CannotServeError, match=r"temporary directory \(TMPDIR\): No usable temporary"):
        await run(espeak(), {}, None)


@pytest.mark.voice
@pytest.mark.parametrize(
    ("run", "workers"), [(serve, 1), pytest.param(serve_with_workers, 2, marks=pytest.mark.slow)]
)
async def test_systemd_is_told_when_it_is_ready_and_when_it_goes(espeak, told, tmp_path, run, workers):
    settings = espeak()
    settings = settings.model_copy(
        update={"server": settings.server.model_copy(update={"workers": workers, "admin": None})}
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)

        async def said():
            return await asyncio.get_running_loop().sock_recv(systemd, 100)

        env = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "60000000"}
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            life = group.create_task(run(settings, env, Logs("info", "json", io.StringIO())))
            assert await said() == b"WATCHDOG=1"
            assert await said() == b"READY=1"
            os.kill(os.getpid(), signal.SIGTERM)
            assert await said() == b"STOPPING=1"
            await life
        with pytest.raises(BlockingIOError):
            systemd.recv(100)


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


@pytest.mark.voice
async def test_an_extra_that_does_not_work_is_told_once_and_does_not_keep_the_gateway_from_starting(
    espeak, told, monkeypatch
):
    cause = "ImportError: libavcodec.so.62: no such file"
    broken = Encoders({Encoding.MP3}, {Encoding.OPUS: cause, Encoding.AAC: cause})
    monkeypatch.setattr("gateway.app.house.codec.installed", lambda: broken)
    async with asyncio.timeout(40), asyncio.TaskGroup() as group:
        life = group.create_task(serve(espeak(), {}))
        await told.event("ready")
        os.kill(os.getpid(), signal.SIGTERM)
        await life
    [line] = [line for line in told.lines if line["event"] == "an extra does not work"]
    assert (line["level"], line["extra"], line["encodings"]) == ("warning", "codecs", "opus, aac")
    assert line["why"] == cause


def test_a_worker_does_what_its_parent_orders():
    """The log level that operators set is that of every worker, and so is what they set for a route."""
    held = []
    operations = SimpleNamespace(hold=lambda route, action: held.append((route, action)))
    with Logs("info", "json", io.StringIO()) as logs:
        module._obey(operations, logs, SetLevel("debug"))
        assert (logs.level, held) == ("debug", [])
        module._obey(operations, logs, SetRoute("a/b", "drain"))
        assert (logs.level, held) == ("debug", [("a/b", "drain")])
    module._obey(operations, None, SetLevel("error"))
