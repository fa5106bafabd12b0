"""The vendors' own languages, through the pools, against the simulator: what is heard is counted from the audio."""

import asyncio
import contextlib
import itertools
import time
from urllib.parse import urlsplit

import numpy as np
import pytest

from gateway.app.config.settings import Settings
from gateway.app.config.voices import ProviderSettings
from gateway.app.simulation import simulator
from gateway.app.vendor_room import Ties, VendorRoom, dialect_of, pool_settings
from gateway.simulator.log import Saw
from gateway.simulator.tones import decode
from gateway.simulator.words import WORDS
from gateway.upstream.lines import VendorLines
from legato.domain.errors import SpeechError
from legato.domain.events import Audio, Failed, Finished, Lost
from legato.domain.facts import LineDialled
from legato.domain.speech import Principal, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.traces import Trace
from legato.domain.vendors import VendorLimits
from legato.ports import LineRequest
from tests.gateway.upstream.stage import Notes

SIMULATED = (
    "deepgram", "deepgram_v2", "deepgram_rest", "elevenlabs", "elevenlabs_rest", "cartesia", "cartesia_bytes",
    "openai", "wyoming",
)  # fmt: skip
ENV = {"VENDOR_KEY": "key"}
TRACE = Trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=1")


def settings_for(name, running, **provider):
    usual = urlsplit(USUAL[name])
    url = f"tcp://127.0.0.1:{running.tcp_port}"
    if name != "wyoming":
        base = running.websocket_url if usual.scheme == "wss" else running.url
        url = base.rstrip("/") + usual.path
    voice = {"deepgram": "aura-2-anna-en", "deepgram_rest": "aura-2-anna-en", "wyoming": "simulated"}.get(
        name, "anna"
    )
    return Settings(
        voices={"v": {"language": "en", "routes": [{"provider": name, "voice": voice}]}},
        providers={name: {"dialect": name, "credential": "env:VENDOR_KEY", "url": url, **provider}},
    )


USUAL = {
    "deepgram": "wss://h/v1/speak",
    "deepgram_v2": "wss://h/v2/speak",
    "deepgram_rest": "https://h/v1/speak",
    "elevenlabs": "wss://h",
    "elevenlabs_rest": "https://h",
    "cartesia": "wss://h/tts/websocket",
    "cartesia_bytes": "https://h/tts/bytes",
    "openai": "https://h/v1",
    "wyoming": "tcp://h",
}


class Ear:
    def __init__(self):
        self.events, self.news = [], asyncio.Event()

    def heard(self, line, event):
        self.events.append(event)
        self.news.set()

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition(self.events):
                self.news.clear()
                await self.news.wait()

    async def end(self):
        await self.until(lambda events: events and isinstance(events[-1], Finished | Failed | Lost))
        return self.events[-1]

    def numbers(self, rate):
        audio = b"".join(event.data for event in self.events if isinstance(event, Audio))
        return decode(np.frombuffer(audio[: len(audio) & ~1], "<i2"), rate)


@contextlib.asynccontextmanager
async def room_of(settings, notes=None, env=ENV, **more):
    async with VendorRoom(
        settings, env, time.monotonic, notes or Notes(), itertools.count(1), **more
    ) as room:
        await room.warm_up()
        yield room


async def ask(room, settings, ear):
    voice = settings.catalogue().voices["v"]
    (lines,) = room.lines().values()
    answers, came = [], asyncio.Event()

    def ready(answer):
        answers.append(answer)
        came.set()

    request = LineRequest(
        voice.routes[0], "en", UtteranceOptions(), Principal(), "s", "u", time.monotonic() + 10
    )
    lines.acquire(request, ear, ready)
    async with asyncio.timeout(10):
        await came.wait()
    assert not isinstance(answers[0], Failed), answers[0]
    return answers[0]


async def say(room, settings, *numbers):
    """Two segments of tone-coded words; returns what was heard."""
    ear = Ear()
    line = await ask(room, settings, ear)
    half = len(numbers) // 2
    for segment, part in enumerate((numbers[:half], numbers[half:])):
        line.say(segment, Reading(" ".join(WORDS[number] for number in part) + ("." if segment else ",")))
    line.end_input()
    end = await ear.end()
    line.release(clean=isinstance(end, Finished))
    assert isinstance(end, Finished), end
    return ear.numbers(line.sample_rate_hz), line


