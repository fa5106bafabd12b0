import asyncio
import gzip
import json

import aiohttp
import pytest
import websockets

from legato.domain import events
from legato.domain.facts import MessageRefused
from legato.domain.replies import StreamError
from legato.faces.cartesia_requests import NEWEST
from tests.gateway.servers.real_house import real_house
from tests.gateway.servers.stage import house

SECOND_24K = 48_000


async def told(client, kind):
    """Audio bytes and messages up to the first message of this type."""
    audio, messages = 0, []
    while True:
        frame = await client.recv()
        if isinstance(frame, bytes):
            audio += len(frame)
            continue
        messages.append(json.loads(frame))
        if messages[-1]["type"] == kind:
            return audio, messages


def connect(built, query="model=joe", **more):
    return websockets.connect(f"{built.websocket}/v1/speak?{query}", proxy=None, **more)


def message(kind, **more):
    return json.dumps({"type": kind, **more})


async def test_a_deepgram_client_speaks_flush_by_flush_on_one_socket():
    async with real_house() as built, connect(built) as client:
        assert client.response.headers["dg-request-id"]
        metadata = json.loads(await client.recv())
        assert metadata["type"] == "Metadata"
        assert metadata["request_id"] == client.response.headers["dg-request-id"]
        for number in range(3):
            for word in ("Hello ", "there. "):
                await client.send(message("Speak", text=word))
            await client.send(message("Flush"))
            audio, messages = await told(client, "Flushed")
            assert audio > SECOND_24K // 5
            assert messages == [{"type": "Flushed", "sequence_id": number}]
        assert built.voices.sent == ["Hello there."] * 3


async def test_an_empty_flush_is_answered_in_its_turn():
    async with real_house() as built, connect(built) as client:
        await client.send(message("Flush"))
        audio, messages = await told(client, "Flushed")
        assert audio == 0
        assert [m["type"] for m in messages if m["type"] != "Warning"] == ["Metadata", "Flushed"]


async def test_many_flushes_may_wait_and_none_is_refused():
    async with real_house() as built, connect(built) as client:
        for _ in range(20):
            await client.send(message("Speak", text="A sentence."))
            await client.send(message("Flush"))
        await client.send(message("Clear"))
        _, messages = await told(client, "Cleared")
        assert "Warning" not in [one["type"] for one in messages]
        assert len(built.door.told(events.End)) == 20
        assert built.door.of(StreamError) == []


async def test_a_clear_stops_the_speech_and_the_socket_goes_on():
    async with real_house(speed=4.0) as built, connect(built) as client:
        await client.send(message("Speak", text="A long sentence that nobody wants to hear. " * 20))
        await client.send(message("Flush"))
        while not isinstance(await client.recv(), bytes):
            pass
        await client.send(message("Clear"))
        await told(client, "Cleared")
        await client.send(message("Speak", text="Yes."))
        await client.send(message("Flush"))
        audio, messages = await told(client, "Flushed")
        assert audio > 0
        assert [m["type"] for m in messages] == ["Flushed"]
        assert built.voices.sent[-1] == "Yes."


async def test_close_is_answered_at_once_and_nonsense_with_a_warning():
    async with real_house() as built, connect(built) as client:
        await client.send(message("Sing"))
        _, messages = await told(client, "Warning")
        assert messages[-1]["warn_msg"] == messages[-1]["description"]
        assert messages[-1]["warn_code"] == messages[-1]["code"] == "DATA-0000"
        await client.send(message("Close"))
        with pytest.raises(websockets.ConnectionClosedOK):
            await client.recv()
        assert client.close_code == 1000


async def test_a_voice_that_fails_is_an_error_and_the_flush_is_still_answered():
    async with real_house() as built, connect(built, "model=mute") as client:
        await client.send(message("Speak", text="Hello."))
        await client.send(message("Flush"))
        _, messages = await told(client, "Flushed")
        assert [m["type"] for m in messages] == ["Metadata", "Error", "Flushed"]


def turned_away(built):
    """Why, as telemetry is told it: nobody else would."""
    told = [fact for fact in built.facts if isinstance(fact, MessageRefused)]
    assert {(fact.stream_id, fact.face.partition("_")[0]) for fact in told} == {("", "deepgram")}
    return [fact.reason.value for fact in told]


async def test_a_deepgram_handshake_is_refused_in_its_own_shape():
    async with real_house(key="sesame") as built, aiohttp.ClientSession() as http:
        for query, key, status, code in (
            ("model=joe", "", 401, "INVALID_AUTH"),
            ("model=nobody", "sesame", 400, "INVALID_QUERY_PARAMETER"),
            ("encoding=opus", "sesame", 400, "INVALID_QUERY_PARAMETER"),
        ):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with connect(built, query, additional_headers={"Authorization": f"Token {key}"}):
                    pass
            answer = refused.value.response
            body = json.loads(answer.body)
            assert (answer.status_code, body["err_code"]) == (status, code)
            assert answer.headers["dg-request-id"] == body["request_id"]
        async with http.get(f"{built.http}/v1/speak") as plain:
            assert (plain.status, (await plain.json())["err_code"]) == (400, "INVALID_QUERY_PARAMETER")
        assert turned_away(built) == ["unauthenticated", "unknown_voice", "unknown_format"]


