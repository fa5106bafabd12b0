"""ElevenLabs' dialect over real servers and sessions."""

import asyncio
import base64
import contextlib
import json

import aiohttp
import pytest
import websockets

from gateway.app.config.dialects import DialectsSection
from gateway.app.dialects import configured
from legato.domain import events
from tests.gateway.servers.real_house import real_house

SAID = "Hello there."
LONG = "A sentence that goes on for a good while. " * 20
FINAL = {"audio": None, "isFinal": True, "normalizedAlignment": None, "alignment": None}


def connect(built, place, query="output_format=pcm_24000", voice="joe", **more):
    url = f"{built.websocket}/v1/text-to-speech/{voice}/{place}?{query}"
    return websockets.connect(url, proxy=None, **more)


def sound(messages):
    return b"".join(base64.b64decode(one["audio"]) for one in messages if one.get("audio"))


async def everything(client):
    """Messages up to the close of the socket, and its code."""
    messages = []
    with contextlib.suppress(websockets.ConnectionClosedError):
        async for frame in client:
            messages.append(json.loads(frame))  # noqa: PERF401 what came before the error is kept
    return messages, client.close_code


async def finals(client, count):
    """Messages up to so many final ones."""
    messages = []
    while sum(bool(one.get("isFinal")) for one in messages) < count:
        messages.append(json.loads(await client.recv()))
    return messages


async def tell(client, *messages):
    for one in messages:
        await client.send(json.dumps(one))


async def test_one_utterance_a_socket_that_the_server_closes():
    async with real_house() as built, connect(built, "stream-input") as client:
        assert client.response.headers["request-id"]
        await tell(client, {"text": " ", "voice_settings": None, "try_trigger_generation": True})
        await tell(client, *({"text": word} for word in ("Hello ", "there. ")), {"text": ""})
        messages, code = await everything(client)
        assert code == 1000
        assert sound(messages) == built.door.audio().astype("<i2").tobytes()
        assert len(sound(messages)) > 24_000 * 2 // 5
        assert messages[-1] == FINAL
        assert built.voices.sent == [SAID]
        assert "".join(c for one in messages[:-1] for c in (one["alignment"] or {"chars": ""})["chars"])


@pytest.mark.parametrize("true_times", [True, False])
async def test_alignments_hold_the_text_and_their_spans_add_up(true_times):
    spans = configured(DialectsSection(elevenlabs_alignment="spans"))
    async with (
        real_house(word_times=true_times, dialects=spans) as built,
        connect(built, "stream-input") as client,
    ):
        await tell(client, {"text": "Hello there, you. "}, {"text": ""})
        messages, _ = await everything(client)
        told = [one["alignment"] for one in messages[:-1] if one["alignment"]]
        assert "".join(char for one in told for char in one["chars"]) == "Hello there, you. "
        assert all(len(one["chars"]) == len(one["charStartTimesMs"]) for one in told)
        span = sum(one["charStartTimesMs"][-1] + one["charDurationsMs"][-1] for one in told)
        assert span == pytest.approx(len(sound(messages)) / 48, abs=2)


async def test_true_times_count_from_the_audio_they_come_with():
    async with real_house(word_times=True) as built, connect(built, "stream-input") as client:
        await tell(client, {"text": "Hello there, you. "}, {"text": ""})
        messages, _ = await everything(client)
        timed = [one for one in messages if one.get("audio") and one["alignment"]]
        lengths = [len(sound([one])) / 48 for one in timed]
        assert timed
        starts = [one["alignment"]["charStartTimesMs"] for one in timed]
        assert all(0 <= at <= most for told, most in zip(starts[1:], lengths[1:], strict=True) for at in told)


async def test_a_stream_that_says_nothing_is_final_too():
    async with real_house() as built, connect(built, "stream-input") as client:
        await tell(client, {"text": " "}, {"text": ""})
        assert await everything(client) == ([FINAL], 1000)


async def test_a_voice_that_fails_is_told_and_the_socket_closes():
    async with real_house() as built, connect(built, "stream-input", voice="mute") as client:
        await tell(client, {"text": "Hello. "})
        messages, code = await everything(client)
        assert [one["code"] for one in messages] == [code] == [1011]
        assert messages[0]["message"]
        await built.servers.streams.empty()
        assert built.door.told(events.Closed)


