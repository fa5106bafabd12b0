"""HTTP vendors that are odd, broken or malicious, from the socket to the run: whole speech or an error with a name, at once, and the next run is well."""

import asyncio
import contextlib
import gzip

import pytest

from gateway.upstream import http_answer
from legato.domain.errors import Reason
from legato.domain.events import Failed, Finished, Lost
from legato.domain.facts import BugFound
from legato.domain.speech import Route
from legato.providers.openai import OpenAI
from tests.conformance.stage import pcm, wav
from tests.gateway.upstream.stage import Notes, lines_of, speak, turns

RATE = 24_000
SPEECH, NEXT = pcm(0, 12_000), pcm(12_000, 12_000)
LENGTH = f"Content-Length: {len(SPEECH)}"
CHUNKED = "Transfer-Encoding: chunked"
INVALID, BROKEN_OFF = "the vendor's answer is not valid HTTP", "the vendor's answer broke off"
FILE = wav(RATE, 0, 12_000, size=12_000)


def head(*lines, status="200 OK", version="1.1"):
    return "\r\n".join([f"HTTP/{version} {status}", *lines, "", ""]).encode()


def chunks(data, size=4_001):
    return b"".join(
        b"%x\r\n%s\r\n" % (len(data[at : at + size]), data[at : at + size])
        for at in range(0, len(data), size)
    )


async def spoken_with(answer, *, closes=False, size=0):
    """Speak, with a vendor that gives this answer, and then a good one; return the first run's ear."""
    answers = [head(LENGTH) + NEXT, answer]

    serving = {}

    async def serve(reader, writer):
        serving[asyncio.current_task()] = writer.transport
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while answers:
                asked = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(asked.lower().split(b"content-length:")[1].split()[0]))
                data = answers.pop()
                for at in range(0, len(data), size or len(data)):
                    writer.write(data[at : at + (size or len(data))])
                    await writer.drain()
                if closes:
                    break
            else:
                await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server, notes = await asyncio.start_server(serve, "127.0.0.1", 0), Notes()
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        async with lines_of(OpenAI(url), notes, floor=0) as lines:
            route = Route("test", "alloy")
            ear, _ = await speak(lines, "Hello there.", route=route)
            await turns()  # what comes of this answer is read by then: it could be the next run's
            after, _ = await speak(lines, "Hello there.", route=route)
        assert isinstance(after.events[-1], Finished), after.events[-1]
        assert after.audio == NEXT
        await turns()
        for transport in serving.values():
            transport.abort()
        await asyncio.wait(serving)
    assert notes.of(BugFound) == []
    return ear


@pytest.mark.parametrize("size", [0, 7])
@pytest.mark.parametrize(
    ("answer", "closes"),
    [
        (head(LENGTH) + SPEECH, False),
        (head("Connection: close") + SPEECH, True),
        (head(version="1.0") + SPEECH, True),
        (head(LENGTH, version="1.0") + SPEECH, False),
        (head(LENGTH, "Connection: keep-alive", version="1.0") + SPEECH, False),
        (head(status="100 Continue") + head(status="103 Early Hints") + head(LENGTH) + SPEECH, False),
        (head(CHUNKED) + chunks(SPEECH) + b"0\r\n\r\n", False),
        (head(CHUNKED, "Trailer: X") + chunks(SPEECH, 1) + b"0\r\nX: y\r\n\r\n", False),
        (head(LENGTH).replace(b"\r", b"") + SPEECH, False),
        (head(f"Content-Length: {len(FILE)}", "Content-Type: audio/wav") + FILE, False),
    ],
    ids=[
        "plain", "until it closes", "HTTP/1.0", "HTTP/1.0 with a length", "HTTP/1.0 kept", "interim", "chunks",
        "trailers", "line feeds", "WAV",
    ],
)  # fmt: skip
async def test_what_can_be_heard_is_heard_wherever_it_is_cut(answer, closes, size):
    ear = await spoken_with(answer, closes=closes, size=size)
    assert isinstance(ear.events[-1], Finished), ear.events[-1]
    assert ear.audio == SPEECH


