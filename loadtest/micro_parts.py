"""What is called for every chunk on its way from the vendor to the client, each part alone: microseconds per chunk. Without sockets.

python -m loadtest.bench parts

The benchmark `audio` has the steps of the audio path, `faces` those of the contract, `chunk` the whole way in one.
"""

import asyncio
import base64
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from gateway.servers.fence import Fence
from gateway.telemetry.logs import Logs
from gateway.upstream.gathering import Gathering
from legato.audio.leveller import Leveller
from legato.audio.sketcher import Sketcher
from legato.core.passing import Passage, passage
from legato.core.playback import PlaybackClock
from legato.core.sizer import ChunkSettings, Sizer
from legato.core.state import CoreSettings, StreamState
from legato.core.timeline import Timeline
from legato.core.utterance import Awaited, Run, RunState, Utterance
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.events import Begin, Failed, VendorEvent
from legato.domain.receipt import Stage
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, UtteranceOptions, Voice
from legato.domain.text import Break, Reading, Segment
from legato.ports import Line, LineRequest
from legato.providers.json_frames import audio_of, json_object
from loadtest.micro_relay import RATE_HZ, Relay, Vendor, pcm
from loadtest.rows import Row, Step, measured

CHUNK_S = 0.04
SAMPLES = round(CHUNK_S * RATE_HZ)
_ROUTE = Route("bench", "aura-2-thalia-en")


def rows() -> Iterable[Row]:
    """Return all steps, measured on a running loop."""

    async def on_a_loop() -> list[Row]:
        return list(measured(steps()))

    with Logs("info", "json", io.StringIO()):
        return asyncio.run(on_a_loop())


def steps() -> Iterator[Step]:
    """Yield the steps in the order in which a chunk passes them."""
    data, samples = pcm(40), np.full(SAMPLES, 8_192, np.int16)
    yield Step("a vendor's JSON with 40 ms in base64", json_audio(data))
    yield Step("frames of 20 ms put together, until they are enough", gathered(pcm(20)))
    yield Step("connection, dialect, line: 40 ms as they come", read(data))
    leveller, sketcher = Leveller(RATE_HZ), Sketcher(RATE_HZ, 0)
    leveller.begin_run()
    yield Step("levels, of the first line", lambda: leveller.apply(samples))
    yield Step("a sketch of the sound, one second in turn", lambda: sketcher.push(samples))
    sizer = Sizer(ChunkSettings(), RATE_HZ, -1)
    sizer.offer(SAMPLES, 0.0, complete=False)
    yield Step("sizer: what is written of it", lambda: sizer.offer(SAMPLES, 0.5, complete=False))
    yield Step("sizer: how much more would only wait", lambda: sizer.gatherable(SAMPLES // 2, 0.5))
    yield Step("leave to pass, sizer and clock in it", passed())
    yield Step("playback clock: a write", played())
    yield Step("fence: a chunk, and in turn a mark and its answer", fenced())
    relay = Relay()
    yield Step("face, fence, frame: 40 ms are written", lambda: relay.write(data))


def json_audio(data: bytes) -> Callable[[], object]:
    """Return a call that reads a frame as vendors send it."""
    frame = json.dumps({"type": "chunk", "context_id": "c1", "data": base64.b64encode(data).decode()})
    return lambda: audio_of((json_object(frame) or {})["data"])


def gathered(data: bytes) -> Callable[[], object]:
    """Return a call that gathers frames; on a running loop."""
    gathering = Gathering(lambda _: None)

    def put() -> None:
        if gathering.room <= 0:
            gathering.allow(4 * len(data))
        gathering.put(data)

    return put


class _Nobody:
    """A listener and observer that ignores what it is told."""

    def heard(self, line: Line, event: VendorEvent) -> None:
        """Ignore audio."""

    def note(self, fact: object) -> None:
        """Ignore a fact."""


def read(data: bytes) -> Callable[[], object]:
    """Return a call that takes a frame from the wire to whoever leased the line."""
    vendor = Vendor(lambda: 1_000.0, _Nobody())
    request = LineRequest(_ROUTE, "en", UtteranceOptions(), Principal(), "stream", "utterance", 2_000.0)

    def ready(line: Line | Failed) -> None:
        assert not isinstance(line, Failed), line
        line.say(0, Reading("A sentence of some words."))
        line.end_input()

    vendor.acquire(request, _Nobody(), ready)
    return lambda: vendor.connection.came(data)


def leave() -> Passage:
    """Return leave to pass for an utterance that began to sound at 0 s."""
    voice = Voice("bench", ("en",), (_ROUTE,))
    state = StreamState(
        "s", Principal(), "native", Catalogue({"bench": voice}, "bench"), StreamLimits(), CoreSettings()
    )
    state.audio_format, state.outlet_room_s = AudioFormat(Encoding.PCM_S16LE, RATE_HZ), float("inf")
    sizer = Sizer(ChunkSettings(), state.rate_hz, -1, state.frame_samples)
    options, said = UtteranceOptions(), Reading("Hi.")
    head = Utterance(
        Begin("u"), 1, 2, voice, "en", options, 0.0, Timeline(state.rate_hz), sizer, parts=["Hi."]
    )
    head.run = Run(7, _ROUTE, 0.0, state=RunState.LIVE)
    head.run.awaited.append(Awaited(Segment(0, 0, 3, "Hi.", said, said, Break.SENTENCE), said, 0.0))
    head.stamps.begin(0.0)
    head.stamps.stamp(Stage.WRITE, 0.0)
    head.started, head.ttfa_s, head.audible_at = True, 0.0, 0
    head.written, head.chunks = SAMPLES, 1
    sizer.offer(SAMPLES, 0.0, complete=False)
    track = state.track(0)
    track.clock.wrote(SAMPLES, 0.0)
    track.queue.append(head)
    found = passage(state, track, 7)
    assert found is not None, "nothing is in its way"
    return found


def passed() -> Callable[[], object]:
    """Return a call that passes a chunk each time the one before it has been heard."""
    through, turns = leave(), itertools.count(1)
    return lambda: through.take(SAMPLES, next(turns) * CHUNK_S - 0.001)


def played() -> Callable[[], object]:
    """Return a call that writes to a playback clock at real time."""
    clock, turns = PlaybackClock(RATE_HZ), itertools.count()
    return lambda: clock.wrote(SAMPLES, next(turns) * CHUNK_S)


def fenced() -> Callable[[], object]:
    """Return a call that sends at real time to a client that answers every mark at once."""
    turns = itertools.count()
    fence, serials = Fence(250.0, lambda: next(turns) * CHUNK_S), itertools.count(1)
    fence.hold()

    def sent() -> None:
        if fence.sent(1000 * CHUNK_S):
            serial = next(serials)
            fence.mark(serial)
            fence.answered(serial)

    return sent
