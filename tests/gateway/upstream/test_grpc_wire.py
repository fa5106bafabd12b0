import asyncio
import contextlib
import os
import socket
from pathlib import Path

import grpc
import grpc.aio
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived

from gateway.upstream.grpc_wire import dial
from gateway.upstream.wire import DialError
from legato.domain.traces import NO_TRACE, Trace
from legato.domain.vendors import CallEnded, HalfClose
from tests.gateway.upstream.h2_vendors import HEAD, METHOD, Broken, last_is_end, listening
from tests.gateway.upstream.wires import Reader, calling

CERTIFICATES = Path(__file__).parents[1] / "app/tls"


class Peer:
    """A gRPC server of raw bytes that echoes; "bad" ends a call with an error."""

    def __init__(self):
        self.calls, self.cancelled, self.ended, self.news = [], 0, 0, asyncio.Event()
        self.settles_s = 0.001
        """A cancel looks like a half-close at first: for how long, in calls from now on, depends on how busy the machine is."""

    async def __aenter__(self):
        self.server = grpc.aio.server()
        handler = grpc.stream_stream_rpc_method_handler(self._say)
        self.server.add_generic_rpc_handlers(
            (grpc.method_handlers_generic_handler("test.Speech", {"Say": handler}),)
        )
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        await self.server.start()
        self.url = f"grpc://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *error):
        await self.server.stop(None)

    async def _say(self, requests, context):
        self.calls.append(dict(context.invocation_metadata()))
        self.news.set()
        settles_s = self.settles_s
        try:
            async for message in requests:
                if message == b"later":
                    context.set_trailing_metadata((("x", "y"), ("grpc-status-details-bin", b"\x08\x08")))
                    await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many")
                if message == b"bad":
                    await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many")
                await context.write(b"<" + message + b">")  # a cancel during a `yield` would end it unseen
            await asyncio.sleep(settles_s)
            self.ended += 1
            self.news.set()
        except asyncio.CancelledError:
            self.cancelled += 1
            self.news.set()
            raise

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():
                self.news.clear()
                await self.news.wait()


@pytest.fixture
async def peer():
    async with Peer() as server:
        yield server


@contextlib.asynccontextmanager
async def wired(peer, **more):
    reader = Reader()
    async with calling(peer.url, method=METHOD, **more) as call:
        wire = await dial(call, reader)
        try:
            yield wire, reader
        finally:
            wire.close()


def options(port, name):
    """An option of every socket of this process that is connected to a port; grpc does not hand out its own."""
    found = []
    for number in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(number.name))) as raw:
            if raw.family is not socket.AF_UNIX and raw.getpeername()[1] == port:
                found.append(raw.getsockopt(socket.IPPROTO_TCP, name))
    return found


def asked_to_leave(wire):
    """An event: the vendor has asked this wire to leave."""
    asked, told = asyncio.Event(), wire.leaving

    def leaving():
        asked.set()
        told()

    wire.leaving = leaving
    return asked


async def test_a_call_carries_messages_both_ways_and_its_end(peer):
    async with wired(peer, headers=[("Authorization", "Key k")]) as (wire, reader):
        wire.send((b"one", b"two"))
        await reader.until(lambda reader: len(reader.frames) == 2)
        wire.send((b"three", HalfClose()))
        await reader.until(last_is_end)
        assert reader.frames == [b"<one>", b"<two>", b"<three>", CallEnded("OK")]
        assert peer.calls[0]["authorization"] == "Key k"


async def test_the_next_message_begins_another_call_on_the_same_channel(peer):
    async with wired(peer) as (wire, reader):
        for count in (1, 2):
            wire.send((b"one", HalfClose()))
            await reader.until(lambda reader, count=count: reader.frames.count(CallEnded("OK")) == count)
        assert len(peer.calls) == 2


