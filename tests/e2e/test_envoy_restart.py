"""Two gateways behind one proxy, of which one leaves: nobody who comes meanwhile is refused."""

import asyncio
import json
import signal
import urllib.request

import grpc.aio
import pytest

from legato.v1 import speech_pb2
from legato_client import Tuning
from legato_client.connect import connect
from tests.e2e.processes import ESPEAK_ALONE, Envoy, Gateway
from tests.e2e.raw import RawWebSocket

pytestmark = [pytest.mark.e2e, pytest.mark.voice]

PAGE = "/v1/text-to-speech/espeak?output_format=pcm_24000"
NEWCOMERS = 10
"""Without help each of them is refused half of the time."""


class Both(Envoy):
    """The proxy in front of two gateways, which it does not ask again how they are."""

    def __init__(self, gateways, folder):
        one, other = gateways
        pairs = [(one.http, other.http), (one.grpc, other.grpc)]
        changes = [_beside(*(address.rpartition(":")[2] for address in pair)) for pair in pairs]
        super().__init__(one, folder, [*changes, ("interval: 2s", "interval: 60s")])

    def _grpc_healthy(self):
        stats = self.stats()
        return all(stats.get(f"cluster.legato_{wire}.membership_healthy") == "2" for wire in ("grpc", "http"))


def _beside(port, other):
    line = f"              - endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }} }}\n"
    return line, line + line.replace(f"port_value: {port} ", f"port_value: {other} ")


def post(address):
    body = json.dumps({"text": "Hi."}).encode()
    asked = urllib.request.Request(f"http://{address}{PAGE}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=30) as answer:  # anything but success is an exception
        assert answer.read()


def open_websocket(address):
    with RawWebSocket(address) as client:
        client.send(open={"voice": "espeak"})
        assert client.read().WhichOneof("response") == "opened"


async def call(address):
    async with grpc.aio.insecure_channel(address) as channel:
        speak = channel.unary_stream("/legato.v1.SpeechService/Speak")
        request = speech_pb2.SpeakRequest(text="Hi.", voice="espeak").SerializeToString()
        assert len([answer async for answer in speak(request)]) > 1


async def test_r30_while_one_gateway_leaves_the_proxy_brings_newcomers_to_the_other(tmp_path):
    patient = {"LEGATO_SERVER__SHUTDOWN_GRACE_S": "60"}
    with Gateway(**ESPEAK_ALONE, **patient) as leaving, Gateway(**ESPEAK_ALONE) as staying:
        await asyncio.to_thread(leaving.ready)
        await asyncio.to_thread(staying.ready)
        with Both((leaving, staying), tmp_path) as proxy:
            async with connect(leaving.urls["websocket"], tuning=Tuning(max_lead_ms=0)) as speech:
                utterance = speech.begin()
                await utterance.send("One two three four five six seven eight nine ten eleven twelve. " * 10)
                await utterance.end()
                await anext(aiter(utterance))
                leaving.send(signal.SIGTERM)
                await asyncio.to_thread(leaving.log.find, lambda line: line.get("event") == "leaving")
                for _ in range(NEWCOMERS):
                    await asyncio.to_thread(post, proxy.address)
                    await asyncio.to_thread(open_websocket, proxy.address)
                    await call(proxy.address)
                assert leaving.child.poll() is None, "it left before the last one came"
                await utterance.cancel()
