"""Every vendor that is simulated, with every fault of the script at every moment: it fires there, or the script is refused with the reason."""

import asyncio
import contextlib
import itertools
import json
from functools import partial
from typing import get_args

import aiohttp
import pytest
import websockets

from gateway.app.simulation import NAMES, simulator
from gateway.app.vendors import VENDORS
from gateway.simulator.log import Saw
from gateway.simulator.script import Fault, Moment, Script, ScriptError
from gateway.simulator.words import WORDS
from legato.domain.events import Failed, Finished
from legato.domain.speech import Route
from legato.domain.text import Reading
from legato.domain.vendors import Transport
from tests.gateway.upstream.stage import Asked, Ear, lines_of

TEXTS = (f"{' '.join(WORDS[:4])}. ", f"{' '.join(WORDS[4:8])}. ")
VALUES = {"ms": 100, "byte": 501, "word": 2, "segment": 1, "idle": 20}
DEEDS = {
    "reset": "reset",
    "eof": "eof",
    "half_open": "half_open",
    "stall": "stall",
    "silence": "silence",
    "odd_bytes": "odd_bytes",
    "truncate_json": "truncate_json",
    "context_limit": "context_limit",
    "refuse": "refuse",
    "close": {"close": 1011, "reason": "NET-0000"},
    "delay_ms": {"delay_ms": 5},
    "drip_bytes_per_s": {"drip_bytes_per_s": 200},
    "words": {"words": "absent"},
    "error": {"error": "vendor_quota"},
    "http": {"http": 503},
    "down_ms": {"down_ms": 5},
}
PATHS = {
    "deepgram": "/v1/speak",
    "deepgram_v2": "/v2/speak",
    "deepgram_rest": "/v1/speak",
    "cartesia": "/tts/websocket",
    "cartesia_bytes": "/tts/bytes",
    "openai": "/v1",
}
LACKING = {
    "truncate_json": ("deepgram_rest", "cartesia_bytes", "riva", "google"),
    "words": ("deepgram", "deepgram_v2", "deepgram_rest", "cartesia_bytes", "openai", "wyoming", "google"),
    "context_limit": tuple(sorted(set(NAMES) - {"elevenlabs", "cartesia"})),
    "http": ("wyoming",),
}
"""Which vendors have nothing for which fault."""


def possible(do, at):
    """The fault, or none where the script itself has no such thing."""
    with contextlib.suppress(ValueError):
        return Fault.model_validate({"when": {"at": at, "value": VALUES.get(at, 0)}, "do": do})
    return None


class _Limits:
    """A dialect that also shows its limits, for the stage."""

    def __init__(self, dialect):
        self._dialect = dialect
        self.limits = dialect.traits.limits

    def __getattr__(self, name):
        return getattr(self._dialect, name)


@contextlib.asynccontextmanager
async def speaker(name, built, *, idle):
    """Speaks two segments, by the gateway's own side of that language where it has one, and then rests."""
    if name in OTHER:
        yield partial(OTHER[name], built, idle=idle)
        return
    urls = {
        Transport.WEBSOCKET: built.websocket_url,
        Transport.HTTP: built.url,
        Transport.TCP: built.tcp_url,
        Transport.GRPC: built.grpc_url,
    }
    url = urls[VENDORS[name](None, {}, {}).traits.transport] + PATHS.get(name, "")
    dialect = VENDORS[name](url, {"dial_s": 1.0, "first_audio_s": 1.0}, {})
    async with lines_of(_Limits(dialect), warm=False) as lines:
        yield partial(speak, lines)


async def speak(lines):
    ear = Ear()
    while isinstance(line := await Asked(lines, ear, route=Route("test", "anna")).answer(), Failed):
        pass
    for segment, text in enumerate(TEXTS):
        line.say(segment, Reading(text))
    line.end_input()
    last = await ear.end()
    line.release(clean=isinstance(last, Finished))
    await _rest()