async def test_a_proxy_is_not_asked_for_this_machine(peer, monkeypatch):
    """Riva is often a neighbour on the same host."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with wired(peer):
        pass


async def test_an_error_ends_the_call_with_its_code(peer):
    async with wired(peer) as (wire, reader):
        wire.send((b"bad",))
        await reader.until(last_is_end)
        assert reader.frames == [CallEnded("RESOURCE_EXHAUSTED", "too many")]
        assert reader.ends == []


async def test_r22_an_error_comes_with_its_details(peer):
    """They say when the vendor may be asked again."""
    async with wired(peer) as (wire, reader):
        wire.send((b"later",))
        await reader.until(last_is_end)
        assert reader.frames == [CallEnded("RESOURCE_EXHAUSTED", "too many", b"\x08\x08")]


class Latin(asyncio.Protocol):
    """Refuses every call when its message is there, with words that are no UTF-8."""

    def __init__(self, gone):
        self.gone = gone

    def connection_made(self, transport):
        self.transport = transport
        self.wire = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        self.wire.initiate_connection()

    def data_received(self, data):
        for event in self.wire.receive_data(data):
            if isinstance(event, DataReceived):
                words = (b"grpc-message", b"cannot say: my secret \xff")
                self.wire.send_headers(event.stream_id, [*HEAD, ("grpc-status", "3"), words], end_stream=True)
        self.transport.write(self.wire.data_to_send())

    def connection_lost(self, exc):
        self.gone.set()


async def test_what_a_vendor_says_in_letters_of_its_own_is_in_no_log(caplog):
    """The library wrote the vendor's words down, which may be the text that it was to speak."""
    gone = asyncio.Event()
    server = await asyncio.get_running_loop().create_server(lambda: Latin(gone), "127.0.0.1", 0)
    reader = Reader()
    async with (
        server,
        calling(f"grpc://127.0.0.1:{server.sockets[0].getsockname()[1]}", method=METHOD) as call,
    ):
        wire = await dial(call, reader)
        wire.send((b"my secret",))
        await reader.until(last_is_end)
        wire.close()
        await gone.wait()
    assert reader.frames[-1].code == "INVALID_ARGUMENT"
    assert "secret" not in caplog.text


async def test_a_bug_in_a_call_ends_its_connection_at_once(peer, monkeypatch):
    """Its run was told nothing, and ended by a time-out."""

    def fail(*told):
        raise RuntimeError("a bug")

    found = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: found.append(context))
    monkeypatch.setattr("gateway.upstream.grpc_wire.CallEnded", fail)
    async with wired(peer) as (wire, reader):
        wire.send((b"one", HalfClose()))
        await reader.until(lambda reader: reader.ends)
    assert reader.ends == [(1006, "")]
    assert [repr(context["exception"]) for context in found] == ["RuntimeError('a bug')"]


async def test_stopping_cancels_the_call_and_keeps_the_channel(peer):
    peer.settles_s = 60.0
    async with wired(peer) as (wire, reader):
        wire.send((b"one",))
        await reader.until(lambda reader: reader.frames)
        assert wire.stop()
        await peer.until(lambda: peer.cancelled)
        peer.settles_s = 0.0
        wire.send((b"two", HalfClose()))
        await reader.until(last_is_end)
        assert reader.frames == [b"<one>", b"<two>", CallEnded("OK")]


async def test_nagle_is_off_and_there_is_no_ping(peer):
    async with wired(peer) as (wire, _):
        assert not wire.ping()
        ours = options(peer.port, socket.TCP_NODELAY)
        assert ours
        assert all(ours)


async def test_r1_a_channel_that_was_forgotten_on_the_way_is_given_up_by_the_kernel_at_the_next_call(peer):
    async with wired(peer):
        assert set(options(peer.port, socket.TCP_USER_TIMEOUT)) == {1000}


async def test_every_channel_has_a_connection_of_its_own(peer):
    """They all were one: whatever ended it ended every run of the vendor, and every spare line."""
    async with wired(peer), wired(peer), wired(peer):
        assert len(options(peer.port, socket.TCP_NODELAY)) == 3


async def test_a_channel_that_is_gone_is_over(peer):
    async with wired(peer) as (wire, reader):
        wire.send((b"one",))
        await reader.until(lambda reader: reader.frames)
        await peer.server.stop(None)
        await reader.until(lambda reader: reader.ends or last_is_end(reader))
        await reader.until(lambda reader: reader.ends)
        assert reader.ends[0][0] == 1006
        wire.send((b"nobody",))
        wire.close()


async def test_r3_a_vendor_that_restarts_is_heard_to_the_end_of_its_call(peer):
    """It asks its clients to leave (GOAWAY) and ends the calls under way, but they were cut in the middle."""
    async with asyncio.TaskGroup() as tasks, wired(peer) as (wire, reader):
        wire.send((b"one",))
        await reader.until(lambda reader: reader.frames)
        asked = asked_to_leave(wire)
        tasks.create_task(peer.server.stop(10))
        async with asyncio.timeout(10):
            await asked.wait()
        wire.send((b"two", HalfClose()))
        await reader.until(lambda reader: reader.ends)
        assert reader.frames == [b"<one>", b"<two>", CallEnded("OK")]
        wire.send((b"nobody",))


async def test_a_vendor_that_restarts_loses_its_channel_when_the_call_is_stopped(peer):
    async with asyncio.TaskGroup() as tasks, wired(peer) as (wire, reader):
        wire.send((b"one",))
        await reader.until(lambda reader: reader.frames)
        asked = asked_to_leave(wire)
        tasks.create_task(peer.server.stop(10))
        async with asyncio.timeout(10):
            await asked.wait()
        assert not reader.ends
        wire.stop()
        wire.send((b"the next run",))
        await reader.until(lambda reader: reader.ends)
        assert reader.frames == [b"<one>"]


