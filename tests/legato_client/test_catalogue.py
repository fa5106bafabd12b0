import asyncio

import pytest

from legato.domain.errors import Reason, SpeechError
from legato_client import plain_http
from legato_client.catalogue import get, list_languages, list_voices
from legato_client.errors import ConnectionLostError


async def test_voices_and_languages_over_both_wires(gateway):
    async with gateway() as running:
        voices = await list_voices(running.url, key="k")
        languages = await list_languages(running.url)

    assert [voice.name for voice in voices.voices] == ["joe", "anna"]
    assert voices.default_voice == "joe"
    assert [audio_format.sample_rate_hz for audio_format in voices.formats] == [24_000]
    assert [(language.tag, list(language.voices)) for language in languages.languages] == [("en", ["joe"])]


async def test_voices_of_a_language_by_http(scripted):
    async with scripted.over_websocket() as running:
        voices = await list_voices(running.url, language="de")

    assert [voice.name for voice in voices.voices] == ["anna"]


async def test_a_refusal_by_grpc(scripted):
    async with scripted.over_grpc() as running:
        with pytest.raises(SpeechError, match="not for you") as caught:
            await list_voices(running.url, language="xx")

    assert caught.value.reason is Reason.FORBIDDEN


@pytest.mark.parametrize(
    ("serves", "asked", "told"),
    [
        ("over_grpc", "http", "does not speak HTTP"),
        ("over_grpc", "grpcs", "does not speak TLS"),
    ],
)
async def test_the_other_port_or_scheme_is_named_as_such(scripted, serves, asked, told):
    async with getattr(scripted, serves)() as running:
        with pytest.raises(ConnectionLostError, match=told):
            await list_voices(f"{asked}://{running.url.partition('://')[2]}")


@pytest.mark.parametrize(
    ("asked", "told"), [("grpc", "does not speak gRPC"), ("https", "does not speak TLS")]
)
async def test_a_plain_http_port_asked_for_something_else_is_named_as_such(asked, told):
    async def refuse(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        with pytest.raises(ConnectionLostError, match=told) as caught:
            await list_voices(f"{asked}://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    if asked == "grpc":
        assert not caught.value.may_retry


@pytest.mark.parametrize("asked", ["grpc", "http"])
async def test_one_who_hangs_up_may_want_tls(asked):
    """As a gateway with TLS does, which got no handshake: gRPC told of it as "Socket closed", http.client as "closed without response"."""

    async def hang_up(reader, writer):
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        with pytest.raises(ConnectionLostError, match="a port with TLS needs grpcs://") as caught:
            await list_voices(f"{asked}://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert caught.value.may_retry, "a gateway that ends hangs up, too"


@pytest.mark.parametrize("asked", ["grpc", "http", "ws"])
async def test_where_nobody_listens_each_transport_says_it_in_the_same_words(asked, unused_tcp_port):
    with pytest.raises(ConnectionLostError) as caught:
        await list_voices(f"{asked}://127.0.0.1:{unused_tcp_port}")
    assert str(caught.value) == f"cannot connect to 127.0.0.1:{unused_tcp_port}: connection refused"


async def test_a_page_that_is_not_there(scripted):
    async with scripted.over_websocket() as running:
        with pytest.raises(ConnectionLostError, match="404"):
            await list_voices(running.url + "/elsewhere")
        assert (await get(running.url, "/nothing"))[0] == 404


async def test_get_gives_status_and_body(scripted):
    async with scripted.over_websocket() as running:
        status, body = await get(running.url, "/healthz")

    assert (status, body[:9]) == (200, b'{"ready":')


async def test_a_base_with_letters_of_any_kind_is_asked_for(scripted):
    async with scripted.over_websocket() as running:
        status, _ = await get(f"{running.url}/büro a", "/v1/voices")
    assert status == 404


async def test_plain_requests_need_an_http_address():
    with pytest.raises(ValueError, match="expected an http:// or ws:// address"):
        await get("grpc://here", "/healthz")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "https://127.0.0.1:9", "grpc://127.0.0.1:9"])
async def test_nobody_there(url):
    with pytest.raises(ConnectionLostError):
        await list_voices(url)


@pytest.mark.parametrize("scheme", ["grpc", "http"])
async def test_a_key_that_no_header_could_carry_is_refused_before_anything_is_dialled(scheme):
    with pytest.raises(ValueError, match="the API key must be printable ASCII"):
        await list_voices(f"{scheme}://127.0.0.1:9", key="planted\n")


async def test_a_page_that_is_no_json(scripted, monkeypatch):
    async with scripted.over_websocket() as running:
        with pytest.raises(SpeechError) as caught:
            await list_languages(running.url + "/text")

    assert caught.value.reason is Reason.BAD_FRAME


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'""', b"{", b"\xff", b"[" * 100_000])
async def test_json_that_is_no_object_is_no_gateways(monkeypatch, body):
    """An empty list was a gateway without voices."""
    monkeypatch.setattr(plain_http, "request", lambda *_: (200, body))
    with pytest.raises(SpeechError, match="expected JSON at /v1/voices") as caught:
        await list_voices("http://gateway.example")

    assert caught.value.reason is Reason.BAD_FRAME
