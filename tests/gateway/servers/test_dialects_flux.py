"""Deepgram's second dialect over real servers and sessions."""

import json

import pytest
import websockets

from legato.domain import events
from tests.gateway.servers.real_house import real_house

SECOND_24K = 48_000
LONG = "A sentence that goes on for a good while. " * 20


def connect(built, query="model=joe", **more):
    return websockets.connect(f"{built.websocket}/v2/speak?{query}", proxy=None, **more)


def message(kind, **more):
    return json.dumps({"type": kind, **more})


async def told(client, kind):
    """Audio bytes and messages up to the first message of this type."""
    audio, messages = 0, []
    while not messages or messages[-1]["type"] != kind:
        frame = await client.recv()
        if isinstance(frame, bytes):
            audio += len(frame)
        else:
            messages.append(json.loads(frame))
    return audio, messages


def kinds(messages):
    return [one["type"] for one in messages]


async def test_many_turns_may_wait():
    async with real_house() as built, connect(built) as client:
        for _ in range(20):
            await client.send(message("Speak", text="A sentence."))
            await client.send(message("Flush"))
        await client.send(message("Interrupt"))
        await client.send(message("Close"))
        messages = kinds((await told(client, "SessionMetadata"))[1])
        assert "Error" not in messages
        assert messages.count("SpeechInterrupted") + messages.count("SpeechMetadata") == 20


async def test_turn_by_turn_on_one_socket():
    async with real_house() as built, connect(built) as client:
        assert client.response.headers["dg-request-id"]
        assert kinds((await told(client, "Connected"))[1]) == ["Connected"]
        ids = set()
        for _ in range(3):
            for word in ("Hello ", "there. "):
                await client.send(message("Speak", text=word))
            await client.send(message("Flush"))
            audio, messages = await told(client, "SpeechMetadata")
            assert sorted(kinds(messages)) == ["Flushed", "SpeechMetadata", "SpeechStarted"]
            assert audio > SECOND_24K // 5
            assert messages[-1]["audio_duration_ms"] == pytest.approx(audio / 48, abs=1)
            assert len({one["speech_id"] for one in messages}) == 1
            ids.add(messages[-1]["speech_id"])
        assert len(ids) == 3
        assert built.voices.sent == ["Hello there."] * 3
        await client.send(message("Close"))
        _, messages = await told(client, "SessionMetadata")
        assert messages[-1]["total_input_character_count"] == 3 * len("Hello there. ")
        with pytest.raises(websockets.ConnectionClosedOK):
            await client.recv()


async def test_an_empty_flush_is_answered():
    async with real_house() as built, connect(built) as client:
        await client.send(message("Flush"))
        audio, messages = await told(client, "SpeechMetadata")
        assert audio == 0
        assert "NO_SYNTHESIZABLE_TEXT" in [one.get("code") for one in messages]


async def test_an_interrupt_tells_what_was_heard_and_the_socket_goes_on():
    async with real_house(speed=4.0) as built, connect(built) as client:
        await client.send(message("Speak", text=LONG))
        await client.send(message("Flush"))
        audio = 0
        while audio < SECOND_24K:
            frame = await client.recv()
            audio += len(frame) if isinstance(frame, bytes) else 0
        await client.send(message("Interrupt", playback_offset={"type": "time_ms", "value": 500}))
        _, messages = await told(client, "SpeechInterrupted")
        interrupted = messages[-1]
        assert interrupted["audio_played_ms"] == 500
        assert interrupted["text_spoken"] + interrupted["text_remaining"] == LONG
        assert 0 < len(interrupted["text_spoken"]) < 40
        (cancel,) = built.door.told(events.Cancel)
        assert cancel.played_sample == 12_000
        await client.send(message("Speak", text="Yes."))
        await client.send(message("Flush"))
        audio, messages = await told(client, "SpeechMetadata")
        assert audio > 0
        assert "SpeechInterrupted" not in kinds(messages)
        await client.send(message("Interrupt"))
        assert (await told(client, "Warning"))[1][-1]["code"] == "NO_ACTIVE_SPEECH"


async def test_configure_changes_the_turns_that_come():
    async with real_house() as built, connect(built) as client:
        await client.send(message("Configure", speed=1.25))
        assert (await told(client, "ConfigureSuccess"))[1][-1]["applied"] == {"speed": 1.25}
        await client.send(message("Configure", speed=7))
        assert (await told(client, "ConfigureFailure"))[1][-1]["code"] == "SPEED_OUT_OF_RANGE"
        (configured,) = built.door.told(events.Configure)
        assert configured.options.speed == 1.25


async def test_a_turn_that_fails_is_an_error_and_the_socket_closes():
    async with real_house() as built, connect(built, "model=mute") as client:
        await client.send(message("Speak", text="Hello."))
        await client.send(message("Flush"))
        _, messages = await told(client, "Error")
        assert messages[-1]["code"] == "NET-0000"
        with pytest.raises(websockets.ConnectionClosedError):
            await client.recv()
        assert client.close_code == 1011
        await built.servers.streams.empty()
        assert built.voices.leased == 0


async def test_a_handshake_is_refused_in_the_vendors_shape():
    async with real_house(key="sesame") as built:
        for query, key, status, code in (
            ("model=joe", "", 401, "INVALID_AUTH"),
            ("model=aura-2-thalia-en", "sesame", 400, "INVALID_QUERY_PARAMETER"),
            ("", "sesame", 400, "INVALID_QUERY_PARAMETER"),
        ):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with connect(built, query, additional_headers={"Authorization": f"Token {key}"}):
                    pass
            answer = refused.value.response
            body = json.loads(answer.body)
            assert (answer.status_code, body["err_code"]) == (status, code)
            assert answer.headers["dg-request-id"] == body["request_id"]
