"""A gateway that follows a script, over both wires, so that the client meets what the test wants.

A script is a coroutine that gets a `Visit`: it reads requests and sends responses, and its return ends the stream normally.
Each script serves one connection; the last serves all further ones.
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import grpc
import grpc.aio
from google.protobuf import json_format
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from legato.v1 import audio_pb2, receipt_pb2, speech_pb2

HEADER = struct.Struct("<BBHIIIQ")
Response = speech_pb2.StreamResponse


class GoneError(Exception):
    """The client has left."""


class Visit:
    """One connection, as the script sees it."""

    def __init__(self, number, key, read, write, hang_up):
        self.number = number
        self.key = key
        self.seen: list[speech_pb2.StreamRequest] = []
        self.acked: list[int] = []
        self._read = read
        self._write = write
        self.hang_up = hang_up
        self._sent = 0
        self._ordinals: dict[str, int] = {}

    async def read(self, kind: str = ""):
        """Return the next request; check its kind, if one is named."""
        request = await self._read()
        while request.acked_server_seq and request.WhichOneof("request") is None:
            self.acked.append(request.acked_server_seq)
            request = await self._read()
        self.seen.append(request)
        got = request.WhichOneof("request")
        assert kind in {"", got}, f"expected {kind}, got {request}"
        return getattr(request, got)

    async def until(self, kind: str):
        """Read up to a request of this kind, and return it."""
        while True:
            message = await self.read()
            if self.seen[-1].WhichOneof("request") == kind:
                return message

    async def send(self, **response):
        """Send a response, given by the name of its kind."""
        self._sent += 1
        await self._write(Response(server_seq=self._sent, **response), self._ordinals)

    async def open(self, **limits):
        opening = await self.read("open")
        limits = speech_pb2.StreamLimits(max_open_utterances=8, max_lead_ms=0, idle_stream_s=0, **limits)
        await self.send(
            opened=speech_pb2.Opened(
                stream_id=f"s{self.number}", format=opening.audio_format, limits=limits, codec_delay=3
            )
        )
        return opening

    async def start(self, utterance_id, ordinal=1, generation=0):
        self._ordinals[utterance_id] = ordinal
        started = speech_pb2.UtteranceStarted(
            utterance_id=utterance_id, ordinal=ordinal, generation=generation
        )
        await self.send(utterance_started=started)

    async def audio(self, utterance_id, data, offset=0):
        await self.send(audio=speech_pb2.Audio(utterance_id=utterance_id, sample_offset=offset, data=data))

    async def finish(self, utterance_id):
        receipt = receipt_pb2.Receipt(
            stages=[
                receipt_pb2.StageTime(stage="text_wait", ms=5),
                receipt_pb2.StageTime(stage="vendor", ms=70),
            ],
            ttfb_ms=75,
            chunks=2,
            audio_samples=4,
            sample_rate_hz=24_000,
            route="joe/joe",
        )
        await self.send(
            utterance_finished=speech_pb2.UtteranceFinished(utterance_id=utterance_id, receipt=receipt)
        )

    async def cancelled(self, utterance_id, heard="", sent_unheard="", never_sent=""):
        await self.send(
            utterance_cancelled=speech_pb2.UtteranceCancelled(
                utterance_id=utterance_id,
                heard=heard,
                sent_unheard=sent_unheard,
                never_sent=never_sent,
                truncate_at_sample=2,
                method=speech_pb2.HEARD_METHOD_PLAYED,
            )
        )

    async def say_all(self, **limits):
        """Act as the usual gateway: every utterance that ends is spoken, with two bytes per character."""
        await self.open(**limits)
        texts: dict[str, str] = {}
        with contextlib.suppress(GoneError):
            while True:
                message = await self.read()
                kind = self.seen[-1].WhichOneof("request")
                if kind == "text":
                    texts[message.utterance_id] = texts.get(message.utterance_id, "") + message.text
                elif kind == "end":
                    text = texts.get(message.utterance_id, "")
                    await self.start(message.utterance_id, ordinal=len(texts) + 1)
                    await self.audio(message.utterance_id, text.encode("utf-16-le"))
                    await self.finish(message.utterance_id)
                elif kind == "cancel":
                    for utterance_id in [message.utterance_id] if message.utterance_id else list(texts):
                        await self.cancelled(utterance_id, never_sent=texts.get(utterance_id, ""))
                elif kind == "ping":
                    await self.send(pong=speech_pb2.Pong(payload=message.payload))


Script = Callable[[Visit], Awaitable[None]]


async def say_all(visit: Visit):
    await visit.say_all()


class Gateway:
    """The scripts, and the visits that they had."""

    def __init__(self, scripts):
        self._scripts = list(scripts)
        self.visits: list[Visit] = []
        self.url = ""
        self.errors: list[Exception] = []

    async def visit(self, key, read, write, hang_up):
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        visit = Visit(len(self.visits) + 1, key, read, write, hang_up)
        self.visits.append(visit)
        try:
            await script(visit)
        except (GoneError, asyncio.CancelledError):
            raise
        except Exception as error:
            self.errors.append(error)
            raise


VOICES = speech_pb2.ListVoicesResponse(
    voices=[
        speech_pb2.Voice(name="joe", languages=["en-US", "en"], description="A man.", ready=True),
        speech_pb2.Voice(name="anna", languages=["de"], ready=False),
    ],
    default_voice="joe",
    formats=[audio_pb2.AudioFormat(encoding=audio_pb2.ENCODING_PCM_S16LE, sample_rate_hz=24_000)],
)
LANGUAGES = speech_pb2.ListLanguagesResponse(languages=[speech_pb2.Language(tag="en", voices=["joe"])])


class _GrpcHandler(grpc.GenericRpcHandler):
    def __init__(self, gateway):
        self._gateway = gateway

    def service(self, details):
        method = details.method.rpartition("/")[2]
        if method == "Stream":
            return grpc.stream_stream_rpc_method_handler(self._stream)
        if method == "ListVoices":
            return grpc.unary_unary_rpc_method_handler(self._voices)
        if method == "ListLanguages":
            return grpc.unary_unary_rpc_method_handler(self._languages)
        return None

    async def _voices(self, request, context):
        wanted = speech_pb2.ListVoicesRequest.FromString(request).language
        if wanted == "xx":
            await context.abort(grpc.StatusCode.PERMISSION_DENIED, "not for you")
        return VOICES.SerializeToString()

    async def _languages(self, request, context):
        return LANGUAGES.SerializeToString()

    async def _stream(self, requests, context):
        metadata = dict(context.invocation_metadata() or ())

        async def read():
            data = await context.read()
            if data is grpc.aio.EOF:
                raise GoneError
            return speech_pb2.StreamRequest.FromString(data)

        async def write(response, _):
            await context.write(response.SerializeToString())

        async def hang_up(code="UNAVAILABLE", message="bye", trailing=()):
            await context.abort(grpc.StatusCode[code], message, trailing_metadata=trailing)

        with contextlib.suppress(GoneError):
            await self._gateway.visit(metadata.get("authorization", ""), read, write, hang_up)


@contextlib.asynccontextmanager
async def over_grpc(*scripts: Script) -> AsyncIterator[Gateway]:
    gateway = Gateway(scripts or (say_all,))
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((_GrpcHandler(gateway),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    gateway.url = f"grpc://127.0.0.1:{port}"
    try:
        yield gateway
    finally:
        await server.stop(0)


def _answer_http(socket, request):
    known = {"/v1/voices": VOICES, "/v1/languages": LANGUAGES}
    path, _, query = request.path.partition("?")
    if query == "language=de":
        only = speech_pb2.ListVoicesResponse(
            voices=[voice for voice in VOICES.voices if voice.name == "anna"]
        )
        return socket.respond(200, json_format.MessageToJson(only))
    if path in known:
        return socket.respond(200, json_format.MessageToJson(known[path]))
    if path == "/text/v1/languages":
        return socket.respond(200, "hello")
    if path == "/healthz":
        return socket.respond(200, '{"ready": true, "voices": ["joe"]}')
    return None if path == "/v1/stream" else socket.respond(404, "no such endpoint")


@contextlib.asynccontextmanager
async def over_websocket(*scripts: Script) -> AsyncIterator[Gateway]:
    gateway = Gateway(scripts or (say_all,))

    async def handle(socket: ServerConnection):
        async def read():
            try:
                frame = await socket.recv()
            except ConnectionClosed:
                raise GoneError from None
            return json_format.Parse(frame, speech_pb2.StreamRequest())

        async def write(response, ordinals):
            try:
                await socket.send(as_frame(response, ordinals))
            except ConnectionClosed:
                raise GoneError from None

        async def hang_up(code=1011, message="", trailing=()):
            await socket.close(code, message)
            raise GoneError

        with contextlib.suppress(GoneError):
            await gateway.visit(socket.request.headers.get("Authorization", ""), read, write, hang_up)

    async with serve(
        handle, "127.0.0.1", 0, process_request=_answer_http, subprotocols=["legato.v1"]
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        gateway.url = f"ws://127.0.0.1:{port}"
        yield gateway


def as_frame(response: speech_pb2.StreamResponse, ordinals) -> str | bytes:
    """Return a response as it is on the native WebSocket: audio is binary."""
    if response.WhichOneof("response") != "audio":
        return json_format.MessageToJson(response, indent=None)
    audio = response.audio
    head = HEADER.pack(
        1,
        1,
        0,
        ordinals.get(audio.utterance_id, 0),
        response.server_seq,
        audio.generation,
        audio.sample_offset,
    )
    return head + audio.data


WIRES = {"grpc": over_grpc, "websocket": over_websocket}
