"""Cartesia's dialect over the real servers and sessions."""

import base64
import json
import struct

import aiohttp
import pytest
import websockets

from legato.domain.facts import UtteranceEnded
from tests.gateway.servers.real_house import real_house

FLOATS = {"container": "raw", "encoding": "pcm_f32le", "sample_rate": 24000}
LONG = "A long sentence that nobody wants to hear. " * 20


def connect(built, query="cartesia_version=2026-08-14", **more):
    return websockets.connect(f"{built.websocket}/tts/websocket?{query}", proxy=None, **more)


def message(context_id, transcript, **more):
    return json.dumps(
        {
            "model_id": "sonic-3",
            "transcript": transcript,
            "voice": {"mode": "id", "id": "joe"},
            "output_format": FLOATS,
            "context_id": context_id,
            **more,
        },
        indent=2,
    )


async def until(client, *ends):
    """Frames until each of these (context, type) came."""
    frames, missing = [], set(ends)
    while missing:
        frames.append(json.loads(await client.recv()))
        assert {"type", "context_id", "done", "status_code"} <= set(frames[-1])
        missing.discard((frames[-1]["context_id"], frames[-1]["type"]))
    return frames


def sound(frames, context_id):
    return b"".join(
        base64.b64decode(f["data"]) for f in frames if f["type"] == "chunk" and f["context_id"] == context_id
    )


async def test_contexts_share_a_socket_and_each_is_told_when_it_is_done():
    async with real_house() as built, connect(built) as client:
        for name in ("a", "b"):
            await client.send(message(name, "Hello", **{"continue": True}))
        for name in ("b", "a"):
            await client.send(message(name, " there.", **{"continue": False}))
        frames = await until(client, ("a", "done"), ("b", "done"))
        for name in ("a", "b"):
            samples = struct.unpack(f"<{len(sound(frames, name)) // 4}f", sound(frames, name))
            assert len(samples) > 24_000 // 5
            assert 0 < max(samples) <= 1
        assert built.voices.sent == ["Hello there."] * 2


async def test_a_context_that_an_error_has_ended_is_not_spoken_on_to_nobody():
    """Its client may send nothing more."""
    async with real_house(speed=10.0) as built, connect(built) as client:
        await client.send(message("a", LONG, **{"continue": True}))
        await until(client, ("a", "chunk"))
        await client.send(message("a", "More.", voice="nobody", **{"continue": True}))
        assert (await until(client, ("a", "error")))[-1]["done"]
        await (await client.ping())
        ended = [fact.outcome for fact in built.facts if isinstance(fact, UtteranceEnded)]
        assert ended == ["cancelled"]
        assert len(built.voices.sent) < 20, "most of its sentences are never asked for"


async def test_a_flush_is_answered_behind_its_sound():
    async with real_house() as built, connect(built) as client:
        await client.send(message("a", "Hello.", **{"continue": True}))
        await client.send(message("a", "", flush=True, **{"continue": True}))
        frames = await until(client, ("a", "flush_done"))
        assert sound(frames, "a")
        await client.send(message("a", "More.", **{"continue": False}))
        later = await until(client, ("a", "done"))
        assert {f["flush_id"] for f in later if f["type"] == "chunk"} == {2}


async def test_a_cancel_ends_one_context_and_not_the_other():
    async with real_house(speed=4.0) as built, connect(built) as client:
        await client.send(message("long", LONG))
        await until(client, ("long", "chunk"))
        await client.send(json.dumps({"context_id": "long", "cancel": True}, indent=2))
        await client.send(message("next", "Yes."))
        frames = await until(client, ("long", "done"), ("next", "done"))
        assert sound(frames, "next")


async def test_another_format_is_an_error_of_its_context_alone():
    async with real_house() as built, connect(built, "cartesia_version=2025-04-16") as client:
        await client.send(message("a", "Hello.", **{"continue": True}))
        other = {**FLOATS, "encoding": "pcm_s16le"}
        await client.send(message("b", "Hello.", output_format=other))
        await client.send(message("a", "", **{"continue": False}))
        frames = await until(client, ("b", "error"), ("a", "done"))
        (error,) = [f for f in frames if f["type"] == "error"]
        assert "raw pcm_f32le at 24000 Hz" in error["error"]
        assert sound(frames, "a")


async def test_a_voice_that_fails_is_an_error_with_its_context():
    async with real_house() as built, connect(built) as client:
        await client.send(message("a", "Hello.", voice="mute"))
        (error,) = await until(client, ("a", "error"))
        assert (error["done"], error["status_code"]) == (True, 503)


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer sesame"}, {"X-API-Key": "sesame"}])
async def test_the_key_opens_every_door(headers):
    async with real_house(key="sesame") as built, aiohttp.ClientSession() as http:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connect(built):
                pass
        assert refused.value.response.status_code == 401
        async with connect(built, additional_headers=headers), http.get(f"{built.http}/voices") as shut:
            assert (shut.status, (await shut.json())["title"]) == (401, "Unauthorized")
        async with http.get(f"{built.http}/voices", headers=headers) as listed:
            assert "joe" in [voice["id"] for voice in (await listed.json())["data"]]
        async with http.get(f"{built.http}/voices/joe", headers=headers) as one:
            assert (await one.json())["name"] == "joe"
        async with http.get(f"{built.http}/voices/nobody", headers=headers) as nobody:
            assert (nobody.status, (await nobody.json())["error_code"]) == (404, "voice_not_found")


async def test_one_request_has_bare_sound_or_events():
    async with real_house() as built, aiohttp.ClientSession() as http:
        body = json.loads(message("mine", "Hello there."))
        async with http.post(f"{built.http}/tts/bytes", json=body) as answer:
            bare = await answer.read()
        async with http.post(f"{built.http}/tts/sse", json=body) as answer:
            assert answer.content_type == "text/event-stream"
            lines = (await answer.text()).splitlines()
        frames = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
        assert len(bare) == len(sound(frames, "mine")) > 24_000 * 4 // 5
        assert frames[-1]["type"] == "done"
        async with http.post(f"{built.http}/tts/bytes", json={**body, "voice": "mute"}) as failed:
            assert failed.status == 503
