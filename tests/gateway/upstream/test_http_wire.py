import asyncio
import contextlib
import gc
import socket
import ssl
import weakref
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from gateway.upstream.http_wire import dial
from gateway.upstream.wire import DialError
from legato.domain.traces import NO_TRACE, Trace
from legato.domain.vendors import HttpRequest, ResponseEnd, ResponseHead
from tests.gateway.upstream.wires import Reader, calling, tended

CERTIFICATES = Path(__file__).parents[1] / "app/tls"


class Unheard:
    """A transport of which nothing is acknowledged."""

    def is_closing(self):
        return False

    def get_extra_info(self, name):
        return self

    def getsockopt(self, *asked):
        return bytes([1]) * 28


class Peer:
    """An HTTP server that answers with what it was asked, in two pieces; the test holds and cuts its answers."""

    def __init__(self):
        self.asked, self.headers, self.transports = [], [], []
        self.hold, self.news = asyncio.Event(), asyncio.Event()
        self.hold.set()
        self.status, self.more = 200, {}

    async def __aenter__(self):
        app = web.Application()
        app.router.add_post("/{path:.*}", self._answer)
        self.runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.port = self.runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}/speak"
        return self

    async def __aexit__(self, *error):
        self.hold.set()
        await self.runner.cleanup()

    async def _answer(self, request):
        body = await request.read()
        self.asked.append((request.path_qs, body))
        self.headers.append(request.headers)
        if request.transport not in self.transports:
            self.transports.append(request.transport)
        self.news.set()
        response = web.StreamResponse(status=self.status, headers={"X-Answer": "yes", **self.more})
        await response.prepare(request)
        await response.write(b"<" + body)
        await self.hold.wait()
        await response.write(b">")
        await response.write_eof()
        return response

    async def until(self, condition):
        async with asyncio.timeout(10):
            while not condition():
                self.news.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await self.news.wait()


@pytest.fixture
async def peer():
    async with Peer() as server:
        yield server


@contextlib.asynccontextmanager
async def wired(peer, **more):
    reader = Reader()
    async with calling(peer.url, **more) as call:
        wire = await dial(call, reader)
        try:
            yield wire, reader
        finally:
            wire.close()


def ended(count):
    return lambda reader: sum(isinstance(frame, ResponseEnd) for frame in reader.frames) == count


def bodies(reader):
    text = b"".join(
        b"|" if isinstance(f, ResponseEnd) else f for f in reader.frames if not isinstance(f, ResponseHead)
    )
    return text.split(b"|")[:-1]


async def test_requests_name_the_trace_that_they_belong_to(peer):
    async with wired(peer) as (wire, reader):
        wire.send([HttpRequest(0, b"a")])
        wire.belong(Trace("00-1-2-01", "a=1"))
        wire.send([HttpRequest(1, b"b", (("X-Own", "yes"),))])
        wire.belong(NO_TRACE)
        wire.send([HttpRequest(2, b"c")])
        await reader.until(ended(3))
    assert [headers.get("traceparent") for headers in peer.headers] == [None, "00-1-2-01", None]
    assert [headers.get("tracestate") for headers in peer.headers] == [None, "a=1", None]
    assert peer.headers[1]["x-own"] == "yes"


async def test_answers_come_in_the_order_of_the_requests_on_one_connection(peer):
    async with wired(peer) as (wire, reader):
        wire.send((HttpRequest(0, b"one"), HttpRequest(1, b"two", path="/more?x=%20")))
        await reader.until(ended(2))
        wire.send((HttpRequest(2, b"three"),))
        await reader.until(ended(3))
        assert bodies(reader) == [b"<one>", b"<two>", b"<three>"]
        assert [path for path, _ in peer.asked] == ["/speak", "/speak/more?x=%20", "/speak"]
        assert len(peer.transports) == 1
        head = reader.frames[0]
        assert (head.status, head.headers["x-answer"]) == (200, "yes")


