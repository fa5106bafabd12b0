"""Cartesia's WebSocket: contexts that are continued, audio as base64 in JSON, word times.

Rules:
- A run is a context; each segment continues it and is flushed, so that `flush_done` tells where its audio ends. Flushes are
  answered in order; their numbers are ignored.
- A context expires a second after its last audio. `done` before the run's text has ended means that, and so does silence for most of
  that second, with nothing owed: the next text opens another, and what the vendor says of the old one is ignored.
  A `done` while flushes are unanswered, from a vendor that answers them, has crossed with our text: the vendor begins the
  context anew with that text, and the end of this one is still to come.
- Cancelling drops what has not started; what has started goes on and ends with `done`. A run that owes nothing has nothing to confirm.
- Only the sample rate belongs to the connection, all else to the context: lines are alike for all voices.

Sources: the vendor's documentation, its SDK, and the clients of two voice frameworks.
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
from legato.providers.alignment import Timed
from legato.providers.cartesia_settings import (
    KINDS,
    REASONS,
    VERSION,
    credentials,
    generation,
    markup_of,
    pause_of,
    takes_of,
)
from legato.providers.contexts import Contexts, Speaking, Told
from legato.providers.json_frames import audio_of, compact, json_object, numbers_of, strings_of
from legato.providers.phonemes import marked
from legato.providers.route_options import checked, rate_of
from legato.providers.status_codes import by_status, closing, complaint, refusal, unreadable

URL = "wss://api.cartesia.ai/tts/websocket"
LIMITS = VendorLimits(runs_per_line=10, idle_s=300.0, context_idle_s=1.0)
"""Contexts multiplex freely; a limit of ten bounds what is lost with a connection. Concurrency depends on the plan: the pool learns it."""
_VENDOR = "cartesia"
_MS = 1000.0
_MOST = 0.8
"""Share of a context's life that is relied on: the vendor's second began before its last audio was heard here."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        most_speed: the fastest speed; one page says 2.0.
        flushes_segments: every segment is flushed, so that its end is known; otherwise only the run's end is known.
        confirms_cancel: a cancelled context that was speaking ends with `done`; otherwise nothing is waited for.
        version: the API version that is requested.
        breaks: pauses that the text asks for are sent as the vendor's own tag.
        pronunciations: models that take sounds in the text (`<<m|ɛ|t>>`) get pronunciations so.
    """

    most_speed: float = 1.5
    flushes_segments: bool = True
    confirms_cancel: bool = True
    version: str = VERSION
    breaks: bool = True
    pronunciations: bool = True


@dataclass(frozen=True, slots=True)
class Cartesia:
    """The dialect.

    Args:
        url: URL of the endpoint.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """Contexts on a WebSocket, with word times."""
        return VendorTraits(
            Transport.WEBSOCKET,
            self.limits,
            TextLevel.CLEANED,
            keeps_context=True,
            word_times=True,
            cancels=True,
            marks=self.switches.flushes_segments,
        )

    def takes(self, route: Route) -> Takes:
        """Speed, volume and language, all set for a context, and pauses."""
        return takes_of(route, self.switches.most_speed, breaks=self.switches.breaks, by_run=True)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """Only the rate belongs to the connection."""
        rate = rate_of(checked(_VENDOR, route.options, KINDS), 24_000)
        return Place(self.url, (("Cartesia-Version", self.switches.version),), sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key as a bearer token."""
        return credentials(secret)

    def connect(self, place: Place) -> "CartesiaConnection":
        """A new connection."""
        return CartesiaConnection(place.sample_rate_hz, self.limits, self.switches)


class CartesiaConnection:
    """One connection.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._limits = limits
        self._switches = switches
        self._contexts = Contexts(sample_rate_hz)
        self._answers_flushes = False

    @property
    def open_runs(self) -> int:
        """Runs whose context the vendor has not ended."""
        return self._contexts.open_runs

    def greet(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """No frames: text opens a context."""
        self._contexts.begin(run, request)
        return ()

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """The segment, and a flush after it."""
        speaking = self._contexts.of_run(run)
        if speaking is None:
            return ()
        self._contexts.said(speaking, segment, reading)
        if not speaking.context or self._has_expired(speaking, now):
            self._contexts.open(speaking)
        pause = pause_of(reading.pause_ms) if self._switches.breaks else ""
        markup = markup_of(speaking.request.route, wanted=self._switches.pronunciations)
        spoken = self._frame(speaking, "".join(marked(reading, markup, after=f" {pause}")), goes_on=True)
        if not self._switches.flushes_segments:
            return (spoken,)
        self._contexts.flushed(speaking, segment, reading)
        return (spoken, self._frame(speaking, "", goes_on=True, flush=True))

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """End the context; if there is none, open a blank one, so that its end is heard."""
        speaking = self._contexts.of_run(run)
        if speaking is None:
            return ()
        speaking.ended = True
        if speaking.context and not self._has_expired(speaking, now):
            return (self._frame(speaking, "", goes_on=False),)
        self._contexts.open(speaking)
        return (self._frame(speaking, " ", goes_on=False),)

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """Cancel the context."""
        speaking = self._contexts.cancel(run)
        if speaking is None:
            return ()
        is_idle = self._answers_flushes and not speaking.flushes and not speaking.ended
        if is_idle or not self._switches.confirms_cancel:
            self._contexts.forget(speaking)
        return (compact({"context_id": speaking.context, "cancel": True}),)

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """No frames: the vendor has none for this; the ping does it."""
        return ()

    def hear(self, frame: Incoming, now: float) -> Told:
        """Audio, words, markers and ends of contexts."""
        if not isinstance(frame, str | bytes) or not frame:
            return ()
        message = json_object(frame)
        if message is None:
            failed = unreadable(_VENDOR, "a frame that is not a JSON object")
            return self._contexts.fail(None, failed, is_over=False)
        kind = message.get("type")
        context = message.get("context_id")
        speaking = self._contexts.named(context)
        if kind == "error":
            return self._failed(message, speaking)
        if speaking is None:
            return ()
        speaking.quiet_since = now
        if kind == "chunk":
            return self._sounded(speaking, message)
        if kind == "done":
            return self._done(speaking, str(context))
        if kind == "flush_done" and context == speaking.context:
            return self._flushed(speaking)
        if kind == "timestamps":
            return self._timed(speaking, message.get("word_timestamps"))
        return ()

    def refused(self, answer: ResponseHead, body: bytes) -> Failed:
        """Why the handshake failed."""
        return refusal(_VENDOR, answer, body, REASONS)

    def broke(self, code: int, words: str) -> Failed | Lost:
        """The close reason may carry the vendor's code."""
        return closing(_VENDOR, code, words, REASONS)

    def _frame(self, speaking: Speaking, transcript: str, *, goes_on: bool, flush: bool = False) -> str:
        message = generation(speaking.request, self._rate, self._switches.most_speed)
        message |= {
            "transcript": transcript,
            "context_id": speaking.context,
            "continue": goes_on,
            "max_buffer_delay_ms": 0,
            "add_timestamps": True,
        }
        if flush:
            message["flush"] = True
        return compact(message)

    def _has_expired(self, speaking: Speaking, now: float) -> bool:
        """Whether the vendor has let the context go, or will have before it reads what is sent now."""
        if speaking.flushes or not self._answers_flushes or not self._limits.context_idle_s:
            return False
        return now - speaking.quiet_since >= _MOST * self._limits.context_idle_s

    def _sounded(self, speaking: Speaking, message: Mapping[str, object]) -> Told:
        data = audio_of(message.get("data"))
        if data is None:
            failed = unreadable(_VENDOR, "audio that is not base64")
            return self._contexts.fail(speaking, failed, is_over=False)
        return self._contexts.audio(speaking, data)

    def _flushed(self, speaking: Speaking) -> Told:
        self._answers_flushes = True
        return self._contexts.flush_answered(speaking)

    def _timed(self, speaking: Speaking, times: object) -> Told:
        if not isinstance(times, dict) or speaking.silent:
            return ()
        words = strings_of(times.get("words"))
        starts, ends = numbers_of(times.get("start")), numbers_of(times.get("end"))
        if words is None or starts is None or ends is None or not len(words) == len(starts) == len(ends):
            return ()
        timed = Timed(words, [start * _MS for start in starts], [end * _MS for end in ends])
        return self._contexts.words(speaking, timed, self._contexts.context_ms(speaking))

    def _done(self, speaking: Speaking, context: str) -> Told:
        crossed = context == speaking.context and speaking.flushes and self._answers_flushes
        if crossed and not speaking.silent:
            self._contexts.restart(speaking)
            return ()
        return self._contexts.ended(speaking, context)

    def _failed(self, message: Mapping[str, object], speaking: Speaking | None) -> Told:
        status = message.get("status_code")
        usual = by_status(status) if isinstance(status, int) else Reason.VENDOR_REJECTED
        context = message.get("context_id")
        if context and (speaking is None or context != speaking.context):
            return ()  # from a context that is over, or was left behind
        failed = complaint(_VENDOR, {**message, "type": None}, REASONS, usual)
        return self._contexts.fail(speaking, failed, is_over=message.get("done") is not False)
