"""R23: a stream that is over is free at once, and does not wait for a collection of garbage, which would look at all other streams."""

import asyncio
import contextlib
import gc
import hashlib
import itertools
import struct
from collections import Counter
from socket import SO_LINGER, SOL_SOCKET

import aiohttp
import pytest

from gateway.app.simulation import simulator
from gateway.rpc.connection import Connection
from gateway.rpc.context import Context
from gateway.servers.grpc_stream import StreamOutlet
from gateway.servers.one_shot import OneShotOutlet
from gateway.servers.websocket import WebSocketOutlet
from gateway.servers.websocket_picows import PicowsStream
from gateway.session.session import Session
from gateway.session.speaker import Speaker
from gateway.simulator.script import Script
from gateway.simulator.words import WORDS
from gateway.upstream.lease import Lease
from gateway.upstream.line import LeasedLine
from gateway.upstream.reaching import Reached
from gateway.upstream.recording import RecordedLine
from gateway.upstream.repeating import Repeater
from legato.audio.pipe import Pipe
from legato.audio.wav import HeaderReader
from legato.core.stream import Stream
from legato.core.utterance import Utterance
from legato.domain.errors import SpeechError
from legato.domain.speech import Position
from legato.text.scanner import Scanner
from legato_client import connect
from legato_client.errors import ConnectionLostError
from tests.chaos.stage import FORMAT, HEALTHY, configuration, gateway, provider, two_routes

pytestmark = pytest.mark.e2e

OF_STREAMS = (
    Session, Stream, Utterance, Scanner, Speaker, Pipe, HeaderReader, Lease, LeasedLine, RecordedLine, Repeater,
    WebSocketOutlet, PicowsStream, StreamOutlet, Context, Connection, SpeechError, OneShotOutlet,
)  # fmt: skip
"""None of them belongs to a line of the simulator's that goes on, which is in this process, too."""
OF_ASYNCIO = {f"{Reached.__module__}.{Reached.__qualname__}"}
"""A socket belongs to its transport, which on asyncio's own loop is a cycle; uvloop's is none."""
STREAMS = 5
KEY = "sesame"
KEYS = {"tester": {"sha256": [hashlib.sha256(KEY.encode()).hexdigest()]}}
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


@contextlib.asynccontextmanager
async def nothing_of_ours_for_the_collector():
    """Check that what went on inside has left no cycle with anything of ours in it."""
    with without_collections():
        yield
        await asyncio.sleep(0.3)  # what has ended lets go, turn by turn
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            gc.collect()
            found = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.garbage)
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
    ours = {name for name in found if name.startswith(("gateway.", "legato."))}
    assert ours - OF_ASYNCIO == set()


async def one_utterance(url, text=""):
    """It may end in an error."""
    async with connect(url, key=KEY, voice="voice", audio_format=FORMAT) as speech:
        with contextlib.suppress(SpeechError, ConnectionLostError):
            async for _ in speech.say(text or next(TEXTS)):
                pass


AT_DIAL, IN_THE_MIDDLE = {"at": "dial"}, {"at": "ms", "value": 100}


@pytest.mark.parametrize(
    ("dialect", "when", "do"),
    [
        ("deepgram", IN_THE_MIDDLE, "reset"),
        ("deepgram", AT_DIAL, {"http": 429}),
        ("openai", IN_THE_MIDDLE, "reset"),
        ("riva", IN_THE_MIDDLE, "reset"),
        ("riva", IN_THE_MIDDLE, "half_open"),
    ],
)
async def test_r23_a_vendor_that_fails_leaves_nothing_to_the_collector(dialect, when, do):
    """Errors have frames, in these are the lines that they end, and libraries keep errors."""
    script = Script.model_validate({**HEALTHY, "faults": [{"when": when, "do": do, "times": 0}]})
    async with (
        simulator([dialect], script, seed=1) as vendor,
        simulator(["deepgram"], Script.model_validate(HEALTHY), seed=1) as second,
        gateway(two_routes(dialect, vendor, second)) as url,
        nothing_of_ours_for_the_collector(),
    ):
        for _ in range(3):
            await one_utterance(url)


