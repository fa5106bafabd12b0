"""OpenAI's own client."""

import base64
import json

from heard import adts, flac, mpeg, ogg, play, sound
from openai import OpenAI


def client(given):
    return OpenAI(base_url=f"{given.url}/v1", api_key=given.key, max_retries=0)


def speech(given, **more):
    asked = {"model": "tts-1", "voice": given.voice, "input": given.text, "response_format": "pcm", **more}
    return client(given).audio.speech.with_streaming_response.create(**asked)


def pcm(given):
    with speech(given) as answer:
        return sound(b"".join(answer.iter_bytes()), "s16", 24_000)


def wav(given):
    with speech(given, response_format="wav") as answer:
        return sound(b"".join(answer.iter_bytes()), "wav", 24_000)


def sse(given):
    with speech(given, extra_body={"stream_format": "sse"}, model="gpt-4o-mini-tts") as answer:
        lines = [line.removeprefix("data: ") for line in answer.iter_lines() if line]
    events = [json.loads(line) for line in lines]
    data = b"".join(base64.b64decode(e["audio"]) for e in events if e["type"] == "speech.audio.delta")
    return {**sound(data, "s16", 24_000), "last": events[-1]["type"], "usage": events[-1]["usage"]}


def default(given):
    with client(given).audio.speech.with_streaming_response.create(
        model="tts-1", voice=given.voice, input=given.text
    ) as answer:
        return mpeg(b"".join(answer.iter_bytes()))


def encoded(name, read):
    def case(given):
        with speech(given, response_format=name) as answer:
            return {**read(b"".join(answer.iter_bytes())), "type": answer.headers["content-type"]}

    return case


def unbuilt(given):
    with speech(given, response_format="vorbis"):
        return {}


def models(given):
    return {
        "models": [model.id for model in client(given).models.list()],
        "one": client(given).models.retrieve("tts-1").id,
    }


play(
    {
        "pcm": pcm,
        "wav": wav,
        "sse": sse,
        "default": default,
        "opus": encoded("opus", ogg),
        "aac": encoded("aac", adts),
        "flac": encoded("flac", flac),
        "unbuilt": unbuilt,
        "models": models,
    }
)
