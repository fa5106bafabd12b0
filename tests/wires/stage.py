"""A stage for the rules on both wires: the real servers on loopback, the real session and core, a scripted voice on the running loop.

The voice is that of the plays: every sample tells which character it speaks. Clients send and read bytes, without our client library.
"""

import asyncio
import struct
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import count

import grpc
import grpc.aio
import numpy as np
from google.protobuf import json_format

from gateway.app.reception import Reception
from gateway.servers.servers import Backstage, Servers
from gateway.session.services import SessionServices
from legato.core.state import CoreSettings
from legato.domain.facts import BugFound
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, Voice
from legato.v1 import audio_pb2, speech_pb2
from tests.gateway.servers import stage as servers_stage
from tests.gateway.servers.sockets import BINARY, CLOSE, HEADER, TEXT, RawSocket
from tests.plays.world import CHAR_MS, RATE, PlainFront, Script
from tests.plays.world import World as VirtualWorld

METHOD = "/legato.v1.SpeechService/Stream"
PER_CHAR = RATE * CHAR_MS // 1000
TERMINAL = {"utterance_finished", "utterance_cancelled", "utterance_failed"}
NUMBERED = 32_000
"""The voices number their characters in the samples, and begin anew after this many."""
PATIENCE_S = 30
"""Nothing takes nearly this long; without it a hang would not be reported with the name of its test."""


class LoopClock:
    """The plays' clock in real time, on the running loop."""

    @property
    def now(self):
        return time.monotonic()

    def at(self, when, do):
        asyncio.get_running_loop().call_later(max(when - self.now, 0.0), do)