async def test_headers_of_the_call_and_of_the_request_are_sent_and_nothing_is_encoded(peer):
    async with wired(peer, headers=[("X-Key", "k")]) as (wire, reader):
        wire.send((HttpRequest(0, b"{}", (("Content-Type", "application/json"),)),))
        await reader.until(ended(1))
        sent = peer.headers[0]
        assert (sent["X-Key"], sent["Content-Type"]) == ("k", "application/json")
        assert sent["Accept-Encoding"] == "identity"


async def test_a_refusal_is_for_the_language_to_read(peer):
    peer.status = 429
    async with wired(peer) as (wire, reader):
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(ended(1))
        assert reader.frames[0].status == 429


async def test_the_key_and_the_text_go_nowhere_else(peer):
    async with Peer() as elsewhere:
        peer.status, peer.more = 307, {"Location": f"http://localhost:{elsewhere.port}/speak"}
        async with wired(peer, headers=[("xi-api-key", "k")]) as (wire, reader):
            wire.send((HttpRequest(0, b"one"),))
            await reader.until(ended(1))
            assert reader.frames[0].status == 307
            assert elsewhere.asked == []


async def test_pieces_come_as_they_are_written(peer):
    peer.hold.clear()
    async with wired(peer) as (wire, reader):
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(lambda reader: b"<one" in reader.frames)
        peer.hold.set()
        await reader.until(ended(1))


async def test_r1_nagle_is_off_and_it_is_the_kernel_that_asks_for_life(peer):
    async with wired(peer) as (wire, _):
        assert not wire.ping()
        assert wire.is_acknowledged()
        wire._transport = Unheard()
        assert not wire.is_acknowledged(), "the kernel is asked about the connection that requests go to"
        (pooled,) = wire._connector._conns.values()
        assert tended(pooled[0][0].transport.get_extra_info("socket"))


async def test_the_connection_stands_before_the_first_request(peer):
    async with wired(peer) as (wire, reader):
        before = [len(pooled) for pooled in wire._connector._conns.values()]
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(ended(1))
        assert before == [1]
        assert len(peer.transports) == 1


async def test_stopping_between_answers_leaves_the_connection(peer):
    async with wired(peer) as (wire, reader):
        assert wire.stop()
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(ended(1))
        assert wire.stop()
        assert reader.ends == []


async def test_stopping_an_answer_closes_the_connection_and_nothing_is_heard(peer):
    peer.hold.clear()
    async with wired(peer) as (wire, reader):
        wire.send((HttpRequest(0, b"one"), HttpRequest(1, b"two")))
        await reader.until(lambda reader: b"<one" in reader.frames)
        heard = len(reader.frames)
        assert not wire.stop()
        await peer.until(peer.transports[0].is_closing)
        assert (len(reader.frames), reader.ends, len(peer.asked)) == (heard, [], 1)
        wire.send((HttpRequest(2, b"three"),))
        wire.close()


@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize("kind", [ResponseHead, bytes])
async def test_an_answer_that_is_stopped_by_whoever_hears_it_ends_without_a_bug(peer, kind, status):
    """A client whose loss is noticed when its audio is written, for one."""
    reader = Reader()
    async with calling(peer.url) as call:
        wire = await dial(call, reader)
        keep, heard = reader.came, []

        def came(frame):
            keep(frame)
            if isinstance(frame, kind):
                heard.append(wire.stop())

        reader.came = came
        peer.hold.clear()
        peer.status = status
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(lambda _: heard)
    assert (type(reader.frames[-1]), heard, reader.ends) == (kind, [False], [])


async def test_r23_a_wire_whose_answer_was_stopped_is_freed_at_once(peer):
    """A task keeps the error that it was cancelled by, and that error the task's frames."""
    peer.hold.clear()
    gc.disable()
    try:
        async with wired(peer) as (wire, reader):
            wire.send((HttpRequest(0, b"one"),))
            await reader.until(lambda reader: b"<one" in reader.frames)
            gone = weakref.ref(wire)
            assert not wire.stop()
        del wire
        await peer.until(lambda: gone() is None)
    finally:
        gc.enable()


