"""The dialect of LiveKit's inference gateway over the real servers and sessions."""

import base64
import json

import aiohttp
import pytest
import websockets

from tests.gateway.servers.real_house import real_house

LONG = "A long sentence that nobody wants to hear. " * 20
PLACES = ("/v1/tts", "/tts")


def connect(built, place="/v1/tts", **more):
    return websockets.connect(f"{built.websocket}{place}?model=cartesia%2Fsonic-3", proxy=None, **more)


async def send(client, kind, **more):
    await client.send(json.dumps({"type": kind, **more}))


async def create(client, **more):
    asked = {"voice": "joe", "model": "cartesia/sonic-3", "sample_rate": "24000", "encoding": "pcm_s16le"}
    await send(client, "session.create", **asked, extra=more, connection={"timeout": 10, "retries": 3})


async def say(client, *sentences, **config):
    for sentence in sentences:
        await send(client, "input_transcript", transcript=sentence, generation_config=config, extra={})
    await send(client, "session.flush")


async def answer(client, *ends):
    """Frames up to one of these."""
    frames = []
    while not frames or frames[-1]["type"] not in (ends or ("done",)):
        frames.append(json.loads(await client.recv()))
    assert len({frame["session_id"] for frame in frames}) == 1
    return frames


def sound(frames):
    return b"".join(base64.b64decode(f["audio"]) for f in frames if f["type"] == "output_audio")


@pytest.mark.parametrize("place", PLACES)
async def test_one_turn_after_the_other_on_one_socket(place):
    async with real_house() as built, connect(built, place) as client:
        await create(client)
        await say(client, "Hello there. ", "How are you? ")
        first = await answer(client)
        assert first[0]["type"] == "session.created"
        assert len(sound(first)) > 24_000 // 5
        assert built.voices.sent == ["Hello there.", "How are you?"]
        await say(client)
        assert [frame["type"] for frame in await answer(client)] == ["done"]
        await say(client, "Fine. ")
        assert sound(await answer(client))


async def test_words_come_to_those_who_ask():
    async with real_house() as built, connect(built) as client:
        await create(client, add_timestamps=True)
        await say(client, "Hello there. ")
        words = [word for frame in await answer(client) for word in frame.get("words", ())]
        assert [word["word"] for word in words] == ["Hello", "there."]
        assert 0 <= words[0]["start"] < words[0]["end"] <= words[1]["start"] < words[1]["end"]


async def test_turns_wait_for_one_another_and_each_has_its_end():
    async with real_house() as built, connect(built) as client:
        await create(client)
        for _ in range(20):
            await say(client, "Yes. ")
        heard = [await answer(client) for _ in range(20)]
        assert all(sound(frames) for frames in heard)


async def test_an_error_ends_its_turn_and_not_the_connection():
    async with real_house() as built, connect(built) as client:
        await create(client)
        await say(client, "Hello. ", voice="mute")
        error = (await answer(client, "error"))[-1]
        assert (error["code"], error["retryable"]) == (503, True)
        await say(client, "Hello. ", voice="nobody")
        error = (await answer(client, "error"))[-1]
        assert (error["code"], "the voices are" in error["message"]) == (404, True)
        await client.send("rubbish")
        assert (await answer(client, "error"))[-1]["reason"] == "bad_frame"
        await say(client, "x" * 100_000)
        assert (await answer(client, "error"))[-1]["reason"] == "text_too_long"
        await say(client, "Hello. ")
        assert sound(await answer(client))


async def test_a_client_that_leaves_stops_the_voice():
    async with real_house(speed=1.0) as built:
        async with connect(built) as client:
            await create(client)
            await say(client, LONG)
            await answer(client, "output_audio")
        async with connect(built) as client:  # as LiveKit does: the old socket goes as the next one comes
            await create(client)
            await say(client, "Yes. ")
            assert sound(await answer(client))
        assert built.voices.leased == 0
        assert built.voices.spoken_chars < len(LONG)


async def test_a_session_that_was_refused_opens_nothing_until_there_is_one():
    async with real_house() as built, connect(built) as client:
        await send(client, "session.create", voice="nobody", sample_rate="24000", encoding="pcm_s16le")
        await say(client, "Hello. ")
        heard = [json.loads(await client.recv()) for _ in range(3)]
        assert [frame["reason"] for frame in heard] == ["unknown_voice", "bad_order", "bad_order"]
        await send(client, "session.create", voice="joe", language="xx")
        assert "does not speak 'xx'" in json.loads(await client.recv())["message"]
        await create(client)
        await say(client, "Hello. ")
        assert sound(await answer(client))


async def test_the_key_opens_the_door_and_a_refusal_says_why():
    bearer = {"Authorization": "Bearer sesame"}
    async with real_house(key="sesame") as built, aiohttp.ClientSession() as http:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connect(built):
                pass
        assert refused.value.response.status_code == 401
        told = json.loads(refused.value.response.body)
        assert (told["code"], told["reason"], told["retryable"]) == (401, "unauthenticated", False)
        async with connect(built, additional_headers=bearer) as client:
            await create(client)
            await say(client, "Hello. ")
            assert sound(await answer(client))
        for place in PLACES:
            async with http.get(built.http + place, headers=bearer) as plain:
                assert (plain.status, "WebSocket" in (await plain.json())["message"]) == (400, True)
            async with http.post(built.http + place, headers=bearer) as plain:
                assert (plain.status, plain.headers["allow"]) == (405, "GET")
                assert "expected GET here" in (await plain.json())["message"]
