"""Clients of other dialects: each coroutine holds one conversation, and adds what it asked and heard to `spoken`."""

import asyncio
import base64
import json
import random
from collections.abc import Collection
from typing import Any

import websockets

from legato.domain.audio import AudioFormat, Encoding
from tests.crowd.formats import some_format
from tests.crowd.oracle import Fate, Spoken
from tests.crowd.requests import ELEVENLABS, RATES_HZ, STOPPED_SHARE, requests, speak
from tests.crowd.stage import Stage
from tests.crowd.texts import pieces

_DEEPGRAM = {
    AudioFormat(Encoding.PCM_S16LE, hz): f"encoding=linear16&sample_rate={hz}" for hz in RATES_HZ
} | {
    AudioFormat(encoding, hz): f"encoding={encoding}&sample_rate={hz}"
    for encoding in (Encoding.MULAW, Encoding.ALAW)
    for hz in (8_000, 16_000)
}
_CARTESIA = {AudioFormat(Encoding.PCM_S16LE, hz): "pcm_s16le" for hz in RATES_HZ} | {
    AudioFormat(Encoding.MULAW, 8_000): "pcm_mulaw",
    AudioFormat(Encoding.ALAW, 8_000): "pcm_alaw",
}


def _connect(stage: Stage, path: str) -> Any:
    return websockets.connect(f"ws://127.0.0.1:{stage.http_port}{path}", proxy=None, max_size=None)


async def _tell(client: Any, **message: Any) -> None:
    await client.send(json.dumps(message))


async def _waits(chance: random.Random) -> None:
    await asyncio.sleep(chance.choice((0, 0, 0.005, 0.05)))


async def deepgram(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """Version 1: turns that a Flush ends; a Clear drops those not yet answered."""
    form = some_format(chance, _DEEPGRAM)
    voice = chance.choice(stage.voices)
    path = f"/v1/speak?model={voice}&{_DEEPGRAM[form]}"
    async with _connect(stage, path) as client:
        for _ in range(chance.randint(1, 3)):
            turns = [Spoken(stage.text(chance), form, voice=voice) for _ in range(chance.randint(1, 3))]
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
    form = some_format(chance, _DEEPGRAM)
    voice = chance.choice(stage.voices)
    path = f"/v2/speak?model={voice}&{_DEEPGRAM[form]}"
    borne = {"SYNTHESIS_RETRYING"}
    async with _connect(stage, path) as client:
        for _ in range(chance.randint(1, 3)):
            turns = [Spoken(stage.text(chance), form, voice=voice) for _ in range(chance.randint(1, 3))]
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
    form = some_format(chance, ELEVENLABS)
    voice = chance.choice(stage.voices)
    path = f"/v1/text-to-speech/{voice}/multi-stream-input?output_format={ELEVENLABS[form]}"
    contexts = {f"c{n}": Spoken(stage.text(chance), form, voice=voice) for n in range(chance.randint(1, 5))}
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
    form = some_format(chance, ELEVENLABS)
    turn = Spoken(stage.text(chance), form)
    spoken.append(turn)
    turn.voice = chance.choice(stage.voices)
    path = f"/v1/text-to-speech/{turn.voice}/stream-input?output_format={ELEVENLABS[form]}"
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
    form = some_format(chance, _CARTESIA)
    output = {"container": "raw", "encoding": _CARTESIA[form], "sample_rate": form.sample_rate_hz}
    contexts = {f"c{n}": Spoken(stage.text(chance), form) for n in range(chance.randint(1, 5))}
    spoken += contexts.values()
    stopped: set[str] = set()

    async def said(name: str, turn: Spoken, own: random.Random) -> None:
        turn.voice = own.choice(stage.voices)
        asked = {
            "model_id": "sonic-3", "voice": turn.voice, "output_format": output, "context_id": name,
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
    form = AudioFormat(Encoding.PCM_S16LE, chance.choice(RATES_HZ))
    voice = chance.choice(stage.voices)
    async with _connect(stage, f"/v1/tts?model=cartesia%2Fsonic-3&voice={voice}") as client:
        await _tell(
            client, type="session.create", voice=voice, model="cartesia/sonic-3", sample_rate=str(form.sample_rate_hz),
            encoding="pcm_s16le", extra={},
        )  # fmt: skip
        for _ in range(chance.randint(1, 3)):
            turns = [Spoken(stage.text(chance), form, voice=voice) for _ in range(chance.randint(1, 3))]
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
