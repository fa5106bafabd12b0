"""A service that does what it is told, on grpc.aio's server or on ours: a client should not notice which one it is."""

import asyncio
import json
import logging
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from gateway.rpc.limits import Limits
from gateway.rpc.server import RpcServer

SERVICE = "parity.Echo"
NAMES = (SERVICE, reflection.SERVICE_NAME)
THEIRS, OURS = "grpc.aio", "legato"
MAX_MESSAGE_BYTES = 200_000
LIMITS = Limits(message_bytes=MAX_MESSAGE_BYTES, calls=250, ping_interval_s=0.01)


@dataclass
class Service:
    """The service's methods, and what became of their calls."""

    running: int = 0
    began: int = 0
    cancelled: int = 0
    finished: int = 0
    written: int = 0
    heard: list[bytes] = field(default_factory=list)
    rest: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, condition):
        async with asyncio.timeout(20):
            while not condition(self):
                self._changed.clear()
                await self._changed.wait()

    async def idle(self):
        """Wait until no call is running."""
        await self.until(lambda it: it.running == 0)

    def changed(self):
        self._changed.set()

    @asynccontextmanager
    async def watched(self):
        self.running += 1
        self.began += 1
        self.changed()
        try:
            yield
            self.finished += 1
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
            self.changed()

    async def unary(self, request, context):
        """Return the request."""
        async with self.watched():
            return request

    async def many(self, request, context):
        """Send messages by `yield`; the request tells how many, and of how many bytes."""
        number, size = map(int, request.split(b"x"))
        async with self.watched():
            for place in range(number):
                yield bytes([place % 256]) * size

    async def written_many(self, request, context):
        """Do the same by `context.write`."""
        number, size = map(int, request.split(b"x"))
        async with self.watched():
            for place in range(number):
                await context.write(bytes([place % 256]) * size)
                self.written += 1
                self.changed()

    async def collect(self, requests, context):
        """Return all requests, joined."""
        async with self.watched():
            return b"".join([request async for request in requests])

    async def chat(self, requests, context):
        """Send each request back as it comes."""
        async with self.watched():
            async for request in requests:
                self.heard.append(request)
                self.changed()
                yield request

    async def talk(self, requests, context):
        """Do the same by `context.read` and `context.write`."""
        async with self.watched():
            while (request := await context.read()) is not grpc.aio.EOF:
                await context.write(request)

    async def hang(self, requests, context):
        """Read the requests and never answer."""
        async with self.watched():
            async for request in requests:
                self.heard.append(request)
                self.changed()
            await asyncio.Event().wait()

    async def deaf(self, requests, context):
        """Read no request; answer once `rest` is over."""
        async with self.watched():
            await self.rest.wait()
            return b""

    async def wait(self, request, context):
        """Answer once `rest` is over."""
        async with self.watched():
            await self.rest.wait()
            return request

    async def abort(self, request, context):
        """End as the request says: code, details, trailing metadata."""
        told = json.loads(request)
        code = grpc.StatusCode[told["code"]]
        trailing = tuple(
            (key, bytes(value) if key.endswith("-bin") else value) for key, value in told["trailing"]
        )
        async with self.watched():
            if told.get("first"):
                await context.write(b"first")
            await context.abort(code, told["words"], trailing)

    async def coded(self, request, context):
        """End with a status that is set rather than raised."""
        async with self.watched():
            context.set_code(grpc.StatusCode.DATA_LOSS)
            context.set_details("set, not raised")
            return b"unheard"

    async def raises(self, request, context):
        """Raise an unexpected error."""
        async with self.watched():
            raise RuntimeError("a planted fault")

    async def metadata(self, request, context):
        """Return the metadata that came, and send some."""
        async with self.watched():
            told = [
                [key, value if isinstance(value, str) else list(value)]
                for key, value in context.invocation_metadata()
            ]
            await context.send_initial_metadata((("early", "one"), ("early-bin", b"\x00\xff\x01")))
            context.set_trailing_metadata((("late", "two"), ("late", "three"), ("late-bin", b"\xfe\x00")))
            return json.dumps(told).encode()

    async def pair(self, request, context):
        """Write from several tasks at once."""
        async with self.watched():
            await asyncio.gather(*(context.write(letter * 1000) for letter in (b"a", b"b", b"c")))

    async def late(self, request, context):
        """Write after being cancelled; record if the write is refused."""
        async with self.watched():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                try:
                    await context.write(b"late")
                except grpc.aio.BaseError:
                    self.heard.append(b"refused")
                raise

    async def remaining(self, request, context):
        """Return the seconds until the deadline."""
        async with self.watched():
            return str(context.time_remaining()).encode()

    def handlers(self):
        return {
            "Unary": grpc.unary_unary_rpc_method_handler(self.unary),
            "Wait": grpc.unary_unary_rpc_method_handler(self.wait),
            "Coded": grpc.unary_unary_rpc_method_handler(self.coded),
            "Raises": grpc.unary_unary_rpc_method_handler(self.raises),
            "Metadata": grpc.unary_unary_rpc_method_handler(self.metadata),
            "Remaining": grpc.unary_unary_rpc_method_handler(self.remaining),
            "Abort": grpc.unary_stream_rpc_method_handler(self.abort),
            "Pair": grpc.unary_stream_rpc_method_handler(self.pair),
            "Late": grpc.unary_stream_rpc_method_handler(self.late),
            "Many": grpc.unary_stream_rpc_method_handler(self.many),
            "WrittenMany": grpc.unary_stream_rpc_method_handler(self.written_many),
            "Deaf": grpc.stream_unary_rpc_method_handler(self.deaf),
            "Collect": grpc.stream_unary_rpc_method_handler(self.collect),
            "Chat": grpc.stream_stream_rpc_method_handler(self.chat),
            "Talk": grpc.stream_stream_rpc_method_handler(self.talk),
            "Hang": grpc.stream_stream_rpc_method_handler(self.hang),
        }


