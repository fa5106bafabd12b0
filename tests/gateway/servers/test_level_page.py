import contextlib
import io

import aiohttp
import pytest
from aiohttp import web

from gateway.servers.level_page import LevelPage
from gateway.servers.pages import named_errors


class Verbosity:
    level = "info"

    def set_level(self, level):
        if level == "loud":
            raise ValueError("unknown level 'loud'")
        self.level = level


class Notes:
    def note(self, fact):
        raise AssertionError(fact)


@contextlib.asynccontextmanager
async def admin(verbosity):
    app = web.Application(middlewares=[named_errors(Notes())])
    LevelPage(verbosity).add_to(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
            yield client
    finally:
        await runner.cleanup()


async def test_the_level_is_told_and_changed():
    verbosity = Verbosity()
    async with admin(verbosity) as client:
        async with client.get("/log-level") as answer:
            assert await answer.json() == {"level": "info"}
        async with client.put("/log-level", json={"level": "debug"}) as answer:
            assert answer.status == 200
            assert await answer.json() == {"level": "debug"}
    assert verbosity.level == "debug"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"level": "loud"}', "unknown level"),
        (b"debug", "expected JSON"),
        (b"[]", "expected JSON"),
        (b"[" * 100_000, "expected JSON"),
    ],
)
async def test_what_is_no_level_is_refused_and_changes_nothing(body, said):
    verbosity = Verbosity()
    async with admin(verbosity) as client, client.put("/log-level", data=body) as answer:
        assert answer.status == 400
        assert said in await answer.text()
    assert verbosity.level == "info"


async def test_too_long_a_body_is_refused_by_name():
    async with (
        admin(Verbosity()) as client,
        client.put("/log-level", data=io.BytesIO(b"x" * 2_000_000)) as answer,
    ):
        assert answer.status == 413
        assert (await answer.json())["error"]["reason"] == "text_too_long"
