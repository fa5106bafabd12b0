"""WebSocket vendors that are odd, broken or malicious, from the socket to the run: whole speech or an error with a name, and the next run is well."""

import contextlib
import json

import pytest
import websockets
from websockets.asyncio.server import serve

from legato.domain.errors import Reason
from legato.domain.events import Failed, Finished, Lost
from legato.domain.facts import BugFound
from legato.domain.speech import Route
from legato.providers.deepgram import DeepgramV1
from tests.conformance.stage import pcm
from tests.gateway.upstream.stage import Notes, lines_of, speak, turns

SPEECH, NEXT = pcm(0, 12_000), pcm(12_000, 12_000)
FLUSHED = json.dumps({"type": "Flushed", "sequence_id": 0})
NO_OBJECT = "a frame that is not a JSON object"


def cut(size, data=SPEECH):
    return [data[at : at + size] for at in range(0, len(data), size)]


async def spoken_with(*frames):
    """Speak, with a vendor that sends this for a flush, and then what is good; a number closes, a list is one message in parts."""
    answers = [(NEXT, FLUSHED), frames]

    async def answer(socket):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for message in socket:
                if json.loads(message).get("type") == "Flush":
                    for frame in answers.pop():
                        await (socket.close(frame) if isinstance(frame, int) else socket.send(frame))

    notes = Notes()
    async with serve(answer, "127.0.0.1", 0, ping_interval=None) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with lines_of(DeepgramV1(url), notes, floor=0) as lines:
            ear, _ = await speak(lines, "Hello there.", route=Route("test", "aura"))
            await turns()  # what comes of this answer is read by then: it could be the next run's
            after, _ = await speak(lines, "Hello there.", route=Route("test", "aura"))
    assert isinstance(after.events[-1], Finished), after.events[-1]
    assert after.audio == NEXT
    assert notes.of(BugFound) == []
    return ear


@pytest.mark.parametrize(
    "frames",
    [
        [b""] * 1_000 + [SPEECH, b"", FLUSHED],
        [*cut(3), FLUSHED],
        [cut(1_001), [FLUSHED[:5], FLUSHED[5:]]],
        [SPEECH, FLUSHED, FLUSHED],
        [SPEECH, FLUSHED, b"\1\2" * 999],
        [SPEECH, FLUSHED, FLUSHED, SPEECH, FLUSHED],
        [SPEECH, FLUSHED, 1_000],
        [json.dumps({"type": 7}), "{}", SPEECH, FLUSHED],
        ['{"type": "' + "x" * 15_000_000 + '"}', SPEECH, FLUSHED],
    ],
    ids=[
        "empty frames", "odd bytes", "in parts", "two ends", "audio after the end", "all twice", "closed after it",
        "unknown events", "a huge event",
    ],
)  # fmt: skip
async def test_what_can_be_heard_is_heard_once(frames):
    ear = await spoken_with(*frames)
    assert isinstance(ear.events[-1], Finished), ear.events[-1]
    assert ear.audio == SPEECH


@pytest.mark.parametrize(
    ("frames", "reason", "words"),
    [
        ([FLUSHED], Reason.VENDOR_EMPTY, "without any audio"),
        ([FLUSHED, SPEECH, FLUSHED], Reason.VENDOR_EMPTY, "without any audio"),
        (["{"], Reason.VENDOR_REJECTED, NO_OBJECT),
        (["[1]"], Reason.VENDOR_REJECTED, NO_OBJECT),
        (["[" * 100_000], Reason.VENDOR_REJECTED, NO_OBJECT),
        (['{"a":' * 100_000], Reason.VENDOR_REJECTED, NO_OBJECT),
        ([json.dumps({"type": "Error", "err_code": "X"})], Reason.VENDOR_UNREACHABLE, "an error (X)"),
        ([1_011], Reason.VENDOR_UNREACHABLE, "with 1011"),
    ],
    ids=["only the end", "the end first", "no JSON", "a list", "depth", "deep objects", "an error", "1011"],
)
async def test_what_is_no_speech_is_named(frames, reason, words):
    end = (await spoken_with(*frames)).events[-1]
    assert isinstance(end, Failed), end
    assert end.reason is reason
    assert words in end.message


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([SPEECH[:6_000], 1_000], "with 1000"),
        ([4_000], "with 4000"),
        ([b"\0" * (16 << 20) + b"\0"], "more than 16 MiB"),
        ([[bytes(1 << 20)] * 17], "more than 16 MiB"),
    ],
    ids=["1000", "4000", "a huge frame", "a huge message"],
)
async def test_what_breaks_is_lost_with_its_cause(frames, words):
    end = (await spoken_with(*frames)).events[-1]
    assert isinstance(end, Lost), end
    assert words in end.message


async def test_audio_that_comes_after_the_end_costs_its_connection_and_the_rest_of_it_is_nobodys():
    """A second answer was still being sent when the next run began: with no name on it, it was heard as that one's."""

    async def answer(socket):
        rest: tuple[bytes, ...] = ()
        with contextlib.suppress(websockets.ConnectionClosed):
            async for message in socket:
                if json.loads(message).get("type") == "Flush":
                    for frame in (*rest, NEXT, FLUSHED, *cut(1_000)[:2]):
                        await socket.send(frame)
                    rest = tuple(cut(1_000)[2:])

    async with serve(answer, "127.0.0.1", 0, ping_interval=None) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with lines_of(DeepgramV1(url), floor=0) as lines:
            for _ in range(3):
                ear, _ = await speak(lines, "Hello there.", route=Route("test", "aura"))
                assert isinstance(ear.events[-1], Finished)
                assert ear.audio == NEXT
                await turns()
