"""What was said and what is secret is nowhere in what the gateway writes: log lines at `debug`, metrics, spans, pages for operators."""

import asyncio
import contextlib
import hashlib
import http.server
import json
import re
import threading
import time

import aiohttp
import grpc.aio
import pytest
import yaml

from legato.faces.wyoming_frames import frame
from legato.v1 import speech_pb2
from tests.e2e.collector import Collector
from tests.e2e.processes import BIN, Gateway, Process, fetch
from tests.e2e.raw import STREAM
from tests.gateway.store.test_tokens import token

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

KEY, WRONG_KEY, CREDENTIAL, DSN_KEY, RECEIVERS_KEY, LIVEKIT_SECRET = (
    "plantedkey-4711",
    "plantedwrong-4712",
    "plantedvendor-4713",
    "plantedbugs4714",
    "plantedspans4715",
    "plantedsecret-4716",
)
FORGED = token(secret="a guess", iss="APItester", nbf=0)
WORDS = ("ombrophobe", "vexillary", "quondam")
SAID = "The ombrophobe met a vexillary, quondam."
PLANTED = (KEY, WRONG_KEY, CREDENTIAL, DSN_KEY, RECEIVERS_KEY, LIVEKIT_SECRET, *FORGED.split("."), *WORDS)
ENCODED = [value.lower().encode() for value in PLANTED]


class Written(Gateway):
    """A gateway whose standard output is kept too."""

    def __init__(self, stdout, **environment):
        free = "127.0.0.1:0"
        Process.__init__(
            self,
            [
                "sh", "-c", 'exec "$@" > "$0"', stdout,
                BIN / "legato", "serve", "--http", free, "--grpc", free, "--admin", free, "--wyoming", free,
            ],
            LEGATO_LOGGING__FORMAT="json",
            LEGATO_LOGGING__LEVEL="debug",
            **environment,
        )  # fmt: skip


class Quoting(http.server.BaseHTTPRequestHandler):
    """A vendor that says no, and quotes all that it was told: text and key."""

    def do_POST(self):
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        last = json.loads(said)["input"].split()[-1].strip(".,")
        body = json.dumps(
            {"error": {"message": f"cannot say {said} for {self.headers}", "type": said, "code": last}}
        ).encode()
        self.send_response(400, "no")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Not here."""


@contextlib.contextmanager
def quoting_vendor():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quoting) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def configuration(vendor, quoting):
    return {
        "server": {"wyoming_key": "env:HOME_KEY"},
        "default_voice": "espeak",
        "voices": {
            "espeak": {"routes": [{"provider": "espeak"}]},
            "far": {"routes": [{"provider": "vendor", "voice": "aura-2-thalia-en"}]},
            "nowhere": {"routes": [{"provider": "gone", "voice": "any"}]},
            "quoted": {"routes": [{"provider": "quoting", "voice": "any"}]},
        },
        "providers": {
            "espeak": {"engine": "espeak"},
            "vendor": {"dialect": "deepgram", "credential": "env:VENDOR_KEY", "url": f"{vendor}/v1/speak"},
            "gone": {"dialect": "elevenlabs", "credential": "env:VENDOR_KEY", "url": "ws://127.0.0.1:9"},
            "quoting": {"dialect": "openai", "credential": "env:VENDOR_KEY", "url": quoting},
        },
        "keys": {
            "tester": {
                "sha256": [hashlib.sha256(KEY.encode()).hexdigest()],
                "livekit": {"APItester": "env:LIVEKIT_SECRET"},
            }
        },
        "limits": {"no_route_before_audio_ms": 100, "max_utterance_chars": 2_000},
        "telemetry": {"sentry_dsn": "env:BUGS"},
    }


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The whole house with a vendor, and everything that it is going to write."""
    folder = tmp_path_factory.mktemp("planted")
    with (
        Collector() as collector,
        quoting_vendor() as quoting,
        Process(["sh", "-c", f"exec {BIN}/legato simulate deepgram -q 1>&2"]) as vendor,
    ):
        url = vendor.log.find(lambda line: "listening" in line)["listening"]["websocket"]
        (folder / "legato.yaml").write_text(yaml.safe_dump(configuration(url, quoting)), encoding="utf-8")
        environment = {
            "LEGATO_CONFIG": str(folder / "legato.yaml"),
            "VENDOR_KEY": CREDENTIAL,
            "HOME_KEY": KEY,
            "LIVEKIT_SECRET": LIVEKIT_SECRET,
            "OTEL_EXPORTER_OTLP_HEADERS": f"x-key={RECEIVERS_KEY}",
            "BUGS": f"http://{DSN_KEY}@127.0.0.1:9/1",
        }
        with Written(folder / "stdout", **environment, **collector.variables) as gateway:
            yield gateway.ready(), collector, folder / "stdout"


