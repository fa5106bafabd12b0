"""Deepgram's speak WebSocket (v2, Flux): turns with ids, queued by the vendor, and interrupted.

Rules:
- A turn is what one `Flush` speaks, and `SpeechMetadata` is its end. `Flushed` only acknowledges; sources differ on which of the two
  comes first, and either order is accepted, so no switch is needed.
- Several turns may wait in the vendor's queue; they are spoken in order.
- `Interrupt` stops a run; `SpeechInterrupted` confirms it, and so does the warning that nothing was speaking.
- The voice, the rate and the speed belong to the connection and are in the URL.
- The vendor refuses pronunciations at any speed but its own: there they are left out.

Sources: the vendor's AsyncAPI file, its SDK, and the clients of two voice frameworks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.domain.delivery import Takes
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
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
from legato.providers.deepgram_settings import CLOSES, REASONS, code_in, credentials, markup_of
from legato.providers.json_frames import compact, json_object
from legato.providers.phonemes import UNMARKED, marked
from legato.providers.route_options import (
    FLAG,
    TEXT,
    Between,
    Kinds,
    OneOf,
    checked,
    clamped,
    rate_of,
    with_query,
)
from legato.providers.status_codes import closing, complaint, refusal, unreadable
from legato.providers.turns import Told, Turns

URL = "wss://api.deepgram.com/v2/speak"
LIMITS = VendorLimits(idle_s=60.0, max_age_s=3_600.0, keep_alive_s=20.0, message_chars=2_000, batch_chars=240)
"""A WebSocket ping resets the idle time. Concurrency depends on the plan: the pool learns it."""
_VENDOR = "deepgram_v2"
_KINDS: Kinds = {
    "sample_rate": OneOf((8_000, 16_000, 24_000, 32_000, 44_100, 48_000)),
    "expressivity": OneOf((-2, -1, 0, 1, 2)),
    "mip_opt_out": FLAG,
    "tag": TEXT,
    "speed": Between(0.5, 1.5),
}
_SPEEDS = (0.5, 1.5)
_STEPS = 20
_NOTHING_SPOKEN = frozenset({"NO_SYNTHESIZABLE_TEXT", "NO_AUDIO_GENERATED"})
_FLUSH = compact({"type": "Flush"})
_INTERRUPT = compact({"type": "Interrupt"})


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        flushes_segments: every segment is a turn, so that it is spoken at once and its end is known; otherwise the run is one
            turn, which the vendor may begin before it is complete.
        interrupt_clears_queue: `Interrupt` also drops the turns that wait; otherwise each of them is still spoken to its end.
        answers_empty_flush: a flush without text ends with `SpeechMetadata`; otherwise with a warning that nothing was spoken.
        joins_with_blank: a space is sent after each segment, because the vendor joins segments verbatim.
        pronunciations: pronunciations are sent inline to voices that take them.
    """

    flushes_segments: bool = True
    interrupt_clears_queue: bool = True
    answers_empty_flush: bool = True
    joins_with_blank: bool = True
    pronunciations: bool = True


@dataclass(frozen=True, slots=True)
class DeepgramV2:
    """The dialect.

    Args:
        url: URL of the speak endpoint, without a query.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """Serial runs on a WebSocket, without word times."""
        keeps_context = not self.switches.flushes_segments
        return VendorTraits(
            Transport.WEBSOCKET,
            self.limits,
            TextLevel.CLEANED,
            keeps_context=keeps_context,
            cancels=True,
            marks=not keeps_context,
            raw_audio=True,
        )

    def takes(self, route: Route) -> Takes:
        """The speed, which is set for the connection. Pauses inside a text are for batches only."""
        return Takes(_SPEEDS, by_run=True)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """Voice, rate and speed belong to the connection, the language to the voice."""
        chosen = checked(_VENDOR, route.options, _KINDS)
        rate = rate_of(chosen, 24_000)
        query = {
            "model": route.voice,
            "encoding": "linear16",
            "sample_rate": rate,
            "speed": _stepped(options.speed) or chosen.get("speed"),
            "expressivity": chosen.get("expressivity"),
            "mip_opt_out": chosen.get("mip_opt_out"),
            "tag": chosen.get("tag"),
        }
        return Place(with_query(self.url, query), sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key, in the vendor's own scheme."""
        return credentials(secret)

    def connect(self, place: Place) -> "DeepgramV2Connection":
        """A new connection."""
        return DeepgramV2Connection(place.sample_rate_hz, self.limits, self.switches)