@pytest.mark.parametrize(
    ("asked", "selected"),
    [
        (["token", "sesame"], "token"),
        (["bearer", "sesame"], "bearer"),
        (["token", "sesame", "x-deepgram-session-id", "5f1c"], "token"),  # the vendor's own client
    ],
)
async def test_a_browser_brings_its_key_as_a_subprotocol(asked, selected):
    async with real_house(key="sesame") as built, connect(built, subprotocols=asked) as client:
        assert client.subprotocol == selected
        assert json.loads(await client.recv())["type"] == "Metadata"


async def test_the_list_of_models_needs_the_key():
    async with real_house(key="sesame") as built, aiohttp.ClientSession() as http:
        async with http.get(f"{built.http}/v1/models") as refused:
            assert refused.status == 401
            assert (await refused.json())["error"]["code"] == "unauthenticated"
        async with http.get(f"{built.http}/v1/models", headers={"Authorization": "Bearer sesame"}) as listed:
            answer = await listed.json()
        assert answer["object"] == "list"
        assert {"id", "object", "created", "owned_by"} == set(answer["data"][0])


async def test_a_list_is_json_and_only_for_pages_of_an_allowed_origin(monkeypatch):
    async with real_house() as built, aiohttp.ClientSession() as http:
        knocks = []
        monkeypatch.setattr(built.door, "admit", lambda *knock: knocks.append(knock))
        headers = {"Authorization": "Bearer sesame", "Origin": "https://a.example"}
        async with http.get(f"{built.http}/v1/models", headers=headers) as listed:
            assert listed.content_type == "application/json"
        assert knocks == [("sesame", "https://a.example")]


async def test_an_old_client_of_cartesia_is_told_in_plain_text_that_there_is_no_such_path():
    async with real_house() as built, aiohttp.ClientSession() as http:
        for version, kind in (("2024-06-10", "text/plain"), ("2026-03-01", "application/json")):
            async with http.get(f"{built.http}/datasets", headers={"cartesia-version": version}) as answer:
                assert (answer.status, answer.content_type) == (404, kind)


async def test_a_client_of_cartesia_gets_the_status_where_others_get_the_playground():
    async with real_house(key="sesame") as built, aiohttp.ClientSession() as http:
        told = []
        for headers in (
            {"cartesia-version": NEWEST, "authorization": "Bearer sesame"},
            {"cartesia-version": NEWEST},
            {},
        ):
            async with http.get(f"{built.http}/", headers=headers) as answer:
                told.append(await answer.json() if answer.status == 200 else answer.status)
        assert told == [{"ok": True, "version": NEWEST}, 401, 404], "this one has no playground"


async def test_a_gateway_without_dialects_has_no_such_paths():
    async with house() as built, aiohttp.ClientSession() as http:
        answer = await http.post(f"{built.http}/v1/audio/speech", json={})
        assert answer.status == 404


async def test_a_client_that_goes_ends_its_session():
    async with real_house(speed=1.0) as built:
        async with connect(built) as client:
            await client.send(message("Speak", text="A long sentence that nobody wants to hear. " * 20))
            await client.send(message("Flush"))
            while not isinstance(await client.recv(), bytes):
                pass
        await built.servers.streams.empty()
        assert built.door.told(events.Closed)
        assert built.voices.leased == 0


async def test_one_path_has_a_list_for_each_dialect_and_the_native_one():
    async with real_house() as built, aiohttp.ClientSession() as http:
        shapes = []
        for headers in ({"xi-api-key": "x"}, {"Authorization": "Token x"}, {}):
            named = dict(headers)
            async with http.get(f"{built.http}/v1/models", headers=named) as answer:
                shapes.append(type(await answer.json()) if answer.status == 200 else answer.status)
        assert shapes == [401, 401, dict]
        async with http.get(f"{built.http}/v1/models", headers={"xi-api-key": ""}) as answer:
            assert isinstance(await answer.json(), list)
        for path in ("/voices", "/voices/"):
            async with http.get(f"{built.http}{path}") as answer:
                assert "has_more" in await answer.json(), "older clients of Cartesia ask with a slash"
        async with http.get(f"{built.http}/v1/voices") as answer:
            assert (await answer.json())["defaultVoice"] == "joe"


async def test_a_key_may_come_with_the_first_frame_and_the_dialect_ends_the_socket():
    async with real_house(key="sesame") as built:
        place = f"{built.websocket}/v1/text-to-speech/joe/stream-input?output_format=pcm_24000"
        for key, code in (("sesame", 1000), ("wrong", 1008)):
            async with websockets.connect(place, proxy=None) as client:
                await client.send(json.dumps({"text": "Hello. ", "xi_api_key": key}))
                await client.send(json.dumps({"text": ""}))
                await client.wait_closed()
                assert client.close_code == code
        assert len(built.door.sessions) == 1
        with pytest.raises(websockets.InvalidStatus):
            async with connect(built):
                pass