def bearer(key=KEY):
    return {"Authorization": f"Bearer {key}"}


async def native_grpc(gateway):
    async with grpc.aio.insecure_channel(gateway.grpc) as channel:
        for voice in ("espeak", "far", "nowhere", "quoted", "nobody"):
            call = channel.stream_stream(STREAM)(metadata=[("authorization", f"Bearer {KEY}")])
            requests = [
                {"open": {"voice": "espeak", "max_lead_ms": -1}},
                {"begin": {"utterance_id": "u", "voice": voice}},
                {"text": {"utterance_id": "u", "text": SAID}},
                {"end": {"utterance_id": "u"}},
                {"text": {"utterance_id": "u", "text": SAID}},
                {"text": {"utterance_id": "long", "text": SAID * 100}},
                {"cancel": {"utterance_id": "long"}},
            ]
            for fields in requests:
                await call.write(speech_pb2.StreamRequest(**fields).SerializeToString())
            await call.write(b"\xff" + SAID.encode())
            await call.done_writing()
            async for _ in call:
                pass
        refused = channel.unary_stream("/legato.v1.SpeechService/Speak")(
            speech_pb2.SpeakRequest(text=SAID).SerializeToString(),
            metadata=[("authorization", f"Bearer {WRONG_KEY}")],
        )
        with pytest.raises(grpc.aio.AioRpcError):
            async for _ in refused:
                pass


async def native_websocket(client, gateway):
    url = f"http://{gateway.http}/v1/stream"
    async with client.ws_connect(url, protocols=("legato.v1", f"legato.key.{KEY}")) as stream:
        for message in ({"open": {"maxLeadMs": -1}}, {"text": {"utteranceId": "u", "text": SAID}}):
            await stream.send_json(message)
        await stream.send_str(json.dumps({"text": {"utteranceId": "u", SAID: SAID}}))
        await stream.send_str('{"text": "' + SAID)
        await stream.send_bytes(SAID.encode())
        await stream.send_json({"end": {"utteranceId": "u"}})
        async for message in stream:
            if message.type is aiohttp.WSMsgType.TEXT and "utteranceFinished" in message.data:
                break
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect(f"{url}?key={WRONG_KEY}")


async def to_the_end(stream, *messages, until):
    """Says these, and reads to what is awaited or to the close."""
    for message in messages:
        await (stream.send_str(message) if isinstance(message, str) else stream.send_json(message))
    async for message in stream:
        if message.type is aiohttp.WSMsgType.TEXT and until in message.data:
            return