@pytest.mark.parametrize("breaks", [True, False])
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ([("grpc-status", "14"), ("grpc-message", "Socket closed")], "UNAVAILABLE"),
        ([], "CANCELLED"),
    ],
)
async def test_r1_a_connection_that_breaks_is_not_the_vendors_word_on_the_call(fields, told, breaks):
    """One idle line in ten that the network had dropped failed its run like this, instead of being replaced unheard."""
    reader = Reader()
    async with (
        listening(lambda: Broken(fields, breaks=breaks)) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        wire = await dial(call, reader)
        wire.send((b"one",))
        await reader.until(lambda reader: reader.ends or reader.frames)
        if breaks:
            assert ([code for code, _ in reader.ends], reader.frames) == ([1006], [])
        else:
            assert [frame.code for frame in reader.frames] == [told]
        wire.close()


async def test_what_is_held_comes_when_it_is_read_again(peer):
    async with wired(peer) as (wire, reader):
        wire.send((b"zero",))
        await reader.until(lambda reader: reader.frames)
        wire.pause()
        wire.send((b"one", b"two", HalfClose()))
        await peer.until(lambda: peer.ended)
        assert reader.frames == [b"<zero>"]
        wire.resume()
        await reader.until(last_is_end)
        assert reader.frames == [b"<zero>", b"<one>", b"<two>", CallEnded("OK")]


@contextlib.asynccontextmanager
async def held_until_it_broke(*messages):
    """A reader and its wire, which was paused before the messages, and whose vendor has gone since."""
    async with (
        listening(lambda: Broken([("grpc-status", "0")], breaks=True)) as port,
        calling(f"grpc://127.0.0.1:{port}", method=METHOD) as call,
    ):
        reader, gone = Reader(), asyncio.Event()
        wire = await dial(call, reader)
        lost = wire._connection.connection_lost
        wire._connection.connection_lost = lambda exc: (lost(exc), gone.set())
        wire.pause()
        wire.send(messages)
        await gone.wait()
        yield reader, wire


async def test_r3_what_is_held_comes_even_if_the_vendor_is_gone_by_then():
    """A vendor that restarts ends its last call and goes; whoever hears it may be behind."""
    async with held_until_it_broke(b"one", HalfClose()) as (reader, wire):
        assert (reader.frames, reader.ends) == ([], [])
        wire.resume()
        await reader.until(lambda reader: reader.ends)
        assert reader.frames == [CallEnded("OK")]


async def test_a_run_that_is_stopped_while_it_is_held_lets_its_connection_go():
    async with held_until_it_broke(b"one") as (reader, wire):
        wire.stop()
        await reader.until(lambda reader: reader.ends)
        assert reader.frames == []


@pytest.mark.parametrize("scheme", ["grpc", "grpcs"])
async def test_nobody_there(scheme):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"{scheme}://127.0.0.1:{free.getsockname()[1]}"
    async with calling(url, method=METHOD) as call:
        with pytest.raises(DialError, match="connection refused"):
            await dial(call, Reader())


async def test_a_vendor_that_does_not_answer_is_given_up():
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        async with calling(
            f"grpc://127.0.0.1:{mute.getsockname()[1]}", method=METHOD, timeout_s=0.05
        ) as call:
            with pytest.raises(DialError, match="in time"):
                await dial(call, Reader())


async def test_a_call_names_the_trace_that_it_belongs_to(peer):
    async with wired(peer, headers=[("X-App", "legato")]) as (wire, reader):
        for count, trace in enumerate([NO_TRACE, Trace("00-1-2-01", "a=1"), NO_TRACE], 1):
            wire.belong(trace)
            wire.send([b"a", HalfClose()])
            await reader.until(
                lambda reader, count=count: sum(isinstance(f, CallEnded) for f in reader.frames) == count
            )
    assert [call.get("traceparent") for call in peer.calls] == [None, "00-1-2-01", None]
    assert [call.get("tracestate") for call in peer.calls] == [None, "a=1", None]
    assert [call["x-app"] for call in peer.calls] == ["legato"] * 3


async def test_nobody_to_be_trusted():
    server = grpc.aio.server()
    pair = (CERTIFICATES / "key.pem").read_bytes(), (CERTIFICATES / "certificate.pem").read_bytes()
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    await server.start()
    async with calling(f"grpcs://localhost:{port}", method=METHOD) as call:
        with pytest.raises(DialError, match="certificate is not trusted"):
            await dial(call, Reader())
    await server.stop(None)


async def test_nothing_is_sent_before_a_first_message(peer):
    async with wired(peer) as (wire, reader):
        wire.send(())
        wire.resume()
        wire.stop()
        wire.send((b"one", HalfClose()))
        await reader.until(last_is_end)
    assert len(peer.calls) == 1
