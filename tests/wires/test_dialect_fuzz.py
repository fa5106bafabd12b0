"""Clients of other dialects that say anything in any order: no bug, and whoever then asks properly is answered."""

import json
import random

import pytest
import websockets

from legato.faces.wyoming_frames import frame
from tests.gateway.servers.real_house import real_house
from tests.wires.test_cartesia import FLOATS, sound, until
from tests.wires.test_cartesia import connect as connect_cartesia
from tests.wires.test_cartesia import message as cartesia_message
from tests.wires.test_livekit import connect as connect_livekit
from tests.wires.test_livekit import create as create_livekit
from tests.wires.test_wyoming import connected as connect_wyoming

SEEDS = range(12)
VOICES = ("joe", "mute", "nobody", {"id": "joe"}, {"mode": "id", "id": "joe"}, None, 3)
TEXTS = ("Hello. ", "How are you?", "", " ", "\ud83d", "A long sentence. " * 30, None, 7)


def cartesia_noise(chance):
    kind = chance.random()
    if kind < 0.1:
        return chance.choice(["", "[]", "{}", "null", '{"cancel": true}', "\u2028"])
    name = chance.choice("abcd")
    if kind < 0.25:
        return json.dumps({"context_id": name, "cancel": True})
    named = chance.random() < 0.8  # the others cannot be cancelled: they say little
    return json.dumps(
        {
            "context_id": name if named else None,
            "transcript": chance.choice(TEXTS if named else TEXTS[:4]),
            "voice": chance.choice(VOICES),
            "output_format": chance.choice([FLOATS, FLOATS, FLOATS, None, {"container": "mp3"}]),
            "continue": chance.random() < 0.6,
            "flush": chance.random() < 0.2,
            "add_timestamps": chance.random() < 0.3,
        }
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_cartesias_socket(seed):
    chance = random.Random(seed)
    async with real_house() as built, connect_cartesia(built) as client:
        for _ in range(80):
            await client.send(cartesia_noise(chance))
        for name in "abcd":
            await client.send(json.dumps({"context_id": name, "cancel": True}))
        await client.send(cartesia_message("last", "This is the end.", voice="joe"))
        assert sound(await until(client, ("last", "done")), "last")


def wyoming_noise(chance):
    kinds = ("describe", "ping", "synthesize", "synthesize-start", "synthesize-chunk", "synthesize-stop", "x")
    data = {"text": chance.choice(TEXTS), "voice": chance.choice([None, {"name": chance.choice(VOICES)}])}
    payload = bytes(chance.randrange(200)) if chance.random() < 0.1 else b""
    return frame(chance.choice(kinds), data, payload)


@pytest.mark.parametrize("seed", SEEDS)
async def test_wyomings_connection(seed):
    chance = random.Random(seed)
    async with real_house() as built, connect_wyoming(built) as client:
        sent = b"".join(wyoming_noise(chance) for _ in range(80))
        while sent:
            size = chance.randrange(1, 400)
            client.writer.write(sent[:size])
            await client.writer.drain()
            sent = sent[size:]
        client.say("synthesize-start")
        client.say("synthesize-stop")
        client.say("ping", text="over")
        heard = await client.until("pong")
        while heard[-1].data.get("text") != "over":
            heard += await client.until("pong")
        stops = [m.kind for m in heard if m.kind in {"audio-stop", "synthesize-stopped"}]
        assert stops.count("audio-stop") >= stops.count("synthesize-stopped")


async def test_bytes_that_are_no_frames_close_a_wyoming_connection():
    async with real_house() as built:
        for seed in SEEDS:
            async with connect_wyoming(built) as client:
                client.writer.write(random.Random(seed).randbytes(300) + b"\n")
                assert (await client.until("error"))[-1].data["code"] == "bad_frame"
                assert await client.hear() is None


async def test_binary_frames_mean_nothing_on_cartesias_socket():
    async with real_house() as built, connect_cartesia(built) as client:
        await client.send(random.Random(1).randbytes(100))
        assert json.loads(await client.recv())["type"] == "error"
        await client.close()
        with pytest.raises(websockets.ConnectionClosed):
            await client.recv()


def livekit_noise(chance):
    if chance.random() < 0.1:
        return chance.choice(["", "[]", "{}", "null", '{"type": "done"}', "\u2028", b"\0"])
    kind = chance.choices(["input_transcript", "session.flush", "session.create"], [6, 3, 1])[0]
    config = {"voice": chance.choice(VOICES), "model": chance.choice(["joe", "cartesia/sonic-3", None, 3])}
    offered = {
        "transcript": chance.choice(TEXTS),
        "generation_config": chance.choice([config, None, {}, []]),
        "extra": chance.choice([{}, None, {"speed": "slow"}, {"add_timestamps": True}, {"speed": []}, 3]),
        "voice": chance.choice(VOICES),
        "sample_rate": chance.choice(["24000", 16_000, "x", None]),
    }
    return json.dumps({"type": kind, **offered})


TAKES_ALL_IN = {"max_queue": None}
"""A client that leaves frames unread stops reading: it would wait ten seconds for the answer to its Close."""


@pytest.mark.parametrize("seed", SEEDS)
async def test_livekits_socket(seed):
    chance = random.Random(seed)
    async with real_house() as built, connect_livekit(built, **TAKES_ALL_IN) as client:
        await create_livekit(client)
        for _ in range(80):
            await client.send(livekit_noise(chance))
        await client.send(json.dumps({"type": "session.flush"}))
        said = {"type": "input_transcript", "transcript": "This is the end."}
        for message in (said, {"type": "session.flush"}):
            await client.send(json.dumps(message))
        await client.send(json.dumps({"type": "over"}))
        heard = []
        while "This is the end." not in built.voices.sent or heard[-1]["type"] != "done":
            heard.append(json.loads(await client.recv()))
        assert heard[0]["type"] == "session.created"
        assert {frame["session_id"] for frame in heard} == {heard[0]["session_id"]}


SHORT = tuple(text for text in TEXTS if not isinstance(text, str) or len(text) < 30)
"""Nothing cancels a dialogue: all of it is spoken."""


def dialogue_noise(chance):
    if chance.random() < 0.05:
        return chance.choice(["", "[]", "null", '{"close_context": true}', "\u2028"])
    said = [
        {
            "text": chance.choice(SHORT),
            "voice_id": chance.choice(["joe", "mute", "nobody", None]),
            "new_turn": new,
        }
        for new in chance.choices([True, False, None], k=chance.randrange(3))
    ]
    offered = {
        "context_id": chance.choice("abcd"),
        "voices": chance.choice([["joe"], ["joe", "mute"], ["joe", "mute"], [], None]),
        "inputs": chance.choice([said, said, said, None, "x"]),
        "flush": True,
        "close_context": True,
        "keep_alive": True,
    }
    wanted = {
        "context_id": 0.95,
        "voices": 0.4,
        "inputs": 0.7,
        "flush": 0.2,
        "close_context": 0.2,
        "keep_alive": 0.1,
    }
    return json.dumps({name: offered[name] for name, share in wanted.items() if chance.random() < share})


@pytest.mark.parametrize("seed", SEEDS)
async def test_elevenlabs_dialogues(seed):
    chance = random.Random(seed)
    async with real_house() as built:
        url = f"{built.websocket}/v1/text-to-dialogue/multi-stream-input?output_format=pcm_24000&sync_alignment=true"
        async with websockets.connect(url, proxy=None) as client:
            for _ in range(80):
                await client.send(dialogue_noise(chance))
            for name in "abcd":
                await client.send(json.dumps({"context_id": name, "close_context": True}))
            last = {"context_id": "last", "voices": ["joe"], "inputs": [{"text": "This is the end."}]}
            await client.send(json.dumps(last))
            await client.send(json.dumps({"close_socket": True}))
            heard = [json.loads(one) async for one in client]
            assert client.close_code == 1000
        last = [one for one in heard if one.get("context_id") == "last"]
        assert any(one.get("audio") for one in last)
        assert [one.get("is_final") for one in last].count(True) == 1
        assert heard[-1].get("is_final")
        assert built.voices.leased == 0