async def test_a_second_answer_that_nobody_asked_for_is_not_heard():
    ear = await spoken_with((head(LENGTH) + SPEECH) * 2)
    assert ear.audio == SPEECH


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "without an answer"),
        (b"\0\xff" * 999, INVALID),
        (head("X: " + "y" * 3_000_000), INVALID),
        (head(*["X: y"] * 99_999, LENGTH) + SPEECH, INVALID),
        (head("Content-Length: -1"), INVALID),
        (head("Content-Length: 1", "Content-Length: 2"), INVALID),
        (head(CHUNKED, "Content-Length: 1") + chunks(SPEECH), INVALID),
        (head(CHUNKED) + chunks(SPEECH) + b"f" * 20 + b"\r\n", INVALID),
        (head(CHUNKED) + chunks(SPEECH) + b"0\r\n" + b"X: y\r\n" * 99_999, INVALID),
        (head(CHUNKED) + chunks(SPEECH), BROKEN_OFF),
        (head(LENGTH) + SPEECH[:-2], BROKEN_OFF),
    ],
    ids=[
        "nothing", "no HTTP", "a long header", "headers", "negative length", "two lengths", "length and chunks",
        "a huge chunk", "a flood of trailers", "no last chunk", "cut",
    ],
)  # fmt: skip
async def test_what_breaks_is_lost_with_its_cause(answer, words):
    end = (await spoken_with(answer or b"\r\n", closes=True)).events[-1]
    assert isinstance(end, Lost)
    assert words in end.message


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (head("Content-Length: 0"), Reason.VENDOR_EMPTY, "without any audio"),
        (head(status="204 No Content"), Reason.VENDOR_EMPTY, "without any audio"),
        (head(LENGTH, "Content-Encoding: gzip") + gzip.compress(SPEECH), Reason.VENDOR_REJECTED, "encoding gzip"),
        (head("Transfer-Encoding: gzip, chunked") + chunks(SPEECH), Reason.VENDOR_REJECTED, "encoding gzip"),
        (head("Content-Type: application/json") + b"{}", Reason.VENDOR_REJECTED, "application/json"),
        (head() + b'{\n  "error": 1\n}', Reason.VENDOR_REJECTED, "sent JSON"),
        (head() + FILE[:36] + b"LIST\xff\xff\xff\x7fdata" + bytes(1 << 20), Reason.VENDOR_REJECTED, "header does not"),
        (head("Location: /", status="308 X"), Reason.VENDOR_REJECTED, "a redirect"),
    ],
    ids=["empty", "204", "gzip", "packed", "JSON", "JSON as bytes", "WAV without sound", "redirect to itself"],
)  # fmt: skip
async def test_what_is_no_speech_is_named(answer, reason, words):
    ear = await spoken_with(answer, closes=True)
    end = ear.events[-1]
    assert isinstance(end, Failed), end
    assert (end.reason, ear.audio) == (reason, b"")
    assert words in end.message


@pytest.mark.parametrize(
    ("lines", "retry_after_s"),
    [
        (("Retry-After: 0.02",), 0.02),
        (("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT", "Date: Wed, 21 Oct 2026 07:28:00 GMT"), 0.0),
        ((CHUNKED, "Retry-After: 0.02"), 0.02),
    ],
    ids=["seconds", "a date", "without an end"],
)
async def test_when_to_come_back_is_told(lines, retry_after_s):
    body = chunks(b"x" * 100_000) if CHUNKED in lines else b"no"
    ear = await spoken_with(head(*lines, status="503 X") + body, closes=CHUNKED not in lines)
    assert ear.events == [Failed(Reason.VENDOR_UNREACHABLE, "openai answered 503", retry_after_s)]


@pytest.mark.parametrize("body", [b"", b'{"error": '], ids=["nothing of it", "a part"])
async def test_a_refusal_whose_body_does_not_come_is_told_as_what_its_head_says(body, monkeypatch):
    """It was a time-out of five seconds, and the vendor's pause was not kept."""
    monkeypatch.setattr(http_answer, "_REFUSAL_S", 0.01)
    ear = await spoken_with(head("Content-Length: 1000", "Retry-After: 0.02", status="429 X") + body)
    assert ear.events == [Failed(Reason.VENDOR_QUOTA, "openai answered 429", 0.02)]
