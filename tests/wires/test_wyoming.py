"""Wyoming over the real servers and sessions."""

import asyncio
from contextlib import asynccontextmanager

from legato.domain import events
from legato.faces.wyoming_frames import frame
from tests.gateway.servers.real_house import real_house
from tests.gateway.servers.test_tcp import Client

LONG = "A long sentence that nobody wants to hear. " * 20


@asynccontextmanager
async def connected(built):
    reader, writer = await asyncio.open_connection("127.0.0.1", built.tcp_port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


def kinds(heard):
    return list(dict.fromkeys(message.kind for message in heard))


async def test_texts_and_streams_are_spoken_one_after_the_other_on_one_connection():
    async with real_house() as built, connected(built) as client:
        client.say("synthesize", text="Hello there.")
        assert kinds(await client.until("audio-stop")) == ["audio-start", "audio-chunk", "audio-stop"]
        client.say("synthesize-start", voice={"name": "joe"})
        for word in ("How ", "are ", "you?"):
            client.say("synthesize-chunk", text=word)
        client.say("synthesize", text="How are you?")
        client.say("synthesize-stop")
        heard = await client.until("synthesize-stopped")
        assert kinds(heard) == ["audio-start", "audio-chunk", "audio-stop", "synthesize-stopped"]
        assert built.voices.sent == ["Hello there.", "How are you?"]


async def test_a_language_may_be_named_as_pipers_clients_name_them():
    async with real_house() as built, connected(built) as client:
        client.say("synthesize", text="Hallo.", voice={"language": "de_DE"})
        assert "audio-chunk" in kinds(await client.until("audio-stop"))


async def test_a_voice_that_fails_ends_its_utterance_and_not_the_connection():
    async with real_house() as built, connected(built) as client:
        client.say("synthesize", text="Hello.", voice={"name": "mute"})
        heard = await client.until("audio-stop")
        assert (kinds(heard), heard[0].data["code"]) == (["error", "audio-stop"], "all_routes_failed")
        client.say("synthesize", text="Hello.")
        assert "audio-chunk" in kinds(await client.until("audio-stop"))


async def test_who_hangs_up_is_spoken_to_no_more():
    async with real_house(speed=1.0) as built:
        async with connected(built) as client:
            client.say("synthesize", text=LONG)
            await client.until("audio-chunk")
        await built.servers.streams.empty()
        assert built.door.told(events.Closed)
        assert built.voices.leased == 0


async def test_what_is_being_said_is_finished_when_the_gateway_goes():
    async with real_house(speed=8.0) as built, connected(built) as client, connected(built) as silent:
        client.say("synthesize", text="The last sentence is heard.")
        await client.until("audio-chunk")
        deadline = asyncio.get_running_loop().time() + 30
        built.servers.drain(deadline)
        assert (await client.until("audio-stop"))[-1].kind == "audio-stop"
        assert await client.hear() is None
        assert await silent.hear() is None
        assert await built.servers.finished(deadline)


async def test_the_key_of_the_house_opens_the_door():
    async with real_house(key="sesame") as built, connected(built) as client:
        client.writer.write(frame("ping") + frame("describe"))
        assert [(await client.hear()).kind for _ in range(2)] == ["pong", "info"]
