"""A gateway for a browser: the real servers and sessions on the test's own loop, with a scripted voice."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gateway.app.config.speaking import TextSection
from gateway.app.text_data import text_data
from gateway.app.text_preview import Preview
from gateway.servers.servers import Backstage, Servers
from gateway.servers.settings import Address, ServerSettings
from gateway.session.services import SessionServices
from gateway.session.session import Session
from legato.audio import codec
from legato.domain import replies
from legato.domain.audio import EXTRAS, offered
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Audio, Failed
from legato.domain.speech import Catalogue, Principal, Route, StreamLimits, Voice
from legato.ports import VoiceInfo
from legato.text.frontend import FrontEnd
from tests.plays.world import RATE, FakeLine, FakeTicket, PlainFront, Script

WEB_ROOT = Path(__file__).resolve().parents[3] / "gateway" / "web"
RECORDER = Path(__file__).with_name("recorder.js")
KEY = "sesame"
TEXT = TextSection()
VOICES = {
    "joe": Voice("joe", ("en-US",), (Route("joe", "v"),), description="Calm and clear."),
    "many": Voice(
        "many",
        ("en", "de", "fr", "ar", "ja", "zh", "cmn"),
        (Route("joe", "v"),),
        description="Speaks six languages.",
    ),
    "mute": Voice("mute", ("en",), (Route("mute", "v"),), description="Its provider refuses."),
}


class LoopClock:
    """The clock that `FakeLine` needs, on the running loop."""

    def __init__(self):
        self._loop = asyncio.get_running_loop()

    @property
    def now(self):
        return self._loop.time()

    def __call__(self):
        return self._loop.time()

    def at(self, when, do):
        self._loop.call_at(when, do)


class Chirping:
    """A listener that replaces the audio of its line by a rising tone, in which every sample can be placed."""

    def __init__(self, listener):
        self._listener = listener
        self._sung = 0

    def heard(self, line, event):
        if isinstance(event, Audio):
            samples = np.frombuffer(event.data, dtype="<i2")
            at = (self._sung + np.arange(len(samples))) / RATE
            self._sung += len(samples)
            tone = 2_000 * np.sin(2 * np.pi * (180 + 12 * at) * at)
            event = Audio((samples + tone).astype("<i2").tobytes())
        self._listener.heard(line, event)


@dataclass
class RepeatingLine(FakeLine):
    """A line that repeats a recording, as the audio cache's do."""

    repeats: tuple = ()


class Voices:
    """Implements `ports.Lines`, and is the world of its `FakeLine`s."""

    def __init__(self, clock, scripts, recorded=frozenset()):
        self.clock = clock
        self.scripts = scripts
        self.recorded = recorded
        self.sent, self.chars, self.released, self.warmed = [], [], [], []
        self.spoken_chars = self.deaths = self.line_pauses = self.leased = 0
        self._line_ids = itertools.count(1)

    def acquire(self, request, listener, on_ready):
        script = self.scripts[request.route.provider]
        if script.refuse is not None:
            on_ready(Failed(script.refuse, "refused on cue"))
        else:
            self.leased += 1
            parts = (self, script, request, Chirping(listener), next(self._line_ids))
            first = request.opening[0].cleaned if request.opening else None
            known = first is not None and first.text in self.recorded
            on_ready(RepeatingLine(*parts, repeats=(first.wording,)) if known else FakeLine(*parts))
        return FakeTicket()

    def warm(self, route, language, principal):
        self.warmed.append(route.provider)


class Heard:
    """An outlet that keeps what the gateway wrote."""

    def __init__(self, outlet, log):
        self._outlet, self._log = outlet, log
        self.close = outlet.close

    @property
    def paused(self):
        return self._outlet.paused

    @property
    def room_ms(self):
        return self._outlet.room_ms

    def write(self, reply):
        self._log.append(reply)
        self._outlet.write(reply)


class Door:
    """Implements `ports.Reception`: real sessions, and what each of them wrote."""

    def __init__(self, services, key):
        self._services, self.key = services, key
        self.shut = False
        self.fed = []
        self.logs = []
        self.sessions = []

    def admit(self, key, origin):
        if self.shut:
            raise SpeechError(Reason.SHUTTING_DOWN, "this gateway is leaving")
        if key != self.key:
            raise SpeechError(Reason.UNAUTHENTICATED, "this gateway wants a key")
        return Principal()

    def open(self, principal, face, outlet, alarm):
        self.logs.append([])
        session = Session(self._services, principal, face, Heard(outlet, self.logs[-1]), alarm)
        self.sessions.append(Listening(session, self.fed))
        return self.sessions[-1]

    # what to look at

    def of(self, kind):
        return [reply for log in self.logs for reply in log if isinstance(reply, kind)]

    def told(self, kind):
        return [event for event in self.fed if isinstance(event, kind)]

    def audio(self):
        data = b"".join(chunk.data for chunk in self.of(replies.AudioChunk))
        return np.frombuffer(data, dtype="<i2")


class Listening:
    """A session whose client's events are kept."""

    def __init__(self, session, fed):
        self._session, self._fed = session, fed
        self.drained, self.tick = session.drained, session.tick

    def feed(self, event):
        self._fed.append(event)
        self._session.feed(event)


class Directory:
    def __init__(self):
        self.warming = set()

    def voices(self):
        return tuple(VoiceInfo(voice, ready=name not in self.warming) for name, voice in VOICES.items())

    def names(self):
        return tuple(VOICES)

    def formats(self):
        return offered(EXTRAS)

    def default_voice(self):
        return "joe"


class Health:
    def live(self):
        return True

    def ready(self):
        return True

    def hindrance(self):
        return ""

    def report(self):
        return {}


class Facts(list):
    def note(self, fact):
        self.append(fact)


class Stage:
    """The running gateway: its address, its reception, its voices."""

    def __init__(self, servers, door, voices, facts, directory):
        self.url = f"http://127.0.0.1:{servers.http_port}"
        self.servers, self.door, self.voices, self.facts = servers, door, voices, facts
        self.directory = directory


@asynccontextmanager
async def stage(*, key="", limits=None, recorded=frozenset(), **script) -> AsyncIterator[Stage]:
    clock, facts = LoopClock(), Facts()
    scripts = {
        "joe": Script(**{"speed": 6.0, "word_times": True, **script}),
        "mute": Script(refuse=Reason.VENDOR_UNREACHABLE),
    }
    voices = Voices(clock, scripts, recorded)
    numbers = itertools.count(1)
    catalogue = Catalogue(VOICES, "joe")
    services = SessionServices(
        lines=voices,
        observer=facts,
        clock=clock,
        catalogue=catalogue,
        limits=limits or StreamLimits(no_route_before_audio_ms=200),
        front_ends=lambda *_: PlainFront(),
        stream_ids=lambda: f"s{next(numbers)}",
    )
    door, directory = Door(services, key), Directory()
    backstage = Backstage(
        door,
        Health(),
        directory,
        facts,
        lambda accept: (b"", "text/plain"),
        clock,
        preview=Preview(
            lambda language, options, *_: FrontEnd(text_data(language), TEXT.of(language, options)), catalogue
        ),
        installed=codec.installed(),
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = ServerSettings(http=Address("127.0.0.1", 0), grpc=None, web_root=web_root(Path(folder)))
        async with Servers(settings, backstage) as servers:
            yield Stage(servers, door, voices, facts, directory)


def web_root(folder):
    """Copy the page's own files and the tests' recorder beside them: a worklet must come from the page's own origin."""
    shutil.copytree(WEB_ROOT, folder, dirs_exist_ok=True)
    shutil.copy(RECORDER, folder)
    return folder
