import asyncio

import pytest

from gateway.upstream.websocket_wire import dial
from gateway.upstream.wire import DialError
from tests.gateway.upstream.wires import Reader, calling


async def refused_with(answer):
    """Return the error of a dial that gets these bytes for an answer."""

    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server, calling(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/") as call:
        with pytest.raises(DialError) as told:
            await dial(call, Reader())
    return told.value


@pytest.mark.parametrize("line", ["HTTP/1.0 503 Service Unavailable", "HTTP/1.1 520 ", "HTTP/1.1 529"])
async def test_the_answer_of_an_old_proxy_or_with_a_status_of_its_own_is_read(line):
    """All that was told of HAProxy's pages (HTTP/1.0) and Cloudflare's statuses (520) was "did not complete the handshake"."""
    told = await refused_with(f"{line}\r\nRetry-After: 7\r\nX-Né: é\r\n\r\n".encode())
    assert told.head.status == int(line.split()[1])
    assert told.head.headers["retry-after"] == "7"


@pytest.mark.parametrize("junk", [b"", b"5;x=y\r\nmore", b"zz\r\n"])
async def test_a_refusal_in_chunks_is_read_as_far_as_it_came(junk):
    """The vendor's own code was lost: the sizes of the chunks were taken for a part of its JSON."""
    head = b"HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n"
    told = await refused_with(head + b'8\r\n{"code":\r\nA\r\n"no_quota}\r\n' + junk)
    assert told.body == b'{"code":"no_quota}' + (b"more" if b"more" in junk else b"")


@pytest.mark.parametrize("answer", [b"220 smtp.test ESMTP\r\n\r\n", b"HTTP/1.1\r\n\r\n"])
async def test_what_is_not_http_is_told_as_that(answer):
    told = await refused_with(answer)
    assert told.message == "the vendor answered the handshake with something that is not HTTP"
    assert told.head is None
