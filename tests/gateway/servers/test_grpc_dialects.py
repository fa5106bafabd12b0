"""A dialect over gRPC, with the house behind it."""

import asyncio
import contextlib
from types import SimpleNamespace

import grpc
import pytest

from gateway.rpc.limits import Limits
from gateway.rpc.server import RpcServer
from gateway.servers.grpc_dialects import CallPage, CallRoute, DialectCallOutlet, GrpcDialects, _end
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.receipt import Receipt
from legato.domain.replies import HeardMethod
from legato.domain.speech import Principal
from legato.faces.errors import bad_frame
from legato.faces.grpc_calls import farewell
from legato.ports import Accepted

FORMAT = AudioFormat(Encoding.PCM_S16LE, 24_000)
SETTINGS = ServerSettings(max_backlog_bytes=10_000)


class Face:
    """Requests are words; each answer is what was said of it."""

    name = "plain"

    def __init__(self, request_id, voices):
        self.headers = {}
        self.voices = voices
        self.begun = False

    def key(self, head):
        return head.headers.get("key", "")

    def open(self, head):
        return Accepted({})

    def parse(self, frame):
        if frame == b"bad":
            return (events.Refused(bad_frame("not that")),)
        begun = () if self.begun else (events.Open("", FORMAT), events.Begin("u"))
        self.begun = True
        return (*begun, events.Text("u", frame.decode()))

    def render(self, reply):
        return (reply.data,) if isinstance(reply, replies.AudioChunk) else ()

    def farewell(self, error):
        return farewell(error, {Reason.IDLE_TIMEOUT: "ABORTED"})


class House:
    """Reception and session in one: says back what it is told, and does as the words say."""

    def __init__(self):
        self.fed = []
        self.keys = []
        self.closed = asyncio.Event()

    def admit(self, key, origin):
        self.keys.append(key)
        if key == "stranger":
            raise SpeechError(Reason.UNAUTHENTICATED, "who are you")
        return Principal()

    def open(self, principal, face, outlet, alarm):
        self.outlet = outlet
        return self

    def drained(self):
        pass

    def feed(self, event):
        self.fed.append(event)
        if isinstance(event, events.Text):
            self.told(event.text)
        elif isinstance(event, events.Refused):
            self.outlet.write(replies.StreamError(event.error))
        elif isinstance(event, events.HalfClosed):
            self.outlet.write(replies.UtteranceFinished("u", Receipt()))
            self.outlet.close(None)
        elif isinstance(event, events.Closed):
            self.closed.set()

    def told(self, word):
        if word == "fail":
            failed = SpeechError(Reason.VENDOR_QUOTA, "no more")
            self.outlet.write(replies.UtteranceFailed("u", failed, "", Receipt()))
        elif word == "finish":
            self.outlet.write(replies.UtteranceFinished("u", Receipt()))
        elif word == "all":
            self.outlet.write(replies.UtteranceFinished("u", Receipt()))
            self.outlet.close(None)
        elif word == "cancel":
            method = HeardMethod.WRITE_TIMES
            self.outlet.write(replies.UtteranceCancelled("u", "", "", "", 0, method, Receipt()))
        elif word == "much":
            for _ in range(20):
                self.say(bytes(1_000))
        else:
            self.say(word.encode())

    def say(self, data):
        self.outlet.write(replies.AudioChunk("u", 1, 0, 0, data))


class Directory:
    def names(self):
        return ["anna"]

    def voices(self):
        return [SimpleNamespace(voice=SimpleNamespace(name="anna"))]


ROUTES = (
    CallRoute("/plain.Speech/Stream", Face),
    CallRoute("/plain.Speech/Single", Face, single=True),
    CallPage("/plain.Speech/List", Face, lambda directory: directory.voices()[0].voice.name.encode()),
)


@contextlib.asynccontextmanager
async def serving(**more):
    house = House()
    streams = Streams(house, SimpleNamespace(note=lambda fact: None), asyncio.get_running_loop().time)
    server = RpcServer(Limits())
    server.add_generic_rpc_handlers((GrpcDialects(SETTINGS, streams, Directory(), ROUTES, **more),))
    port = await server.listen("127.0.0.1", 0)
    try:
        async with asyncio.timeout(10), grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield house, channel
    finally:
        await server.stop(None)