async def more_dialects(client, gateway):
    base = f"http://{gateway.http}"
    pcm = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000}
    asked = {
        "model_id": "any",
        "transcript": SAID,
        "voice": {"mode": "id", "id": "espeak"},
        "output_format": pcm,
    }
    async with client.ws_connect(f"{base}/tts/websocket?api_key={KEY}") as stream:
        await to_the_end(stream, {**asked, "context_id": "a"}, until='"done"')
        await to_the_end(stream, {**asked, "context_id": "b", "language": [SAID]}, until="error")
        await to_the_end(stream, SAID, until="error")
    said = {"type": "input_transcript", "transcript": SAID, "generation_config": {"voice": "espeak"}}
    signed = token(secret=LIVEKIT_SECRET, iss="APItester", nbf=0, exp=time.time_ns() // 10**9 + 60)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect(f"{base}/v1/tts", headers=bearer(FORGED))
    async with client.ws_connect(f"{base}/v1/tts?model={WORDS[0]}", headers=bearer(signed)) as stream:
        await to_the_end(stream, {"type": "session.create", "model": WORDS[0]}, until="session.created")
        await to_the_end(stream, said, {"type": "session.flush"}, until='"done"')
        await to_the_end(stream, {**said, "generation_config": {"voice": SAID}}, SAID, until="error")
    version = {"Cartesia-Version": "2025-04-16", "X-API-Key": KEY}
    async with client.post(f"{base}/tts/bytes", json=asked, headers=version) as answer:
        assert await answer.read()
    speech = f"{base}/v1/text-to-speech/espeak"
    text = [{"text": " ", "xi_api_key": KEY}, {"text": f"{SAID} "}]
    async with client.ws_connect(f"{speech}/stream-input?output_format=pcm_24000") as stream:
        await to_the_end(stream, *text, {"text": ""}, until='isFinal":true')
    async with client.ws_connect(f"{speech}/multi-stream-input?output_format=pcm_24000") as stream:
        await to_the_end(stream, *text, {"text": [SAID]}, {"close_socket": True}, until="nothing")
    for body, status in (({"text": SAID}, 200), ({"text": SAID, "voice_settings": SAID}, 422)):
        async with client.post(
            f"{speech}?output_format=pcm_24000", json=body, headers={"xi-api-key": KEY}
        ) as answer:
            await answer.read()
            assert answer.status == status
    async with client.ws_connect(f"{base}/v2/speak?model=espeak", protocols=("token", KEY)) as stream:
        await to_the_end(stream, {"type": "Speak", "text": SAID}, {"type": "Flush"}, until="SpeechMetadata")
        await to_the_end(stream, {"type": "Configure", "speed": SAID}, {"type": "Close"}, until="nothing")
    async with client.post(f"{base}/v1/speak?model=espeak", json={"text": SAID}, headers=bearer()) as answer:
        assert await answer.read()


async def home(gateway):
    address = next(line["wyoming"] for line in gateway.log.lines if line.get("event") == "listening")
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    for kind, data in (
        ("synthesize", {"text": SAID}),
        ("synthesize", {"text": SAID, "voice": {"name": "quoted"}}),
    ):
        writer.write(frame(kind, data))
        while b"audio-stop" not in await reader.readline():
            pass
    writer.write(SAID.encode() + b"\n")
    await reader.read()
    writer.close()


async def dialects(client, gateway):
    base = f"http://{gateway.http}"
    asked = {"model": "tts-1", "input": SAID, "voice": "espeak", "response_format": "pcm"}
    for body, status in ((asked, 200), ({**asked, "voice": [SAID]}, 400), ({**asked, "speed": SAID}, 400)):
        async with client.post(f"{base}/v1/audio/speech", json=body, headers=bearer()) as answer:
            await answer.read()
            assert answer.status == status
    async with client.post(f"{base}/v1/audio/speech", data=SAID, headers=bearer(WRONG_KEY)) as answer:
        assert answer.status == 401
    token = {"Authorization": f"Token {KEY}"}
    async with client.ws_connect(f"{base}/v1/speak?model=espeak", headers=token) as stream:
        await stream.send_json({"type": "Speak", "text": SAID})
        await stream.send_json({"type": "Flush"})
        async for message in stream:
            if message.type is aiohttp.WSMsgType.TEXT and "Flushed" in message.data:
                break
        await stream.send_json({"type": SAID})
        await stream.send_str(SAID)
        await stream.send_json({"type": "Close"})
        async for _ in stream:
            pass


async def pages(client, gateway):
    base = f"http://{gateway.http}"
    for body in (json.dumps({"text": SAID}), SAID, json.dumps({"text": SAID, SAID: 1})):
        async with client.post(f"{base}/v1/text", data=body, headers=bearer()) as answer:
            await answer.read()
    async with client.get(f"{base}/v1/voices?key={KEY}&language={WORDS[0]}") as answer:
        await answer.read()


def everything_written(gateway, collector, stdout):
    """All output, by where it came from. The gateway has ended."""
    return {
        "stdout": stdout.read_bytes(),
        "stderr": json.dumps(gateway.log.lines, ensure_ascii=False).encode(),
        "spans": collector.raw,
    }


async def test_planted_sentences_and_secrets_are_nowhere(place):
    gateway, collector, stdout = place
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as client:
            await native_grpc(gateway)
            await native_websocket(client, gateway)
            await dialects(client, gateway)
            await more_dialects(client, gateway)
            await home(gateway)
            await pages(client, gateway)
    finally:
        assert [line for line in gateway.log.lines if line.get("event") == "bug found"] == []
    seen = {
        path: (await asyncio.to_thread(fetch, f"http://{gateway.admin}/{path}"))[1].encode()
        for path in ("metrics", "healthz", "v1/vendors", "log-level")
    }
    await asyncio.to_thread(gateway.stop)
    seen |= everything_written(gateway, collector, stdout)
    found = [
        (where, planted) for where, text in seen.items() for planted in ENCODED if planted in text.lower()
    ]
    assert found == []
    # What was looked through is the whole of what was said: each way has left its traces.
    faces = set(re.findall(r'legato_streams_total\{face="(\w+)"', seen["metrics"].decode()))
    assert faces == {
        "grpc",
        "websocket",
        "openai",
        "deepgram",
        "cartesia",
        "elevenlabs",
        "livekit",
        "wyoming",
    }
    for provider, outcome in (("espeak", "finished"), ("vendor", "finished")):
        assert any(
            f'outcome="{outcome}",provider="{provider}"' in line and not line.endswith(" 0.0")
            for line in seen["metrics"].decode().splitlines()
        )
    assert b'reason="all_routes_failed"' in seen["metrics"]
    assert b'outcome="vendor_rejected",provider="quoting"' in seen["metrics"]
    assert {"debug", "info", "warning"} <= {line.get("level") for line in gateway.log.lines}
    assert len(seen["spans"]) > 1_000