async def _rest():
    """Until the fault has fired, and whoever speaks is stopped."""
    await asyncio.Event().wait()


async def stream_input(built, *, idle=False):
    url = f"{built.websocket_url}/v1/text-to-speech/anna/stream-input?output_format=pcm_16000"
    with contextlib.suppress(websockets.WebSocketException, OSError):
        async with websockets.connect(url, proxy=None, max_queue=None, close_timeout=0.1) as client:
            await client.send(json.dumps({"text": " "}))
            if idle:
                await _rest()
            for text in TEXTS:
                await client.send(json.dumps({"text": text, "flush": True}))
            async for _ in client:
                pass


async def server_sent_events(built, *, idle=False):
    body = {
        "model_id": "sonic-3",
        "transcript": TEXTS[0],
        "voice": {"mode": "id", "id": "anna"},
        "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 16_000},
    }
    with contextlib.suppress(aiohttp.ClientError):
        async with aiohttp.ClientSession() as client:
            async with client.post(f"{built.url}/tts/sse", json=body) as answer:
                await answer.read()
            await _rest()


OTHER = {"elevenlabs_stream": stream_input, "cartesia_sse": server_sent_events}
"""Those that the gateway does not speak itself."""


async def fired(name, fault):
    """What the log says of the fault while somebody speaks."""
    script = Script(pace={"speed": 0, "chunk_ms": 20}, faults=(fault,))
    async with (
        asyncio.timeout(10),
        simulator([name], script) as built,
        speaker(name, built, idle=fault.when.at == "idle") as speaks,
        asyncio.TaskGroup() as tasks,
    ):
        speaking = tasks.create_task(speaks())
        await built.seen(Saw.FAULT)
        speaking.cancel()
        assert not built.log.of(Saw.BUG)
        return [(entry.vendor, entry.moment, entry.note) for entry in built.log.faults]


CASES = [
    (name, deed, at)
    for name, deed, at in itertools.product(NAMES, DEEDS, get_args(Moment))
    if name not in LACKING.get(deed, ()) and possible(DEEDS[deed], at) is not None
]
SHORTENED = [
    (name, deed, at) for name, deed, at in CASES if at in {"dial", "begin", "word", "idle"} or deed == "reset"
]
"""What a fault does is one thing, when it comes another: every deed at a moment of each kind, one at all of them."""


@pytest.mark.parametrize(("name", "deed", "at"), SHORTENED)
async def test_it_fires_where_it_should(name, deed, at, capfd):
    vendor = "" if deed == "refuse" else name
    assert await fired(name, possible(DEEDS[deed], at)) == [(vendor, at, deed)]
    assert capfd.readouterr().err == ""


def test_every_fault_of_the_vocabulary_is_here():
    assert {
        possible(do, at).name
        for do, at in itertools.product(DEEDS.values(), get_args(Moment))
        if possible(do, at)
    } == set(DEEDS)
    assert {name for name, _, _ in SHORTENED} == set(NAMES)


@pytest.mark.parametrize(
    ("deed", "name"), [(deed, name) for deed, names in LACKING.items() for name in names]
)
def test_what_would_never_fire_is_refused(deed, name):
    at = next(at for at in get_args(Moment) if possible(DEEDS[deed], at))
    with pytest.raises(ScriptError, match=rf"faults\.0: {deed} would never fire: {name}: no "):
        simulator([name], Script(faults=(possible(DEEDS[deed], at),)))


@pytest.mark.parametrize(
    ("when", "name"),
    [({"key": "k"}, "wyoming"), ({"at": "segment", "value": 2}, "openai")],
)
def test_a_moment_that_never_comes_is_refused(when, name):
    with pytest.raises(ScriptError, match=f"{name}: no"):
        simulator([name], Script.model_validate({"faults": [{"when": when, "do": "reset"}]}))


def test_every_transport_is_here():
    spoken = {VENDORS[name](None, {}, {}).traits.transport for name in NAMES if name in VENDORS}
    assert spoken == set(Transport)
