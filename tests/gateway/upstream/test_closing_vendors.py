"""Vendors that close a connection with the last frame of a run, or right behind it, while others wait for its line: no text is said to it."""

import asyncio
import contextlib
import functools
import json
import ssl
from pathlib import Path

import pytest
import websockets
from websockets.asyncio.server import serve

from gateway.app.vendors import VENDORS
from legato.domain.events import Finished, SaidAgain
from legato.domain.facts import LineDialled
from legato.domain.speech import Route
from legato.domain.text import Reading
from legato.providers.wyoming_frames import Reader, written
from tests.conformance.stage import pcm
from tests.gateway.upstream.stage import Asked, Ear, Notes, lines_of

CERTIFICATES = Path(__file__).parents[1] / "app/tls"
SPEECH = pcm(0, 12_000)
ROUTE = Route("test", "aura")
RUNS = 6


class Talk(Asked):
    """Says its text in the turn in which it gets a line, and gives that back in the turn in which the run ends, as a stream does."""

    def __init__(self, lines, text, over):
        self.ear, self._text, self._over = Ear(), text, over
        super().__init__(lines, self, ROUTE)

    def _ready(self, answer):
        super()._ready(answer)
        answer.say(0, Reading(self._text))
        answer.end_input()

    def heard(self, line, event):
        self.ear.heard(line, event)
        if self.ear.over:
            self._over()
            line.release(clean=True)


def nothing():
    """The vendor does no more once a run's last frame has been read."""


async def talks(name, url, trusted=None, over=nothing):
    """All talk at once, where a single line is allowed."""
    notes = Notes()
    async with lines_of(VENDORS[name](url, {}, {}), notes, warm=False, tls=trusted, ceiling=1) as lines:
        lines.keep_warm(ROUTE, "en")
        await lines.tried()
        talking = [Talk(lines, f"This is number {number}.", over) for number in range(RUNS)]
        ends = [type(await talk.ear.end()) for talk in talking]
        assert ends == [Finished] * RUNS
        assert [talk.ear.audio for talk in talking] == [SPEECH] * RUNS
        assert not any(isinstance(event, SaidAgain) for talk in talking for event in talk.ear.events)
        assert len(notes.of(LineDialled)) >= RUNS


def closing(how, last):
    """A WebSocket's last frames are written together with its close frame, or with the end of the stream; or the end is left to others."""

    async def answer(socket):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for message in socket:
                if json.loads(message)["type"] == "Flush":
                    say_last(socket, how)
                    last.append(socket.transport)

    return answer


def say_last(socket, how):
    protocol = socket.protocol
    protocol.send_binary(SPEECH)
    protocol.send_text(json.dumps({"type": "Flushed", "sequence_id": 0}).encode())
    if how == "close frame":
        protocol.send_close(1001)
    socket.transport.write(b"".join(protocol.data_to_send()))
    if how == "end":
        socket.transport.close()


def certified():
    """A vendor's side of TLS, and whom its gateway trusts."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "certificate.pem", CERTIFICATES / "key.pem")
    return context, ssl.create_default_context(cafile=CERTIFICATES / "certificate.pem")


def end_of(transports, *, secure):
    """End the last of them: that is read by the next turn of the loop."""
    if secure:
        transports[-1].close()
    else:
        transports[-1].write_eof()


@pytest.mark.parametrize("how", ["close frame", "end", "end behind"])
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_r1_a_websocket_that_closes_with_its_run_is_said_nothing(how, secure):
    """Each that waited said its text to it, and counted it twice; one of them lost its run after four such lines."""
    ours, trusted = certified() if secure else (None, None)
    last = []
    over = functools.partial(end_of, last, secure=secure) if how == "end behind" else nothing
    async with serve(closing(how, last), "127.0.0.1", 0, ping_interval=None, ssl=ours) as server:
        port = server.sockets[0].getsockname()[1]
        await talks("deepgram", f"{'wss' if secure else 'ws'}://127.0.0.1:{port}", trusted, over)


@contextlib.asynccontextmanager
async def speaking(answer, tls=None):
    """A server that speaks once on each connection, to what `answer` has read."""

    async def serve_one(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(await answer(reader))
        writer.close()

    async with await asyncio.start_server(serve_one, "127.0.0.1", 0, ssl=tls) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def wyoming(reader):
    events = Reader()
    while not any(event.type == "synthesize" for event in events.read(await reader.read(1 << 16))):
        if reader.at_eof():
            return b""
    form = {"rate": 22_050, "width": 2, "channels": 1}
    chunk = json.dumps({"type": "audio-chunk", "data": form, "payload_length": len(SPEECH)}).encode() + b"\n"
    return written("audio-start", form) + chunk + SPEECH + written("audio-stop")


async def test_r1_a_wyoming_server_that_speaks_once_on_a_connection_is_said_nothing_more():
    async with speaking(wyoming) as where:
        await talks("wyoming", f"tcp://{where}")


@pytest.mark.parametrize(
    "head",
    [
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(SPEECH)}\r\nConnection: close\r\n\r\n",
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(SPEECH)}\r\n\r\n",
        f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{len(SPEECH):x}\r\n",
    ],
    ids=["announced", "not announced", "chunks"],
)
@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_r2_a_request_after_an_answer_that_closes_has_a_line_of_its_own(head, secure):
    """It was given the old one, whose dial then was a part of the run."""

    async def answer(reader):
        asked = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(asked.lower().split(b"content-length:")[1].split()[0]))
        return head.encode() + SPEECH + (b"\r\n0\r\n\r\n" if "chunked" in head else b"")

    ours, trusted = certified() if secure else (None, None)
    async with speaking(answer, ours) as where:
        await talks("openai", f"{'https' if secure else 'http'}://{where}", trusted)
