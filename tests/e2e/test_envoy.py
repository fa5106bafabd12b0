"""Through the real proxy with the real `envoy.yaml`: one port for all that a client may speak."""

import asyncio
import base64
import shutil
import statistics

import aiohttp
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from playwright.async_api import async_playwright

from legato.v1 import speech_pb2
from legato_client.connect import connect
from tests.e2e.browser.conftest import FLAGS, NAMES
from tests.e2e.processes import ESPEAK_ALONE, Envoy, Gateway, connected, fetch
from tests.e2e.raw import RawWebSocket, audio_of, raw_client, read_until

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

SPEAK = "/legato.v1.SpeechService/Speak"
LONG = "One two three four five six seven eight nine ten eleven twelve. " * 40


def preflight(**more):
    return {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-grpc-web",
        **more,
    }


async def test_a_conversation_goes_both_ways_at_once(envoy, wire):
    async with connect(envoy.urls[wire], voice="joe") as speech:
        utterance = speech.begin()
        await utterance.send("The first sentence is heard while the second is not there yet.")
        first = await anext(utterance)
        await utterance.send(" Here it is.")
        await utterance.end()
        size = len(first.data) + sum([len(chunk.data) async for chunk in utterance])
        assert size == 2 * utterance.receipt.audio_samples > 100_000
        assert await speech.ping() > 0


def test_a_websocket_is_upgraded_on_a_reused_connection(house, envoy):
    """Both hops are reused: the client's, and the proxy's own to the gateway, where plain HTTP was spoken before."""
    before = envoy.stats()["cluster.legato_http.upstream_cx_total"]
    sock = connected(envoy.address)
    sock.sendall(f"GET /livez HTTP/1.1\r\nHost: {envoy.address}\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\nlive\n"):
        answer += sock.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200")
    sock.settimeout(30)
    with RawWebSocket(envoy.address, sock) as client:
        client.send(open={"voice": "espeak"})
        client.send(text={"utterance_id": "u", "text": "On the same connection."})
        client.send(end={"utterance_id": "u"})
        kinds = [client.read().WhichOneof("response") for _ in range(4)]
        assert kinds[0] == "opened"
        assert "audio" in kinds
    after = envoy.stats()["cluster.legato_http.upstream_cx_total"]
    assert int(after) - int(before) <= 1


async def test_health_is_told_through_the_proxy(envoy):
    for path in ("livez", "readyz", "healthz"):
        assert fetch(f"http://{envoy.address}/{path}")[0] == 200
    assert "<html" in fetch(f"http://{envoy.address}/")[1]
    async with grpc.aio.insecure_channel(envoy.address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        answer = await health.Check(health_pb2.HealthCheckRequest(service="legato.v1.SpeechService"))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    stats = envoy.stats()
    for cluster in ("legato_grpc", "legato_http"):
        assert stats[f"cluster.{cluster}.membership_healthy"] == "1"
        assert int(stats[f"cluster.{cluster}.health_check.success"]) > 0


# --- gRPC-Web ---------------------------------------------------------------------------------------------------------


def web_frame(message):
    data = message.SerializeToString()
    return b"\0" + len(data).to_bytes(4, "big") + data


def web_frames(body):
    """(is trailers, data) of each frame."""
    while body:
        size = int.from_bytes(body[1:5], "big")
        yield body[0] == 0x80, body[5 : 5 + size]
        body = body[5 + size :]


async def speak_by_web(address, message, **headers):
    """Answers as messages, and the trailers."""
    headers = {"Content-Type": "application/grpc-web+proto", "X-Grpc-Web": "1", **headers}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"http://{address}{SPEAK}", data=web_frame(message), headers=headers) as answer,
    ):
        frames = list(web_frames(await answer.read()))
        trailers = {**answer.headers, **_trailers(frames)}
    return [speech_pb2.SpeakResponse.FromString(data) for last, data in frames if not last], trailers


def _trailers(frames):
    lines = [line for last, data in frames if last for line in data.decode().split("\r\n") if line]
    return dict(line.split(":", 1) for line in lines)


async def test_speak_by_grpc_web(envoy):
    request = speech_pb2.SpeakRequest(text="From any page on the web.", voice="espeak")
    answers, trailers = await speak_by_web(envoy.address, request)
    assert trailers["grpc-status"].strip() == "0"
    assert answers[0].format.sample_rate_hz == 24_000
    samples = sum(len(answer.audio.data) for answer in answers) // 2
    assert samples == answers[-1].finished.receipt.audio_samples > 12_000


async def test_an_error_by_grpc_web_has_its_reason(envoy):
    answers, trailers = await speak_by_web(
        envoy.address, speech_pb2.SpeakRequest(text="Hello.", voice="nobody")
    )
    assert not answers
    assert trailers["grpc-status"].strip() == "5"
    details = trailers["grpc-status-details-bin"].strip()
    assert b"UNKNOWN_VOICE" in base64.b64decode(details + "==")


