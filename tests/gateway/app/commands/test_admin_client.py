import asyncio
import contextlib

import pytest
from aiohttp import web

from gateway.app.commands.admin_client import OperatorError, control, vendors


@contextlib.asynccontextmanager
async def admin(status, body=b""):
    async def answer(request):
        return web.Response(status=status, body=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_the_vendors_are_those_that_the_admin_port_lists():
    async with admin(200, b'{"vendors": [{"provider": "v"}]}') as url:
        assert await vendors(url) == [{"provider": "v"}]


@pytest.mark.parametrize(
    ("status", "body"), [(404, b""), (200, b"<html>"), (200, b"[]"), (200, b'{"vendors": 1}')]
)
async def test_what_is_no_admin_port_is_told(status, body):
    async with admin(status, body) as url:
        with pytest.raises(OperatorError, match="is not the admin port"):
            await vendors(url)


@pytest.mark.parametrize(
    ("status", "said"), [(404, "no route named"), (500, "refused with 500"), (400, "refused")]
)
async def test_what_is_not_done_is_told(status, said):
    async with admin(status, b"why") as url:
        with pytest.raises(OperatorError, match=said):
            await control(url, "v/voice", "drain")


async def test_what_is_done():
    async with admin(204) as url:
        await control(url, "v/voice", "drain")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9", "cannot connect to http://127.0.0.1:9: connection refused"),
        ("nonsense", "expected the admin port as http://HOST:PORT, got 'nonsense'"),
        ("127.0.0.1:9464", "expected the admin port as http://HOST:PORT, got '127.0.0.1:9464'"),
    ],
)
async def test_nobody_there(url, said):
    with pytest.raises(OperatorError) as told:
        await vendors(url)
    assert str(told.value) == said


async def test_what_speaks_no_http_is_not_quoted():
    async def greet(reader, writer):
        writer.write(b"SSH-2.0\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(OperatorError) as told:
            await vendors(url)
    assert str(told.value) == f"{url} is not the admin port of a gateway"
