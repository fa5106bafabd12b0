"""Every dialect on the simulator, by raw clients: its own way of flushing, ending, cancelling, telling words."""

import asyncio
import base64
import json
import time

import aiohttp
import numpy as np
import pytest
import websockets

from gateway.simulator.log import Saw
from gateway.simulator.tones import decode
from tests.gateway.simulator.stage import connect, said, simulated, until_lost, words_of
from tests.gateway.simulator.test_simulator import fault

CARTESIA = "/tts/websocket?cartesia_version=2025-04-16&api_key=k"
ELEVENLABS = "/v1/text-to-speech/anna/multi-stream-input?output_format=pcm_24000"
STREAM = "/v1/text-to-speech/anna/stream-input?output_format=pcm_24000"


HANDSHAKE = (
    b"GET /v1/speak HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==\r\n\r\n"
)


def dial(built, path, **more):
    return websockets.connect(built.websocket_url + path, proxy=None, **more)


def cartesia(context, text, **more):
    return json.dumps(
        {
            "model_id": "sonic-2",
            "transcript": text,
            "voice": {"mode": "id", "id": "anna"},
            "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000},
            "context_id": context,
            **more,
        }
    )


async def until(client, wanted):
    messages = []
    while not messages or not wanted(messages[-1]):
        frame = await client.recv()
        messages.append(frame if isinstance(frame, bytes) else json.loads(frame))
    return messages


async def test_cartesia_tells_contexts_with_their_words():
    async with simulated(names=["cartesia"]) as built, dial(built, CARTESIA) as client:
        text = said(4, 5)
        await client.send(cartesia("a", f"{text} ", add_timestamps=True, **{"continue": True}))
        await client.send(cartesia("a", said(6), add_timestamps=True))
        messages = await until(client, lambda message: message.get("done"))
        audio = b"".join(base64.b64decode(m["data"]) for m in messages if m["type"] == "chunk")
        assert words_of(audio) == [4, 5, 6]
        words = [w for m in messages if m["type"] == "timestamps" for w in m["word_timestamps"]["words"]]
        assert words == said(4, 5, 6).split()


async def test_a_context_too_many_is_refused_and_the_others_go_on():
    script = {"limits": {"runs_per_line": 2}, "pace": {"speed": 4}}
    async with simulated(script, names=["cartesia"]) as built, dial(built, CARTESIA) as client:
        for number, name in enumerate("abc"):
            await client.send(cartesia(name, said(number)))
        done = set()
        while len(done) < 3:
            message = json.loads(await client.recv())
            if message["type"] == "error":
                assert message["context_id"] == "c"
                done.add("error")
            if message["type"] == "done":
                done.add(message["context_id"])
        assert done == {"a", "b", "error"}
        assert [entry.note for entry in built.log.of("limit")] == ["runs_per_line"]


async def test_elevenlabs_tells_contexts_with_their_characters():
    async with simulated(names=["elevenlabs"]) as built, dial(built, ELEVENLABS) as client:
        await client.send(json.dumps({"text": " ", "context_id": "a", "xi_api_key": "k"}))
        await client.send(json.dumps({"text": f"{said(4, 5)} ", "context_id": "a", "flush": True}))
        await client.send(json.dumps({"context_id": "a", "close_context": True}))
        messages = await until(client, lambda message: message.get("isFinal"))
        audio = b"".join(base64.b64decode(m["audio"]) for m in messages if m.get("audio"))
        assert words_of(audio) == [4, 5]
        chars = "".join(c for m in messages if m.get("alignment") for c in m["alignment"]["chars"])
        assert chars.split() == said(4, 5).split()
        assert built.log.of("opened")[0].voice == "anna"


async def test_a_key_that_comes_in_the_first_message_is_looked_at():
    async with simulated({"keys": ["k"]}, names=["elevenlabs"]) as built:
        async with dial(built, ELEVENLABS) as client:
            await client.send(json.dumps({"text": " ", "xi_api_key": "k", "context_id": "a"}))
            await built.seen(Saw.OPENED)
        async with dial(built, ELEVENLABS) as client:
            await client.send(json.dumps({"text": " ", "xi_api_key": "no", "context_id": "a"}))
            await until_lost(client)
        assert built.log.count("opened") == 1


