import asyncio
import base64
import gc
import json
import socket
from collections import Counter

import aiohttp
import pytest
from aiohttp import web

from gateway.servers.client_sockets import retune
from gateway.servers.one_shot import OneShotOutlet
from legato.domain.errors import SpeechError
from legato.domain.events import Closed
from tests.gateway.servers.real_house import real_house

ASKED = {"model": "tts-1", "voice": "joe", "input": "Hello there.", "response_format": "pcm"}


async def post(built, path="/v1/audio/speech", headers=None, **body):
    async with (
        aiohttp.ClientSession() as http,
        http.post(built.http + path, json=body, headers=headers) as answer,
    ):
        return answer.status, answer.headers, await answer.read()


async def test_an_openai_client_hears_pcm():
    async with real_house() as built:
        status, headers, body = await post(built, **ASKED)
        assert (status, headers["content-type"]) == (200, "audio/pcm")
        assert headers["x-request-id"]
        assert body == built.door.audio().astype("<i2").tobytes()
        assert len(body) > 24_000 * 2 // 5
        assert built.voices.sent == ["Hello there."]


async def test_wav_and_a_voice_of_the_vendors_own():
    async with real_house() as built:
        status, headers, body = await post(built, **{**ASKED, "voice": "alloy", "response_format": "wav"})
        assert (status, headers["content-type"]) == (200, "audio/wav")
        assert body[:4] + body[8:12] == b"RIFFWAVE"
        assert int.from_bytes(body[24:28], "little") == 24_000


async def test_events_carry_the_same_audio():
    async with real_house() as built:
        status, headers, body = await post(built, **ASKED, stream_format="sse")
        assert (status, headers["content-type"]) == (200, "text/event-stream")
        lines = [line for line in body.decode().split("\n") if line]
        told = [json.loads(line.removeprefix("data: ")) for line in lines]
        audio = b"".join(base64.b64decode(event["audio"]) for event in told[:-1])
        assert audio == built.door.audio().astype("<i2").tobytes()
        assert told[-1]["type"] == "speech.audio.done"
        assert told[-1]["usage"]["input_tokens"] == len("Hello there.")


@pytest.mark.parametrize(
    ("change", "status", "code", "param"),
    [
        ({"voice": "nobody"}, 400, "unknown_voice", "voice"),
        ({"response_format": "mp3"}, 400, "unknown_format", "response_format"),
        ({"voice": "mute"}, 502, "vendor_unreachable", None),
        ({"input": ""}, 400, "bad_frame", "input"),
    ],
)
async def test_what_fails_before_audio_is_an_error_of_openai(change, status, code, param):
    async with real_house() as built:
        got, headers, body = await post(built, **{**ASKED, **change})
        error = json.loads(body)["error"]
        assert error["code"] in {code, "all_routes_failed"}
        assert got in {status, 503}
        assert error["param"] == param
        assert headers["x-should-retry"] == ("true" if got >= 500 else "false")


async def test_what_fails_before_audio_is_an_error_of_http_also_to_one_who_reads_events():
    """A client raises on the status: an event in a body that begins with 200 is no error to it."""
    async with real_house() as built:
        status, headers, body = await post(built, **{**ASKED, "voice": "mute", "stream_format": "sse"})
        assert status in {502, 503}
        assert headers["content-type"].startswith("application/json")
        assert json.loads(body)["error"]["code"] in {"vendor_unreachable", "all_routes_failed"}


async def cut_off(built, **change):
    """What a client read before and after the gateway ended the speech in its middle."""
    asked = {**ASKED, "input": "A sentence that goes on for a good while. " * 50, **change}
    url = f"{built.http}/v1/audio/speech"
    async with aiohttp.ClientSession() as http, http.post(url, json=asked) as answer:
        first = await answer.content.readany()
        built.servers.streams.abandon()
        return first + await answer.content.read()


def answers():
    """How many outlets and errors there are, other tests' too."""
    return Counter(type(one) for one in gc.get_objects() if isinstance(one, OneShotOutlet | SpeechError))


@pytest.mark.parametrize("change", [{"voice": "mute"}, {"input": ""}])
async def test_r23_an_answer_that_is_over_is_freed_at_once(change):
    """Neither its outlet nor the error, which has the request's text in its frames, waits for a full collection."""
    async with real_house() as built:
        await post(built, **{**ASKED, **change})
        for told in (built.door.sessions, built.door.logs, built.door.fed, built.facts):
            told.clear()
        gc.collect()
        before = answers()
        gc.disable()
        try:
            for _ in range(3):
                await post(built, **{**ASKED, **change})
            await built.servers.streams.empty()
            for told in (built.door.sessions, built.door.logs, built.door.fed, built.facts):
                told.clear()
            await asyncio.sleep(0)
            kept = answers() - before
        finally:
            gc.enable()
        assert not kept


async def test_speech_that_breaks_after_audio_does_not_end_like_a_whole_sentence():
    async with real_house(speed=2.0) as built:
        with pytest.raises(aiohttp.ClientError):
            await cut_off(built)


async def test_r3_speech_whose_voice_breaks_after_audio_does_not_end_like_a_whole_sentence():
    """The stream itself ends well."""
    async with real_house(die_after_chars=5) as built:
        with pytest.raises(aiohttp.ClientPayloadError):
            await post(built, **{**ASKED, "input": "Hello there, you."})