async def answered(call):
    """All messages, the status and its words."""
    messages = []
    with contextlib.suppress(grpc.aio.AioRpcError):
        while (message := await call.read()) is not grpc.aio.EOF:
            messages.append(message)
    return messages, await call.code(), await call.details()


def stream(channel, *requests, **metadata):
    return channel.stream_stream("/plain.Speech/Stream")(iter(requests), metadata=tuple(metadata.items()))


async def test_requests_go_in_answers_come_out_and_the_end_is_good():
    async with serving() as (house, channel):
        told = await answered(stream(channel, b"one", b"two", key="k"))
        assert told == ([b"one", b"two"], grpc.StatusCode.OK, "")
        assert [type(event) for event in house.fed][-2:] == [events.HalfClosed, events.Closed]
        assert house.keys == ["k"]


@pytest.mark.parametrize(
    ("word", "code", "words"),
    [
        (b"fail", grpc.StatusCode.RESOURCE_EXHAUSTED, "no more"),
        (b"bad", grpc.StatusCode.INVALID_ARGUMENT, "not that"),
        (b"cancel", grpc.StatusCode.CANCELLED, "the speech was cancelled"),
        (b"finish", grpc.StatusCode.ABORTED, "no more text came"),
    ],
)
async def test_errors_are_the_status_of_the_call_in_the_faces_words(word, code, words):
    async with serving() as (house, channel):
        call = channel.stream_stream("/plain.Speech/Stream")()
        await call.write(word)
        assert await answered(call) == ([], code, words)
        assert isinstance(house.fed[-1], events.Closed)


async def test_a_single_request_is_the_whole_of_it():
    async with serving() as (_, channel):
        call = channel.unary_stream("/plain.Speech/Single")(b"all")
        assert await answered(call) == ([], grpc.StatusCode.OK, "")


async def test_nobody_is_let_in_without_a_key():
    async with serving() as (house, channel):
        told = await answered(stream(channel, b"one", key="stranger"))
        assert told == ([], grpc.StatusCode.UNAUTHENTICATED, "who are you")
        metadata = (("key", "stranger"),)
        for method in ("Single", "List"):
            call = channel.unary_unary(f"/plain.Speech/{method}")(b"", metadata=metadata)
            with pytest.raises(grpc.aio.AioRpcError):
                await call
            assert await call.code() is grpc.StatusCode.UNAUTHENTICATED
        assert house.fed == []


async def test_what_can_be_spoken_is_told():
    async with serving() as (_, channel):
        assert await channel.unary_unary("/plain.Speech/List")(b"") == b"anna"


async def test_other_methods_are_others():
    async with serving() as (_, channel):
        call = channel.unary_unary("/plain.Speech/Other")(b"")
        with pytest.raises(grpc.aio.AioRpcError):
            await call
        assert await call.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_call_is_met_before_it_is_served():
    met = []

    async def meet(route, head, context):
        met.append((route.method, head.headers["key"]))

    async with serving(meet=meet) as (_, channel):
        await answered(stream(channel, b"one", key="k"))
        await channel.unary_unary("/plain.Speech/List")(b"", metadata=(("key", "k"),))
    assert met == [("/plain.Speech/Stream", "k"), ("/plain.Speech/List", "k")]


async def test_r29_a_client_that_cancels_is_gone():
    async with serving() as (house, channel):
        call = channel.stream_stream("/plain.Speech/Stream")()
        await call.write(b"one")
        assert await call.read() == b"one"
        call.cancel()
        await house.closed.wait()
        assert not any(isinstance(event, events.HalfClosed) for event in house.fed)


class Gone:
    """Its client is gone."""

    async def abort(self, code, words, trailing):
        raise grpc.aio.UsageError("RPC already finished.")


async def test_answers_that_pile_up_end_the_call():
    streams = Streams(House(), SimpleNamespace(note=lambda fact: None), asyncio.get_running_loop().time)
    outlet = DialectCallOutlet(streams, Face("r", ()), 10, lambda message, gone: False, ended=False)
    outlet.write(replies.AudioChunk("u", 1, 0, 0, bytes(20)))
    assert (await outlet.written()).reason is Reason.OVERLOADED


async def test_a_client_that_has_gone_is_told_nothing():
    with pytest.raises(asyncio.CancelledError):
        await _end(Gone(), Face("r", ()), bad_frame("late"))
