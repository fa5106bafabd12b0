"""Traces of the real gateway, at a real OTLP receiver: one connected trace from the client to the segment, on every wire."""

import asyncio
import secrets
import signal

import aiohttp
import grpc.aio
import pytest

from legato.v1 import speech_pb2
from legato_client import Tuning, connect
from tests.e2e.collector import FAILED, Collector
from tests.e2e.processes import BIN, Envoy, Gateway, Process, until
from tests.e2e.raw import STREAM

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

SPEAK = "/legato.v1.SpeechService/Speak"
WAY = ("stream", "utterance", "attempt", "segment")
UNANSWERED_S = 600
"""So long an answer may take: much longer than a process is given to end."""
CONFIG = """
default_voice: espeak
voices:
  espeak: {routes: [{provider: espeak}]}
  dead: {routes: [{provider: dead, voice: any}]}
  far: {routes: [{provider: far, voice: any}]}
providers:
  espeak: {engine: espeak}
  dead: {dialect: deepgram, credential: "env:NOBODYS_KEY", url: "ws://127.0.0.1:9"}
  far: {dialect: openai, url: "VENDOR/v1"}
limits: {no_route_before_audio_ms: 100}
"""


class Client:
    """A span of the client's own."""

    def __init__(self):
        self.trace_id, self.span_id = secrets.token_hex(16), secrets.token_hex(8)
        self.traceparent = f"00-{self.trace_id}-{self.span_id}-01"


@pytest.fixture(scope="module")
def collector():
    with Collector() as running:
        yield running


@pytest.fixture(scope="module")
def vendor():
    with Process(["sh", "-c", f"exec {BIN}/legato simulate openai 1>&2"]) as running:
        running.log.find(lambda line: "listening" in line)
        yield running


@pytest.fixture(scope="module")
def alone(tmp_path_factory, vendor):
    """The configuration with the quickest voice, one whose vendor is not there, and one whose vendor takes traces."""
    path = tmp_path_factory.mktemp("alone") / "legato.yaml"
    path.write_text(CONFIG.replace("VENDOR", vendor.log.lines[0]["listening"]["http"]), encoding="utf-8")
    return {"LEGATO_CONFIG": str(path), "NOBODYS_KEY": "a key"}


@pytest.fixture(scope="module")
def traced(collector, alone):
    with Gateway(**alone, **collector.variables) as gateway:
        yield gateway.ready()


@pytest.fixture(scope="module")
def proxy(traced, tmp_path_factory):
    with Envoy(traced, tmp_path_factory.mktemp("traced")) as running:
        yield running


def messages(open_of_stream, begin):
    return [
        {"open": {"max_lead_ms": -1, **open_of_stream}},
        {"begin": {"utterance_id": "u", **begin}},
        {"text": {"utterance_id": "u", "text": "Follow me home. All of the way."}},
        {"end": {"utterance_id": "u"}},
    ]


async def over_grpc(address, metadata=(), open_of_stream=(), begin=()):
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.stream_stream(STREAM)(metadata=metadata)
        for fields in messages(dict(open_of_stream), dict(begin)):
            await call.write(speech_pb2.StreamRequest(**fields).SerializeToString())
        await call.done_writing()
        async for _ in call:
            pass


async def over_websocket(address, query="", **headers):
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(f"http://{address}/v1/stream{query}", headers=headers) as stream,
    ):
        for fields in messages({}, {}):
            await stream.send_json(fields)
        async for message in stream:
            if message.type is aiohttp.WSMsgType.TEXT and "utteranceFinished" in message.data:
                return


async def speak_once(address, metadata):
    async with grpc.aio.insecure_channel(address) as channel:
        request = speech_pb2.SpeakRequest(text="Follow me home.")
        async for _ in channel.unary_stream(SPEAK)(request.SerializeToString(), metadata=metadata):
            pass


WIRES = {
    "grpc metadata": lambda at, client: over_grpc(at, [("traceparent", client.traceparent)]),
    "Speak": lambda at, client: speak_once(at, [("traceparent", client.traceparent)]),
    "websocket header": lambda at, client: over_websocket(at, traceparent=client.traceparent),
    "websocket query": lambda at, client: over_websocket(at, f"?traceparent={client.traceparent}"),
    "Open": lambda at, client: over_grpc(at, open_of_stream={"traceparent": client.traceparent}),
}


def check_connected(spans, client):
    stream, utterance, attempt, segment = (spans[name] for name in WAY)
    assert (stream.parent_id, utterance.parent_id) == (client.span_id, client.span_id)
    assert utterance.links == (stream.span_id,)
    assert attempt.parent_id == utterance.span_id
    assert segment.parent_id == attempt.span_id
    told = tuple(
        event for event in utterance.events if event != "underrun"
    )  # of which a busy machine has some
    assert told == ("first text", "first segment", "first audio")
    assert utterance.attributes["legato.outcome"] == "finished"
    assert attempt.attributes["legato.provider"] == "espeak"
    assert utterance.start_ns <= attempt.start_ns <= segment.start_ns < segment.end_ns <= attempt.end_ns
    stages = sum(ms for name, ms in utterance.attributes.items() if name.startswith("legato.stage."))
    assert stages == pytest.approx(utterance.attributes["legato.ttfb_ms"], abs=1e-6)


