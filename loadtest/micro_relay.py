"""What a chunk costs within the gateway, from the vendor's frame to the client's: everything but the sockets."""

import asyncio
import io
import itertools
import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from gateway.app.config.settings import load
from gateway.app.house import House
from gateway.app.process import tune_collector
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.websocket import WebSocketOutlet
from gateway.session.services import SessionServices
from gateway.session.session import Session
from gateway.telemetry.logs import Logs
from gateway.upstream.connection import Connection
from gateway.upstream.keeper import MovableLine, Replacement
from gateway.upstream.line import LeasedLine
from legato.domain.events import Failed, Finished, Lost
from legato.domain.facts import RunWait
from legato.domain.replies import AudioChunk
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.vendors import Outgoing, VendorLimits
from legato.faces.native import NativeWebSocket
from legato.ports import Alarm, Clock, LineListener, LineRequest, Observer, OnReady, Outlet
from legato.providers.deepgram import DeepgramV1
from loadtest.rows import Row, Step, measured

RATE_HZ = 24_000
ENV = {
    "LEGATO_PROVIDERS": '{"bench": {"dialect": "deepgram"}}',
    "LEGATO_VOICES": '{"bench": {"routes": [{"provider": "bench", "voice": "aura-2-thalia-en"}]}}',
}
OPEN = '{"open":{"voice":"bench","audioFormat":{"encoding":"ENCODING_PCM_S16LE","sampleRateHz":24000},"maxLeadMs":-1}}'
TEXT = '{"text":{"utteranceId":"u%d","text":%s}}'
END = '{"end":{"utteranceId":"u%d"}}'
FLUSH = '{"type":"Flush"}'
SENTENCE = "A sentence of some words that the voice is to speak."


CHUNKS = 150
"""Chunks of 20 ms in an utterance of 3 s."""
AWAKE_EVERY = 3
"""Chunks that usually come in one read at the sockets."""
_CACHES = np.zeros(8 * 2**20, np.uint8)
"""More than the first- and second-level caches hold."""
_COLD_ROUNDS = 5


def rows() -> Iterable[Row]:
    """Return all steps, measured on a running loop."""

    async def on_a_loop() -> list[Row]:
        return [*measured(steps()), *cold_rows()]

    with Logs("info", "json", io.StringIO()):
        return asyncio.run(on_a_loop())


def steps() -> Iterator[Step]:
    """Yield, on a running loop: chunks that pass one by one, chunks that are gathered, and an utterance's own cost."""
    real_time, ahead = Relay(), Relay()
    real_time.begin()
    ahead.begin()
    slow, fast = pcm(40), pcm(20)
    yield Step("a chunk of 40 ms, vendor at real time", lambda: real_time.chunk(slow, 0.04))
    yield Step("a chunk of 20 ms, vendor at four times real time", lambda: ahead.chunk(fast, 0.005))
    whole, spoken = Relay(), Relay()
    tune_collector()  # as the gateway does when it is ready
    all_of_it = pcm(800)  # with less than a text can take, the vendor would have failed
    yield Step("an utterance of one chunk, from its text to its end", lambda: whole.utterance((all_of_it,)))
    yield Step(
        f"an utterance of {CHUNKS} chunks of 20 ms, vendor at four times real time",
        lambda: spoken.utterance((fast,) * CHUNKS),
    )


def cold_rows() -> Iterator[Row]:
    """Measure an utterance for which every wake-up finds cold caches, as on a machine that does more than this."""
    relay, fast = Relay(), pcm(20)
    for every in (AWAKE_EVERY, 1):
        costs = [_cold_utterance(relay, (fast,) * CHUNKS, every) for _ in range(_COLD_ROUNDS)]
        often = "every chunk" if every == 1 else f"every {every} chunks"
        yield Row(f"the same, caches emptied before {often}", min(costs) * 1e6, "us", _COLD_ROUNDS)


def _cold_utterance(relay: "Relay", chunks: Sequence[bytes], every: int) -> float:
    """Return the processor seconds of an utterance, less those of emptying the caches."""
    spent = 0.0
    for number, step in enumerate(relay.steps(chunks)):
        if number % every == 0:
            np.add(_CACHES, 1, out=_CACHES)
        began = time.process_time()
        step()
        spent += time.process_time() - began
    return spent


