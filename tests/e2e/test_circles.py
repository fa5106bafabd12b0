"""Gateways that are each other's vendors: a text that comes back to where it was is found at once, whatever language they speak."""

import aiohttp
import pytest

from gateway.app.simulation import simulator
from legato.domain import hops
from legato.domain.errors import Reason, SpeechError
from legato_client import connect
from loadtest.children import free_ports
from tests.chaos.stage import gateway

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(60)]

PATHS = {
    "deepgram": "ws://{}/v1/speak",
    "deepgram_v2": "ws://{}/v2/speak",
    "deepgram_rest": "http://{}/v1/speak",
    "elevenlabs": "ws://{}",
    "elevenlabs_rest": "http://{}",
    "cartesia": "ws://{}/tts/websocket",
    "cartesia_bytes": "http://{}/tts/bytes",
    "openai": "http://{}/v1",
}

HASTY = {"limits": {"no_route_before_audio_ms": 500}}


def over(port, **vendors):
    """A gateway at this port whose voice is spoken by these vendors, in turn: each a dialect and where it is."""
    return {
        "server": {"http": f"127.0.0.1:{port}", "grpc": "127.0.0.1:0", "admin": "127.0.0.1:0"},
        "providers": {
            name: {"dialect": dialect, "url": PATHS[dialect].format(f"127.0.0.1:{at}")}
            for name, (dialect, at) in vendors.items()
        },
        "voices": {"v": {"routes": [{"provider": name, "voice": "v"} for name in vendors]}},
        "logging": {"level": "error"},
    }


async def said(url):
    """The error of a text that could not be said, or None; the stream outlives it."""
    async with connect(url, voice="v") as speech:
        first, second = [await _said(speech.say(text)) for text in ("Good morning.", "And good night.")]
        assert type(first) is type(second)
        return first


async def _said(utterance):
    try:
        async for _ in utterance:
            pass
    except SpeechError as error:
        return error
    return None


@pytest.mark.parametrize("dialect", PATHS)
async def test_two_gateways_that_are_each_others_vendors(dialect):
    one, two = free_ports(2)
    async with gateway(over(one, two=(dialect, two))) as url, gateway(over(two, one=(dialect, one))):
        error = await said(url)
        assert error.reason is Reason.FORBIDDEN
        assert hops.LOOP in error.message


async def test_a_gateway_that_is_its_own_vendor_by_another_name():
    (port,) = free_ports(1)
    async with gateway(over(port, me=("openai", port))) as url:
        assert (await said(url)).reason is Reason.FORBIDDEN


async def test_three_in_a_circle_of_different_languages():
    one, two, three = free_ports(3)
    async with (
        gateway(over(one, two=("deepgram", two))) as url,
        gateway(over(two, three=("openai", three))),
        gateway(over(three, one=("elevenlabs", one))),
    ):
        assert (await said(url)).reason is Reason.FORBIDDEN


async def test_a_route_that_leads_back_is_passed_over_and_one_that_does_not_speaks():
    one, two = free_ports(2)
    async with (
        simulator(["deepgram"]) as vendor,
        gateway(over(one, two=("cartesia", two), vendor=("deepgram", vendor.port))) as url,
        gateway(over(two, one=("cartesia", one))),
    ):
        assert await said(url) is None


async def test_gateways_may_stand_in_for_each_other():
    one, two, nowhere = free_ports(3)
    async with (
        simulator(["deepgram"]) as vendor,
        gateway(over(one, gone=("deepgram", nowhere), two=("cartesia", two))) as url,
        gateway({**over(two, vendor=("deepgram", vendor.port), one=("cartesia", one)), **HASTY}) as other,
    ):
        assert await said(url) is None
        assert await said(other) is None
        vendor.down("deepgram")
        assert (await said(other)).reason is Reason.ALL_ROUTES_FAILED


async def test_a_client_hears_of_it_in_its_own_language():
    one, two = free_ports(2)
    async with gateway(over(one, two=("deepgram", two))) as url, gateway(over(two, one=("deepgram", one))):
        at = url.replace("ws:", "http:") + "/v1/audio/speech"
        asked = {"model": "tts-1", "voice": "v", "input": "Good morning.", "response_format": "pcm"}
        async with aiohttp.ClientSession() as session, session.post(at, json=asked) as answer:
            error = (await answer.json())["error"]
            assert (answer.status, answer.headers["x-should-retry"]) == (403, "false")
            assert error["type"] == "permission_error"
            assert hops.LOOP in error["message"]


async def test_where_the_language_has_no_word_for_it_lines_run_out_and_the_text_fails():
    """Wyoming: what goes round holds a line at each turn, and they are as many as the pools' ceilings."""
    one, two, first, second = free_ports(4)
    async with (
        gateway(_over_wyoming(one, first, second)) as url,
        gateway(_over_wyoming(two, second, first)),
    ):
        error = await said(url)
        assert error.reason in {Reason.ALL_ROUTES_FAILED, Reason.OVERLOADED}


def _over_wyoming(port, wyoming, other):
    made = over(port)
    made["server"]["wyoming"] = f"127.0.0.1:{wyoming}"
    url, limits = f"tcp://127.0.0.1:{other}", {"first_audio_s": 0.5}
    return {
        **made,
        "providers": {"w": {"dialect": "wyoming", "url": url, "limits": limits, "pool": {"ceiling": 3}}},
        "voices": {"v": {"routes": [{"provider": "w", "voice": "v"}]}},
        **HASTY,
    }