@pytest.mark.parametrize("way", WIRES)
@pytest.mark.parametrize("through", ["the gateway itself", "Envoy"])
async def test_one_connected_trace_from_client_to_segment(collector, traced, proxy, through, way):
    client = Client()
    at = proxy.address if through == "Envoy" else traced.http if "websocket" in way else traced.grpc
    async with asyncio.timeout(20):
        await WIRES[way](at, client)
    check_connected(await asyncio.to_thread(collector.of_trace, client.trace_id, *WAY), client)


async def test_an_utterance_may_be_of_a_trace_of_its_own(collector, traced):
    whole, one = Client(), Client()
    async with asyncio.timeout(20):
        await over_grpc(
            traced.grpc, [("traceparent", whole.traceparent)], begin={"traceparent": one.traceparent}
        )
    spans = await asyncio.to_thread(collector.of_trace, one.trace_id, "utterance", "attempt", "segment")
    stream = await asyncio.to_thread(collector.of_trace, whole.trace_id, "stream")
    assert spans["utterance"].links == (stream["stream"].span_id,)
    assert spans["utterance"].parent_id == one.span_id


async def test_a_client_that_traces_nothing_has_a_trace_for_each_utterance(collector, traced):
    before = len(collector.spans)
    async with connect(traced.urls["websocket"]) as speech:
        for _ in range(2):
            assert await speech.speak("Follow me.")
        stream_id = speech.opened.stream_id

    def complete(spans):
        return sum(span.attributes.get("legato.stream_id") == stream_id for span in spans) == 3

    spans = (await asyncio.to_thread(collector.wait_for, complete))[before:]
    mine = [span for span in spans if span.attributes.get("legato.stream_id") == stream_id]
    assert len({span.trace_id for span in mine}) == 3
    (stream,) = [span for span in mine if span.name == "stream"]
    assert all(stream.span_id in span.links for span in mine if span is not stream)


async def test_a_vendor_that_takes_traces_is_in_the_trace(collector, traced, vendor):
    client, state = Client(), "acme=t61"
    later = f"01{client.traceparent[2:]}-more"
    async with asyncio.timeout(20):
        await over_grpc(traced.grpc, [("traceparent", later), ("tracestate", state)], begin={"voice": "far"})
    spans = await asyncio.to_thread(collector.of_trace, client.trace_id, "utterance", "attempt")
    told = vendor.log.find(lambda line: client.trace_id in line.get("traceparent", ""))
    assert told["traceparent"] == f"00-{client.trace_id}-{spans['attempt'].span_id}-01"
    assert told["tracestate"] == state


async def test_what_failed_says_so(collector, traced):
    client = Client()
    async with asyncio.timeout(20):
        await over_grpc(traced.grpc, [("traceparent", client.traceparent)], begin={"voice": "dead"})
    spans = await asyncio.to_thread(collector.of_trace, client.trace_id, "utterance")
    failed = spans["utterance"]
    assert failed.status == FAILED
    assert failed.attributes["legato.outcome"] == "failed"
    assert failed.attributes["legato.reason"] == "all_routes_failed"
    assert "attempt refused" in failed.events


# --- a receiver that is no help ---------------------------------------------------------------------------------------


async def spoken(gateway, count=8):
    """How many chunks of audio come of each of so many utterances."""
    heard = []
    async with connect(gateway.urls["grpc"], tuning=Tuning(max_lead_ms=-1)) as speech:
        for _ in range(count):
            utterance = speech.begin()
            await utterance.send("Nobody is told of this.")
            await utterance.end()
            heard.append(len([audio async for audio in utterance]))
    return heard


@pytest.fixture(scope="module")
def unhelpful(alone):
    """A receiver that never answers and one that says no, each with its gateway; both start at once."""
    few = {"OTEL_BSP_MAX_QUEUE_SIZE": "16", "OTEL_EXPORTER_OTLP_TIMEOUT": str(UNANSWERED_S)}
    with (
        Collector(deaf=True) as deaf,
        Collector(refuses=True) as refusing,
        Gateway(**alone, **deaf.variables, **few) as first,
        Gateway(**alone, **refusing.variables, **few) as second,
    ):
        yield {"dropped": (deaf, first.ready()), "failed": (refusing, second.ready())}


@pytest.mark.parametrize("loss", ["dropped", "failed"])
async def test_a_receiver_that_is_no_help_costs_spans_and_no_speech(unhelpful, loss):
    """Never an answer, or a no: every utterance is spoken, the loss is counted, and the end does not wait for it."""
    receiver, gateway = unhelpful[loss]
    assert all(await spoken(gateway, 1))
    assert await asyncio.to_thread(receiver.called.wait, 20)
    assert all(await spoken(gateway))
    await asyncio.to_thread(_until_lost, gateway, loss)
    gateway.send(signal.SIGTERM)
    assert await asyncio.to_thread(gateway.ended) == 0


def _until_lost(gateway, outcome):
    until(lambda: gateway.metrics().get(f'legato_spans_total{{outcome="{outcome}"}}', 0) > 0)
