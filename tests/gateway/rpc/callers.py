"""A server with several kinds of methods, and clients of it: grpc's own, and one whose bytes are all ours."""

import asyncio
import contextlib

import grpc
import grpc.aio
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import StreamEnded, StreamReset

from gateway.rpc.limits import Limits
from gateway.rpc.server import RpcServer
from tests.gateway.rpc.wired import GOOD


class Calls:
    """The server's methods, and what they have seen."""

    def __init__(self):
        self.begun = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.seen = []
        self.contexts = []

    async def echo(self, request, context):
        self.seen.append(context)
        return request

    async def chat(self, requests, context):
        self.begun.set()
        try:
            async for request in requests:
                self.seen.append(request)
                await context.write(request)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def pour(self, request, context):
        self.contexts.append(context)
        try:
            for _ in range(int(request)):
                await context.write(bytes(1000))
                self.seen.append(1000)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    def handlers(self):
        methods = {
            "Echo": grpc.unary_unary_rpc_method_handler(self.echo),
            "Chat": grpc.stream_stream_rpc_method_handler(self.chat),
            "Pour": grpc.unary_stream_rpc_method_handler(self.pour),
        }
        return grpc.method_handlers_generic_handler("a.B", methods)


@contextlib.asynccontextmanager
async def served(*, tls=None, **limits):
    """Run the server; yield it, its port and its calls."""
    calls = Calls()
    server = RpcServer(Limits(**limits), tls=tls)
    server.add_generic_rpc_handlers((calls.handlers(),))
    port = await server.listen("127.0.0.1", 0)
    try:
        async with asyncio.timeout(20):
            yield server, port, calls
    finally:
        await server.stop(None)


@contextlib.asynccontextmanager
async def calling(port, *options):
    """Open a channel of grpc's own client."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        yield channel


class Raw:
    """A client made of h2 and a socket."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.h2 = H2Connection(H2Configuration(header_encoding="utf-8", validate_outbound_headers=False))
        self.events = []

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, port, *, greet=True):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        raw = cls(reader, writer)
        if greet:
            raw.h2.initiate_connection()
            raw.flush()
        try:
            yield raw
        finally:
            writer.close()

    def flush(self):
        self.writer.write(self.h2.data_to_send())

    def ask(self, method="Chat", *, end=False):
        stream = self.h2.get_next_available_stream_id()
        fields = [(name, f"/a.B/{method}" if name == ":path" else value) for name, value in GOOD]
        self.h2.send_headers(stream, fields, end_stream=end)
        self.flush()
        return stream

    def say(self, stream, message, *, end=False):
        self.h2.send_data(stream, b"\0" + len(message).to_bytes(4, "big") + message, end_stream=end)
        self.flush()

    async def read(self):
        """Read once; return whether there was any data."""
        data = await self.reader.read(65_536)
        if data:
            self.events += self.h2.receive_data(data)
            self.flush()
        return bool(data)

    async def until(self, kind):
        """Return the next event of a kind."""
        while True:
            for at, event in enumerate(self.events):
                if isinstance(event, kind):
                    del self.events[: at + 1]
                    return event
            assert await self.read(), f"no {kind}"

    async def over(self, stream):
        """Read until a stream is over; return all its headers."""
        fields = {}
        while True:
            event = await self.until(object)
            if getattr(event, "stream_id", None) == stream:
                fields |= dict(getattr(event, "headers", ()))
                if isinstance(event, StreamEnded | StreamReset):
                    return fields

    async def hears(self, data):
        """Read until these bytes have come, past h2, which reports nothing more after a GOAWAY although more may come."""
        said = b""
        while data not in said:
            more = await self.reader.read(65_536)
            assert more, f"no {data!r} in {said!r}"
            said += more

    async def cut(self):
        """Read to the connection's end without answering."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65_536):
                pass

    async def closed(self):
        """Read to the connection's end; return all events."""
        with contextlib.suppress(ConnectionError):
            while await self.read():
                pass
        return self.events
