"""LiveKit's own agents library, with the speech of its inference gateway."""

import asyncio
import os
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
from heard import play, sound
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, inference
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT

ONCE = replace(DEFAULT_API_CONNECT_OPTIONS, max_retry=0)
RATE = 24_000


@asynccontextmanager
async def speaking(given, model="cartesia/sonic-3", **more):
    async with aiohttp.ClientSession() as session:
        tts = inference.TTS(
            f"{model}:{given.voice}",
            base_url=f"{given.url}/v1",
            api_key=given.key,
            api_secret=given.key,
            http_session=session,
            **more,
        )
        try:
            yield tts
        finally:
            await tts.aclose()


async def heard(stream):
    """Return all audio of a stream, and the words that came with it."""
    audio, words = b"", []
    async for event in stream:
        audio += bytes(event.frame.data)
        words += event.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, [])
    return audio, words


async def said(tts, text):
    """Speak a text as an agent does, word by word; return what was heard and whether the connection was there already."""
    async with tts.stream(conn_options=ONCE) as stream:
        for word in text.split(" "):
            stream.push_text(f"{word} ")
        stream.end_input()
        audio, words = await heard(stream)
        return audio, words, stream._connection_reused


def told(audio, rate=RATE, **more):
    return {**sound(audio, "s16", rate), **more}


async def whole(given):
    async with speaking(given) as tts:
        return told((await heard(tts.synthesize(given.text, conn_options=ONCE)))[0])


async def from_a_string(given):
    """As `AgentSession(tts="cartesia/sonic-3:joe")` does, with all else from the environment."""
    os.environ |= {
        "LIVEKIT_INFERENCE_URL": given.url,
        "LIVEKIT_API_KEY": given.key,
        "LIVEKIT_API_SECRET": given.key,
    }
    tts = inference.TTS.from_model_string(f"cartesia/sonic-3:{given.voice}")
    async with aiohttp.ClientSession() as session:
        tts._session = session
        audio, _, _ = await said(tts, given.text)
        await tts.aclose()
    return told(audio)


async def turns(given):
    async with speaking(given) as tts:
        first, _, _ = await said(tts, given.text)
        await said(tts, "")
        second, _, reused = await said(tts, given.text)
        return {"heard": [told(first), told(second)], "reused": reused}


async def words(given):
    async with speaking(given, extra_kwargs={"add_timestamps": True}) as tts:
        audio, words, _ = await said(tts, given.text)
        times = [(word.start_time, word.end_time) for word in words]
        return told(audio, words=[str(word) for word in words], times=times)


async def words_with_their_spaces(given):
    extra = {"timestamp_type": "WORD"}
    async with speaking(given, "inworld/inworld-tts-1.5-max", extra_kwargs=extra) as tts:
        audio, words, _ = await said(tts, given.text)
        return told(audio, said="".join(words))


async def other_rate(given):
    async with speaking(given, sample_rate=16_000) as tts:
        audio, _, _ = await said(tts, given.text)
        return told(audio, 16_000)


async def interrupted(given):
    """Stop listening after the first audio, as at a barge-in, and speak again: the library leaves the connection."""
    async with speaking(given) as tts:
        async with tts.stream(conn_options=ONCE) as stream:
            stream.push_text(given.text)
            stream.end_input()
            await anext(stream)
        audio, _, reused = await said(tts, "Yes.")
        return told(audio, reused=reused)


async def warmed(given):
    async with speaking(given) as tts:
        tts.prewarm()
        await asyncio.sleep(0)  # the pool's own task begins to connect, and the text waits for it
        audio, _, reused = await said(tts, given.text)
        return told(audio, reused=reused)


async def another_voice(given):
    """Ask for a voice that is not there, and then for another one, with the same object."""
    async with speaking(given) as tts:
        tts.update_options(voice="nobody")
        try:
            await said(tts, given.text)
        except Exception as error:  # noqa: BLE001 the test asks which error it is
            failed = str(error)
        tts.update_options(voice=given.voice)
        audio, _, _ = await said(tts, given.text)
        return told(audio, failed=failed)


CASES = (
    whole,
    from_a_string,
    turns,
    words,
    words_with_their_spaces,
    other_rate,
    interrupted,
    warmed,
    another_voice,
)
play({case.__name__.replace("_", "-"): lambda given, case=case: asyncio.run(case(given)) for case in CASES})
