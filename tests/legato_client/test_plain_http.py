import asyncio
import contextlib

import pytest

from legato_client.address import parse_address
from legato_client.catalogue import get, list_voices
from legato_client.errors import ConnectionLostError
from legato_client.plain_http import request

ELSEWHERE = "192.0.2.1"
"""An address of nobody's: only a proxy knows the way there."""


class Proxy:
    """Leads whoever asks for `ELSEWHERE` to this machine."""

    def __init__(self):
        self.asked = []

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head)
        port = int(head.split(" ")[1].rpartition(":")[2])
        there, onward = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pump(reader, onward), pump(there, writer))


async def pump(reader, writer):
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
    writer.close()


@pytest.fixture
async def proxy(monkeypatch):
    for name in (
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "HTTP_PROXY",
    ):
        monkeypatch.delenv(name, raising=False)
    running = Proxy()
    async with await asyncio.start_server(running.serve, "127.0.0.1", 0) as server:
        monkeypatch.setenv("http_proxy", f"http://me:pass@127.0.0.1:{server.sockets[0].getsockname()[1]}")
        yield running


async def test_another_machine_is_asked_through_the_proxy_of_the_environment(scripted, proxy):
    async with scripted.over_websocket() as gateway:
        port = gateway.url.rpartition(":")[2]
        voices = await list_voices(f"ws://{ELSEWHERE}:{port}")
    assert voices.default_voice == "joe"
    (head,) = proxy.asked
    assert head.startswith(f"CONNECT {ELSEWHERE}:{port} ")
    assert "Proxy-Authorization: Basic bWU6cGFzcw==" in head


async def test_this_machine_is_asked_without_it(scripted, proxy):
    async with scripted.over_websocket() as gateway:
        assert (await get(gateway.url, "/healthz"))[0] == 200
    assert proxy.asked == []


@pytest.mark.parametrize("named", ["planted", "ftp://planted:1", "http://planted@x", "socks5h://planted:1"])
def test_a_proxy_that_cannot_be_used_is_named_and_not_repeated(monkeypatch, named):
    monkeypatch.setenv("http_proxy", named)
    with pytest.raises(ConnectionLostError, match="the proxy from the environment") as caught:
        request(parse_address(f"ws://{ELSEWHERE}"), "", None, "/healthz")
    assert "planted" not in str(caught.value)
    assert not caught.value.may_retry