async def test_r1_a_connection_that_the_vendor_closes_while_it_is_idle_is_noticed(peer):
    async with wired(peer) as (wire, reader):
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(ended(1))
        peer.transports[0].close()
        await reader.until(lambda reader: reader.ends)
        assert reader.ends == [(1006, "")]


async def test_an_answer_that_breaks_off_is_an_end(peer):
    peer.hold.clear()
    async with wired(peer) as (wire, reader):
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(lambda reader: b"<one" in reader.frames)
        peer.transports[0].abort()
        await reader.until(lambda reader: reader.ends)
        assert reader.ends[0][0] == 1006


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "the vendor closed it without an answer"),
        (b"220 smtp.test ESMTP\r\n", "the vendor's answer is not valid HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "the vendor's answer broke off"),
    ],
)
async def test_how_an_answer_failed_is_told(answer, words):
    async def fail(reader, writer):
        await reader.readuntil(b"\r\n\r\none")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(fail, "127.0.0.1", 0)
    reader = Reader()
    async with server, calling(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as call:
        wire = await dial(call, reader)
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(lambda reader: reader.ends)
        wire.close()
    assert reader.ends == [(1006, words)]


async def test_a_vendor_that_hangs_up_in_the_handshake_of_tls_is_told_as_that():
    async def hang_up(reader, writer):
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server, calling(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}") as call:
        with pytest.raises(DialError, match=r"^the vendor closed the connection$"):
            await dial(call, Reader())


async def test_what_is_held_comes_when_it_is_read_again(peer):
    async with wired(peer) as (wire, reader):
        wire.pause()
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(lambda reader: len(reader.frames) >= 2)
        assert not ended(1)(reader)
        wire.resume()
        await reader.until(ended(1))


async def test_a_header_that_cannot_be_sent_ends_this_connection_alone(peer):
    """It ended the whole gateway: nobody expected the library's error."""
    async with wired(peer) as (wire, reader):
        wire.send((HttpRequest(0, b"one", headers=(("X-Key", "a\nb"),)),))
        await reader.until(lambda reader: reader.ends)
        assert reader.frames == []


async def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    async with calling(url) as call:
        with pytest.raises(DialError):
            await dial(call, Reader())


async def test_a_certificate_that_is_not_trusted_is_told_as_that():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "certificate.pem", CERTIFICATES / "key.pem")
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    async with server, calling(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/") as call:
        with pytest.raises(DialError, match="certificate is not trusted: self-signed certificate"):
            await dial(call, Reader())


async def test_a_dial_that_is_given_up_leaves_nothing(peer):
    async with calling(peer.url) as call:
        task = call.task(dial(call, Reader()), "dial")
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled():
            task.result().close()


@pytest.mark.parametrize("turns", range(6))
async def test_r23_what_is_closed_is_closed_whatever_becomes_of_the_tasks(peer, turns):
    """They are cancelled before they begin, and their group takes no other: the house shuts down."""
    strange = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: strange.append(context["message"]))
    wires = []
    with contextlib.suppress(ExceptionGroup):
        async with calling(peer.url) as call:
            wires.append(await dial(call, Reader()))
            wires.append(await dial(call, Reader()))
            dialling = call.task(dial(call, Reader()), "dial")
            for _ in range(turns):
                await asyncio.sleep(0)
            wires[0].send((HttpRequest(0, b"one"),))

            async def fails():
                raise ConnectionError

            call.task(fails(), "fails")
            await asyncio.sleep(0)
            if not dialling.cancel():
                wires.append(dialling.result())
            for wire in wires:
                wire.close()
            shut = [wire._session.closed and not wire._connector._conns for wire in wires]
    assert all(shut), "inside the call"
    wires.clear()
    del wire, dialling
    gc.collect()
    # In a task of its own: the group has cancelled this one.
    await asyncio.gather(peer.until(lambda: not peer.runner.server.connections))
    assert strange == []