async def check(request, context):
    if request.service == "absent":
        await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
    return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)


def health_handler():
    read = health_pb2.HealthCheckRequest.FromString
    write = health_pb2.HealthCheckResponse.SerializeToString
    methods = {"Check": grpc.unary_unary_rpc_method_handler(check, read, write)}
    return grpc.method_handlers_generic_handler("grpc.health.v1.Health", methods)


def our_tasks():
    """Return the tasks of our server; grpc's client has tasks of its own, which it leaves running."""
    codes = [getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks()]
    return [
        code.co_qualname
        for code in codes
        if code is not None and "gateway/rpc/" in code.co_filename and "tests" not in code.co_filename
    ]


@dataclass
class Stage:
    kind: str
    server: object
    service: Service
    port: int

    @property
    def ours(self) -> bool:
        return self.kind == OURS

    def channel(self, *options):
        options = (("grpc.use_local_subchannel_pool", 1), *options)
        return grpc.aio.insecure_channel(f"127.0.0.1:{self.port}", options=options)

    async def calm(self):
        """Wait until nothing is left of earlier calls: no call, no task of the server."""
        await self.service.idle()
        async with asyncio.timeout(20):
            while our_tasks():  # noqa: ASYNC110 a task tells its end only to whoever made it
                await asyncio.sleep(0)

    async def honest(self, times=1):
        """Check that a client on another connection is served."""
        async with self.channel() as channel:
            for _ in range(times):
                assert await channel.unary_unary("/parity.Echo/Unary")(b"honest", timeout=20) == b"honest"


class Theirs:
    """grpc.aio's server."""

    def __init__(self, handshake_s=10.0):
        self._inner = grpc.aio.server(
            options=(
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
                ("grpc.server_handshake_timeout_ms", int(handshake_s * 1000)),
                ("grpc.http2.bdp_probe", 0),
                ("grpc.http2.max_pings_without_data", 0),
                ("grpc.http2.min_ping_interval_without_data_ms", 10),
            )
        )
        self.add_generic_rpc_handlers = self._inner.add_generic_rpc_handlers
        self.stop = self._inner.stop
        reflection.enable_server_reflection(NAMES, self._inner)

    async def listen(self, host, port):
        port = self._inner.add_insecure_port(f"{host}:{port}")
        await self._inner.start()
        return port


def _ours(**changes):
    server = RpcServer(replace(LIMITS, **changes))
    reflection_pb2_grpc.add_ServerReflectionServicer_to_server(
        reflection.aio.ReflectionServicer(NAMES), server
    )
    return server


MAKERS = {THEIRS: Theirs, OURS: _ours}


class _Complaints(logging.Handler):
    """What the server did not expect: errors in its log, or in a callback of the loop."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.told = []

    def emit(self, record):
        raised = record.exc_info[1] if record.exc_info else None
        if not isinstance(raised, ValueError) and "a planted fault" not in str(raised):  # the service's own
            self.told.append(record.getMessage())

    def heard(self, _, context):
        if "PollerCompletionQueue" in context["message"]:
            return  # grpc's own: its clients on all loops share one poller, and may find empty what another has read
        self.told.append(f"{context.get('message')}: {context.get('exception')!r}")


@contextmanager
def no_complaints():
    complaints, log = _Complaints(), logging.getLogger("gateway.rpc")
    asyncio.get_running_loop().set_exception_handler(complaints.heard)
    log.addHandler(complaints)
    try:
        yield
        assert complaints.told == [], complaints.told
    finally:
        log.removeHandler(complaints)


@asynccontextmanager
async def stage(kind, **limits):
    """Run the service on a server of this kind; check that nothing of it is left afterwards, and for ours that there was no complaint."""
    with no_complaints() if kind == OURS else nullcontext():
        async with _served(kind, limits) as built:
            yield built


@asynccontextmanager
async def _served(kind, limits):
    service = Service()
    server = MAKERS[kind](**limits)
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE, service.handlers()), health_handler())
    )
    port = await server.listen("127.0.0.1", 0)
    try:
        yield Stage(kind, server, service, port)
    finally:
        await server.stop(0)
    await service.idle()
    assert our_tasks() == []


on_both = pytest.mark.parametrize("kind", [THEIRS, OURS])
on_ours = pytest.mark.parametrize("kind", [OURS])
"""For tests of what the RFCs ask for and grpc.aio does not do."""
