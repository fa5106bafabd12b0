import contextlib

import aiohttp
import pytest
from aiohttp import web

from gateway.servers.pages import admin_application
from legato.domain.errors import Reason, SpeechError


class Operations:
    def __init__(self):
        self.asked = []

    async def vendors(self):
        return b'[{"provider": "v", "runs": 1}]'

    def control(self, route, action):
        if action == "kick":
            raise SpeechError(Reason.BAD_FRAME, "unknown action 'kick'")
        self.asked.append((route, action))
        return route == "v/voice"


class Health:
    def live(self):
        return True

    ready = live

    def hindrance(self):
        return ""

    def report(self):
        return {}


class Notes:
    def note(self, fact):
        raise AssertionError(fact)


@contextlib.asynccontextmanager
async def admin(operations):
    runner = web.AppRunner(
        admin_application(Health(), lambda accept: (b"", "text/plain"), Notes(), operations)
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
            yield client
    finally:
        await runner.cleanup()


async def test_vendors_are_told():
    async with admin(Operations()) as client, client.get("/v1/vendors") as answer:
        assert answer.status == 200
        assert await answer.json() == {"vendors": [{"provider": "v", "runs": 1}]}


@pytest.mark.parametrize(("route", "status"), [("v/voice", 204), ("v/unknown", 404)])
async def test_a_route_is_acted_on(route, status):
    operations = Operations()
    wanted = {"route": route, "action": "drain"}
    async with admin(operations) as client, client.post("/v1/routes", json=wanted) as answer:
        assert answer.status == status
        assert ("unknown route 'v/unknown'" in await answer.text()) is (status == 404)
    assert operations.asked == [(route, "drain")]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"[" * 100_000, b'{"route": "v/voice"}', b'"text"', b'{"route":"v","action":"kick"}'],
)
async def test_what_cannot_be_read_or_done_is_refused_by_name(body):
    operations = Operations()
    async with admin(operations) as client, client.post("/v1/routes", data=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["reason"] == "bad_frame"
    assert operations.asked == []


async def test_without_vendors_there_are_no_such_pages():
    async with admin(None) as client, client.get("/v1/vendors") as answer:
        assert answer.status == 404
