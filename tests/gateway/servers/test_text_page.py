import asyncio
import contextlib
import json

import aiohttp
import pytest

from legato.domain.speech import UtteranceOptions
from legato.domain.text import Break, PreviewedSegment, Reading, Rewriting, Segment
from legato.faces.native_text import MOST_CHARS
from legato.ports import PreviewRequest
from tests.gateway.servers.stage import house


class Shouting:
    """A preview that says every word in capitals, a word to a step."""

    def __init__(self):
        self.asked = []

    def preview(self, request):
        self.asked.append(request)
        at, text = 0, request.text
        for index, word in enumerate(text.split(" ")):
            end = min(len(text), at + len(word) + 1)
            reading = Reading(word.upper())
            segment = Segment(index, at, end, text[at:end], reading, reading, Break.FORCED)
            yield [PreviewedSegment(segment, True, (Rewriting("shout", at, at + len(word), word.upper()),))]
            at = end

    def transcript(self, segments):
        return " ".join(one.segment.spoken.text for one in segments)


@contextlib.asynccontextmanager
async def page(**changes):
    preview = Shouting()
    async with house(preview=preview, **changes) as built, aiohttp.ClientSession(built.http) as client:
        yield preview, client


async def test_a_text_is_told_segment_by_segment():
    async with page() as (preview, client):
        body = {"text": "hello you", "voice": "anna", "language": "de", "options": {"emoji": "name"}}
        async with client.post("/v1/text", json=body) as answer:
            assert answer.content_type == "application/json"
            told = await answer.json()
        assert told["spoken"] == "HELLO YOU"
        assert [one["raw"] for one in told["segments"]] == ["hello ", "you"]
        assert "rules" not in told["segments"][0]
        assert preview.asked == [
            PreviewRequest("hello you", "anna", "de", UtteranceOptions(emoji="name"), "default")
        ]


async def test_rules_are_named_where_they_are_asked_for():
    async with page() as (_, client):
        async with client.post("/v1/text", params={"explain": "true"}, json={"text": "hi"}) as answer:
            (segment,) = (await answer.json())["segments"]
        assert [rule["rule"] for rule in segment["rules"]] == ["shout"]


async def test_a_wish_that_is_none_is_refused_by_name():
    asked = {"params": {"explain": "yes"}, "json": {"text": "hi"}}
    async with page() as (_, client), client.post("/v1/text", **asked) as answer:
        assert answer.status == 400
        assert "explain" in (await answer.json())["error"]["message"]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 400, "bad_frame"),
        (b"\xff", 400, "bad_frame"),
        (json.dumps({"text": "a" * (MOST_CHARS + 1)}).encode(), 413, "text_too_long"),
        (b" " * (16 * MOST_CHARS + 1), 413, "text_too_long"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_name(body, status, reason):
    async with page() as (_, client), client.post("/v1/text", data=body) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["reason"] == reason


async def test_a_body_that_does_not_come_is_not_waited_for():
    async def never():
        yield b"{"
        await asyncio.Event().wait()

    async with page(body_s=0.01) as (preview, client), client.post("/v1/text", data=never()) as answer:
        assert answer.status == 408
        assert (await answer.json())["error"]["reason"] == "idle_timeout"
        assert preview.asked == []


async def test_who_is_not_let_in_is_told_so():
    async with page() as (preview, client):
        headers = {"authorization": "Bearer wrong"}
        async with client.post("/v1/text", json={"text": "hi"}, headers=headers) as answer:
            assert answer.status == 401
        assert preview.asked == []


async def test_without_a_preview_there_is_no_such_page():
    async with (
        house() as built,
        aiohttp.ClientSession(built.http) as client,
        client.post("/v1/text", json={"text": "hi"}) as answer,
    ):
        assert answer.status in {404, 405}
