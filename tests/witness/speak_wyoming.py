"""Wyoming's own client."""

import asyncio

from heard import play, sound
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient
from wyoming.error import Error
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeVoice,
)


def played(conversation):
    def case(given):
        return asyncio.run(_with_client(conversation, given))

    return case


async def _with_client(conversation, given):
    async with AsyncClient.from_uri(given.url) as client:
        return await conversation(client, given)


async def hear(client, end):
    """Read everything up to this event; return what was heard."""
    audio, rate, kinds = b"", 0, []
    while True:
        event = await client.read_event()
        assert event is not None, f"it hung up after {kinds}"
        kinds.append(event.type)
        if AudioStart.is_type(event.type):
            start = AudioStart.from_event(event)
            assert (start.width, start.channels, rate in {0, start.rate}) == (2, 1, True)
            rate = start.rate
        elif AudioChunk.is_type(event.type):
            audio += AudioChunk.from_event(event).audio
        elif Error.is_type(event.type):
            error = Error.from_event(event)
            return {"error": "wyoming.Error", "code": error.code, "said": error.text}
        if event.type == end:
            return {**sound(audio, "s16", rate), "kinds": list(dict.fromkeys(kinds))}


async def whole(client, given):
    voice = SynthesizeVoice(name=given.voice)
    await client.write_event(Synthesize(text=given.text, voice=voice).event())
    return await hear(client, AudioStop().event().type)


async def language(client, given):
    voice = SynthesizeVoice(language="en")
    await client.write_event(Synthesize(text=given.text, voice=voice).event())
    return await hear(client, AudioStop().event().type)


async def stream(client, given):
    """Stream the text as a voice assistant does, with the whole text sent among the chunks."""
    voice = SynthesizeVoice(name=given.voice)
    await client.write_event(SynthesizeStart(voice=voice).event())
    for word in given.text.split(" "):
        await client.write_event(SynthesizeChunk(text=f"{word} ").event())
    await client.write_event(Synthesize(text=given.text, voice=voice).event())
    await client.write_event(SynthesizeStop().event())
    return await hear(client, SynthesizeStopped().event().type)


async def twice(client, given):
    return {"heard": [await whole(client, given), await stream(client, given)]}


async def describe(client, given):
    await client.write_event(Ping(text="are you there").event())
    pong = Pong.from_event(await client.read_event())
    await client.write_event(Describe().event())
    (program,) = Info.from_event(await client.read_event()).tts
    return {
        "pong": pong.text,
        "streams": program.supports_synthesize_streaming,
        "voices": [voice.name for voice in program.voices],
        "languages": sorted({tag for voice in program.voices for tag in voice.languages}),
    }


CASES = (whole, language, stream, twice, describe)
play({case.__name__: played(case) for case in CASES})
