import asyncio
import base64
import contextlib
import gc
import hashlib
import os
import socket
import ssl
import struct
import weakref
from pathlib import Path

import pytest

from gateway.upstream import reaching
from gateway.upstream.websocket_wire import dial
from gateway.upstream.wire import DialError
from tests.gateway.upstream.stage import turns
from tests.gateway.upstream.vendor import Vendor
from tests.gateway.upstream.wires import Reader, calling, tended

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@contextlib.asynccontextmanager
async def wired(vendor, **place):
    reader = Reader()
    vendor.mute = True
    async with calling(vendor.url, **place) as call:
        wire = await dial(call, reader)
        await vendor.until(lambda: vendor.sockets)
        try:
            yield wire, reader, vendor.sockets[0]
        finally:
            wire.close()


async def test_frames_go_both_ways_in_order(vendor):
    async with wired(vendor) as (wire, reader, peer):
        wire.send(("one", b"two", "x" * 9_000, b"y" * 100_000))
        await vendor.until(lambda: len(vendor.heard) == 4)
        assert vendor.heard == ["one", b"two", "x" * 9_000, b"y" * 100_000]
        await peer.send("text")
        await peer.send(b"bytes")
        await peer.send(["in ", "two"])
        await peer.send([b"in ", b"three ", b"parts"])
        await reader.until(lambda reader: len(reader.frames) == 4)
        assert reader.frames == ["text", b"bytes", "in two", b"in three parts"]


async def test_r1_nagle_is_off_and_the_kernel_asks_for_life_too(vendor):
    async with wired(vendor) as (wire, _, _):
        assert tended(wire._transport.underlying_transport.get_extra_info("socket"))


async def test_subprotocols_and_headers_are_sent(vendor):
    reader = Reader()
    async with calling(vendor.url, headers=[("X-Key", "k")], subprotocols=("a", "b")) as call:
        with contextlib.suppress(DialError):
            (await dial(call, reader)).close()
    assert vendor.knocks[0].headers["Sec-WebSocket-Protocol"] == "a, b"
    assert vendor.knocks[0].headers["X-Key"] == "k"


async def test_a_ping_is_answered(vendor):
    async with wired(vendor) as (wire, reader, _):
        assert wire.ping()
        await reader.until(lambda reader: reader.lives)


async def test_a_close_frame_tells_its_code_and_words(vendor):
    async with wired(vendor) as (wire, reader, peer):
        await peer.close(4008, "too slow")
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(4008, "too slow")]
        wire.send(("ignored",))


@pytest.mark.parametrize("code", [1000, 1011])
async def test_ordinary_codes(vendor, code):
    async with wired(vendor) as (_, reader, peer):
        await peer.close(code)
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(code, "")]


async def test_r1_a_connection_that_just_goes_away_is_noticed(vendor):
    async with wired(vendor) as (_, reader, peer):
        peer.transport.abort()
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(1006, "")]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (b"\x83\x00", "the vendor sent an invalid WebSocket frame"),
        (b"\x88\x02\x03\xed", "the vendor sent an invalid WebSocket frame"),
        (b"\x88\x03\x03\xe8\xff", "the vendor sent a WebSocket frame that is not UTF-8"),
        (
            b"\x82\x7f" + (1 << 30).to_bytes(8, "big"),
            "the vendor sent a WebSocket message of more than 16 MiB",
        ),
        (b"\x80\x01x", "the vendor sent an invalid WebSocket frame"),
        (b"\x01\x01x\x01\x01x", "the vendor sent an invalid WebSocket frame"),
        (b"\x88\x08\x03\xeesecret", ""),
    ],
)
async def test_a_frame_that_breaks_the_protocol_is_told_as_that(vendor, frame, words):
    """It was told as a connection that the vendor closed."""
    async with wired(vendor) as (_, reader, peer):
        peer.transport.write(frame)
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(1006, words)]


@pytest.mark.parametrize("first", [b"\1", b"\2"], ids=["text", "bytes"])
async def test_a_message_without_an_end_is_ended_at_its_bound(vendor, monkeypatch, first):
    """Only its frames were bounded: a vendor that never ended a message took memory for as long as it went on."""
    monkeypatch.setattr("gateway.upstream.websocket_wire._MAX_MESSAGE_BYTES", 400)
    async with wired(vendor) as (_, reader, peer):
        peer.transport.write(
            first + b"\x7d" + b"x" * 125 + (b"\0\x7d" + b"x" * 125) * 2 + b"\x80\x19" + b"x" * 25
        )
        await reader.until(lambda reader: reader.frames)
        assert len(reader.frames[0]) == 400
        peer.transport.write(first + b"\x7d" + b"x" * 125 + (b"\0\x7d" + b"x" * 125) * 3 + b"\x80\x01x")
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(1006, "the vendor sent a WebSocket message of more than 16 MiB")]
        assert len(reader.frames) == 1
        await vendor.until(lambda: not vendor.sockets)