async def test_only_pages_that_are_allowed_may_ask(envoy):
    async with aiohttp.ClientSession() as client:
        for origin, allowed in (
            ("http://localhost:5173", "http://localhost:5173"),
            ("https://elsewhere.example", None),
        ):
            asked = preflight(Origin=origin)
            async with client.options(f"http://{envoy.address}{SPEAK}", headers=asked) as answer:
                assert answer.headers.get("Access-Control-Allow-Origin") == allowed
        async with client.options(
            f"http://{envoy.address}{SPEAK}", headers=preflight(Origin="http://127.0.0.1:1")
        ) as answer:
            told = set(answer.headers["Access-Control-Allow-Headers"].replace(",", " ").split())
            assert {"x-grpc-web", "traceparent", "tracestate"} <= told


def test_a_key_in_the_address_is_not_in_the_log_of_the_proxy(house, tmp_path):
    """Browsers' WebSockets (`?key=`) and clients of Cartesia (`?api_key=`) have no better place for it."""
    told = tmp_path / "access.log"
    to_file = ("stream.v3.StdoutAccessLog", f"file.v3.FileAccessLog\n                      path: {told}")
    with Envoy(house, tmp_path, [to_file]) as running:
        assert fetch(f"http://{running.address}/v1/voices?key=planted-4711")[0] == 200
    assert '"path":"/v1/voices"' in told.read_text(encoding="utf-8")
    assert "planted" not in told.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/audio/speech", "authorization,content-type,x-stainless-os"),
        ("/v1/text-to-speech/espeak?output_format=pcm_24000", "content-type,xi-api-key"),
    ],
)
async def test_a_vendors_client_in_a_page_may_send_its_own_headers(envoy, path, headers):
    url, origin = f"http://{envoy.address}{path}", "http://localhost:5173"
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    said = {"text": "Hello.", "input": "Hello.", "voice": "espeak", "response_format": "pcm"}
    async with aiohttp.ClientSession() as client:
        async with client.options(
            url, headers={**asked, "Access-Control-Request-Headers": headers}
        ) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == origin
            assert answer.headers["Access-Control-Allow-Headers"] == headers
        async with client.post(url, json=said, headers={"Origin": origin}) as answer:
            assert (answer.status, answer.headers.getall("Access-Control-Allow-Origin")) == (200, [origin])
            assert answer.headers.getall("Access-Control-Expose-Headers") == ["*"]
            assert await answer.read()
        elsewhere = {**asked, "Origin": "https://elsewhere.example"}
        async with client.options(url, headers=elsewhere) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.fixture
async def page():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "Chromium not found: run make chromium"
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=path, args=list(FLAGS))
        context = await browser.new_context()
        yield await context.new_page()
        await browser.close()


SPEAK_IN_PAGE = """
async ([url, body]) => {
  const request = Uint8Array.from(atob(body), (c) => c.charCodeAt(0));
  const headers = {"content-type": "application/grpc-web+proto", "x-grpc-web": "1"};
  const answer = await fetch(url, {method: "POST", headers, body: request});
  const reader = answer.body.getReader();
  const parts = [];
  for (let part; !(part = await reader.read()).done;) parts.push(...part.value);
  return {type: answer.headers.get("content-type"), body: parts};
}
"""


@pytest.mark.browser
async def test_speak_by_grpc_web_from_a_page(house, envoy, page):
    """The page comes from the gateway itself, another origin than the proxy's, and one that is allowed."""
    await page.goto(f"http://{house.http}/livez")
    request = speech_pb2.SpeakRequest(text="Spoken to a page.", voice="espeak")
    asked = [f"http://{envoy.address}{SPEAK}", base64.b64encode(web_frame(request)).decode()]
    answer = await page.evaluate(SPEAK_IN_PAGE, asked)
    assert answer["type"] == "application/grpc-web+proto"
    frames = list(web_frames(bytes(answer["body"])))
    messages = [speech_pb2.SpeakResponse.FromString(data) for last, data in frames if not last]
    samples = sum(len(message.audio.data) for message in messages) // 2
    assert samples == messages[-1].finished.receipt.audio_samples > 12_000
    assert frames[-1][0]


@pytest.mark.browser
async def test_a_page_from_elsewhere_is_refused(envoy, page):
    async def elsewhere(route):
        await route.fulfill(content_type="text/html", body="<p>elsewhere</p>")

    await page.route("http://elsewhere.example/**", elsewhere)
    await page.goto("http://elsewhere.example/")
    with pytest.raises(Exception, match="Failed to fetch"):
        await page.evaluate(SPEAK_IN_PAGE, [f"http://{envoy.address}{SPEAK}", ""])