def pcm(ms: int) -> bytes:
    """Return s16le audio that is never silent."""
    return b"\0\x20" * (RATE_HZ * ms // 1000)


class Relay:
    """One stream over one vendor connection, with everything between them but sockets and time."""

    def __init__(self) -> None:
        self.now = 1_000.0
        house = House(load(None, ENV), {})
        self.client = _Client()
        self._vendor = Vendor(lambda: self.now, house.observer)
        self._door = _Door(replace(house.services, lines=self._vendor, clock=lambda: self.now))
        streams = Streams(self._door, house.observer, lambda: self.now)
        self._outlet = WebSocketOutlet(streams, ServerSettings(), NativeWebSocket(), self.client)
        self._numbers = itertools.count(1)
        self._outlet.stream.begin(Principal(), "websocket", ())
        self._outlet.stream.receive(OPEN)

    def begin(self, tokens: Sequence[str] = (SENTENCE,)) -> None:
        """Begin an utterance whose text is complete and whose audio begins to come."""
        number = next(self._numbers)
        for token in tokens:
            self._outlet.stream.receive(TEXT % (number, json.dumps(token)))
        self._outlet.stream.receive(END % number)

    def chunk(self, data: bytes, later_s: float) -> None:
        """Let audio come from the vendor, `later_s` after the last."""
        self.now += later_s
        self._door.ring(self.now)
        self._vendor.connection.came(data)
        self._answer_pings()

    def write(self, data: bytes) -> None:
        """Write audio to the client directly, without the parts before the outlet."""
        self._outlet.write(AudioChunk("u1", 1, 0, 0, data))
        self._answer_pings()

    def _answer_pings(self) -> None:
        for payload in self.client.pings:
            self._outlet.pong(payload)
        self.client.pings.clear()

    def utterance(self, chunks: Sequence[bytes], tokens: Sequence[str] = (SENTENCE,)) -> None:
        """Speak a whole utterance of these chunks."""
        for step in self.steps(chunks, tokens):
            step()

    def steps(
        self, chunks: Sequence[bytes], tokens: Sequence[str] = (SENTENCE,)
    ) -> Iterator[Callable[[], None]]:
        """Yield what wakes the gateway in the course of an utterance, in order. The utterance has been heard when the last step is done."""
        yield partial(self.begin, tokens)
        for number, data in enumerate(chunks, 1):
            yield partial(self.chunk, data, 0.005)
            if self._vendor.owed > 1 and number % CHUNKS == 0:
                yield self._vendor.flushed
        while self._vendor.owed:
            yield self._vendor.flushed
        self.now += 0.02 * len(chunks)


class _Client:
    """The client's end of the connection."""

    jammed = False

    def __init__(self) -> None:
        self.frames: Counter[type] = Counter()
        self.pings: list[bytes] = []

    def send(self, frame: bytes | str) -> None:
        self.frames[type(frame)] += 1

    def ping(self, payload: bytes) -> None:
        self.pings.append(payload)

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(f"closed: {code} {reason}")


class _Door:
    """Gives the stream its session, and acts as its alarm, which the next chunk rings."""

    def __init__(self, services: SessionServices) -> None:
        self._services = services
        self._session: Session | None = None
        self._at = math.inf

    def admit(self, key: str, origin: str) -> Principal:
        return Principal()

    def open(self, principal: Principal, face: str, outlet: Outlet, alarm: Alarm) -> Session:
        self._session = Session(self._services, principal, face, outlet, self)
        return self._session

    def set(self, deadline: float | None) -> None:
        self._at = math.inf if deadline is None else deadline

    def ring(self, now: float) -> None:
        if now >= self._at and self._session is not None:
            self._at = math.inf
            self._session.tick()


class Vendor:
    """The lines, the pool and the wire of one connection that is always there."""

    sends_markers = True
    first_audio_s = 0.0

    def __init__(self, clock: Clock, observer: Observer) -> None:
        self.clock = clock
        dialect = DeepgramV1(limits=VendorLimits(flushes=1 << 30, window_chars=1 << 30))
        place = dialect.place(Route("bench", "aura-2-thalia-en"), "en", UtteranceOptions())
        self.traits, self.sample_rate_hz = dialect.traits, place.sample_rate_hz
        self.connection = Connection(1, dialect.connect(place), self.traits, self, clock, observer)
        self.owed = 0
        """Flushes that have not been answered yet, one for each segment."""
        self.connection.opened(self)

    def flushed(self) -> None:
        """Tell that all audio of the oldest segment has come."""
        self.owed -= 1
        self.connection.came('{"type":"Flushed","sequence_id":0}')

    # the lines

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> "Vendor":
        on_ready(LeasedLine(1, self.connection, 1, True, self, request, listener))
        return self

    def withdraw(self) -> None:
        """Do nothing: a request is answered at once."""

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """Do nothing: the connection is warm."""

    # the wire

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Drop the frames, but count those that must be answered."""
        self.owed += list(frames).count(FLUSH)

    def ping(self) -> bool:
        return True

    def stop(self) -> bool:
        return False

    def pause(self) -> None:
        """Do nothing: chunks come when a step gives them."""

    def resume(self) -> None:
        """Do nothing, likewise."""

    def close(self) -> None:
        """Do nothing: the connection stays."""

    # the pool

    def connection_ended(self, connection: Connection, event: Failed | Lost | None) -> None:
        raise AssertionError(f"ended: {event}")

    def marked(self) -> None:
        """Do nothing: it is known that this vendor sends markers."""

    def sounded(self, waited_s: float) -> None:
        """Do nothing: there is no breaker."""

    def over(self, ending: Finished | Failed | Lost, awaited: RunWait) -> None:
        """Do nothing: there is no breaker."""

    def called_off(self) -> None:
        """Do nothing: there is no breaker."""

    def too_many(self, failed: Failed) -> None:
        raise AssertionError(failed.message)

    def released(self, line: MovableLine) -> None:
        """Do nothing: nobody else waits for the connection."""

    def give_back(self, connection: Connection, ticket: int, *, clean: bool) -> None:
        """Do nothing: nobody else waits for the connection."""

    def clean_up(self, connection: Connection, ticket: int) -> None:
        """Do nothing: nobody else waits for the connection."""

    def cleaned_up(self, connection: Connection, *, clean: bool) -> None:
        """Do nothing: nobody else waits for the connection."""

    def replacement(self, line: MovableLine) -> Replacement:
        raise AssertionError("there is one connection")