async def test_nonsense_is_told_and_the_socket_closes():
    async with real_house() as built, connect(built, "stream-input") as client:
        await client.send("sing!")
        messages, code = await everything(client)
        assert ([one["error"] for one in messages], code) == (["invalid_input_message"], 1008)


async def test_contexts_speak_on_one_socket_and_each_has_its_end():
    async with real_house() as built, connect(built, "multi-stream-input") as client:
        for name in ("a", "b"):
            await tell(client, {"text": " ", "context_id": name, "voice_settings": {}})
            await tell(client, {"text": f"{SAID} ", "context_id": name})
            await tell(client, {"text": "", "context_id": name, "flush": True})
            await tell(client, {"context_id": name, "close_context": True})
        messages = await finals(client, 2)
        for name in ("a", "b"):
            own = [one for one in messages if one["contextId"] == one["context_id"] == name]
            assert len(sound(own)) > 24_000 * 2 // 5
            assert own[-1] == {**FINAL, "contextId": name, "context_id": name}
        assert built.voices.sent == [SAID] * 2
        await tell(client, {"text": f"{SAID} ", "context_id": "a", "flush": True}, {"close_socket": True})
        messages, code = await everything(client)
        assert (messages[-1]["isFinal"], code) == (True, 1000)


async def test_closing_a_context_stops_it_and_another_speaks_at_once():
    async with real_house(speed=4.0) as built, connect(built, "multi-stream-input") as client:
        await tell(client, {"text": LONG, "context_id": "a"})
        while not json.loads(await client.recv())["audio"]:
            pass
        await tell(client, {"context_id": "a", "close_context": True})
        await tell(client, {"text": "Yes. ", "context_id": "b", "flush": True})
        await tell(client, {"context_id": "b", "close_context": True})
        messages = await finals(client, 2)
        first_end = next(place for place, one in enumerate(messages) if one.get("isFinal"))
        assert messages[first_end]["contextId"] == "a"
        assert not sound(one for one in messages[first_end:] if one["contextId"] == "a")
        assert sound(one for one in messages if one["contextId"] == "b")
        assert built.voices.sent[-1] == "Yes."


async def test_a_context_that_fails_leaves_the_socket_open():
    async with real_house() as built, connect(built, "multi-stream-input", voice="mute") as client:
        await tell(client, {"text": "Hello. ", "context_id": "a"})
        error, final = await finals(client, 1)
        assert (error["contextId"], final["contextId"]) == ("a", "a")
        assert error["error"]
        await tell(client, {"close_socket": True})
        assert await everything(client) == ([], 1000)


@pytest.mark.parametrize("place", ["stream-input", "multi-stream-input"])
async def test_the_key_may_come_in_the_header_the_query_or_the_first_message(place):
    said = {"text": "Hello. ", "flush": True}
    async with real_house(key="sesame") as built:
        ways = (
            ({"additional_headers": {"xi-api-key": "sesame"}}, said),
            ({"query": "output_format=pcm_24000&authorization=Bearer%20sesame"}, said),
            ({}, {**said, "xi_api_key": "sesame"}),
            ({}, {**said, "xi-api-key": "sesame"}),
        )
        for how, first in ways:
            async with connect(built, place, **how) as client:
                await tell(client, first)
                assert json.loads(await client.recv())["audio"]


async def test_a_wrong_key_is_told_wherever_it_comes():
    async with real_house(key="sesame") as built:
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with connect(built, "stream-input", additional_headers={"xi-api-key": "wrong"}):
                pass
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body)["detail"]["status"] == "invalid_api_key"
        for place in ("stream-input", "multi-stream-input"):
            async with connect(built, place) as client:
                await tell(client, {"text": "Hello. ", "xi_api_key": "wrong"})
                messages, code = await everything(client)
                assert ([one["error"] for one in messages], code) == (["invalid_api_key"], 1008)
        assert not built.door.sessions


async def test_a_handshake_is_refused_in_the_vendors_shape():
    async with real_house() as built:
        for how, status, name in (
            ({"query": ""}, 400, "invalid_output_format"),
            ({"query": "output_format=mp3_22050_32"}, 400, "invalid_output_format"),
            ({"voice": "nobody"}, 404, "voice_not_found"),
        ):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with connect(built, "multi-stream-input", **how):
                    pass
            detail = json.loads(refused.value.response.body)["detail"]
            assert (refused.value.response.status_code, detail["status"]) == (status, name)