async def test_a_vendor_that_pings_and_never_reads_takes_no_memory(vendor):
    """The answers were kept for as long as it went on."""
    async with wired(vendor) as (wire, reader, peer):
        peer.transport.pause_reading()
        peer.transport.write((b"\x89\x7d" + b"x" * 125) * 80_000)
        await peer.send("the end")
        await reader.until(lambda reader: reader.frames)
        assert 1 << 20 <= wire._transport.underlying_transport.get_write_buffer_size() < (1 << 20) + 200
        peer.transport.resume_reading()
        await vendor.until(lambda: not wire._transport.underlying_transport.get_write_buffer_size())
        await peer.ping()


async def test_a_ping_between_frames_that_are_put_together_is_answered(vendor):
    async with wired(vendor) as (wire, reader, peer):
        wire.gather(1 << 20)
        await peer.send(b"one ")
        async with asyncio.timeout(10):
            await (await peer.ping())
        await peer.send([b"two ", b"three"])
        await reader.until(lambda reader: reader.frames[-1:] == [b"two three"])
        assert b"".join(reader.frames) == b"one two three"


async def test_after_closing_nothing_is_heard(vendor):
    async with wired(vendor) as (wire, reader, peer):
        with contextlib.suppress(Exception):
            await peer.send("before")
            assert not wire.stop()
            wire.close()
            await peer.send("after")
        await vendor.until(lambda: not vendor.sockets)
        assert reader.ends == []
        assert "after" not in reader.frames
        wire.send(("nobody",))


async def test_what_is_held_comes_when_it_is_read_again(vendor):
    async with wired(vendor) as (wire, reader, peer):
        wire.pause()
        await peer.send("held")
        wire.send(("sent all the same",))
        await vendor.until(lambda: vendor.heard)
        assert reader.frames == []
        wire.resume()
        await reader.until(lambda reader: reader.frames == ["held"])


async def test_a_refusal_carries_the_vendors_answer(vendor):
    vendor.refusal = (429, {"Retry-After": "3"})
    async with calling(vendor.url) as call:
        with pytest.raises(DialError, match="429") as caught:
            await dial(call, Reader())
    assert caught.value.head.status == 429
    assert caught.value.head.headers["retry-after"] == "3"
    assert caught.value.body == b"no"


async def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{free.getsockname()[1]}/"
    async with calling(url) as call:
        with pytest.raises(DialError) as caught:
            await dial(call, Reader())
    assert caught.value.head is None


async def test_a_handshake_without_an_answer_ends_in_time_and_the_socket_with_it():
    gone = asyncio.Event()

    async def silent(reader, writer):
        await reader.read()
        writer.close()
        await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, calling(url, timeout_s=0.05) as call, asyncio.timeout(10):
        with pytest.raises(DialError, match="did not answer in time"):
            await dial(call, Reader())
        await gone.wait()


@pytest.mark.parametrize("how", ["abort", "close"])
async def test_a_vendor_that_hangs_up_in_the_middle_of_the_handshake_is_not_there(how):
    async def hang_up(reader, writer):
        await reader.read(1)
        getattr(writer.transport, how)()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    reader = Reader()
    async with server, calling(url) as call:
        with pytest.raises(DialError):
            await dial(call, reader)
    assert reader.ends == []


