"""What the servers need around them, as doubles: a scripted session behind a reception, health, voices, an observer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from gateway.servers.servers import Backstage, Servers
from gateway.servers.settings import Address, ServerSettings
from legato.domain import events, replies
from legato.domain.audio import OFFERED, AudioFormat, Encoding
from legato.domain.errors import Reach, Reason, SpeechError
from legato.domain.receipt import Receipt, Stage
from legato.domain.speech import Principal, Route, StreamLimits, Voice
from legato.ports import VoiceInfo
from tests.gateway.servers.sockets import RawSocket

PCM_24K = AudioFormat(Encoding.PCM_S16LE, 24_000)
LOOPBACK = Address("127.0.0.1", 0)
SETTINGS = ServerSettings(http=LOOPBACK, grpc=LOOPBACK, admin=LOOPBACK)
RECEIPT = Receipt(stages=((Stage.TEXT_WAIT, 0.001), (Stage.WRITE, 0.002)), ttfb_s=0.003, audio_samples=480)


def sound(first: int, samples: int) -> bytes:
    """Return samples that tell their own place: each is its number modulo 65,536."""
    return b"".join((n & 0xFFFF).to_bytes(2, "little") for n in range(first, first + samples))


class ScriptedSession:
    """A session that does what the text says: `N` characters become N chunks; `!raise` raises; `endless` never ends.

    A chunk is 100 ms (`chunk_samples`); nothing is paced, so the outlet gets as much as it takes at once.
    """

    chunk_samples = 2400

    def __init__(self, outlet, alarm, principal, face):
        self.outlet, self.alarm, self.principal, self.face = outlet, alarm, principal, face
        self.fed = []
        self.written_samples = 0
        self.ticks = 0
        self._left: dict[str, float] = {}
        self._ending: set[str] = set()
        self._half_closed = False
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[["ScriptedSession"], bool]) -> None:
        while not condition(self):
            self._changed.clear()
            await self._changed.wait()

    def heard(self, kind) -> bool:
        return any(isinstance(event, kind) for event in self.fed)

    @property
    def closed(self) -> bool:
        return bool(self.fed) and isinstance(self.fed[-1], events.Closed)

    def feed(self, event):
        self.fed.append(event)
        name = f"_{type(event).__name__.lower()}"
        getattr(self, name, lambda _: None)(event)
        self._pump()
        self._changed.set()

    def drained(self):
        self._pump()
        self._changed.set()

    def tick(self):
        self.ticks += 1
        self._changed.set()

    def _open(self, event):
        self.format = event.audio_format
        self.outlet.write(replies.Opened("stream-1", event.audio_format, StreamLimits()))

    def _text(self, event):
        if event.text == "!raise":
            raise RuntimeError("a planted fault")
        if event.text == "!alarm":
            self.alarm.set(asyncio.get_running_loop().time() + 0.01)
            return
        if event.text == "!fail":
            error = SpeechError(
                Reason.OVERLOADED, "planted", retry_after_s=2.5, utterance_id=event.utterance_id
            )
            self.outlet.write(replies.UtteranceFailed(event.utterance_id, error, "!fail", RECEIPT))
            return
        if event.text == "!unrenderable":
            self.outlet.write("not a reply")
            return
        size = float("inf") if event.text == "endless" else len(event.text)
        if event.utterance_id not in self._left:
            self.outlet.write(replies.UtteranceStarted(event.utterance_id, 1, 0, 0, 0))
        self._left[event.utterance_id] = self._left.get(event.utterance_id, 0) + size

    def _end(self, event):
        self._ending.add(event.utterance_id)

    def _cancel(self, event):
        for name in list(self._left):
            del self._left[name]
            told = replies.UtteranceCancelled(
                name, "a", "b", "c", 7, replies.HeardMethod.WRITE_TIMES, RECEIPT
            )
            self.outlet.write(told)

    def _ping(self, event):
        self.outlet.write(replies.Pong(event.payload))

    def _refused(self, event):
        self.outlet.write(replies.StreamError(event.error))
        if event.error.properties.reach is Reach.STREAM:
            self.outlet.close(event.error)

    def _drain(self, event):
        self.outlet.write(replies.GoAway(1.0, "shutting_down"))

    def _halfclosed(self, event):
        self._half_closed = True
        self._ending.update(self._left)

    def _pump(self):
        for name in list(self._left):
            while self._left[name] > 0 and not self.outlet.paused:
                data = sound(self.written_samples, self.chunk_samples)
                self.outlet.write(replies.AudioChunk(name, 1, 0, self.written_samples, data))
                self.written_samples += self.chunk_samples
                self._left[name] -= 1
            if self._left[name] == 0 and name in self._ending:
                del self._left[name]
                self.outlet.write(replies.UtteranceFinished(name, RECEIPT))
        if self._half_closed and not self._left:
            self.outlet.close(None)


class ScriptedReception:
    """Admits everyone, except the keys and origins that it is told to refuse."""

    def __init__(self):
        self.sessions: list[ScriptedSession] = []
        self.knocks: list[tuple[str, str]] = []
        self.full: SpeechError | None = None
        self._come = asyncio.Event()

    def admit(self, key, origin):
        self.knocks.append((key, origin))
        if key == "wrong":
            raise SpeechError(Reason.UNAUTHENTICATED, "a known key is expected")
        if origin == "https://evil.example":
            raise SpeechError(Reason.FORBIDDEN, "this origin may not")
        return Principal(name=key or "default")

    def open(self, principal, face, outlet, alarm):
        if self.full is not None:
            raise self.full
        self.sessions.append(ScriptedSession(outlet, alarm, principal, face))
        self._come.set()
        return self.sessions[-1]

    async def session(self, number: int = 0) -> ScriptedSession:
        while len(self.sessions) <= number:
            self._come.clear()
            await self._come.wait()
        return self.sessions[number]


class FlagHealth:
    def __init__(self):
        self.is_live = self.is_ready = True

    def live(self):
        return self.is_live

    def ready(self):
        return self.is_ready

    def hindrance(self):
        return "" if self.is_ready else "unwell: engine"

    def report(self):
        return {"version": "1", "voices": {"anna": "ready"}}


class TwoVoices:
    _route = (Route("local", "x"),)
    _voices = (
        VoiceInfo(Voice("anna", ("en-GB", "cy"), _route, description="Calm."), ready=True),
        VoiceInfo(Voice("bernd", ("de",), _route), ready=False),
    )

    def voices(self):
        return self._voices

    def names(self):
        return ("anna", "bernd")

    def formats(self):
        return OFFERED

    def default_voice(self):
        return "anna"


class FactList:
    def __init__(self):
        self.facts = []

    def note(self, fact):
        self.facts.append(fact)


class House:
    """Servers, with everything behind them within reach of the test."""

    def __init__(self, settings: ServerSettings, preview=None):
        self.reception, self.health, self.observer = ScriptedReception(), FlagHealth(), FactList()
        backstage = Backstage(
            self.reception,
            self.health,
            TwoVoices(),
            self.observer,
            lambda accept: (b"up 1\n", f"text/plain; for={'open' if 'openmetrics' in accept else 'plain'}"),
            preview=preview,
        )
        self.servers = Servers(settings, backstage)

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.servers.http_port}"

    @property
    def websocket(self) -> str:
        return f"ws://127.0.0.1:{self.servers.http_port}/v1/stream"

    @property
    def grpc(self) -> str:
        return f"127.0.0.1:{self.servers.grpc_port}"


@asynccontextmanager
async def house(*, preview=None, **changes) -> AsyncIterator[House]:
    built = House(replace(SETTINGS, **changes), preview)
    async with built.servers:
        try:
            yield built
        finally:
            RawSocket.close_all()
