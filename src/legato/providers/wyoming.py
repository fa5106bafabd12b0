"""Wyoming over TCP (Piper and others): events framed by lines and lengths, audio as payload. No key, no encryption.

Rules:
- Each segment is a `synthesize` of its own; the `audio-stop` after it ends its turn. Servers answer in order.
- A run whose segments are all answered before its text ends is finished by sending `describe`, which every server answers.
- If the server streams (`Switches.streaming`), a run is one `synthesize-start` … `synthesize-stop`, and `synthesize-stopped` ends it;
  where one segment's audio ends is then unknown.
- There is no message for cancelling: the connection is closed.
- The server decides the rate, and the route must have the same; only 16-bit mono is read.

Source: the protocol's own library, and the handler of its Piper server.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.domain.delivery import Takes
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost, VendorEvent
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading, TextLevel
from legato.domain.vendors import (
    Incoming,
    Outgoing,
    Place,
    ResponseHead,
    Transport,
    VendorLimits,
    VendorTraits,
)
from legato.ports import LineRequest
from legato.providers.route_options import TEXT, Between, Kinds, checked, rate_of
from legato.providers.status_codes import closing, refusal, unreadable
from legato.providers.turns import Told, Turns
from legato.providers.wyoming_frames import Broken, Event, Reader, written

URL = "tcp://localhost:10200"
LIMITS = VendorLimits(first_audio_s=5.0, between_audio_s=5.0)
_VENDOR = "wyoming"
_KINDS: Kinds = {"sample_rate": Between(8_000, 48_000, whole=True), "speaker": TEXT}


@dataclass(frozen=True, slots=True)
class Switches:
    """What differs between servers.

    Args:
        streaming: the server takes a text in pieces (`supports_synthesize_streaming`): prosody is better, but it waits for whole
            sentences. Otherwise every segment is a request of its own, which every server takes.
        sends_language: the language is sent with the voice's name.
    """

    streaming: bool = False
    sends_language: bool = False


@dataclass(frozen=True, slots=True)
class Wyoming:
    """The dialect.

    Args:
        url: tcp://host:port.
        limits: what the server allows.
        switches: what differs between servers.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """Serial runs on TCP. Such servers read digits themselves, more or less well: words are best."""
        return VendorTraits(
            Transport.TCP,
            self.limits,
            TextLevel.SPOKEN,
            keeps_context=self.switches.streaming,
            marks=not self.switches.streaming,
        )

    def takes(self, route: Route) -> Takes:
        """Nothing: the protocol has no fields for it."""
        return Takes()

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """One place for all voices of a rate."""
        return Place(self.url, sample_rate_hz=rate_of(checked(_VENDOR, route.options, _KINDS), 22_050))

    def credentials(self, secret: str) -> Mapping[str, str]:
        """No headers: the protocol has no key."""
        return {}

    def connect(self, place: Place) -> "WyomingConnection":
        """A new connection."""
        return WyomingConnection(place.sample_rate_hz, self.switches)


class WyomingConnection:
    """One connection.

    Args:
        sample_rate_hz: rate that the server must give.
        switches: what differs between servers.
    """

    def __init__(self, sample_rate_hz: int, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._switches = switches
        self._turns = Turns(sample_rate_hz)
        self._reader: Reader | None = Reader()
        self._voices: dict[int, Mapping[str, object]] = {}

    @property
    def open_runs(self) -> int:
        """Runs that have begun, and have neither finished nor failed with all their answers in."""
        return self._turns.open_runs

    def greet(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """No frames, or the beginning of a stream if the server takes one."""
        self._turns.begin(run)
        voice: dict[str, object] = {"name": request.route.voice} if request.route.voice else {}
        if "speaker" in request.route.options:
            voice["speaker"] = request.route.options["speaker"]
        if self._switches.sends_language and request.language:
            voice["language"] = request.language
        self._voices = {run: voice}
        return (written("synthesize-start", {"voice": voice}),) if self._switches.streaming else ()

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """The segment by itself, or as a piece of the stream."""
        if not self._turns.lives(run):
            return ()
        self._turns.said(run, segment, reading.text)
        if self._switches.streaming:
            return (written("synthesize-chunk", {"text": reading.text + " "}),)
        self._turns.ask(run)
        return (written("synthesize", {"text": reading.text, "voice": self._voices.get(run, {})}),)

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """End the stream, or ask for an answer that finishes a run whose segments are all answered."""
        if not self._turns.lives(run):
            return ()
        asks = self._turns.end(run)
        if self._switches.streaming:
            self._turns.ask(run)
            return (written("synthesize-stop"),)
        if not asks:
            return ()
        self._turns.ask(run)
        return (written("describe"),)

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """No frames: only closing the connection stops a run. A stream counts until then."""
        if self._turns.lives(run):
            stopped = self._turns.has_asked(run)
            self._turns.cancel(run)
            if self._switches.streaming and not stopped:
                self._turns.fence(run)
        return ()

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """No frames: an idle connection is left alone."""
        return ()

    def hear(self, frame: Incoming, now: float) -> Told:
        """What the events mean, wherever the bytes are cut."""
        if not isinstance(frame, bytes) or self._reader is None:
            return ()
        told: list[tuple[int, VendorEvent]] = []
        try:
            for event in self._reader.read(frame):
                told += self._heard(event)
        except Broken as broken:
            # Where the next event begins is no longer known.
            self._reader = None
            told += self._turns.fail(unreadable(_VENDOR, str(broken)))
        return told

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """Never called: there is no handshake."""
        return refusal(_VENDOR, answer, body, {})

    def broke(self, code: int, words: str) -> Failed | Lost:
        """A connection that closed."""
        return closing(_VENDOR, code, words, {})

    def _heard(self, event: Event) -> Told:
        if event.type == "audio-chunk":
            return self._sounded(event)
        if event.type == "audio-start":
            mistake = self._mistake(event.data)
            return self._turns.fail(Failed(Reason.VENDOR_REJECTED, mistake)) if mistake else ()
        if event.type == ("synthesize-stopped" if self._switches.streaming else "audio-stop"):
            return self._turns.turn_ended()
        if event.type == "info" and self._turns.asked_for_nothing and not self._switches.streaming:
            return self._turns.turn_ended()
        if event.type == "error":
            # Some servers end the answer after it, some hang up: the run counts until then.
            return self._turns.fail(Failed(Reason.VENDOR_UNREACHABLE, f"{_VENDOR} reported an error"))
        return ()

    def _sounded(self, event: Event) -> Told:
        mistake = self._mistake(event.data)
        if mistake:
            return self._turns.fail(Failed(Reason.VENDOR_REJECTED, mistake))
        return self._turns.audio(event.payload)

    def _mistake(self, data: Mapping[str, object]) -> str:
        rate, width, channels = data.get("rate", self._rate), data.get("width", 2), data.get("channels", 1)
        if (width, channels) != (2, 1):
            return f"{_VENDOR} sends audio that is not 16-bit mono"
        if rate != self._rate:
            given = f"{rate} Hz" if isinstance(rate, int) else "an unreadable rate"
            return f"{_VENDOR} sends audio at {given} where {self._rate} Hz is expected: set the route's sample_rate"
        return ""