async def test_a_vendor_that_accepts_with_invalid_headers_is_told_as_that():
    """It "answered 101", which passed for a refusal of the key or the voice that need not be tried again."""

    async def accept(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: wrong\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server, calling(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/") as call:
        with pytest.raises(DialError, match="accepted the WebSocket with invalid headers") as told:
            await dial(call, Reader())
    assert told.value.head is None, "there is no refusal to be read by the language"


@pytest.mark.parametrize("named", ["permessage-deflate", "x-webkit-deflate-frame; a=1", " "])
async def test_a_vendor_that_answers_with_an_extension_is_not_spoken_to(vendor, named):
    """Its compressed frames were taken for audio, which they are not, or for text that cannot be read."""
    vendor.extension = named
    async with calling(vendor.url) as call:
        if named == " ":
            (await dial(call, Reader())).close()
            return
        with pytest.raises(DialError, match="extension that was not offered") as told:
            await dial(call, Reader())
        assert told.value.head is None
        await vendor.until(lambda: not vendor.sockets)


async def test_a_vendor_that_resets_before_the_handshake_takes_no_other_connection_along(monkeypatch):
    """It did where uvloop had closed the file before the socket was told: the next with its number was closed with the socket."""
    with socket.create_server(("127.0.0.1", 0)) as vendor:

        def reset():
            peer, _ = vendor.accept()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()

        reach = reaching.reach

        async def reach_and_be_reset(host, port):
            raw = await reach(host, port)
            asyncio.get_running_loop().call_soon(reset)
            return raw

        monkeypatch.setattr("gateway.upstream.reaching.reach", reach_and_be_reset)
        async with calling(f"ws://127.0.0.1:{vendor.getsockname()[1]}/") as call:
            for _ in range(3):
                with pytest.raises(DialError, match="did not complete the handshake"):
                    await dial(call, Reader())
        with contextlib.ExitStack() as others:
            sockets = [others.enter_context(socket.socket()) for _ in range(20)]
            gc.collect()
            assert all(os.fstat(one.fileno()) for one in sockets)


async def test_a_dial_that_is_given_up_leaves_no_connection(vendor):
    vendor.hold = asyncio.Event()
    reader = Reader()
    async with calling(vendor.url) as call:
        task = call.task(dial(call, reader), "dial")
        await vendor.until(lambda: vendor.knocks)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        vendor.hold.set()
        await vendor.until(lambda: not vendor.server.connections)
    assert reader.frames == reader.ends == []


@pytest.mark.parametrize("turns", range(1, 13))
async def test_a_dial_that_is_given_up_at_any_moment_is_no_exception_of_the_loop(vendor, turns):
    """It was one where uvloop had the connection, and nobody waited for the handshake yet."""
    vendor.hold = asyncio.Event()
    strange = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: strange.append(context["message"]))
    async with calling(vendor.url, timeout_s=0.1) as call:
        task = call.task(dial(call, Reader()), "dial")
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        del task
        with pytest.raises(DialError, match="did not answer in time"):
            await dial(call, Reader())  # whatever the first one left behind is due before this
        gc.collect()
        vendor.hold.set()
        await vendor.until(lambda: not vendor.server.connections)
    assert strange == []


async def test_a_dial_that_is_given_up_as_the_vendor_accepts_says_only_that(monkeypatch):
    """Where uvloop was still connecting, it closes the socket and tells nobody; what was to be sent then raised an error of its own."""
    monkeypatch.setattr("picows.picows.os.urandom", bytes)  # so that the answer is known before the question
    key = base64.b64encode(hashlib.sha1(base64.b64encode(bytes(16)) + _MAGIC, usedforsecurity=False).digest())
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    with socket.create_server(("127.0.0.1", 0)) as vendor, contextlib.ExitStack() as peers:
        reach = reaching.reach

        async def reach_and_be_answered(host, port):
            raw = await reach(host, port)
            peer = peers.enter_context(vendor.accept()[0])
            peer.sendall(answer + b"Sec-WebSocket-Accept: " + key + b"\r\n\r\n")
            return raw

        monkeypatch.setattr("gateway.upstream.reaching.reach", reach_and_be_answered)
        async with calling(f"ws://127.0.0.1:{vendor.getsockname()[1]}/") as call:
            task = call.task(dial(call, Reader()), "dial")
            monkeypatch.setattr("gateway.upstream.websocket_wire.tune", lambda _: task.cancel())
            [ended] = await asyncio.gather(task, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError)


@pytest.mark.parametrize("moment", range(1, 13))
async def test_a_dial_that_is_given_up_as_the_vendor_refuses_is_no_exception_of_the_loop(monkeypatch, moment):
    """Where uvloop was still connecting, nobody waited yet for what the library finds in the answer."""
    strange = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: strange.append(context["message"]))
    with socket.create_server(("127.0.0.1", 0)) as vendor, contextlib.ExitStack() as peers:
        reach = reaching.reach

        async def reach_and_be_refused(host, port):
            raw = await reach(host, port)
            peer = peers.enter_context(vendor.accept()[0])
            peer.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            reached.set_result(None)
            return raw

        async def dial_in_vain():
            with contextlib.suppress(DialError):
                await dial(call, Reader())

        reached = asyncio.get_running_loop().create_future()
        monkeypatch.setattr("gateway.upstream.reaching.reach", reach_and_be_refused)
        async with calling(f"ws://127.0.0.1:{vendor.getsockname()[1]}/") as call:
            task = call.task(dial_in_vain(), "dial")
            await reached
            await turns(moment)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            del task
            await turns(9)
            gc.collect()
    assert strange == []


CERTIFICATES = Path(__file__).parents[1] / "app/tls"


@contextlib.asynccontextmanager
async def vendor_with_tls():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "certificate.pem", CERTIFICATES / "key.pem")
    async with Vendor(context) as vendor:
        yield vendor