async def post(built, path, query="?output_format=pcm_24000", voice="joe", **body):
    async with aiohttp.ClientSession() as http:
        url = f"{built.http}/v1/text-to-speech/{voice}{path}{query}"
        async with http.post(url, json=body) as answer:
            return answer.status, answer.headers, await answer.read()


@pytest.mark.parametrize("path", ["", "/stream"])
async def test_bytes_over_plain_http(path):
    async with real_house() as built:
        status, headers, body = await post(built, path, voice="21m00Tcm4TlvDq8ikWAM", text=SAID)
        assert (status, headers["content-type"]) == (200, "audio/pcm")
        assert headers["request-id"]
        assert body == built.door.audio().astype("<i2").tobytes()


async def test_bytes_with_times():
    async with real_house(word_times=True) as built:
        status, headers, body = await post(built, "/with-timestamps", text=SAID)
        assert (status, headers["content-type"]) == (200, "application/json")
        whole = json.loads(body)
        assert "".join(whole["alignment"]["characters"]) == SAID
        status, _, body = await post(built, "/stream/with-timestamps", text=SAID)
        lines = [json.loads(line) for line in body.splitlines()]
        audio = b"".join(base64.b64decode(line["audio_base64"]) for line in lines)
        assert base64.b64decode(whole["audio_base64"]) + audio == built.door.audio().astype("<i2").tobytes()
        told = [line["alignment"] for line in lines if line["alignment"]]
        assert "".join(char for one in told for char in one["characters"]) == SAID
        starts = [start for one in told for start in one["character_start_times_seconds"]]
        assert starts == sorted(starts)


async def test_what_fails_before_audio_is_an_error_of_the_vendor():
    async with real_house() as built:
        for path, how, status in (
            ("/stream", {"text": SAID, "query": ""}, 400),
            ("/stream", {"text": SAID, "voice": "nobody"}, 404),
            ("/stream", {"text": ""}, 422),
            ("/with-timestamps", {"text": SAID, "voice": "mute"}, 503),
            ("/stream/with-timestamps", {"text": SAID, "voice": "mute"}, 503),
        ):
            got, _, body = await post(built, path, **how)
            assert (got, bool(json.loads(body)["detail"])) == (status, True)


