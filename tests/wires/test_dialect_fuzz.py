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