@pytest.mark.parametrize("name", SIMULATED)
async def test_r2_every_vendor_says_every_word_once_on_warm_lines(name):
    async with simulator([name]) as running:
        settings = settings_for(name, running)
        async with room_of(settings) as room:
            assert room.ready(name)
            for first in (1, 7, 13):
                wanted = list(range(first, first + 6))
                heard, line = await say(room, settings, *wanted)
                assert heard == wanted
                assert line.reused


@pytest.mark.parametrize("name", ["deepgram", "deepgram_v2", "elevenlabs", "cartesia"])
async def test_r2_r9_after_barge_ins_the_next_utterance_has_a_warm_line_and_no_limit_is_broken(name):
    async with simulator([name]) as running:
        settings = settings_for(name, running, pool={"floor": 2, "spare": 1})
        notes = Notes()
        async with room_of(settings, notes) as room:
            await notes.more(
                LineDialled, than=1
            )  # it is warm with one line, and the next utterance wants the other
            reused = []
            for number in range(6):
                ear = Ear()
                line = await ask(room, settings, ear)
                line.say(0, Reading(" ".join(WORDS[1:30]) + "."))
                if name != "elevenlabs":  # which may keep a text until it is told that it is whole
                    await ear.until(lambda events: any(isinstance(event, Audio) for event in events))
                line.cancel()
                line.release(clean=True)
                heard, after = await say(room, settings, number, number + 1, number + 2, number + 3)
                assert heard == [number, number + 1, number + 2, number + 3]
                reused.append(after.reused)
            assert all(reused)
        assert running.log.of(Saw.LIMIT) == []
        assert running.log.count(Saw.DIALLED) <= 4, "counted by the vendor, not by our own flags"


@pytest.mark.parametrize(
    ("name", "switches", "told"),
    [
        ("openai", {}, True),
        ("openai", {"traceparent": False}, False),
        ("deepgram_rest", {}, False),
        ("deepgram_rest", {"traceparent": True}, True),
        ("elevenlabs_rest", {"traceparent": True}, True),
        ("cartesia_bytes", {"traceparent": True}, True),
        ("elevenlabs", {}, False),
    ],
)
async def test_requests_name_the_trace_of_the_utterance_where_the_vendor_takes_it(name, switches, told):
    async with simulator([name]) as running:
        settings = settings_for(name, running, switches=switches)
        of_utterance = {("s", "u"): TRACE}
        async with room_of(settings, ties=Ties(trace=lambda *whose: of_utterance[whose])) as room:
            await say(room, settings, 1, 2, 3, 4)
        opened = [(entry.traceparent, entry.tracestate) for entry in running.log.of(Saw.OPENED)]
        assert opened
        assert set(opened) == {(TRACE.parent, TRACE.state) if told else ("", "")}


def test_a_switch_that_a_socket_cannot_have_is_refused_by_name():
    with pytest.raises(SpeechError, match="unknown deepgram switch 'traceparent'"):
        dialect_of(ProviderSettings(dialect="deepgram", switches={"traceparent": True}))


@pytest.mark.parametrize("name", ["google", "riva"])
def test_calls_name_their_trace_unless_the_switch_is_off(name):
    for is_on in (True, False):
        provider = ProviderSettings(dialect=name, switches={} if is_on else {"traceparent": False})
        assert dialect_of(provider).traits.takes_traceparent is is_on


async def test_the_pool_is_what_the_configuration_and_the_vendor_say():
    provider = settings_of_nobody().providers["x"]
    pool = pool_settings(provider, VendorLimits(runs_per_line=5, concurrency=7, max_age_s=60.0, dial_s=1.0))
    assert (pool.floor, pool.ceiling, pool.spare) == (3, 9, 2)
    assert (pool.runs_per_line, pool.concurrency, pool.max_age_s, pool.dial_s) == (5, 7, 60.0, 1.0)


