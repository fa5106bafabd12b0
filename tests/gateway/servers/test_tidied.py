"""Slashes too many, over the real server."""

import json

import aiohttp
import pytest
import websockets
from yarl import URL

from gateway.servers.tidied import tidied
from tests.gateway.servers.real_house import real_house


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", "/"), ("/", "/"), ("//", "/"), ("/a", "/a"), ("//a/b//", "/a/b"), ("/a///b/", "/a/b")],
)
def test_a_tidied_path_has_single_slashes_and_none_at_its_end(path, expected):
    assert tidied(path) == expected


async def test_a_path_with_a_slash_too_many_is_served_as_the_one_it_means():
    """Deepgram's SDK puts its path behind a base address that ends with a slash."""
    async with real_house(key="sesame") as built, aiohttp.ClientSession() as http:
        key = {"Authorization": "Token sesame"}
        url = f"{built.websocket}//v1/speak?model=joe"
        async with websockets.connect(url, proxy=None, additional_headers=key) as client:
            assert json.loads(await client.recv())["type"] == "Metadata"
        said = {"input": "Hello.", "voice": "joe", "response_format": "pcm"}
        for path in ("//v1/audio/speech", "/v1/audio/speech/", "/v1//audio/speech"):
            bearer = {"Authorization": "Bearer sesame"}
            async with http.post(
                URL(f"{built.http}{path}", encoded=True), json=said, headers=bearer
            ) as answer:
                assert answer.status == 200
                assert await answer.read()
        place = f"{built.http}//v1/text-to-speech/joe/stream/?output_format=pcm_24000"
        async with http.post(place, json={"text": "Hello."}, headers={"xi-api-key": "sesame"}) as answer:
            assert answer.status == 200
        async with http.get(f"{built.http}//v1/voices/", headers={"xi-api-key": "sesame"}) as answer:
            assert "voice_id" in (await answer.json())["voices"][0]
        async with http.get(f"{built.http}/v1/voices/joe/", headers={"xi-api-key": "sesame"}) as answer:
            assert (await answer.json())["voice_id"] == "joe"
        async with http.get(f"{built.http}//v1/audio/speech", headers=key) as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["/v1/text-to-speech//stream", "/v1/text-to-speech/", "//livez", "/v1/text/", "//", "/v9//x"]
)
async def test_a_slash_too_many_leads_nowhere_else(path):
    """An empty name is none, and what only the gateway itself has, such as its probes, has one path."""
    async with real_house() as built, aiohttp.ClientSession() as http:
        url = URL(f"{built.http}{path}", encoded=True)
        for ask in (http.get, http.post):
            async with ask(url) as answer:
                assert answer.status == 404