# --- the fence --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["pcm", "mulaw"])
async def test_little_old_audio_comes_after_a_cancel_to_a_slow_reader(envoy, wire, encoding):
    """R7, rule 3: at most 250 ms, seen from the client's socket behind the proxy.

    The voice is a hundred times quicker than its sound, there is no lead limit, and the client takes twice as long as the sound
    lasts: every buffer on the way is as full as it will be. It speaks before it has read, and so answered, anything.
    """
    form = {"encoding": "ENCODING_PCM_S16LE", "sample_rate_hz": 24_000}
    if encoding == "mulaw":
        form = {"encoding": "ENCODING_MULAW", "sample_rate_hz": 8_000}
    bytes_per_ms = 48 if encoding == "pcm" else 8
    async with raw_client(wire, envoy, acks=True) as client:
        told = {"acknowledges": wire == "grpc"}
        await client.send(open={"voice": "espeak", "max_lead_ms": -1, "audio_format": form, **told})
        await client.send(text={"utterance_id": "old", "text": LONG})
        read_ms = 0.0
        while read_ms < 1000:
            message = await client.read()
            size_ms = len(message.audio.data) / bytes_per_ms
            read_ms += size_ms
            await asyncio.sleep(2 * size_ms / 1000)  # a listener that is slower than the sound
        await client.send(cancel={})
        await client.send(text={"utterance_id": "new", "text": "New."})
        await client.send(end={"utterance_id": "new"})
        after = await read_until(client, "utterance_finished", "new")
        old_ms = sum(len(audio.data) for audio in audio_of(after, "old")) / bytes_per_ms
        assert old_ms <= 250
        assert audio_of(after, "new")


# --- long silence -----------------------------------------------------------------------------------------------------

SCALE = 100
"""Six minutes with five of silence become 3.6 seconds with three, and every limit on the way is shortened alike."""


@pytest.fixture(scope="module")
def hurried(tmp_path_factory):
    """The gateway and the proxy with all idle limits a hundredth of what they are."""
    limits = {"LEGATO_LIMITS__IDLE_STREAM_S": str(600 / SCALE)}
    changes = [
        (f"{name}: 900s", f"{name}: {900 / SCALE:g}s") for name in ("stream_idle_timeout", " idle_timeout")
    ]
    with Gateway(**ESPEAK_ALONE, **limits) as gateway:
        gateway.ready()
        with Envoy(gateway, tmp_path_factory.mktemp("hurried"), changes) as proxy:
            yield proxy


async def test_a_stream_outlives_five_minutes_of_silence(hurried, wire):
    """R25, at a hundredth: a stream is silent for half of what the limits allow, and speaks on."""
    async with connect(hurried.urls[wire], voice="espeak") as speech:
        assert await speech.speak("Before.")
        opened = speech.opened.stream_id
        await asyncio.sleep(300 / SCALE)
        assert await speech.speak("After.")
        assert speech.opened.stream_id == opened
        # The warning of ten seconds is not shortened: at this scale it comes as soon as there is silence.
        assert {notice.reason for notice in speech.notices} <= {"idle_timeout"}


async def arrivals(running, wire):
    """How late each frame of four to sixteen kilobytes comes, by the pace of its own sound, in ms."""
    form = {"encoding": "ENCODING_PCM_S16LE", "sample_rate_hz": 48_000}
    async with raw_client(wire, running, acks=True) as client:
        await client.send(open={"voice": "espeak", "max_lead_ms": 200, "audio_format": form})
        await client.send(text={"utterance_id": "u", "text": LONG})
        seen = []
        while len(seen) < 40:
            message = await client.read()
            if message.WhichOneof("response") == "audio":
                seen.append(
                    (1000 * client.read_at - message.audio.sample_offset / 48, len(message.audio.data))
                )
    settled = seen[10:]
    assert 4_000 < statistics.median(size for _, size in settled) < 16_384
    usual = statistics.median(late for late, _ in settled)
    return [late - usual for late, _ in settled]


@pytest.mark.alone  # the promise is a time of this machine's
async def test_frames_keep_their_pace_through_the_proxy(house, envoy, wire):
    """R25: jitter below 20 ms at frames of 4 to 16 KB, by the 90th percentile; beyond what a stream beside it has that goes no such way:
    a stall of this machine is no stall of the proxy."""
    proxied, direct = await asyncio.gather(arrivals(envoy, wire), arrivals(house, wire))
    assert jitter_ms(proxied) < 20 + jitter_ms(direct), (proxied, direct)


def jitter_ms(lateness):
    return sorted(map(abs, lateness))[int(len(lateness) * 0.9)]