class DeepgramV2Connection:
    """One connection.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._limits = limits
        self._switches = switches
        self._turns = Turns(sample_rate_hz)
        self._markup = UNMARKED

    @property
    def open_runs(self) -> int:
        """Runs that have begun, and have not finished, failed or been interrupted."""
        return self._turns.open_runs

    def greet(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """No frames: text begins a turn."""
        self._turns.begin(run)
        speed = _stepped(request.options.speed) or request.route.options.get("speed", 1)
        wanted = self._switches.pronunciations and speed == 1
        self._markup = markup_of(request.route.voice, wanted=wanted)
        return ()

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """The text, and its flush."""
        if not self._turns.lives(run):
            return ()
        self._turns.said(run, segment, reading.text)
        blank = " " * self._switches.joins_with_blank
        parts = marked(reading, self._markup, self._limits.message_chars, blank)
        spoken = [compact({"type": "Speak", "text": part}) for part in parts]
        if not self._switches.flushes_segments:
            return spoken
        self._turns.ask(run)
        return (*spoken, _FLUSH)

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """A flush, unless the answer to an earlier one finishes the run."""
        if not self._turns.lives(run) or not self._turns.end(run):
            return ()
        self._turns.ask(run)
        return (_FLUSH,)

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """`Interrupt`, if the vendor has anything to stop."""
        if not self._turns.lives(run) or not self._turns.cancel(run):
            return ()
        if self._switches.interrupt_clears_queue:
            self._turns.fence(run)
        return (_INTERRUPT,)

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """No frames: the ping does it."""
        return ()

    def hear(self, frame: Incoming, now: float) -> Told:
        """Audio as it is; `SpeechMetadata` ends a turn."""
        if isinstance(frame, bytes):
            return self._turns.audio(frame)
        if not isinstance(frame, str):
            return ()
        message = json_object(frame)
        if message is None:
            return self._turns.fail(unreadable(_VENDOR, "a frame that is not a JSON object"))
        return self._heard(message)

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """Why the handshake failed."""
        return refusal(_VENDOR, answer, body, REASONS)

    def broke(self, code: int, words: str) -> Failed | Lost:
        """The close reason carries the vendor's code."""
        return closing(_VENDOR, code, words, CLOSES)

    def _heard(self, message: Mapping[str, object]) -> Told:
        kind = message.get("type")
        if kind == "SpeechMetadata":
            return self._turns.turn_ended()
        if kind == "SpeechInterrupted":
            return self._interrupted()
        if kind == "Warning":
            return self._warned(message)
        if kind == "Error":
            return self._turns.fail(complaint(_VENDOR, message, REASONS, Reason.VENDOR_UNREACHABLE))
        return ()

    def _interrupted(self) -> Told:
        if self._switches.interrupt_clears_queue:
            self._turns.fence_reached()
            return ()
        return self._turns.turn_ended()

    def _warned(self, message: Mapping[str, object]) -> Told:
        code = message.get("code")
        if code == "NO_ACTIVE_SPEECH":
            # The interrupt came too late: what it should have stopped had already ended.
            self._turns.fence_reached()
            return ()
        ends_nothing = isinstance(code, str) and code in _NOTHING_SPOKEN and self._turns.asked_for_nothing
        if ends_nothing and not self._switches.answers_empty_flush:
            return self._turns.turn_ended()
        return self._turns.warn(f"{_VENDOR} warned: {code_in(message)}")


def _stepped(speed: float | None) -> float | None:
    """The speed in the vendor's steps of a twentieth."""
    found = clamped(speed, *_SPEEDS)
    return None if found is None else round(found * _STEPS) / _STEPS