async def test_one_request_is_refused_in_its_own_shape():
    async with real_house(key="sesame", max_message_bytes=1000) as built, aiohttp.ClientSession() as http:
        url = f"{built.http}/v1/speak?encoding=linear16"
        for key, body, status in (
            ("no", {"text": "Hi."}, 401),
            ("sesame", {"text": ""}, 400),
            ("sesame", {"text": "x" * 2000}, 413),
            ("sesame", {"text": "Hi."}, 200),
        ):
            async with http.post(url, json=body, headers={"Authorization": f"Token {key}"}) as answer:
                assert answer.status == status
                assert answer.headers["dg-request-id"]
        async with http.post(f"{built.http}/v1/speak", headers={"Authorization": "Token sesame"}) as answer:
            assert (await answer.json())["err_code"] == "INVALID_QUERY_PARAMETER"
        assert turned_away(built) == ["unauthenticated", "bad_frame", "text_too_long", "unknown_format"]


async def test_a_body_that_does_not_come_is_refused_in_its_own_shape():
    async def never():
        yield b"{"
        await asyncio.Event().wait()

    async with (
        real_house(body_s=0.01) as built,
        aiohttp.ClientSession() as http,
        http.post(f"{built.http}/v1/speak?encoding=linear16", data=never()) as answer,
    ):
        assert answer.status == 408
        assert answer.headers["dg-request-id"]


async def test_a_body_that_is_not_coded_as_it_says_is_the_clients_mistake():
    async with real_house() as built, aiohttp.ClientSession() as http:
        url, headers = f"{built.http}/v1/speak?encoding=linear16", {"content-encoding": "gzip"}
        async with http.post(url, data=b"{}", headers=headers, skip_auto_headers=["content-type"]) as answer:
            assert answer.status == 400
            assert answer.headers["dg-request-id"]
            assert "Content-Encoding" in (await answer.json())["err_msg"]


async def test_a_handshake_that_is_none_is_refused_in_its_own_shape():
    headers = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "no key",
    }
    async with real_house() as built, aiohttp.ClientSession() as http:
        async with http.get(f"{built.http}/v1/speak", headers=headers) as answer:
            assert answer.status == 400
            told = (await answer.json())["err_msg"]
            assert told.endswith(
                "expected Sec-WebSocket-Version 13 and a Sec-WebSocket-Key of 16 bytes in Base64"
            )
        assert built.door.told(events.Closed)


async def test_another_method_is_refused_in_the_shape_of_whose_place_it_is():
    async with real_house() as built, aiohttp.ClientSession() as http:
        for method, path, allow, shape in (
            ("PUT", "/v1/speak", "GET, POST", "err_msg"),
            ("GET", "/v1/audio/speech", "POST", "error"),
            ("OPTIONS", "/tts/bytes", "POST", "message"),
            ("DELETE", "/tts/websocket", "GET", "message"),
            ("GET", "/v1/text-to-speech/joe", "POST", "detail"),
            ("POST", "/v1/text-to-speech/joe/stream-input", "GET", "detail"),
            ("POST", "/v1/tts", "GET", "message"),
        ):
            async with http.request(method, built.http + path) as answer:
                assert (answer.status, answer.headers["allow"]) == (405, allow)
                told = str((await answer.json())[shape])
                assert f"expected {allow.replace(', ', ' or ')} here; got {method}" in told


async def test_a_body_and_a_frame_that_are_too_long_are_told_what_is_allowed():
    async with real_house(max_message_bytes=1000) as built, aiohttp.ClientSession() as http:
        async with http.post(f"{built.http}/v1/speak?encoding=linear16", data=b"x" * 2000) as answer:
            told = (await answer.json())["err_msg"]
        assert told == "a request must have at most 1000 bytes; this one has 2000"
        packed, headers = gzip.compress(b"x" * 2000), {"content-encoding": "gzip"}
        async with http.post(
            f"{built.http}/v1/speak?encoding=linear16", data=packed, headers=headers
        ) as answer:
            assert (await answer.json())["err_msg"] == "a request must have at most 1000 bytes"
        async with connect(built) as client:
            await client.send(message("Speak", text="x" * 2000))
            await client.wait_closed()
        assert (client.close_code, client.close_reason) == (1009, "a message must have at most 1000 bytes")


async def test_a_page_of_an_allowed_origin_may_read_speech_that_is_streamed():
    asked = {"model": "tts-1", "voice": "joe", "input": "Hi.", "response_format": "wav"}
    async with real_house(cors_origins=("https://a.example",)) as built, aiohttp.ClientSession() as http:
        for origin in ("https://a.example", ""):
            headers = {"origin": origin} if origin else {}
            async with http.post(f"{built.http}/v1/audio/speech", json=asked, headers=headers) as answer:
                assert (await answer.read())[:4] == b"RIFF"
                assert answer.headers.get("access-control-allow-origin", "") == origin
