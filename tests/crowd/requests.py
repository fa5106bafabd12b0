"""Clients who ask for one text at once, over HTTP in four dialects and by the native contract; as in `dialects`."""

import random

import aiohttp
import grpc.aio

from legato.domain.audio import AudioFormat, Encoding
from legato.faces import elevenlabs_requests, openai
from legato.faces.native_formats import write_format
from legato.v1 import speech_pb2
from tests.crowd.formats import EVERY, is_as_long, samples_of, some_format
from tests.crowd.oracle import Fate, Spoken
from tests.crowd.stage import Stage

RATES_HZ = (8_000, 16_000, 24_000, 48_000)
STOPPED_SHARE = 0.25
ELEVENLABS = {
    form: name for name, form in (elevenlabs_requests.FORMATS | elevenlabs_requests.ENCODED_FORMATS).items()
}
"""Its formats with their names; of the dialects below, too."""
_OPENAI = {form: name for name, (form, _) in (openai.FORMATS | openai.ENCODED_FORMATS).items()}
_DEEPGRAM = {
    AudioFormat(Encoding.PCM_S16LE, hz): f"encoding=linear16&container=none&sample_rate={hz}"
    for hz in RATES_HZ
} | {
    AudioFormat(Encoding.MULAW, 8_000): "encoding=mulaw&container=none",
    AudioFormat(Encoding.ALAW, 8_000): "encoding=alaw&container=none",
    AudioFormat(Encoding.MP3, 22_050, 48): "encoding=mp3",
    AudioFormat(Encoding.OPUS, 48_000, 32): "encoding=opus&bit_rate=32000",
    AudioFormat(Encoding.FLAC, 16_000): "encoding=flac&sample_rate=16000",
    AudioFormat(Encoding.AAC, 22_050, 48): "encoding=aac",
}
_CARTESIA: dict[AudioFormat, dict[str, object]] = {
    AudioFormat(Encoding.PCM_S16LE, hz): {"container": "raw", "encoding": "pcm_s16le", "sample_rate": hz}
    for hz in RATES_HZ
} | {
    AudioFormat(Encoding.WAV, 24_000): {"container": "wav", "encoding": "pcm_s16le", "sample_rate": 24_000},
    AudioFormat(Encoding.MULAW, 8_000): {"container": "raw", "encoding": "pcm_mulaw", "sample_rate": 8_000},
    AudioFormat(Encoding.MP3, 44_100, 128): {"container": "mp3", "sample_rate": 44_100, "bit_rate": 128_000},
}


def _request(chance: random.Random, dialect: str, text: str, voice: str) -> tuple[AudioFormat, str, object]:
    """Return the format of the answer, and the path and the body of the request."""
    if dialect == "openai":
        form = some_format(chance, _OPENAI)
        body = {"model": "tts-1", "input": text, "voice": voice, "response_format": _OPENAI[form]}
        return form, "/v1/audio/speech", body
    if dialect == "elevenlabs":
        form = some_format(chance, ELEVENLABS)
        return form, f"/v1/text-to-speech/{voice}/stream?output_format={ELEVENLABS[form]}", {"text": text}
    if dialect == "deepgram":
        form = some_format(chance, _DEEPGRAM)
        return form, f"/v1/speak?model={voice}&{_DEEPGRAM[form]}", {"text": text}
    form = some_format(chance, _CARTESIA)
    asked = {"transcript": text, "voice": voice, "output_format": _CARTESIA[form], "model_id": "sonic-3"}
    return form, "/tts/bytes", asked


async def requests(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """One request over HTTP, in one of four dialects; some are left in the middle."""
    text = stage.text(chance)
    dialect = chance.choice(("openai", "elevenlabs", "cartesia", "deepgram"))
    voice = chance.choice(stage.voices)
    form, path, body = _request(chance, dialect, text, voice)
    turn = Spoken(text, form, voice=voice)
    spoken.append(turn)
    leaves = chance.random() < STOPPED_SHARE / 2
    async with aiohttp.ClientSession() as http, http.post(stage.http + path, json=body) as answer:
        if answer.status != 200:
            turn.fate, turn.why = Fate.FAILED, f"{dialect}: {answer.status} {await answer.text()}"
            return
        async for part in answer.content.iter_any():
            turn.audio += part
            if leaves:
                turn.leave()
                return
        turn.fate = Fate.WHOLE


async def speak(stage: Stage, chance: random.Random, spoken: list[Spoken]) -> None:
    """One whole text by the native contract's `Speak`; some are left in the middle."""
    form = some_format(chance, EVERY)
    turn = Spoken(stage.text(chance), form)
    spoken.append(turn)
    turn.voice = chance.choice(stage.voices)
    request = speech_pb2.SpeakRequest(text=turn.text, voice=turn.voice, audio_format=write_format(form))
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
                    at = message.audio.sample_offset
                    assert form.lags or at == len(samples_of(bytes(turn.audio), form)), (
                        "a gap in the sample clock"
                    )
                    turn.audio += message.audio.data
                    if leaves:
                        turn.fate = Fate.CUT
                        return
                if kind == "finished":
                    samples = message.finished.receipt.audio_samples
                    assert is_as_long(samples, bytes(turn.audio), form), f"its receipt has {samples} samples"
                    turn.fate = Fate.WHOLE
        except grpc.aio.AioRpcError as error:
            turn.fate, turn.why = Fate.FAILED, f"{error.code().name}: {error.details()}"
