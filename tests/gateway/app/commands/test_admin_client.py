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
    ("status", "body", "said"),
    [
        (404, b'{"error": {"message": "unknown route \'v/voice\'"}}', "no route named"),
        (404, b"there is no such page", "is not the admin port"),
        (500, b"why", "refused with 500"),
        (400, b"why", "refused"),
    ],
)
async def test_what_is_not_done_is_told(status, body, said):
    """The port for clients said that there was no such route."""
    async with admin(status, body) as url:
        with pytest.raises(OperatorError, match=said):
            await control(url, "v/voice", "drain")


async def test_what_is_done():
    async with admin(204) as url:
        await control(url, "v/voice", "drain")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "http://127.0.0.1:9",
            (
                "cannot connect to http://127.0.0.1:9, the admin port of a gateway: connection refused; "
                "`server.admin` of the gateway says where that is"
            ),
        ),
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
    assert str(told.value).startswith(f"{url} is not the admin port of a gateway; ")
