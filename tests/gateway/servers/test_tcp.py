import asyncio
import socket
from contextlib import asynccontextmanager
from functools import partial

import pytest

from gateway.servers.settings import Address, ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.tcp import TURN_BYTES, TcpServer
from legato.domain import events
from legato.domain.errors import Reason, SpeechError
from legato.domain.facts import BugFound, MessageRefused
from legato.faces.wyoming import WyomingSpeech
from legato.faces.wyoming_frames import FrameReader, frame
from legato.ports import Refusal
from tests.gateway.servers.stage import FactList, ScriptedReception, TwoVoices

FREE = Address("127.0.0.1", 0)


class Client:
    """Reads frames, and only when told to."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self._frames, self._ready = FrameReader(), []

    def say(self, kind, **data):
        self.writer.write(frame(kind, data))

    async def hear(self):
        """The next frame; `None` at the end."""
        while not self._ready:
            data = await self.reader.read(1 << 16)
            if not data:
                return None
            self._ready += self._frames.feed(data)
        return self._ready.pop(0)

    async def until(self, kind):
        heard = []
        while not heard or heard[-1].kind != kind:
            message = await self.hear()
            assert message is not None, f"closed after {heard}"
            heard.append(message)
        return heard


class Wire:
    def __init__(self, **changes):
        self.reception, self.observer = ScriptedReception(), FactList()
        self.key = ""
        loop = asyncio.get_running_loop()
        self.streams = Streams(self.reception, self.observer, loop.time)
        self.server = TcpServer(ServerSettings(**changes), self.streams, self._face)
        self.port = 0
        self.refuses = None
        self._writers = []

    def _face(self):
        face = self.face = WyomingSpeech(TwoVoices(), self.key)
        if self.refuses is not None:
            face.open = lambda head: self.refuses
        return face

    async def client(self, **options):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, **options)
        self._writers.append(writer)
        return Client(reader, writer)

    def hang_up(self):
        for writer in self._writers:
            writer.close()


@asynccontextmanager
async def wire(**changes):
    built = Wire(**changes)
    built.port = await built.server.start(FREE)
    try:
        yield built
        assert not [fact for fact in built.observer.facts if isinstance(fact, BugFound)]
    finally:
        built.hang_up()
        built.streams.abandon()
        await built.server.stop(0.0)


async def test_a_text_is_spoken_over_a_bare_connection():
    async with wire() as built:
        client = await built.client()
        client.say("describe")
        assert (await client.until("info"))[0].data["tts"]
        client.say("synthesize", text="abc")
        heard = await client.until("audio-stop")
        assert [m.kind for m in heard] == ["audio-start", *["audio-chunk"] * 3, "audio-stop"]
        assert built.reception.knocks == [("", "")]
        assert (await built.reception.session()).face == "wyoming"


async def test_bytes_may_be_cut_anywhere():
    async with wire() as built:
        client = await built.client()
        client.writer.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in frame("synthesize", {"text": "ab"}):
            client.writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert len(await client.until("audio-stop")) == 4


async def test_what_is_sent_at_once_is_heard_in_turns_and_whole():
    """A thousand questions: each is answered, and between any two parts of them the loop has been elsewhere."""
    async with wire() as built:
        client, turns, heard = await built.client(), [0], []
        receive, loop = WyomingSpeech.parse, asyncio.get_running_loop()

        def parse(face, data):
            heard.append((len(data), turns[0]))
            return receive(face, data)

        def turn():
            turns[0] += 1
            loop.call_soon(turn)

        built.face.parse = partial(parse, built.face)
        loop.call_soon(turn)
        for _ in range(1_000):
            client.say("ping", text="x" * 20)
        for _ in range(1_000):
            assert (await client.hear()).kind == "pong"
        assert max(size for size, _ in heard) <= TURN_BYTES
        assert len({at for _, at in heard}) == len(heard) > 10


async def test_a_client_that_hangs_up_ends_its_session():
    async with wire() as built:
        client = await built.client()
        client.say("synthesize", text="endless")
        await client.until("audio-chunk")
        client.writer.close()
        session = await built.reception.session()
        await session.until(lambda s: s.closed)
        await built.streams.empty()


async def test_an_end_of_input_is_a_hang_up_too():
    async with wire() as built:
        client = await built.client()
        client.say("synthesize-start")
        client.writer.write_eof()
        await (await built.reception.session()).until(lambda s: s.closed)
        assert await client.hear() is None


async def test_a_slow_reader_pauses_the_speech_and_gets_every_byte():
    async with wire() as built:
        client = await built.client(limit=1024)
        client.say("synthesize", text="x" * 2000)
        session = await built.reception.session()
        await session.until(lambda s: s.written_samples > 0)
        assert session.outlet.paused
        before = session.written_samples
        assert before < 2000 * session.chunk_samples
        heard = await client.until("audio-stop")
        assert len(heard) == 2002


async def test_who_asks_and_does_not_read_is_cut():
    async with wire(max_backlog_bytes=1000) as built:
        client = await built.client(limit=1024)
        client.say("synthesize", text="endless")
        session = await built.reception.session()
        await session.until(lambda s: s.outlet.paused)
        while not session.closed:
            client.say("describe")
            await asyncio.sleep(0)


@pytest.mark.parametrize("full", [True, False])
async def test_who_is_not_let_in_is_told_why(full):
    async with wire() as built:
        built.key = "" if full else "wrong"
        if full:
            built.reception.full = SpeechError(Reason.OVERLOADED, "full")
        client = await built.client()
        told = await client.hear()
        assert (told.kind, told.data["code"]) == ("error", "overloaded" if full else "unauthenticated")
        assert built.observer.facts == [MessageRefused("", Reason(told.data["code"]), "wyoming")]
        assert await client.hear() is None


async def test_a_face_may_refuse_as_well():
    async with wire() as built:
        built.refuses = Refusal(400, {}, frame("error", {"text": "no"}), Reason.BAD_FRAME)
        client = await built.client()
        assert (await client.hear()).data == {"text": "no"}
        assert built.observer.facts == [MessageRefused("", Reason.BAD_FRAME, "wyoming")]
        assert await client.hear() is None
        assert built.reception.sessions == []


async def test_nonsense_is_told_and_closes():
    async with wire() as built:
        client = await built.client()
        client.writer.write(b"GET / HTTP/1.1\r\n\r\n")
        assert (await client.hear()).data["code"] == "bad_frame"
        assert await client.hear() is None


async def test_a_bug_ends_this_connection_alone():
    built = Wire()
    built.port = await built.server.start(FREE)
    try:
        other, client = await built.client(), await built.client()
        client.say("synthesize", text="!raise")
        assert (await client.until("error"))[-1].data["code"] == "internal"
        assert await client.hear() is None
        assert [type(fact).__name__ for fact in built.observer.facts] == ["BugFound"]
        other.say("ping", text="a")
        assert (await other.hear()).data == {"text": "a"}
    finally:
        built.hang_up()
        await built.server.stop(0.0)


async def test_a_connection_on_which_nothing_moves_is_closed():
    async with wire(tcp_idle_s=0.05) as built:
        client = await built.client()
        assert (await client.hear()).data["code"] == "idle_timeout"
        assert await client.hear() is None


async def test_the_end_of_the_server_is_the_end_of_its_connections():
    async with wire() as built:
        client = await built.client(limit=1024)
        client.say("synthesize", text="endless")
        session = await built.reception.session()
        await session.until(lambda s: s.outlet.paused)
        built.streams.drain(1.0)
        assert session.heard(events.Drain)
        built.streams.abandon()
        await built.server.stop(0.01)
        assert session.closed
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", built.port)


async def test_a_client_that_reads_nothing_while_it_is_closed_is_cut(monkeypatch):
    monkeypatch.setattr("gateway.servers.tcp._CLOSE_S", 0.01)
    async with wire() as built:
        client = await built.client(limit=1024)
        client.say("synthesize", text="endless")
        session = await built.reception.session()
        await session.until(lambda s: s.outlet.paused)
        session.outlet.close(None)
        session.outlet.close(None)
        assert session.outlet.paused
        await session.until(lambda s: s.closed)


async def test_a_server_that_never_started_can_be_stopped():
    built = Wire()
    await built.server.stop(0.0)


async def test_the_socket_is_tuned():
    async with wire() as built:
        await built.client()
        session = await built.reception.session()
        sock = session.outlet._transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_a_face_is_made_for_each_connection():
    make = partial(WyomingSpeech, TwoVoices())
    assert make() is not make()
