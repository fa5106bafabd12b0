"""R23: a stream that is over is free at once, and does not wait for a collection of garbage, which would look at all other streams."""

import asyncio
import contextlib
import gc
import itertools
from collections import Counter

import aiohttp
import pytest

from gateway.app.simulation import simulator
from gateway.rpc.connection import Connection
from gateway.rpc.context import Context
from gateway.servers.grpc_stream import StreamOutlet
from gateway.servers.websocket import WebSocketOutlet
from gateway.servers.websocket_picows import PicowsStream
from gateway.session.session import Session
from gateway.session.speaker import Speaker
from gateway.simulator.script import Script
from gateway.simulator.words import WORDS
from gateway.upstream.lease import Lease
from gateway.upstream.line import LeasedLine
from gateway.upstream.recording import RecordedLine
from gateway.upstream.repeating import Repeater
from legato.audio.pipe import Pipe
from legato.audio.wav import HeaderReader
from legato.core.stream import Stream
from legato.core.utterance import Utterance
from legato.domain.errors import SpeechError
from legato.text.scanner import Scanner
from legato_client import connect
from tests.chaos.stage import FORMAT, HEALTHY, configuration, gateway, provider

pytestmark = pytest.mark.e2e

OF_STREAMS = (
    Session, Stream, Utterance, Scanner, Speaker, Pipe, HeaderReader, Lease, LeasedLine, RecordedLine, Repeater,
    WebSocketOutlet, PicowsStream, StreamOutlet, Context, Connection, SpeechError,
)  # fmt: skip
"""None of them is the simulator's too, which is in this process."""
STREAMS = 5
TEXTS = (f"{one} {other}." for one, other in itertools.combinations(WORDS, 2))
"""Each is said by one client alone: an audio cache has not heard it before."""


@contextlib.contextmanager
def without_collections():
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def counted():
    return Counter(type(one).__name__ for one in gc.get_objects() if type(one) in OF_STREAMS)


async def conversation(url, *, interrupt):
    text = next(TEXTS)
    async with connect(url, voice="voice", audio_format=FORMAT) as speech:
        for _ in range(2):
            utterance = speech.say(text)
            async for _ in utterance:
                if interrupt:
                    await utterance.cancel()


async def breaks_off(url):
    async with connect(url, voice="voice", audio_format=FORMAT) as speech:
        async for _ in speech.say(next(TEXTS)):
            return


async def one_text(url):
    request = {"model": "tts-1", "voice": "voice", "input": next(TEXTS), "response_format": "pcm"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url.replace('ws', 'http', 1)}/v1/audio/speech", json=request) as answer,
    ):
        assert await answer.read()


async def refused(url):
    """Errors have frames, and these what was being read."""
    request = {"model": "tts-1", "voice": "nobody", "input": next(TEXTS)}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{url.replace('ws', 'http', 1)}/v1/audio/speech", json=request) as answer:
            assert answer.status == 400
        async with session.ws_connect(f"{url}/v1/speak") as socket:
            await socket.send_str(next(TEXTS))
            while "Warning" not in await socket.receive_str():
                pass


async def left(before):
    """What is left of the streams when their connections have ended, beyond what other tests have left."""
    for _ in range(200):
        if not counted() - before:
            break
        await asyncio.sleep(0.02)
    return dict(counted() - before)


@pytest.mark.parametrize(
    ("wire", "dialect", "cache_mb"),
    [
        ("ws", "deepgram", 0),
        ("ws", "deepgram", 10),
        ("ws", "cartesia", 0),
        ("ws", "cartesia", 10),
        ("ws", "openai", 0),
        ("grpc", "deepgram", 0),
    ],
)
async def test_r23_streams_leave_nothing_to_the_collector(wire, dialect, cache_mb):
    gc.collect()
    before = counted()
    async with simulator([dialect], Script.model_validate(HEALTHY), seed=1) as vendor:
        voices = {"voice": {"language": "en", "routes": [{"provider": "first", "voice": "one"}]}}
        settings = configuration({"first": provider(dialect, vendor)}, voices, cache={"audio_mb": cache_mb})
        async with gateway(settings, wire=wire) as url:
            await conversation(url, interrupt=False)
            with without_collections():
                assert await left(before) == {}
                for _ in range(STREAMS):
                    await conversation(url, interrupt=False)
                    await conversation(url, interrupt=True)
                    await breaks_off(url)
                    if wire == "ws":
                        await one_text(url)
                        await refused(url)
                assert await left(before) == {}
