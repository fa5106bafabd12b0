import asyncio
import contextlib
import socket
import struct

import pytest

from gateway.upstream.tcp_wire import dial
from gateway.upstream.wire import DialError
from tests.gateway.upstream.wires import Reader, calling, tended


class Peer:
    def __init__(self):
        self.heard, self.writer, self.news = b"", None, asyncio.Event()

    async def serve(self, reader, writer):
        self.writer = writer
        self.news.set()
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                self.heard += data
                self.news.set()
        writer.close()
        self.writer = None
        self.news.set()

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():
                self.news.clear()
                await self.news.wait()


@contextlib.asynccontextmanager
async def wired():
    peer, reader = Peer(), Reader()
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    async with server, calling(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}") as call:
        wire = await dial(call, reader)
        await peer.until(lambda: peer.writer)
        try:
            yield wire, reader, peer
        finally:
            wire.close()
            await peer.until(lambda: not peer.writer)


async def test_bytes_go_both_ways():
    async with wired() as (wire, reader, peer):
        wire.send((b"one ", "two\n"))
        await peer.until(lambda: peer.heard == b"one two\n")
        peer.writer.write(b"three")
        await reader.until(lambda reader: b"".join(reader.frames) == b"three")


async def test_r1_nagle_is_off_and_it_is_the_kernel_that_asks_for_life():
    async with wired() as (wire, reader, peer):
        assert tended(wire._transport.get_extra_info("socket"))
        assert not wire.ping()
        wire.send(("one",))
        await peer.until(lambda: peer.heard)
        peer.writer.write(b"two")  # which acknowledges it
        await reader.until(lambda reader: reader.frames)
        assert wire.is_acknowledged()


async def test_the_end_is_told_once():
    async with wired() as (wire, reader, peer):
        # With this a close resets the connection.
        peer.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        peer.writer.transport.abort()
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(1006, "connection reset by peer")]
        wire.send((b"nobody",))
        wire.pause()
        wire.resume()


async def test_a_vendor_that_just_closes_has_not_said_why():
    async with wired() as (_, reader, peer):
        peer.writer.close()
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(1006, "")]


async def test_a_dial_that_is_given_up_at_any_moment_leaves_no_connection():
    peer = Peer()
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, calling(url) as call, asyncio.TaskGroup() as tasks:
        for turns in range(8):
            dialling = tasks.create_task(dial(call, Reader()))
            for _ in range(turns):
                await asyncio.sleep(0)
            if not dialling.cancel():
                dialling.result().close()
            await asyncio.wait([dialling])
            assert turns or dialling.cancelled()
            await peer.until(lambda: not peer.writer)


async def test_after_stopping_nothing_is_heard():
    async with wired() as (wire, reader, peer):
        assert not wire.stop()
        await peer.until(lambda: not peer.writer)
        assert reader.ends == []


async def test_what_is_held_comes_when_it_is_read_again():
    async with wired() as (wire, reader, peer):
        wire.pause()
        peer.writer.write(b"held")
        wire.send((b"sent",))
        await peer.until(lambda: peer.heard == b"sent")
        assert reader.frames == []
        wire.resume()
        await reader.until(lambda reader: reader.frames)


async def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    async with calling(url) as call:
        with pytest.raises(DialError):
            await dial(call, Reader())