async def test_what_follows_speech_that_broke_is_not_spoken_into_a_body_that_is_cut_off():
    said = [("Hello there.", "joe"), ("And to you.", "A" * 20), ("Thanks.", "joe"), ("Bye.", "A" * 20)]
    lines = [{"text": text, "voice_id": voice} for text, voice in said]
    async with real_house(die_after_chars=5) as built:
        with pytest.raises(aiohttp.ClientPayloadError):
            await post(built, "/v1/text-to-dialogue/stream?output_format=pcm_24000", inputs=lines)
        assert "Bye." not in "".join(built.voices.sent)


async def test_speech_that_breaks_after_audio_is_told_in_events():
    async with real_house(speed=2.0) as built:
        body = await cut_off(built, stream_format="sse")
        last = json.loads(body.decode().strip().split("\n")[-1].removeprefix("data: "))
        assert (last["type"], last["error"]["code"]) == ("error", "shutting_down")


async def test_a_body_too_large_is_refused_in_the_clients_shape():
    async with real_house(max_message_bytes=1000) as built:
        status, _, body = await post(built, **{**ASKED, "input": "x" * 2000})
        assert (status, json.loads(body)["error"]["code"]) == (400, "text_too_long")


async def test_a_client_that_hangs_up_before_the_first_audio_is_noticed():
    async with real_house(first_s=1000.0) as built:
        before = asyncio.all_tasks()
        async with aiohttp.ClientSession() as http:
            with pytest.raises(TimeoutError):
                await http.post(
                    f"{built.http}/v1/audio/speech", json=ASKED, timeout=aiohttp.ClientTimeout(total=0.1)
                )
        await built.servers.streams.empty()
        if left := asyncio.all_tasks() - before:
            _, left = await asyncio.wait(left, timeout=10)
        assert not left
        assert built.door.told(Closed)
        assert built.voices.leased == 0


async def test_a_client_that_hangs_up_on_the_last_byte_is_no_bug(monkeypatch):
    write_eof = web.StreamResponse.write_eof

    async def hung_up(response, data=b""):
        response._req.transport.abort()
        await write_eof(response, data)

    monkeypatch.setattr(web.StreamResponse, "write_eof", hung_up)
    async with real_house() as built:  # which sees at its end that no bug was found
        with pytest.raises(aiohttp.ClientPayloadError):
            await post(built, **ASKED)
        await built.servers.streams.empty()


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
async def test_to_http_1_0_the_end_of_the_connection_is_the_end_of_the_speech(connection):
    asked = json.dumps(ASKED).encode()
    head = (
        f"POST /v1/audio/speech HTTP/1.0\r\nContent-Length: {len(asked)}\r\nConnection: {connection}\r\n\r\n"
    )
    async with real_house() as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        writer.write(head.encode() + asked)
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        told, _, body = answer.partition(b"\r\n\r\n")
        assert told.startswith(b"HTTP/1.0 200 OK")
        assert b"transfer-encoding" not in told.lower()
        assert body == built.door.audio().astype("<i2").tobytes()


async def test_r21_a_paused_client_keeps_its_connection_until_it_has_room_for_the_rest(monkeypatch):
    left, looks = [2], asyncio.Semaphore(0)

    def unsent(sock):
        assert sock is not None
        looks.release()
        left[0] -= 1
        return max(left[0], 0)

    monkeypatch.setattr("gateway.servers.one_shot.unsent", unsent)
    asked = json.dumps(ASKED).encode()
    head = f"POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nContent-Length: {len(asked)}\r\n\r\n"
    async with real_house(keep_alive_s=0.0) as built:
        reader, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        writer.write(head.encode() + asked)
        async with asyncio.timeout(5):
            await looks.acquire()
            await built.servers.streams.empty()
            assert not reader.at_eof(), "the speech is over, and its connection is not"
            await looks.acquire()
            assert (await reader.read()).endswith(b"0\r\n\r\n")
        writer.close()


async def test_r21_a_paused_client_has_its_minutes_also_while_it_is_spoken_to(monkeypatch):
    """The kernel gave it up like one that is gone, after the seconds that such a one has."""
    patience_ms, looks = [], asyncio.Semaphore(0)

    def retuned(sock, settings):
        retune(sock, settings)
        patience_ms.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT))
        looks.release()

    monkeypatch.setattr("gateway.servers.one_shot.retune", retuned)
    monkeypatch.setattr("gateway.servers.one_shot._LOOK_S", 0.0)
    asked = json.dumps(ASKED).encode()
    head = f"POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nContent-Length: {len(asked)}\r\n\r\n"
    async with real_house(first_s=1000.0, user_timeout_s=3.0) as built:
        _, writer = await asyncio.open_connection("127.0.0.1", built.servers.http_port)
        writer.write(head.encode() + asked)
        async with asyncio.timeout(5):
            for _ in range(3):
                await looks.acquire()
        assert patience_ms[-1] == 600_000, "all that was sent is acknowledged"
        writer.close()
        await built.servers.streams.empty()


async def test_deepgram_over_plain_http():
    async with real_house() as built:
        path = "/v1/speak?encoding=linear16&container=none&sample_rate=16000&model=aura-2-thalia-en"
        status, headers, body = await post(built, path, text="Hello there.")
        assert (status, headers["content-type"]) == (200, "audio/l16;rate=16000")
        assert headers["dg-char-count"] == "12"
        assert body == built.door.audio().astype("<i2").tobytes()
        status, headers, body = await post(built, "/v1/speak", text="Hello.")
        assert (status, json.loads(body)["request_id"]) == (400, headers["dg-request-id"])
        assert "encoding=linear16" in json.loads(body)["err_msg"]
        status, headers, body = await post(built, "/v1/speak?encoding=%00%0d%0ax", text="Hello.")
        assert (status, json.loads(body)["request_id"]) == (400, headers["dg-request-id"])