@contextlib.asynccontextmanager
async def alone(cache_mb=0, **server):
    """A gateway with a healthy vendor."""
    async with simulator(["cartesia"], Script.model_validate(HEALTHY), seed=1) as vendor:
        voices = {"voice": {"language": "en", "routes": [{"provider": "first", "voice": "one"}]}}
        settings = configuration(
            {"first": provider("cartesia", vendor)}, voices, cache={"audio_mb": cache_mb}, **server
        )
        async with gateway(settings) as url:
            await one_utterance(url)
            yield url


async def test_r23_listeners_to_one_recording_leave_nothing_to_the_collector():
    async with alone(cache_mb=10) as url, nothing_of_ours_for_the_collector():
        text = next(TEXTS)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(one_utterance(url, text))


async def test_r23_what_is_replaced_leaves_nothing_to_the_collector():
    async with (
        alone() as url,
        nothing_of_ours_for_the_collector(),
        connect(url, voice="voice", audio_format=FORMAT) as speech,
    ):
        async for _ in speech.say(next(TEXTS)):
            break
        async for _ in speech.say(next(TEXTS), position=Position.REPLACE):
            pass


DEEPGRAM = "/v1/speak?model=voice&encoding=linear16&sample_rate=24000"


async def vanishes(url):
    """Speak Deepgram's language, and reset the connection while audio comes."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}{DEEPGRAM}") as socket:
        for message in ({"type": "Speak", "text": next(TEXTS) * 9}, {"type": "Flush"}):
            await socket.send_json(message)
        while (await socket.receive()).type is not aiohttp.WSMsgType.BINARY:
            pass
        # Closing with unread bytes would do the same, if there are some.
        socket.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        socket._response.connection.transport.abort()


async def test_r23_a_client_that_vanishes_leaves_nothing_to_the_collector():
    async with alone() as url, nothing_of_ours_for_the_collector():
        await vanishes(url)


async def turned_away(url):
    """Ask for a WebSocket in a way that is refused."""
    async with aiohttp.ClientSession() as session:
        for path in ("/v1/speak?encoding=none", "/v1/text-to-speech/voice/stream-input?output_format=none"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"{url}{path}")


async def turned_away_from_the_native_contract(url):
    """Be refused for another subprotocol: by picows, and by aiohttp, which has a connection that carried plain HTTP before."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        for reused in (False, True):
            if reused:
                async with session.get(f"{url.replace('ws', 'http', 1)}/v1/voices") as answer:
                    await answer.read()
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"{url}/v1/stream", protocols=["none"])


async def over_a_reused_connection(url):
    """Come for the native contract on a connection that carried plain HTTP before, and go."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        async with session.get(f"{url.replace('ws', 'http', 1)}/v1/voices") as answer:
            await answer.read()
        await (await session.ws_connect(f"{url}/v1/stream")).close()


@pytest.mark.parametrize(
    "asks", [turned_away, turned_away_from_the_native_contract, over_a_reused_connection]
)
async def test_r23_clients_that_are_turned_away_leave_nothing_to_the_collector(asks):
    async with alone() as url, nothing_of_ours_for_the_collector():
        await asks(url)


@pytest.mark.parametrize("key", [KEY, "wrong"])
async def test_r23_a_key_in_the_first_frame_leaves_nothing_to_the_collector(key):
    """The stream that waits for it takes the place of another one."""
    async with (
        alone(keys=KEYS) as url,
        nothing_of_ours_for_the_collector(),
        aiohttp.ClientSession() as session,
    ):
        path = "/v1/text-to-speech/voice/stream-input?output_format=pcm_24000"
        async with session.ws_connect(f"{url}{path}") as socket:
            await socket.send_json({"text": f"{next(TEXTS)} ", "xi_api_key": key})
            await socket.send_json({"text": ""})
            while (message := await socket.receive()).type != aiohttp.WSMsgType.CLOSE:
                assert message.type is aiohttp.WSMsgType.TEXT
            assert socket.close_code == (1000 if key == KEY else 1008)