async def test_elevenlabs_says_one_text_a_socket():
    async with simulated(names=["elevenlabs_stream"]) as built, dial(built, STREAM) as client:
        await client.send(json.dumps({"text": " ", "xi_api_key": "k"}))
        await client.send(json.dumps({"text": f"{said(9)} "}))
        await client.send(json.dumps({"text": ""}))
        messages = await until(client, lambda message: message.get("isFinal"))
        assert words_of(b"".join(base64.b64decode(m["audio"]) for m in messages if m.get("audio"))) == [9]
        await client.wait_closed()
        assert client.close_code == 1000


async def test_the_second_deepgram_speaks_turn_by_turn():
    path = "/v2/speak?model=flux-anna-en&encoding=linear16&sample_rate=24000"
    async with simulated(names=["deepgram_v2"]) as built, dial(built, path) as client:
        for number in (3, 4):
            await client.send(json.dumps({"type": "Speak", "text": said(number)}))
            await client.send(json.dumps({"type": "Flush"}))
            messages = await until(
                client, lambda m: not isinstance(m, bytes) and m["type"] == "SpeechMetadata"
            )
            assert words_of(b"".join(m for m in messages if isinstance(m, bytes))) == [number]


@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        ("elevenlabs_rest", "/v1/text-to-speech/anna/stream?output_format=pcm_24000", {"text": said(7, 8)}),
        ("cartesia_bytes", "/tts/bytes", json.loads(cartesia("", said(7, 8)))),
        ("deepgram_rest", "/v1/speak?encoding=linear16&container=none", {"text": said(7, 8)}),
    ],
)
async def test_one_request_one_answer(name, path, body):
    body.pop("context_id", None)
    headers = {"xi-api-key": "k", "X-API-Key": "k", "Cartesia-Version": "2025-04-16"}
    async with (
        simulated(names=[name]) as built,
        aiohttp.ClientSession(headers=headers) as http,
        http.post(built.url + path, json=body) as answer,
    ):
        assert answer.status == 200, await answer.text()
        assert decode(np.frombuffer(await answer.read(), np.int16), 24_000) == [7, 8]


async def test_several_vendors_share_a_port_and_their_lists_are_told_apart():
    names = ["deepgram_rest", "openai", "elevenlabs_rest", "cartesia_bytes", "deepgram"]
    async with simulated({"keys": ["k"]}, names=names) as built, aiohttp.ClientSession() as http:
        for headers, kind in (
            ({"Authorization": "Bearer k"}, "object"),
            ({"Authorization": "Token k"}, "tts"),
        ):
            async with http.get(f"{built.url}/v1/models", headers=headers) as answer:
                assert kind in await answer.json()
        async with http.get(f"{built.url}/v1/models", headers={"xi-api-key": "k"}) as answer:
            assert isinstance(await answer.json(), list)
        async with http.get(f"{built.url}/v1/models") as answer:
            assert answer.status == 401
        assert built.log.count("opened") == 0
        assert [entry.value for entry in built.log.of("refused")] == [401]


@pytest.mark.parametrize("status", [401, 402, 403, 429, 500, 503])
async def test_a_handshake_is_refused_with_the_status_of_the_script(status):
    async with simulated(fault({"http": status, "retry_after_s": 2.5}, "dial")) as built:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connect(built):
                pass
        answer = refused.value.response
        assert (answer.status_code, answer.headers["retry-after"]) == (status, "2.5")
        assert json.loads(answer.body)["request_id"]
        assert built.log.of("refused")[0].value == status
        async with connect(built):
            pass


async def test_a_dial_is_refused_at_the_socket():
    async with simulated(fault("refuse", "dial", connection=1)) as built:
        with pytest.raises((OSError, websockets.InvalidMessage)):
            async with connect(built):
                pass
        async with connect(built):
            pass
        assert [(entry.connection, entry.note) for entry in built.log.faults] == [(1, "refuse")]


@pytest.mark.parametrize("do", ["reset", "eof"])
async def test_a_dial_breaks_in_the_middle_of_the_handshake(do):
    async with simulated(fault(do, "dial", vendor="deepgram")) as built:
        with pytest.raises((OSError, websockets.InvalidMessage)):
            async with connect(built):
                pass
        assert built.log.count("fault") == 1


@pytest.mark.parametrize("do", ["half_open", "stall"])
async def test_a_dial_is_never_answered(do):
    async with simulated(fault(do, "dial")) as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.port)
        writer.write(HANDSHAKE)
        await built.seen(Saw.FAULT)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.read(1)
        writer.close()
        async with connect(built):
            pass


async def test_a_dial_takes_its_time():
    async with simulated(fault({"delay_ms": 30}, "dial")) as built:
        before = time.monotonic()
        async with connect(built):
            assert time.monotonic() - before >= 0.029
