"""Who reads nothing for longer than a peer may be silent that is gone, and then reads on: a player that was paused."""

import asyncio
import json
import socket
from contextlib import contextmanager

import pytest

from legato.faces.wyoming_frames import frame
from tests.gateway.servers.real_house import real_house

USER_TIMEOUT_S = 0.3
PAUSE_S = 1.2
"""Several of those spans: the kernel looks at them when it asks the peer for room, each time later than before."""


@contextmanager
def small_window(port):
    """A connection whose reader takes hardly anything into its kernel."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.setblocking(False)
        yield client


async def read_late(client, asked, end):
    """All that comes, read behind a pause."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(client, asked)
    await asyncio.sleep(PAUSE_S)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    read = bytearray()
    async with asyncio.timeout(20):
        while not read.endswith(end):
            more = await loop.sock_recv(client, 1 << 16)
            assert more
            read += more
    return read


@pytest.mark.parametrize("sentences", [20, 100], ids=["within the kernel", "beyond the kernel"])
async def test_over_plain_http(sentences):
    text = "A sentence that goes on for a good while. " * sentences
    body = json.dumps({"voice": "joe", "input": text, "response_format": "pcm"}).encode()
    head = f"POST /v1/audio/speech HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    async with real_house(user_timeout_s=USER_TIMEOUT_S) as built:
        with small_window(built.servers.http_port) as client:
            read = await read_late(client, head + body, b"\r\n0\r\n\r\n")
        assert len(read) > built.door.audio().size * 2


async def test_over_bare_tcp():
    text = "A sentence that goes on for a good while. " * 20
    async with real_house(user_timeout_s=USER_TIMEOUT_S) as built:
        with small_window(built.tcp_port) as client:
            read = await read_late(client, frame("synthesize", {"text": text}), frame("audio-stop"))
        assert len(read) > built.door.audio().size * 2