def answers(reader):
    """What was told, answer by answer."""
    told = [b""]
    for frame in reader.frames:
        if isinstance(frame, bytes):
            told[-1] += frame
        elif isinstance(frame, ResponseEnd):
            told.append(b"")
    return told[:-1]


async def test_the_next_request_is_made_while_an_answer_comes_and_its_answer_is_held_back(peer):
    async with wired(peer, ahead=lambda: True) as (wire, reader):
        peer.hold.clear()
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(lambda reader: len(reader.frames) == 2)
        wire.send((HttpRequest(1, b"two"), HttpRequest(2, b"three")))
        await peer.until(lambda: len(peer.asked) == 2)
        assert [body for _, body in peer.asked] == [b"one", b"two"], "one ahead, and no more"
        assert reader.frames[1:] == [b"<one"]
        peer.hold.set()
        await reader.until(ended(3))
        assert answers(reader) == [b"<one>", b"<two>", b"<three>"]
        assert len(peer.transports) == 2


async def test_nothing_is_asked_for_ahead_before_the_first_answer_has_begun_or_where_it_must_not_be(peer):
    async with wired(peer, ahead=lambda: False) as (wire, reader):
        peer.hold.clear()
        wire.send((HttpRequest(0, b"one"), HttpRequest(1, b"two")))
        await reader.until(lambda reader: len(reader.frames) == 2)
        assert len(peer.asked) == 1
        peer.hold.set()
        await reader.until(ended(2))
        assert len(peer.transports) == 1


async def test_r7_stopping_aborts_both_requests(peer):
    async with wired(peer, ahead=lambda: True) as (wire, reader):
        peer.hold.clear()
        wire.send((HttpRequest(0, b"one"), HttpRequest(1, b"two")))
        await peer.until(lambda: len(peer.asked) == 2)
        heard = list(reader.frames)
        assert not wire.stop()
        await peer.until(lambda: all(transport.is_closing() for transport in peer.transports))
        assert reader.frames == heard
        assert reader.ends == []


async def test_an_answer_that_was_refused_ahead_is_asked_for_again_in_its_turn(peer):
    async with wired(peer, ahead=lambda: True) as (wire, reader):
        peer.hold.clear()
        wire.send((HttpRequest(0, b"one"),))
        await reader.until(lambda reader: len(reader.frames) == 2)
        peer.status = 429
        wire.send((HttpRequest(1, b"two"),))
        await peer.until(lambda: len(peer.asked) == 2)
        await peer.until(lambda: wire._ahead.is_spoilt)
        peer.status = 200
        peer.hold.set()
        await reader.until(ended(2))
        assert answers(reader) == [b"<one>", b"<two>"]
        assert [body for _, body in peer.asked] == [b"one", b"two", b"two"]
        assert all(frame.status == 200 for frame in reader.frames if isinstance(frame, ResponseHead))


@pytest.mark.filterwarnings("ignore:Sending a large body")
async def test_a_connection_that_breaks_while_it_is_being_closed_is_nobodys_bug(peer):
    """The second one too, on which a request was made ahead and is not written to its end."""
    strange, met = [], []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: strange.append(context["message"]))

    async def answer(reader, writer):
        met.append(writer)
        if len(met) == 1:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n<")
        else:
            writer.transport.pause_reading()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/speak"
    async with server, calling(url, ahead=lambda: True) as call:
        reader = Reader()
        wire = await dial(call, reader)
        wire.send((HttpRequest(0, b"one"), HttpRequest(1, bytes(16 << 20))))
        await reader.until(lambda reader: len(reader.frames) == 2)
        await peer.until(lambda: len(met) == 2)
        second = next(
            protocol for protocol in wire._connector._acquired if protocol.transport is not wire._transport
        )
        await peer.until(second.transport.get_write_buffer_size)
        wire.close()
        for writer in met:
            writer.transport.abort()  # with bytes that it has not read: this is a reset
        await peer.until(partial(getattr, second, "_connection_lost_called"))
        del second, wire, reader
    await asyncio.sleep(0)
    gc.collect()
    assert strange == []
