"""What a chunk costs within the gateway, from the vendor's frame to the client's: everything but the sockets."""

import asyncio
import io
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from gateway.app.config import load
from gateway.app.house import House
from gateway.servers.settings import ServerSettings
from gateway.servers.streams import Streams
from gateway.servers.websocket import WebSocketOutlet
from gateway.session.session import Session, SessionServices
from gateway.telemetry.logs import Logs
from gateway.upstream.connection import Connection
from gateway.upstream.keeper import Tenant
from gateway.upstream.line import LeasedLine
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.vendors import Outgoing, VendorLimits
from legato.faces.native import NativeWebSocket
from legato.ports import Alarm, Clock, LineListener, LineRequest, Observer, OnReady, Outlet
from legato.providers.deepgram import DeepgramV1
from loadtest.rows import Row, Step, measured

RATE_HZ = 24_000
ENV = {
    "LEGATO_PROVIDERS": '{"bench": {"dialect": "deepgram", "text_level": "raw"}}',
    "LEGATO_VOICES": '{"bench": {"routes": [{"provider": "bench", "voice": "aura-2-thalia-en"}]}}',
}
OPEN = '{"open":{"voice":"bench","audioFormat":{"encoding":"ENCODING_PCM_S16LE","sampleRateHz":24000},"maxLeadMs":-1}}'
TEXT = '{"text":{"utteranceId":"u%d","text":"A sentence of some words that the voice is to speak."}}'
END = '{"end":{"utteranceId":"u%d"}}'


def rows() -> Iterable[Row]:
    """All of it, measured."""

    async def on_a_loop() -> list[Row]:
        return list(measured(steps()))

    with Logs("info", "json", io.StringIO()):
        return asyncio.run(on_a_loop())


def steps() -> Iterator[Step]:
    """On a running loop: chunks that pass one by one, chunks that are gathered, and an utterance's own cost."""
    real_time, ahead = Relay(), Relay()
    real_time.begin()
    ahead.begin()
    slow, fast = _pcm(40), _pcm(20)
    yield Step("a chunk of 40 ms, vendor at real time", lambda: real_time.chunk(slow, 0.04))
    yield Step("a chunk of 20 ms, vendor at four times real time", lambda: ahead.chunk(fast, 0.005))
    whole = Relay()
    yield Step("an utterance of one chunk, from its text to its end", lambda: whole.utterance(slow))


def _pcm(ms: int) -> bytes:
    return b"\0\x20" * (RATE_HZ * ms // 1000)


class Relay:
    """One stream over one vendor connection, with everything between them but sockets and time."""

    def __init__(self) -> None:
        self.now = 1_000.0
        house = House(load(None, ENV), {})
        self.client = _Client()
        self._vendor = _Vendor(lambda: self.now, house.observer)
        self._door = _Door(replace(house.services, lines=self._vendor, clock=lambda: self.now))
        streams = Streams(self._door, house.observer, lambda: self.now)
        self._outlet = WebSocketOutlet(streams, ServerSettings(), NativeWebSocket(), self.client)
        self._numbers = itertools.count(1)
        self._outlet.stream.begin(Principal(), "websocket", ())
        self._outlet.stream.receive(OPEN)

    def begin(self) -> None:
        """An utterance whose text is complete and whose audio begins to come."""
        number = next(self._numbers)
        self._outlet.stream.receive(TEXT % number)
        self._outlet.stream.receive(END % number)

    def chunk(self, data: bytes, later_s: float) -> None:
        """Audio of the vendor, so much later."""
        self.now += later_s
        self._door.ring(self.now)
        self._vendor.connection.came(data)
        for payload in self.client.pings:
            self._outlet.pong(payload)
        self.client.pings.clear()

    def utterance(self, data: bytes) -> None:
        """A short one, whole."""
        self.begin()
        self.chunk(data, 0.01)
        self._vendor.connection.came('{"type":"Flushed","sequence_id":0}')


class _Client:
    """The client's socket."""

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
    """Gives the stream its session, and is its alarm: the next chunk rings it."""

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


class _Vendor:
    """Lines, pool and wire of one connection that is always there."""

    sends_markers = True
    first_audio_s = 0.0

    def __init__(self, clock: Clock, observer: Observer) -> None:
        self.clock = clock
        self.limits = VendorLimits(flushes=1 << 30, window_chars=1 << 30)
        self._dialect = DeepgramV1(limits=self.limits)
        self._place = self._dialect.place(Route("bench", "aura-2-thalia-en"), "en", UtteranceOptions())
        language = self._dialect.connect(self._place)
        self.connection = Connection(1, language, self._dialect.traits, self, clock, observer)
        self.connection.opened(self)

    # the lines

    def acquire(self, request: LineRequest, listener: LineListener, on_ready: OnReady) -> "_Vendor":
        line = LeasedLine(1, self.connection, 1, True, self, request, listener)
        line.sample_rate_hz = self._place.sample_rate_hz
        line.keeps_context = self._dialect.traits.keeps_context
        on_ready(line)
        return self

    def withdraw(self) -> None:
        """It is answered at once."""

    def warm(self, route: Route, language: str, principal: Principal) -> None:
        """It is."""

    # the wire

    def send(self, frames: Sequence[Outgoing]) -> None:
        """Heard by nobody."""

    def ping(self) -> bool:
        return True

    def stop(self) -> bool:
        return False

    def pause(self) -> None:
        """Chunks come when the step gives them."""

    def resume(self) -> None:
        """The same."""

    def close(self) -> None:
        """It stays."""

    # the pool

    def connection_ended(self, connection: Connection, event: Failed | Lost | None) -> None:
        raise AssertionError(f"ended: {event}")

    def marked(self) -> None:
        """It is known to."""

    def sounded(self, waited_s: float) -> None:
        """No breaker here."""

    def over(self, reason: Reason | None, awaited: str) -> None:
        """The same."""

    def called_off(self) -> None:
        """The same."""

    def too_many(self, failed: Failed) -> None:
        raise AssertionError(failed.message)

    def released(self, line: Tenant) -> None:
        """No other waits."""

    def give_back(self, connection: Connection, ticket: int, *, clean: bool) -> None:
        """The same."""

    def clean_up(self, connection: Connection, ticket: int) -> None:
        """The same."""

    def cleaned_up(self, connection: Connection, *, clean: bool) -> None:
        """The same."""

    def replace(self, line: Tenant) -> Callable[[], None]:
        raise AssertionError("there is one connection")