class Stage:
    """Servers, and what their voices were asked. Implements `ports.Lines`, and is the world of the plays' lines."""

    acquire = VirtualWorld.acquire
    warm = VirtualWorld.warm

    def __init__(self, *, scripts=None, voices=None, limits=None, core=None, front_ends=None):
        self.clock = LoopClock()
        self.scripts = scripts or {"one": Script(first_s=0.0, speed=0.0)}
        self.chars, self.sent, self.warmed, self.released, self.lines, self.errors = [], [], [], [], [], []
        self.spoken_chars = self.deaths = self.leased = self.line_pauses = 0
        self.observer = servers_stage.FactList()
        routes = tuple(Route(name, "v") for name in self.scripts)
        voices = voices or {"joe": Voice("joe", ("en",), routes)}
        numbers = count(1)
        services = SessionServices(
            lines=self,
            observer=self.observer,
            clock=time.monotonic,
            catalogue=Catalogue(voices, next(iter(voices))),
            limits=limits or StreamLimits(),
            front_ends=front_ends or (lambda *_: PlainFront()),
            stream_ids=lambda: f"s{next(numbers)}",
            core=core or CoreSettings(),
        )
        self.reception = Reception(services, None, Principal(), (), 1000)
        self.servers = Servers(
            replace(servers_stage.SETTINGS, admin=None),
            Backstage(
                self.reception,
                servers_stage.FlagHealth(),
                servers_stage.TwoVoices(),
                self.observer,
                lambda accept: (b"", "text/plain"),
            ),
        )

    async def until(self, condition):
        """Wait until a condition holds; the voices do not tell when something changes, so it is polled."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():  # noqa: ASYNC110 - the condition is about the state of others: there is no event to set
                await asyncio.sleep(0.002)

    @property
    def bugs(self):
        return [fact for fact in self.observer.facts if isinstance(fact, BugFound)]

    def facts(self, kind):
        return [fact for fact in self.observer.facts if isinstance(fact, kind)]

    def client(self, wire):
        return GrpcClient(self) if wire == "grpc" else WebSocketClient(self)


@asynccontextmanager
async def stage(**made):
    """Run a stage; check at the end that there was no bug and that every line was given back."""
    built = Stage(**made)
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: built.errors.append(context))
    async with built.servers:
        try:
            yield built
        except AssertionError as error:
            error.add_note(f"bugs: {built.bugs}; errors: {built.errors}")
            raise
        await built.until(lambda: not len(built.servers.streams))
        assert not built.bugs
        assert built.leased == 0
        assert built.reception.open_streams == 0
    assert not built.errors


class Client:
    """One raw client: `send` takes the fields of a `StreamRequest`; `read` returns a `StreamResponse`, or None at the end."""

    def __init__(self, on):
        self.stage = on
        self.heard = []
        self.end = None

    async def open(self, **more):
        form = audio_pb2.AudioFormat(encoding="ENCODING_PCM_S16LE", sample_rate_hz=RATE)
        await self.send(open=speech_pb2.Open(audio_format=form, **{"max_lead_ms": -1, **more}))
        await self.until("opened")
        return self

    async def text(self, name, text):
        await self.send(text={"utterance_id": name, "text": text})

    async def speak(self, name, text):
        await self.text(name, text)
        await self.send(end={"utterance_id": name})

    async def read(self):
        async with asyncio.timeout(PATIENCE_S):
            message = await self._read()
        if message is not None:
            self.heard.append(message)
        return message

    async def until(self, kind, name=None):
        """Return the next message of this kind, about this utterance if one is named."""
        while (message := await self.read()) is not None:
            if message.WhichOneof("response") == kind and name in {None, about(message)}:
                return getattr(message, kind)
        raise AssertionError(f"the stream ended ({self.end}) before {kind} {name or ''}: {self.kinds()[-5:]}")

    async def rest(self):
        """Read to the end of the stream."""
        while await self.read() is not None:
            pass

    async def ended(self, *names):
        """Read until all of these have their terminal event."""
        while not set(names) <= set(self.terminals()):
            assert await self.read() is not None, (names, self.kinds()[-5:], self.end)

    def kinds(self):
        return [message.WhichOneof("response") for message in self.heard]

    def of(self, kind):
        return [getattr(m, kind) for m in self.heard if m.WhichOneof("response") == kind]

    def samples(self, name=None):
        data = b"".join(a.data for a in self.of("audio") if name in {None, a.utterance_id})
        return np.frombuffer(data, dtype="<i2")

    def said(self, name=None):
        """Return the characters that were heard; fewer than `NUMBERED` may have been spoken since."""
        values, chars = self.samples(name), self.stage.chars
        edges = np.flatnonzero(np.diff(values)) + 1

        def char(value):
            rounds = (len(chars) - value) // NUMBERED
            return chars[rounds * NUMBERED + value - 1]

        return "".join(
            char(int(run[0])) * max(round(len(run) / PER_CHAR), 1)
            for run in np.split(values, edges)
            if len(run) >= PER_CHAR // 4  # anything shorter is a ramp at a seam
        )

    def terminals(self):
        ends = {}
        for message in self.heard:
            if message.WhichOneof("response") in TERMINAL:
                ends.setdefault(about(message), []).append(message.WhichOneof("response"))
        return ends

    def check(self):
        """Check what holds for every conversation: one end for each utterance, nothing after it, one unbroken sample clock per track."""
        over, tracks, at, sounded = set(), {}, {}, {}
        for number, message in enumerate(self.heard, 1):
            kind, name = message.WhichOneof("response"), about(message)
            assert message.server_seq == number
            if kind == "utterance_started":
                started = message.utterance_started
                tracks[name] = started
                assert started.start_sample == at.get(started.track, 0)
            elif kind == "audio":
                started = tracks[name]
                assert name not in over, "audio after the terminal event"
                assert message.audio.generation == started.generation
                assert message.audio.sample_offset == at.get(started.track, 0)
                samples = len(message.audio.data) // 2
                at[started.track] = message.audio.sample_offset + samples
                sounded[name] = sounded.get(name, 0) + samples
            elif kind in TERMINAL:
                assert name not in over, "a second terminal event"
                over.add(name)
                receipt = getattr(message, kind).receipt
                assert receipt.audio_samples == sounded.get(name, 0)


def about(message):
    """Return the id of the utterance that a message is about."""
    return getattr(getattr(message, message.WhichOneof("response")), "utterance_id", "")


class GrpcClient(Client):
    """A call in bytes, on a channel of its own, which acknowledges what it has read."""

    async def __aenter__(self):
        self.channel = grpc.aio.insecure_channel(
            f"127.0.0.1:{self.stage.servers.grpc_port}", options=[("grpc.use_local_subchannel_pool", 1)]
        )
        self.call = self.channel.stream_stream(METHOD)()
        # Not `call.read`: it gives nothing more once an acknowledgement could not be written, though the rest of a call that was ended is there.
        self.answers = aiter(self.call)
        return self

    async def __aexit__(self, *_):
        self.call.cancel()
        await self.channel.close()

    async def send(self, **fields):
        await self.call.write(speech_pb2.StreamRequest(**fields).SerializeToString())

    async def send_garbage(self, data):
        await self.call.write(data)

    async def bad_utf8(self, name):
        inner = b"\x0a\x01" + name.encode() + b"\x12\x02\xff\xfe"
        await self.call.write(b"\x22" + bytes([len(inner)]) + inner)

    async def no_more(self):
        await self.call.done_writing()

    async def vanish(self):
        self.call.cancel()

    async def _read(self):
        try:
            data = await anext(self.answers, None)
        except (grpc.aio.AioRpcError, asyncio.CancelledError):
            data = None
        if data is None:
            self.end = (await self.call.code()).name
            return None
        message = speech_pb2.StreamResponse.FromString(data)
        if not self.call.done():
            # The call, or its input, may have ended in between.
            with suppress(asyncio.InvalidStateError, grpc.aio.AioRpcError):
                await self.send(acked_server_seq=message.server_seq)
        return message


class WebSocketClient(Client):
    """WebSocket frames on a plain socket; pings are answered when they are read."""

    async def __aenter__(self):
        self.socket = await RawSocket.connect(self.stage.servers.http_port)
        self.names = {}
        return self

    async def __aexit__(self, *_):
        RawSocket.opened.remove(self.socket)
        self.socket.close()

    async def send(self, **fields):
        message = speech_pb2.StreamRequest(**fields)
        self.socket.write(TEXT, json_format.MessageToJson(message, indent=None).encode())

    async def send_garbage(self, data):
        self.socket.write(BINARY, data)

    async def bad_utf8(self, name):
        self.socket.write(TEXT, b'{"text": {"utteranceId": "' + name.encode() + b'", "text": "\xff\xfe"}}')

    async def no_more(self):
        """Do nothing: the wire has no half-close, so the client just sends no more."""

    async def vanish(self):
        self.socket.writer.transport.abort()

    async def _read(self):
        try:
            frame = await self.socket.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.end = self.end or "lost"
            return None
        if frame.kind == CLOSE:
            self.end = struct.unpack(">H", frame.data[:2])[0]
            return None
        if frame.kind == TEXT:
            message = json_format.Parse(frame.data, speech_pb2.StreamResponse())
            if message.WhichOneof("response") == "utterance_started":
                self.names[message.utterance_started.ordinal] = message.utterance_started.utterance_id
            return message
        _, _, _, ordinal, seq, generation, offset = HEADER.unpack_from(frame.data)
        message = speech_pb2.StreamResponse(server_seq=seq)
        message.audio.utterance_id = self.names[ordinal]
        message.audio.generation = generation
        message.audio.sample_offset = offset
        message.audio.data = frame.data[HEADER.size :]
        return message