def settings_of_nobody():
    return Settings(
        voices={"v": {"routes": [{"provider": "x", "voice": "aura-2-anna-en"}]}},
        providers={
            "x": {
                "dialect": "deepgram",
                "credential": "env:VENDOR_KEY",
                "url": "ws://127.0.0.1:9/v1/speak",
                "pool": {"floor": 3, "ceiling": 9, "spare": 2},
            }
        },
    )


async def test_a_vendor_that_is_not_there_does_not_hold_the_start_up():
    async with room_of(settings_of_nobody()) as room:
        assert not room.ready("x")
        assert not room.ready("joe")
        (told,) = [lines.view() for lines in room.lines().values()]
        assert told.provider == "x"
        assert "key" not in str(told).replace("key_", "")
        assert room.counts()["x"]["idle"] == 0
        assert room.waited_for() == {"x": 0}


async def test_a_scrape_does_not_make_the_view_of_every_route(monkeypatch):
    """With thousands of routes that took most of its time, twice."""
    async with room_of(settings_of_nobody()) as room:
        monkeypatch.setattr(VendorLines, "view", None)
        assert room.counts()["x"]["idle"] == 0
        assert room.waited_for() == {"x": 0}


async def test_every_route_that_a_vendor_serves_is_known_from_the_start():
    settings = settings_of_nobody()
    async with room_of(settings) as room:
        served = [route for voice in settings.catalogue().voices.values() for route in voice.routes]
        assert room.routes() == [f"{route.provider}/{route.voice}" for route in served]


async def test_without_vendors_there_is_nothing_to_do():
    async with room_of(Settings()) as room:
        assert room.lines() == {}
        assert room.rates_hz() == frozenset()
        await room.watch()


async def test_a_key_in_a_file_is_watched(tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.app.vendor_room._WATCH_S", 0.01)
    file, notes = tmp_path / "key", Notes()
    file.write_text("old")
    async with simulator(["deepgram"]) as running:
        settings = settings_for("deepgram", running, credential=f"file:{file}")
        async with room_of(settings, notes) as room, asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(room.watch())
            await say(room, settings, 1, 2, 3, 4)
            before = len(notes.of(LineDialled))
            file.write_text("new")
            await notes.more(LineDialled, than=before)
            watching.cancel()
            heard, _ = await say(room, settings, 1, 2, 3, 4)
            assert heard == [1, 2, 3, 4]


def test_a_vendor_at_an_address_of_the_operators_may_be_a_gateway_and_is_told_the_name(monkeypatch):
    made = []
    monkeypatch.setattr("gateway.app.vendor_room.VendorLines", lambda *given: made.append(given))
    providers = {
        "own": {"dialect": "openai", "credential": "env:VENDOR_KEY"},
        "other": {"dialect": "openai", "credential": "env:VENDOR_KEY", "url": "http://gateway:8080/v1"},
    }
    settings = Settings(
        voices={"v": {"routes": [{"provider": name, "voice": "anna"} for name in providers]}},
        providers=providers,
    )
    VendorRoom(settings, ENV, time.monotonic, Notes(), itertools.count(1), Ties(name="here"))
    assert {name: world.name for name, _, _, _, world in made} == {"own": "", "other": "here"}


async def test_vendors_on_grpc_are_trusted_as_others_are_and_asked_for_http2(monkeypatch):
    made = {}

    def lines(vendor, dialect, secret, pool, world):
        made[vendor] = world
        return VendorLines(vendor, dialect, secret, pool, world)

    monkeypatch.setattr("gateway.app.vendor_room.VendorLines", lines)
    monkeypatch.setattr("gateway.app.vendor_room.trust_of_grpc", lambda: "with HTTP/2")
    settings = Settings(
        voices={
            "v": {
                "language": "en",
                "routes": [{"provider": name, "voice": "anna"} for name in ("riva", "cartesia")],
            }
        },
        providers={
            name: {"dialect": name, "credential": "env:VENDOR_KEY", "url": url}
            for name, url in (("riva", "grpcs://h:1"), ("cartesia", "wss://h/tts/websocket"))
        },
    )
    async with VendorRoom(settings, ENV, time.monotonic, Notes(), itertools.count(1)):
        assert made["riva"].tls == "with HTTP/2"
        assert made["cartesia"].tls.verify_mode
