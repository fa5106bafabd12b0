"""One call to a vendor through the real provider, pool and wire: two short segments, recorded."""

import asyncio
import itertools
import ssl
import time
from dataclasses import dataclass, field

from gateway.app.vendors import VENDORS
from gateway.upstream import grpc_wire
from gateway.upstream.lines import VendorLines
from gateway.upstream.surroundings import Surroundings
from legato.core.pool_terms import PoolSettings
from legato.domain.events import Audio, Failed, Finished, Lost
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import Transport
from legato.ports import LineRequest
from tests.live.recording import RecordedDialect, Recording

SAID = ("Good morning.", "This is a short test of the line.")
MOST_CHARS = 200
_LIMIT_S = 30.0


@dataclass(frozen=True)
class Vendor:
    """A vendor to call: the variable that holds the key, and a voice that every account has. Without a key, the URL must be given."""

    key: str
    voice: str
    options: dict = field(default_factory=dict)


VENDORS_TO_CALL = {
    "deepgram": Vendor("DEEPGRAM_API_KEY", "aura-2-thalia-en"),
    "deepgram_v2": Vendor("DEEPGRAM_API_KEY", "flux-alexis-en"),
    "deepgram_rest": Vendor("DEEPGRAM_API_KEY", "aura-2-thalia-en"),
    "elevenlabs": Vendor("ELEVENLABS_API_KEY", "21m00Tcm4TlvDq8ikWAM"),
    "elevenlabs_rest": Vendor("ELEVENLABS_API_KEY", "21m00Tcm4TlvDq8ikWAM"),
    "cartesia": Vendor("CARTESIA_API_KEY", "694f9389-aac1-45b6-b726-9d9369183238"),
    "cartesia_bytes": Vendor("CARTESIA_API_KEY", "694f9389-aac1-45b6-b726-9d9369183238"),
    "openai": Vendor("OPENAI_API_KEY", "alloy"),
    "google": Vendor("GOOGLE_ACCESS_TOKEN", "en-US-Chirp3-HD-Charon", {"language_code": "en-US"}),
    "riva": Vendor("RIVA_API_KEY", "English-US.Female-1", {"language_code": "en-US"}),
    "wyoming": Vendor("", ""),
}


@dataclass
class Outcome:
    """The result of a call."""

    recording: Recording
    end: object
    audio_bytes: int = 0
    first_audio_s: float | None = None


class _Ear:
    def __init__(self):
        self.over, self.end = asyncio.Event(), None
        self.audio_bytes, self.first_at = 0, None

    def heard(self, line, event):
        if isinstance(event, Audio):
            self.audio_bytes += len(event.data)
            self.first_at = self.first_at or time.monotonic()
        elif isinstance(event, Finished | Failed | Lost):
            self.end = event
            self.over.set()


class _Quiet:
    def note(self, fact):
        pass


async def call(name, vendor, url=None, secret=""):
    """Speak to a vendor once; return the result."""
    recording = Recording()
    dialect = RecordedDialect(VENDORS[name](url, {}, {}), recording)
    async with asyncio.TaskGroup() as tasks:
        on_grpc = dialect.traits.transport is Transport.GRPC
        tls = grpc_wire.trust() if on_grpc else ssl.create_default_context()
        world = Surroundings(time.monotonic, _Quiet(), itertools.count(1), tasks, tls, lambda: 0.5)
        settings = PoolSettings(
            floor=0, spare=0, ceiling=1, runs_per_line=dialect.limits.runs_per_line, dial_s=10.0
        )
        lines = VendorLines(name, dialect, lambda: secret, settings, world)
        try:
            async with asyncio.timeout(_LIMIT_S):
                return await _speak(lines, name, vendor, recording)
        except TimeoutError:
            return Outcome(recording, Lost(f"the call did not end within {_LIMIT_S:.0f} s"))
        finally:
            lines.close()


async def _speak(lines, name, vendor, recording):
    ear, answered, answers = _Ear(), asyncio.Event(), []

    def ready(answer):
        answers.append(answer)
        answered.set()

    route = Route(name, vendor.voice, vendor.options)
    deadline = time.monotonic() + _LIMIT_S
    lines.acquire(
        LineRequest(route, "en", UtteranceOptions(), Principal(), "live", "live", deadline), ear, ready
    )
    await answered.wait()
    (line,) = answers
    if isinstance(line, Failed):
        return Outcome(recording, line)
    began = time.monotonic()
    for segment, text in enumerate(SAID):
        line.say(segment, Reading(text))
    line.end_input()
    await ear.over.wait()
    line.release(clean=isinstance(ear.end, Finished))
    first_s = None if ear.first_at is None else ear.first_at - began
    return Outcome(recording, ear.end, ear.audio_bytes, first_s)