async def listed(built, path, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with aiohttp.ClientSession() as http, http.get(built.http + path, headers=named) as answer:
        return answer.status, await answer.json()


async def test_each_client_has_its_own_lists():
    async with real_house(key="sesame") as built:
        _, voices = await listed(built, "/v1/voices", xi_api_key="sesame")
        assert [one["voice_id"] for one in voices["voices"]] == ["joe", "many", "mute"]
        _, page = await listed(built, "/v2/voices", xi_api_key="sesame")
        assert page["total_count"] == 3
        _, native = await listed(built, "/v1/voices", authorization="Bearer sesame")
        assert native["defaultVoice"] == "joe"
        _, models = await listed(built, "/v1/models", xi_api_key="sesame")
        assert models[0]["model_id"]
        _, models = await listed(built, "/v1/models", authorization="Token sesame")
        assert [one["name"] for one in models["tts"]] == ["joe", "many", "mute"]
        _, models = await listed(built, "/v1/models", authorization="Bearer sesame")
        assert models["object"] == "list"
        one = [
            await listed(built, "/v1/models/joe", authorization=f"{kind} sesame")
            for kind in ("Token", "Bearer")
        ]
        assert [(status, next(iter(model))) for status, model in one] == [(200, "name"), (200, "id")]
        for headers, shape in (
            ({"xi_api_key": "no"}, "detail"),
            ({"authorization": "Token no"}, "err_code"),
            ({"authorization": "Bearer no"}, "error"),
        ):
            status, body = await listed(built, "/v1/models", **headers)
            assert (status, shape in body) == (401, True)


async def test_one_voice_and_pages_of_them():
    async with real_house(key="sesame") as built:
        status, voice = await listed(built, "/v1/voices/joe", xi_api_key="sesame")
        assert (status, voice["voice_id"]) == (200, "joe")
        status, body = await listed(built, "/v1/voices/nobody", xi_api_key="sesame")
        assert (status, body["detail"]["status"]) == (404, "voice_not_found")
        status, settings = await listed(built, "/v1/voices/joe/settings", xi_api_key="sesame")
        assert (status, settings["speed"]) == (200, 1.0)
        assert await listed(built, "/v1/voices/settings/default", xi_api_key="sesame") == (200, settings)
        status, body = await listed(built, "/v1/voices/nobody/settings", xi_api_key="sesame")
        assert (status, body["detail"]["status"]) == (404, "voice_not_found")
        _, page = await listed(built, "/v2/voices?page_size=2&search=m", xi_api_key="sesame")
        assert ([one["voice_id"] for one in page["voices"]], page["has_more"]) == (["joe", "many"], True)
        for ids in (["joe", "mute"], ["joe", "many"]):
            asked = "&".join(f"voice_ids={one}" for one in ids)
            _, page = await listed(built, f"/v2/voices?{asked}", xi_api_key="sesame")
            assert sorted(one["voice_id"] for one in page["voices"]) == sorted(ids)
        status, body = await listed(built, "/v2/voices?page_size=no", xi_api_key="sesame")
        assert (status, "page_size" in body["detail"][0]["msg"]) == (422, True)


async def test_open_webui_finds_voices_and_models():
    async with real_house() as built:
        _, voices = await listed(built, "/v1/audio/voices")
        assert [one["id"] for one in voices["voices"]] == ["joe", "many", "mute"]
        _, models = await listed(built, "/v1/audio/models")
        assert "tts-1" in [one["id"] for one in models["models"]]


async def test_a_path_that_is_not_offered_is_told_in_the_shape_of_whose_client_asks():
    async with real_house() as built, aiohttp.ClientSession() as http:
        for headers, shape in (
            ({"xi-api-key": "k"}, "detail"),
            ({"authorization": "Token k"}, "err_msg"),
            ({"cartesia-version": "2026-03-01", "authorization": "Bearer k"}, "error_code"),
            ({"authorization": "Bearer k"}, "error"),
        ):
            for method, path in (
                ("GET", "/v1/user"),
                ("POST", "/v1/sound-generation"),
                ("GET", "/v1/user/x?a=b"),
            ):
                answer = await http.request(method, built.http + path, headers=headers)
                assert (answer.status, shape in (body := await answer.json())) == (404, True)
                assert "no such endpoint" in json.dumps(body)
            # A method that a list does not support; the native form was answered.
            answer = await http.delete(f"{built.http}/v1/voices", headers=headers)
            assert (answer.status, shape in (body := await answer.json())) == (405, True)
            assert "expected GET here; got DELETE" in json.dumps(body)
            assert "GET" in answer.headers["allow"]


async def test_a_dialogue_over_both_wires():
    lines = [{"text": "Hello there.", "voice_id": "joe"}, {"text": "And to you.", "voice_id": "A" * 20}]
    async with real_house() as built:
        url = f"{built.websocket}/v1/text-to-dialogue/multi-stream-input?output_format=pcm_24000"
        async with websockets.connect(url, proxy=None) as client:
            await tell(
                client,
                {"context_id": "a", "voices": ["joe", "A" * 20]},
                {"context_id": "a", "inputs": lines},
                {"context_id": "a", "close_context": True},
                {"close_socket": True},
            )
            messages, code = await everything(client)
        assert code == 1000
        assert {one["context_id"] for one in messages} == {"a"}
        assert messages[-1] == {"is_final": True, "context_id": "a"}
        assert sum("is_final_audio_for_turn" in one for one in messages) == 2
        assert built.voices.sent == ["Hello there.", "And to you."]
        place = f"{built.http}/v1/text-to-dialogue/stream?output_format=pcm_24000"
        async with aiohttp.ClientSession() as session, session.post(place, json={"inputs": lines}) as answer:
            assert (answer.status, answer.content_type) == (200, "audio/pcm")
            assert len(await answer.read()) == len(sound(messages))


async def test_a_dialogue_that_has_its_socket_to_itself_needs_no_context():
    lines = [{"text": "Hello there.", "voice_id": "joe"}, {"text": "And to you.", "voice_id": "A" * 20}]
    async with real_house() as built:
        url = f"{built.websocket}/v1/text-to-dialogue/stream-input?output_format=pcm_24000"
        async with websockets.connect(url, proxy=None) as client:
            await tell(client, {"voices": ["joe", "A" * 20], "inputs": lines}, {"close_socket": True})
            messages, code = await everything(client)
        assert (code, messages[-1]) == (1000, {"is_final": True})
        assert not [one for one in messages if "context_id" in one]
        assert built.voices.sent == ["Hello there.", "And to you."]
        assert sound(messages)
        async with websockets.connect(url, proxy=None) as client:
            await tell(client, {"inputs": lines})
            messages, code = await everything(client)
        assert ([set(one) for one in messages], code) == ([{"message", "error", "code"}], 1008)


async def test_a_dialogue_over_http_tells_when_each_voice_sounds():
    lines = [{"text": "Hello there.", "voice_id": "joe"}, {"text": "And to you.", "voice_id": "A" * 20}]
    async with real_house() as built, aiohttp.ClientSession() as http:
        for path, said in (("", {"inputs": lines}), ("/stream", {"inputs": lines[:1] + lines})):
            place = f"{built.http}/v1/text-to-dialogue{path}/with-timestamps?output_format=pcm_24000"
            async with http.post(place, json=said) as answer:
                assert answer.status == 200
                messages = [json.loads(line) async for line in answer.content]
            segments = [one for message in messages for one in message["voice_segments"]]
            numbers = [one["dialogue_input_index"] for one in segments]
            assert numbers == sorted(numbers)
            assert set(numbers) == set(range(len(said["inputs"])))
            assert {one["voice_id"] for one in segments} == {"joe", "A" * 20}
            told = [char for one in messages if one["alignment"] for char in one["alignment"]["characters"]]
            assert "".join(told) == "".join(line["text"] for line in said["inputs"])
            lasts = sum(len(base64.b64decode(one["audio_base64"])) for one in messages) / 48_000
            assert 0.5 * lasts < segments[-1]["end_time_seconds"] <= lasts + 0.001


async def test_a_context_that_fails_has_nothing_more_spoken():
    lines = [{"text": "Never.", "voice_id": "mute"}, {"text": LONG, "voice_id": "joe"}]
    lines += [{"text": f"And {number}.", "voice_id": "joe", "new_turn": True} for number in range(3)]
    async with real_house(speed=100.0) as built:
        url = f"{built.websocket}/v1/text-to-dialogue/multi-stream-input?output_format=pcm_24000"
        async with websockets.connect(url, proxy=None) as client:
            await tell(client, {"context_id": "a", "voices": ["joe", "mute"], "inputs": lines})
            while not (message := json.loads(await client.recv())).get("is_final"):
                assert message["error"]
            await asyncio.sleep(0.3)  # nobody prompts it: what would be said next is cancelled by itself
            assert "And 0." not in built.voices.sent
            assert built.voices.sent.count("Never.") == 0
            last = {"context_id": "b", "voices": ["joe"], "inputs": [{"text": SAID, "voice_id": "joe"}]}
            await tell(client, {**last, "close_context": True}, {"close_socket": True})
            _, code = await everything(client)
        assert code == 1000
        assert built.voices.sent[-1] == SAID


async def test_a_script_of_more_turns_than_the_session_takes_is_spoken_whole():
    lines = [{"text": chr(33 + number), "voice_id": "joe", "new_turn": True} for number in range(90)]
    async with real_house() as built:
        url = f"{built.websocket}/v1/text-to-dialogue/multi-stream-input?output_format=pcm_24000"
        async with websockets.connect(url, proxy=None) as client:
            script = {"context_id": "a", "voices": ["joe"], "inputs": lines, "close_context": True}
            await tell(client, script, {"close_socket": True})
            messages, code = await everything(client)
        assert code == 1000
        assert not [one for one in messages if "error" in one]
        assert sum("is_final_audio_for_turn" in one for one in messages) == 90
        assert messages[-1] == {"is_final": True, "context_id": "a"}
        assert built.voices.sent == [line["text"] for line in lines]


async def test_a_dialogue_that_is_cut_off_has_nothing_more_spoken():
    said = [("Hello there.", "joe"), ("Never.", "mute"), *[(LONG, "joe"), (LONG, "A" * 20)] * 3]
    lines = [{"text": text, "voice_id": voice} for text, voice in said]
    async with real_house(speed=10.0) as built, aiohttp.ClientSession() as http:
        place = f"{built.http}/v1/text-to-dialogue/stream?output_format=pcm_24000"
        answer = await http.post(place, json={"inputs": lines})
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
        assert len(built.voices.sent) < 80, "of 121: what moved up in the same moment, and nothing after it"
