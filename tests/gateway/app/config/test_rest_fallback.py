import asyncio
from dataclasses import fields
from urllib.parse import urlsplit

import numpy as np
import pytest
from pydantic import ValidationError

from gateway.app.config.errors import ConfigError
from gateway.app.config.rest_fallback import with_twin_routes, with_twins
from gateway.app.config.voices import ProviderSettings, RouteSettings, VoiceSettings
from gateway.app.house import House
from gateway.app.safety import check
from gateway.app.simulation import simulator
from gateway.app.vendor_room import dialect_of
from gateway.app.vendors import REST_TWINS, VENDORS
from gateway.simulator.tones import decode
from gateway.simulator.words import WORDS
from legato.domain.events import Closed, End, Open, Text
from legato.domain.replies import AudioChunk, UtteranceFinished
from legato.domain.speech import UtteranceOptions
from legato.domain.vendors import Transport
from tests.gateway.app.test_house import PCM, Alarm, Outlet
from tests.gateway.app.test_vendor_room import ENV, settings_for


@pytest.mark.parametrize(
    ("dialect", "url", "rest"),
    [
        ("deepgram", "wss://eu.deepgram.test/v1/speak", "https://eu.deepgram.test/v1/speak"),
        ("elevenlabs", "ws://h:1", "http://h:1"),
        ("cartesia", "wss://h/tts/websocket", "https://h/tts/bytes"),
        ("cartesia", "wss://h/elsewhere", "https://h/elsewhere"),
        ("cartesia", None, None),
    ],
)
def test_a_twin_has_the_key_the_host_and_what_both_wires_share(dialect, url, rest):
    provider = ProviderSettings(
        dialect=dialect,
        credential="env:KEY",
        url=url,
        limits={"concurrency": 3, "max_age_s": 60},
        rest_fallback=True,
    )
    providers = with_twins({"v": provider, "w": ProviderSettings(engine="espeak")})
    twin = providers["v-rest"]
    assert set(providers) == {"v", "v-rest", "w"}
    assert (twin.dialect, twin.credential, twin.url) == (REST_TWINS[dialect][0], "env:KEY", rest)
    assert (twin.limits, twin.rest_fallback) == ({"concurrency": 3}, False)
    assert dialect_of(twin).traits.transport is Transport.HTTP


def test_switches_that_both_have_are_both_s():
    switches = {"version": "2025-04-16", "confirms_cancel": False}
    provider = ProviderSettings(dialect="cartesia", switches=switches, rest_fallback=True)
    twin = with_twins({"c": provider})["c-rest"]
    assert twin.switches == {"version": "2025-04-16"}
    place = dialect_of(twin).place(
        VoiceSettings(routes=({"provider": "c-rest"},)).routes[0], "en", UtteranceOptions()
    )
    assert ("Cartesia-Version", "2025-04-16") in place.headers


@pytest.mark.parametrize("dialect", REST_TWINS)
def test_the_switches_that_are_carried_over_are_switches_of_both(dialect):
    rest, carried = REST_TWINS[dialect]
    for name in (dialect, rest):
        usual = VENDORS[name](None, {}, {}).switches
        assert carried <= {field.name for field in fields(usual)}


def test_the_twins_route_stands_behind_its_own():
    wants, does_not = (
        ProviderSettings(dialect="deepgram", rest_fallback=True),
        ProviderSettings(dialect="openai"),
    )
    options = {"sample_rate": 16_000}
    voice = VoiceSettings(
        routes=(
            RouteSettings(provider="d", voice="a", options=options),
            RouteSettings(provider="o", voice="b"),
            RouteSettings(provider="d", voice="c"),
            RouteSettings(provider="d-rest", voice="c"),
        )
    )
    routes = with_twin_routes(voice, {"d": wants, "o": does_not}).routes
    assert [(route.provider, route.voice) for route in routes] == [
        ("d", "a"), ("d-rest", "a"), ("o", "b"), ("d", "c"), ("d-rest", "c"),
    ]  # fmt: skip
    assert routes[1].options == options


def test_a_provider_of_the_twins_name_stands_in_its_place():
    own = ProviderSettings(dialect="deepgram_rest", url="http://h:1/v1/speak")
    provider = ProviderSettings(dialect="deepgram", rest_fallback=True)
    assert with_twins({"d": provider, "d-rest": own})["d-rest"] is own


def test_who_has_no_twin_is_told():
    with pytest.raises(ValidationError, match="rest_fallback is only for these dialects: deepgram, "):
        ProviderSettings(dialect="wyoming", rest_fallback=True)


@pytest.mark.parametrize("name", REST_TWINS)
async def test_r3_where_the_websocket_is_down_the_vendor_speaks_by_rest(name):
    async with simulator([name, REST_TWINS[name][0]]) as running:
        running.down(name)
        settings = settings_for(name, running, rest_fallback=True)
        check(settings, ENV, insecure=True)
        async with House(settings, ENV) as house, asyncio.TaskGroup() as group:
            warm = asyncio.Event()
            life = group.create_task(house.run(warm.set))
            async with asyncio.timeout(20):
                await warm.wait()
            assert house.directory.voices()[0].ready
            outlet, alarm = Outlet(), Alarm()
            session = alarm.session = house.reception.open(
                house.reception.admit("", ""), "native", outlet, alarm
            )
            for event in (Open("v", PCM, max_lead_ms=-1), Text("u", " ".join(WORDS[1:5]) + "."), End("u")):
                session.feed(event)
            async with asyncio.timeout(20):
                await outlet.over.wait()
            audio = b"".join(reply.data for reply in outlet.replies if isinstance(reply, AudioChunk))
            assert decode(np.frombuffer(audio, "<i2"), 24_000) == [1, 2, 3, 4]
            assert isinstance(outlet.replies[-1], UtteranceFinished)
            assert outlet.replies[-1].receipt.route.startswith(f"{name}-rest/")
            session.feed(Closed())
            life.cancel()
        assert urlsplit(settings.served()[f"{name}-rest"].url).scheme == "http"


def test_an_option_that_only_the_websocket_takes_is_told_of():
    settings = settings_for("cartesia", _Nowhere(), rest_fallback=True, switches={"nothing": True})
    with pytest.raises(ConfigError):
        check(settings, ENV, insecure=True)


class _Nowhere:
    """Where nobody listens."""

    tcp_port, url, websocket_url = 1, "http://127.0.0.1:1", "ws://127.0.0.1:1"