async def test_tls_to_whom_we_trust_and_nagle_is_off_there_too():
    trust = ssl.create_default_context(cafile=CERTIFICATES / "certificate.pem")
    reader = Reader()
    async with vendor_with_tls() as vendor, calling(vendor.url, tls=trust) as call:
        vendor.mute = True
        wire = await dial(call, reader)
        wire.send(("hello",))
        await vendor.until(lambda: vendor.heard == ["hello"])
        await vendor.sockets[0].send("there")
        await reader.until(lambda reader: reader.frames == ["there"])
        raw = wire._transport.underlying_transport.get_extra_info("socket")
        assert raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        wire.close()


async def test_no_tls_to_whom_we_do_not():
    async with vendor_with_tls() as vendor, calling(vendor.url) as call:
        with pytest.raises(DialError, match="certificate is not trusted"):
            await dial(call, Reader())


async def test_a_vendor_that_breaks_off_the_tls_handshake_is_not_there():
    async def reset(reader, writer):
        await reader.read(1)
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    url = f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server, calling(url) as call:
        with pytest.raises(DialError):
            await dial(call, Reader())


async def test_binary_frames_are_put_together_in_front_of_whatever_else_comes(vendor):
    async with wired(vendor) as (wire, reader, peer):
        wire.gather(1_000)
        await peer.send(b"one ")
        await peer.send(b"two")
        await peer.send("text")
        await peer.send(b"three")
        await reader.until(lambda reader: len(reader.frames) == 3)
        assert reader.frames == [b"one two", "text", b"three"]


async def test_what_was_put_together_comes_before_the_end(vendor):
    async with wired(vendor) as (wire, reader, peer):
        wire.gather(1_000)
        await peer.send(b"last")
        peer.transport.close()
        await reader.until(lambda reader: reader.ends)
        assert reader.frames == [b"last"]


async def test_a_socket_that_sleeps_gives_all_in_its_order(vendor):
    async with wired(vendor) as (wire, reader, peer):
        raw = wire._transport.underlying_transport.get_extra_info("socket")
        wire.gather(1 << 20)
        for _ in range(3):
            await peer.send(bytes(8_000))
            await reader.until(lambda reader: sum(map(len, reader.frames)) % 8_000 == 0 and reader.frames)
            wire.gather(1 << 20)
        wire.gather(1 << 20)
        await peer.send(b"little")
        await peer.send("end")
        await reader.until(lambda reader: reader.frames[-1] == "end")
        assert b"".join(reader.frames[:-1]) == bytes(24_000) + b"little"
        wire.gather(0)
        await asyncio.sleep(0)
        assert raw.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == 1


@pytest.mark.parametrize(
    "frame",
    [b"\x83\x00", b"\x8b\x00", b"\x09\x00", b"\x81\x80abcd", b"\x88\x01\x03", b"\x88\x02\x03\xed"],
    ids=["opcode", "control opcode", "fragmented ping", "masked", "half a close code", "reserved close code"],
)
async def test_a_frame_against_the_rules_is_the_vendors_fault_and_no_bug_of_ours(vendor, frame):
    strange = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: strange.append(context["message"]))
    async with wired(vendor) as (wire, reader, peer):
        peer.transport.write(frame)
        await reader.until(lambda reader: reader.ends)
    gone = weakref.ref(wire._transport)  # picows keeps it for some milliseconds more
    del wire
    await vendor.until(lambda: gc.collect() >= 0 and gone() is None)
    assert strange == []


@pytest.mark.parametrize("how", ["ours", "the vendor's", "the socket's"])
async def test_r23_a_wire_that_is_closed_is_freed_at_once(vendor, how):
    """What it gathers in refers to it: only a full collection would find the two."""
    gc.disable()
    try:
        async with calling(vendor.url) as call:
            reader = Reader()
            wire = await dial(call, reader)
            await vendor.until(lambda: vendor.sockets)
            wire.gather(1 << 20)
            gone = weakref.ref(wire)
            if how == "ours":
                wire.close()
            else:
                peer = vendor.sockets[0]
                await peer.close() if how == "the vendor's" else peer.transport.abort()
                await reader.until(lambda reader: reader.ends)
            del wire
            await vendor.until(lambda: gone() is None)  # picows keeps it for some milliseconds more
    finally:
        gc.enable()


async def test_a_fault_of_ours_in_the_reading_of_a_frame_is_told_as_one(vendor):
    strange = []
    asyncio.get_running_loop().set_exception_handler(
        lambda loop, context: strange.append(context["exception"])
    )
    async with wired(vendor) as (_, reader, peer):
        reader.came = lambda frame: 1 // 0
        await peer.send("text")
        await reader.until(lambda reader: reader.ends)
    await turns(10)
    gc.collect()
    assert [type(error) for error in strange] == [ZeroDivisionError]
