"""Deepgram's own client."""

import asyncio

from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.environment import DeepgramClientEnvironment
from deepgram.speak.v1.types.speak_v1text import SpeakV1Text
from deepgram.speak.v2.types.speak_v2speak import SpeakV2Speak
from heard import adts, flac, mpeg, ogg, play, sound, websocket_url


def client(given, kind=DeepgramClient):
    there = websocket_url(given.url)
    place = DeepgramClientEnvironment(base=given.url, production=there, agent=there, agent_rest=given.url)
    return kind(api_key=given.key, environment=place)


def until(connection, kind):
    """Return the audio and the names of the messages, up to this one."""
    audio, names = b"", []
    while kind not in names:
        message = connection.recv()
        if isinstance(message, bytes):
            audio += message
        else:
            names.append(message.type)
    return audio, names


def say(connection, text):
    for word in text.split(" "):
        connection.send_text(SpeakV1Text(type="Speak", text=f"{word} "))
    connection.send_flush()


def stream(given, encoding="linear16", rate=24_000):
    with client(given).speak.v1.connect(model=given.voice, encoding=encoding, sample_rate=rate) as connection:
        say(connection, given.text)
        audio, names = until(connection, "Flushed")
        connection.send_close()
    return {**sound(audio, {"linear16": "s16"}.get(encoding, encoding), rate), "names": names}


def asynchronous(given):
    return asyncio.run(_asynchronous(given))


async def _asynchronous(given):
    speak = client(given, AsyncDeepgramClient).speak.v1
    async with speak.connect(model=given.voice, encoding="linear16") as connection:
        await connection.send_text(SpeakV1Text(type="Speak", text=given.text))
        await connection.send_flush()
        audio = b""
        while True:
            message = await connection.recv()
            if isinstance(message, bytes):
                audio += message
            elif message.type == "Flushed":
                return {**sound(audio, "s16", 24_000), "names": ["Metadata", "Flushed"]}


def mulaw(given):
    return stream(given, "mulaw", 8_000)


def twice(given):
    with client(given).speak.v1.connect(model=given.voice, encoding="linear16") as connection:
        heard = []
        for _ in range(2):
            say(connection, given.text)
            heard.append(sound(until(connection, "Flushed")[0], "s16", 24_000))
    return {"heard": heard}


def clear(given):
    with client(given).speak.v1.connect(model=given.voice, encoding="linear16") as connection:
        say(connection, given.text)
        while not isinstance(connection.recv(), bytes):
            pass
        connection.send_clear()
        _, names = until(connection, "Cleared")
        say(connection, "Yes.")
        audio, more = until(connection, "Flushed")
    return {**sound(audio, "s16", 24_000), "names": names + more}


def turn(connection, text):
    for word in text.split(" "):
        connection.send_speak(SpeakV2Speak(type="Speak", text=f"{word} "))
    connection.send_flush()


def turns(given):
    with client(given).speak.v2.connect(
        model=given.voice, encoding="linear16", sample_rate=16_000
    ) as connection:
        heard = []
        for _ in range(2):
            turn(connection, given.text)
            audio, names = until(connection, "SpeechMetadata")
            heard.append({**sound(audio, "s16", 16_000), "names": names})
    return {"heard": heard}


def interrupt(given):
    with client(given).speak.v2.connect(
        model=given.voice, encoding="linear16", sample_rate=24_000
    ) as connection:
        turn(connection, given.text)
        while not isinstance(connection.recv(), bytes):
            pass
        connection.send_interrupt()
        _, names = until(connection, "SpeechInterrupted")
        turn(connection, "Yes.")
        audio, more = until(connection, "SpeechMetadata")
    return {**sound(audio, "s16", 24_000), "names": names + more}


def rest(given):
    parts = client(given).speak.v1.audio.generate(
        text=given.text, model=given.voice, encoding="linear16", container="none", sample_rate=24_000
    )
    return sound(b"".join(parts), "s16", 24_000)


def default(given):
    return mpeg(b"".join(client(given).speak.v1.audio.generate(text=given.text, model=given.voice)))


def encoded(name, read):
    def case(given):
        asked = {"text": given.text, "model": given.voice, "encoding": name}
        return read(b"".join(client(given).speak.v1.audio.generate(**asked)))

    return case


play(
    {
        "stream": stream,
        "asynchronous": asynchronous,
        "mulaw": mulaw,
        "twice": twice,
        "clear": clear,
        "turns": turns,
        "interrupt": interrupt,
        "rest": rest,
        "default": default,
        "opus": encoded("opus", ogg),
        "aac": encoded("aac", adts),
        "flac": encoded("flac", flac),
    }
)
