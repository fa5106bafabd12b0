"""Clients that put what they like wherever a client may put something: no metric grows by it, and no label holds it."""

import asyncio
import json

import aiohttp
import pytest

from gateway.telemetry.metrics import Metrics
from gateway.telemetry.observer import Telemetry
from legato.domain.errors import Reason
from legato.domain.facts import UtteranceEnded
from legato.faces.wyoming_frames import frame
from tests.gateway.servers.real_house import real_house

MARK = "hostile"
SEVERAL, MANY = 2, 12
OF_THE_MOMENT = ("outcome", "whose", "reused", "method")
PCM = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000}
CARTESIA = {"transcript": "Hello.", "output_format": PCM}


def forged(number):
    """A name that has not been before; with all that an exposition would trip over."""
    return f'{MARK}-{number}"}} 1\n# EOF\\{{le="é"'


async def over_http(client, built, name):
    headers = {"traceparent": f"{MARK}-{name[:10]}", "User-Agent": MARK, "Origin": f"http://{MARK}"}
    for path, body in (
        ("/v1/audio/speech", {"model": name, "input": "Hello.", "voice": "joe", "response_format": "pcm"}),
        ("/v1/audio/speech", {"model": "m", "input": "Hello.", "voice": name, "response_format": name}),
        ("/tts/bytes", {**CARTESIA, "model_id": name, "voice": {"mode": "id", "id": "joe"}}),
        ("/tts/bytes", {**CARTESIA, "model_id": name, "voice": {"mode": "id", "id": name}}),
        (
            "/tts/bytes",
            {"transcript": "Hello.", "voice": {"mode": name}, "output_format": {"container": name}},
        ),
        ("/v1/speak?model=joe", {"text": "Hello.", name: name}),
        (f"/v1/speak?model={MARK}{len(name)}&tag={MARK}", {"text": "Hello."}),
        (f"/v1/text-to-speech/joe?output_format=pcm_24000&tag={MARK}", {"text": "Hello.", "model_id": name}),
        (f"/v1/text-to-speech/{MARK}", {"text": "Hello.", "model_id": name, "language_code": name}),
        (f"/{MARK}/{MARK}", {}),
    ):
        async with client.post(built.http + path, json=body, headers=headers) as answer:
            await answer.read()


async def over_websockets(client, built, name):
    voices = ({"voice": "joe"}, {"voice": "mute"}, {"voice": name}, {"voice": "joe", "language": name})
    async with client.ws_connect(f"{built.http}/v1/stream?traceparent={MARK}") as stream:
        await stream.send_json({"open": {"maxLeadMs": -1}})
        for number, voice in enumerate(voices):
            begin = {"utteranceId": f"{name}{number}", "track": number, "traceparent": name, **voice}
            text = {"utteranceId": f"{name}{number}", "text": "Hello."}
            for fields in ({"begin": begin}, {"text": text}, {"end": {"utteranceId": text["utteranceId"]}}):
                await stream.send_json(fields)
        await stream.send_json({name: name})
        ended = 0
        async for message in stream:
            ended += message.type is aiohttp.WSMsgType.TEXT and (
                "utteranceFinished" in message.data or "all_routes_failed" in message.data
            )
            if ended == 2:
                break
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect(f"{built.http}/v1/speak?model={MARK}")
    async with client.ws_connect(f"{built.http}/v1/speak?model=joe&tag={MARK}") as stream:
        await stream.send_json({"type": name, "text": name})
        assert "Warning" in await stream.receive_str() + await stream.receive_str()
    async with client.ws_connect(f"{built.http}/v1/tts?model={MARK}") as stream:
        await stream.send_json(
            {"type": "session.create", "voice": "joe", "model": name, "extra": {name: name}}
        )
        for voice in ("joe", name):
            config = {"voice": voice, "model": name}
            said = {"type": "input_transcript", "transcript": "Hello.", "generation_config": config}
            await to_the_end(stream, said, {"type": "session.flush"})


async def to_the_end(stream, *messages):
    """Say these, and read up to what ends a turn of LiveKit's."""
    for message in messages:
        await stream.send_json(message)
    async for message in stream:
        if json.loads(message.data)["type"] in {"done", "error"}:
            return


async def over_tcp(built, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", built.tcp_port)
    for voice in ("joe", name):
        writer.write(frame("synthesize", {"text": "Hello.", "voice": {"name": voice, "speaker": name}}))
    writer.write(json.dumps({"type": name}).encode() + b"\n")
    writer.write_eof()
    await reader.read()
    writer.close()


async def scraped(count):
    """The values of every label after so many clients, and what the scrape says."""
    async with real_house() as built, aiohttp.ClientSession() as client, asyncio.timeout(60):
        for number in range(count):
            name = forged(number)
            await over_http(client, built, name)
            await over_websockets(client, built, name)
            await over_tcp(built, name)
    metrics = Metrics("1")
    telemetry = Telemetry([metrics])
    for fact in built.facts:
        telemetry.note(fact)
    ended = sum(isinstance(fact, UtteranceEnded) for fact in built.facts)
    assert ended >= 8 * count
    told: dict[str, set[str]] = {}
    for family in metrics.registry.collect():
        for sample in family.samples:
            for label, value in sample.labels.items():
                told.setdefault(label, set()).add(value)
    return told, metrics.expose()[0].decode()


async def test_no_client_makes_the_scrape_grow():
    some, _ = await scraped(SEVERAL)
    many, text = await scraped(MANY)
    assert MARK not in text
    # How a stream ends and whether a listener ran dry is also a matter of the moment; of these there is a closed list.
    reasons = {*Reason, "clean", "client_gone", "leased"}
    assert many.pop("reason") | some.pop("reason") <= reasons
    for label in OF_THE_MOMENT:
        assert len(many.pop(label, set()) | some.pop(label, set())) < 10
    assert many == some
    assert many["face"] == {
        "websocket",
        "openai",
        "deepgram",
        "cartesia",
        "elevenlabs",
        "livekit",
        "wyoming",
    }
    assert many["voice"] == {"joe", "mute"}
