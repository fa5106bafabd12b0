"""Clients of other dialects: each coroutine holds one conversation, and adds what it asked and heard to `spoken`."""

import asyncio
import base64
import json
import random
from collections.abc import Collection
from typing import Any

import aiohttp
import grpc.aio
import websockets

from legato.v1 import audio_pb2, speech_pb2
from tests.crowd.oracle import Fate, Spoken
from tests.crowd.stage import Stage
from tests.crowd.texts import coded_text, pieces

RATES_HZ = (8_000, 16_000, 24_000, 48_000)
STOPPED_SHARE = 0.25


def _connect(stage: Stage, path: str) -> Any:
    return websockets.connect(f"ws://127.0.0.1:{stage.http_port}{path}", proxy=None, max_size=None)


async def _tell(client: Any, **message: Any) -> None:
    await client.send(json.dumps(message))


async def _waits(chance: random.Random) -> None:
    await asyncio.sleep(chance.choice((0, 0, 0.005, 0.05)))


async def deepgram(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """Version 1: turns that a Flush ends; a Clear drops those not yet answered."""
    rate_hz = chance.choice(RATES_HZ)
    path = f"/v1/speak?model={chance.choice(stage.voices)}&encoding=linear16&sample_rate={rate_hz}"
    async with _connect(stage, path) as client:
        for _ in range(chance.randint(1, 3)):
            turns = [Spoken(coded_text(chance), rate_hz) for _ in range(chance.randint(1, 3))]
            spoken += turns
            for turn in turns:
                for piece in pieces(chance, turn.text):
                    await _tell(client, type="Speak", text=piece)
                    await _waits(chance)
                await _tell(client, type="Flush")
            clears = chance.random() < STOPPED_SHARE
            after_s = chance.random()
            async with asyncio.TaskGroup() as tasks:
                if clears:
                    tasks.create_task(_later(client, after_s, type="Clear"))
                await _deepgram_heard(client, turns, "Cleared" if clears else "")
        await _tell(client, type="Close")
        async for frame in client:
            assert isinstance(frame, str), "audio after the last turn"


async def _later(client: Any, after_s: float, **message: Any) -> None:
    await asyncio.sleep(after_s)
    await _tell(client, **message)


async def _deepgram_heard(client: Any, turns: list[Spoken], until: str) -> None:
    """Read until all turns are answered, and until this message if there is one to come."""
    left = list(turns)
    while left or until:
        frame = await client.recv()
        if isinstance(frame, bytes):
            assert left, "audio after the last turn"
            left[0].audio += frame
            continue
        message = json.loads(frame)
        if message["type"] == "Flushed":
            left.pop(0).fate = Fate.WHOLE
        elif message["type"] == "Cleared":
            for turn in left:
                turn.fate = Fate.CUT
            return
        else:
            _refused(message)


async def deepgram_v2(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """Version 2: turns that end with SpeechMetadata, or with SpeechInterrupted."""
    rate_hz = chance.choice(RATES_HZ)
    path = f"/v2/speak?model={chance.choice(stage.voices)}&encoding=linear16&sample_rate={rate_hz}"
    borne = {"SYNTHESIS_RETRYING"}
    async with _connect(stage, path) as client:
        for _ in range(chance.randint(1, 3)):
            turns = [Spoken(coded_text(chance), rate_hz) for _ in range(chance.randint(1, 3))]
            spoken += turns
            for turn in turns:
                for piece in pieces(chance, turn.text):
                    await _tell(client, type="Speak", text=piece)
                    await _waits(chance)
                await _tell(client, type="Flush")
            interrupts = chance.random() < STOPPED_SHARE
            after_s = chance.random()
            async with asyncio.TaskGroup() as tasks:
                if interrupts:
                    borne.add("NO_ACTIVE_SPEECH")  # it may come after the last turn; the answer, in the next
                    tasks.create_task(_later(client, after_s, type="Interrupt"))
                await _flux_heard(client, turns, borne)
        await _tell(client, type="Close")
        async for frame in client:
            assert isinstance(frame, str), "audio after the last turn"


async def _flux_heard(client: Any, turns: list[Spoken], borne: Collection[str]) -> None:
    """Read until all turns are answered; `borne` are the warnings that may come."""
    left = list(turns)
    while left:
        frame = await client.recv()
        if isinstance(frame, bytes):
            left[0].audio += frame
            continue
        message = json.loads(frame)
        if message["type"] in {"SpeechMetadata", "SpeechInterrupted"}:
            left.pop(0).fate = Fate.WHOLE if message["type"] == "SpeechMetadata" else Fate.CUT
        else:
            _refused(message, borne)


def _refused(message: Any, borne: Collection[str] = ()) -> None:
    """Raise if this is an error of either of Deepgram's versions, or a warning other than these."""
    bad = message["type"] == "Error" or (message["type"] == "Warning" and message["code"] not in borne)
    assert not bad, str(message)


async def elevenlabs(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """Several contexts on one socket, each closed once, or twice to stop it."""
    rate_hz = chance.choice(RATES_HZ)
    path = f"/v1/text-to-speech/{chance.choice(stage.voices)}/multi-stream-input?output_format=pcm_{rate_hz}"
    contexts = {f"c{n}": Spoken(coded_text(chance), rate_hz) for n in range(chance.randint(1, 5))}
    spoken += contexts.values()
    stopped: set[str] = set()

    async def said(name: str, turn: Spoken, own: random.Random) -> None:
        await _tell(client, text=" ", context_id=name)
        for piece in pieces(own, turn.text, words=True):
            await _tell(client, text=piece, context_id=name, flush=own.random() < 0.1)
            await _waits(own)
        await _tell(client, context_id=name, flush=True)
        await _tell(client, context_id=name, close_context=True)
        if own.random() < STOPPED_SHARE:
            await asyncio.sleep(own.random())
            stopped.add(name)
            await _tell(client, context_id=name, close_context=True)

    async with _connect(stage, path) as client, asyncio.TaskGroup() as tasks:
        for name, turn in contexts.items():
            tasks.create_task(said(name, turn, random.Random(chance.random())))
        left = set(contexts)
        while left:
            message = json.loads(await client.recv())
            name = message.get("contextId") or message.get("context_id")
            assert "error" not in message, str(message)
            assert name in left, f"after the end of {name}: {list(message)}"
            if message.get("audio"):
                contexts[name].audio += base64.b64decode(message["audio"])
            if message.get("isFinal"):
                left.discard(name)
                contexts[name].fate = Fate.CUT if name in stopped else Fate.WHOLE


async def elevenlabs_stream(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """One text on one socket."""
    rate_hz = chance.choice(RATES_HZ)
    turn = Spoken(coded_text(chance), rate_hz)
    spoken.append(turn)
    path = f"/v1/text-to-speech/{chance.choice(stage.voices)}/stream-input?output_format=pcm_{rate_hz}"
    async with _connect(stage, path) as client:
        await _tell(client, text=" ")
        for piece in pieces(chance, turn.text, words=True):
            await _tell(client, text=piece)
            await _waits(chance)
        await _tell(client, text="")
        async for frame in client:
            message = json.loads(frame)
            assert turn.fate is Fate.UNANSWERED, "a message after the final one"
            if message.get("audio"):
                turn.audio += base64.b64decode(message["audio"])
            if message.get("isFinal"):
                turn.fate = Fate.WHOLE
            elif "error" in message or "code" in message:
                turn.fate, turn.why = Fate.FAILED, str(message)


async def cartesia(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """Several contexts on one socket, some of them cancelled."""
    rate_hz = chance.choice(RATES_HZ)
    form = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": rate_hz}
    contexts = {f"c{n}": Spoken(coded_text(chance), rate_hz) for n in range(chance.randint(1, 5))}
    spoken += contexts.values()
    stopped: set[str] = set()

    async def said(name: str, turn: Spoken, own: random.Random) -> None:
        asked = {
            "model_id": "sonic-3", "voice": own.choice(stage.voices), "output_format": form, "context_id": name,
        }  # fmt: skip
        for piece in pieces(own, turn.text, words=True):
            await _tell(client, **asked, transcript=piece, **{"continue": True})
            await _waits(own)
        await _tell(client, **asked, transcript="", **{"continue": False})
        if own.random() < STOPPED_SHARE:
            await asyncio.sleep(own.random())
            stopped.add(name)
            await _tell(client, context_id=name, cancel=True)

    path = "/tts/websocket?cartesia_version=2026-08-14"
    async with _connect(stage, path) as client, asyncio.TaskGroup() as tasks:
        for name, turn in contexts.items():
            tasks.create_task(said(name, turn, random.Random(chance.random())))
        left = set(contexts)
        while left:
            message = json.loads(await client.recv())
            name = message["context_id"]
            if message["type"] == "error" and name in stopped and name not in left:
                continue  # it was done before the cancel came
            assert message["type"] != "error", str(message)
            assert name in left, f"after the end of {name}: {message['type']}"
            if message["type"] == "chunk":
                contexts[name].audio += base64.b64decode(message["data"])
            if message["type"] == "done":
                left.discard(name)
                contexts[name].fate = Fate.CUT if name in stopped else Fate.WHOLE


async def livekit(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """Turns, one after the other, several at once; the client leaves to interrupt."""
    rate_hz = chance.choice(RATES_HZ)
    voice = chance.choice(stage.voices)
    async with _connect(stage, f"/v1/tts?model=cartesia%2Fsonic-3&voice={voice}") as client:
        await _tell(
            client, type="session.create", voice=voice, model="cartesia/sonic-3", sample_rate=str(rate_hz),
            encoding="pcm_s16le", extra={},
        )  # fmt: skip
        for _ in range(chance.randint(1, 3)):
            turns = [Spoken(coded_text(chance), rate_hz) for _ in range(chance.randint(1, 3))]
            spoken += turns
            for turn in turns:
                for piece in pieces(chance, turn.text, words=True):
                    await _tell(client, type="input_transcript", transcript=piece, extra={})
                    await _waits(chance)
                await _tell(client, type="session.flush")
            leaves = chance.random() < STOPPED_SHARE / 2
            left = list(turns)
            while left:
                message = json.loads(await client.recv())
                if message["type"] == "output_audio":
                    left[0].audio += base64.b64decode(message["audio"])
                    if leaves:
                        for turn in left:
                            turn.fate = Fate.CUT
                        return
                elif message["type"] == "done":
                    left.pop(0).fate = Fate.WHOLE
                elif message["type"] == "error":
                    raise AssertionError(str(message))


async def requests(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """One request over HTTP, in one of three dialects; some are left in the middle."""
    voice = chance.choice(stage.voices)
    text = coded_text(chance)
    rate_hz = chance.choice(RATES_HZ)
    dialect = chance.choice(("openai", "elevenlabs", "cartesia", "deepgram"))
    if dialect == "openai":
        rate_hz = 24_000
        path, body = (
            "/v1/audio/speech",
            {"model": "tts-1", "input": text, "voice": voice, "response_format": "pcm"},
        )
    elif dialect == "elevenlabs":
        path, body = f"/v1/text-to-speech/{voice}/stream?output_format=pcm_{rate_hz}", {"text": text}
    elif dialect == "deepgram":
        path = f"/v1/speak?model={voice}&encoding=linear16&container=none&sample_rate={rate_hz}"
        body = {"text": text}
    else:
        form = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": rate_hz}
        path, body = (
            "/tts/bytes",
            {"transcript": text, "voice": voice, "output_format": form, "model_id": "sonic-3"},
        )
    turn = Spoken(text, rate_hz)
    spoken.append(turn)
    leaves = chance.random() < STOPPED_SHARE / 2
    async with aiohttp.ClientSession() as http, http.post(stage.http + path, json=body) as answer:
        if answer.status != 200:
            turn.fate, turn.why = Fate.FAILED, f"{dialect}: {answer.status} {await answer.text()}"
            return
        async for part in answer.content.iter_any():
            turn.audio += part
            if leaves:
                turn.fate = Fate.CUT
                del turn.audio[len(turn.audio) // 2 * 2 :]
                return
        turn.fate = Fate.WHOLE


async def speak(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """One whole text by the native contract's `Speak`; some are left in the middle."""
    turn = Spoken(coded_text(chance), chance.choice(RATES_HZ))
    spoken.append(turn)
    form = audio_pb2.AudioFormat(encoding="ENCODING_PCM_S16LE", sample_rate_hz=turn.rate_hz)
    request = speech_pb2.SpeakRequest(text=turn.text, voice=chance.choice(stage.voices), audio_format=form)
    leaves = chance.random() < STOPPED_SHARE / 2
    async with grpc.aio.insecure_channel(
        f"127.0.0.1:{stage.grpc_port}", options=[("grpc.use_local_subchannel_pool", 1)]
    ) as channel:
        ask = channel.unary_stream(
            "/legato.v1.SpeechService/Speak",
            request_serializer=speech_pb2.SpeakRequest.SerializeToString,
            response_deserializer=speech_pb2.SpeakResponse.FromString,
        )
        try:
            async for message in ask(request):
                kind = message.WhichOneof("response")
                assert turn.fate is Fate.UNANSWERED, f"{kind} after the end"
                if kind == "audio":
                    assert message.audio.sample_offset == len(turn.audio) // 2, "a gap in the sample clock"
                    turn.audio += message.audio.data
                    if leaves:
                        turn.fate = Fate.CUT
                        return
                if kind == "finished":
                    samples = message.finished.receipt.audio_samples
                    assert samples == len(turn.audio) // 2, f"its receipt has {samples} samples"
                    turn.fate = Fate.WHOLE
        except grpc.aio.AioRpcError as error:
            turn.fate, turn.why = Fate.FAILED, f"{error.code().name}: {error.details()}"


DIALECTS = {
    "deepgram": deepgram,
    "deepgram_v2": deepgram_v2,
    "elevenlabs": elevenlabs,
    "elevenlabs_stream": elevenlabs_stream,
    "cartesia": cartesia,
    "livekit": livekit,
    "http": requests,
    "speak": speak,
}
