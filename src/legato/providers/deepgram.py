"""Deepgram's speak WebSocket (v1): one buffer of text without ids, `Flush` speaks it, raw audio comes back.

Rules:
- A turn is what one `Flush` speaks; `Flushed` comes after its last audio. An empty `Flush` is answered too.
- One run at a time: a cancelled one counts until `Cleared`, and what comes before that is ignored.
- The voice, the rate and the speed belong to the connection: they are in the URL.
- Text for which the window has no characters left is held back, with all that follows; text for which few flushes are left waits for the
  next one. Once what was said before it has sounded, the connection is reported as lost: another one has characters and flushes of its
  own, and nothing is cut or said twice.
- `Close` is never sent: sources disagree on whether it waits for the audio; the connection is closed instead.

Sources: the vendor's AsyncAPI file and documentation.
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
from legato.providers.character_budget import CharacterBudget
from legato.providers.deepgram_settings import (
    CLOSES,
    KINDS,
    REASONS,
    code_in,
    credentials,
    markup_of,
    speed_of,
    takes_of,
)
from legato.providers.flush_budget import FlushBudget
from legato.providers.json_frames import compact, json_object, quoted
from legato.providers.phonemes import UNMARKED, marked
from legato.providers.route_options import checked, rate_of, with_query
from legato.providers.status_codes import closing, complaint, refusal, unreadable
from legato.providers.turns import Told, Turns

URL = "wss://api.deepgram.com/v1/speak"
LIMITS = VendorLimits(
    max_age_s=3_600.0,
    message_chars=2_000,
    batch_chars=240,
    flushes=20,
    window_chars=2_400,
    window_s=60.0,
)
"""Concurrency depends on the plan and is not known here: the pool learns it."""
_VENDOR = "deepgram"
_RUN_CHARS = 600
"""Half a minute of speech."""
_FLUSH = compact({"type": "Flush"})
_CLEAR = compact({"type": "Clear"})


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        clears: `Clear` is sent and confirmed by `Cleared`; otherwise only closing the connection stops a run.
        refused_flush_ends: a warning about flushes means that a flush was refused and its text is not spoken: the connection is
            reported as lost, so that another one speaks it. Otherwise the warning is only passed on.
        joins_with_blank: a space is sent after each segment, because the vendor joins segments verbatim.
        pronunciations: pronunciations are sent inline to voices that take them.
    """

    clears: bool = True
    refused_flush_ends: bool = True
    joins_with_blank: bool = True
    pronunciations: bool = True


@dataclass(frozen=True, slots=True)
class DeepgramV1:
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
        return VendorTraits(
            Transport.WEBSOCKET,
            self.limits,
            TextLevel.CLEANED,
            cancels=self.switches.clears,
            marks=True,
            raw_audio=True,
        )

    def takes(self, route: Route) -> Takes:
        """The speed, for the voices that take one; it is set for the connection."""
        return takes_of(route.voice)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """Voice, rate and speed belong to the connection, the language to the voice."""
        chosen = checked(_VENDOR, route.options, KINDS)
        rate = rate_of(chosen, 24_000)
        query = {
            "model": route.voice,
            "encoding": "linear16",
            "sample_rate": rate,
            "speed": speed_of(route.voice, options.speed),
            "mip_opt_out": chosen.get("mip_opt_out"),
            "tag": chosen.get("tag"),
        }
        return Place(with_query(self.url, query), sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key, in the vendor's own scheme."""
        return credentials(secret)

    def connect(self, place: Place) -> "DeepgramV1Connection":
        """A new connection."""
        return DeepgramV1Connection(place.sample_rate_hz, self.limits, self.switches)


class DeepgramV1Connection:
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
        self._holds = False
        """Whether text of the run is held back."""
        self._budget = FlushBudget(limits.flushes, limits.window_s)
        self._chars = CharacterBudget(limits.window_chars, limits.window_s)

    @property
    def open_runs(self) -> int:
        """Runs that have begun, and have not finished, failed or been cleared."""
        return self._turns.open_runs

    def is_spent(self, now: float) -> bool:
        """Whether too few characters or flushes are left in this window for another run; another connection has its own."""
        few = min(self._limits.window_chars // 4, _RUN_CHARS)
        return self._chars.left(now) < few or self._budget.is_low(now)

    def greet(self, now: float) -> Sequence[Outgoing]:
        """No frames."""
        return ()

    def begin(self, run: int, request: LineRequest, now: float) -> Sequence[Outgoing]:
        """No frames: text begins a run."""
        self._turns.begin(run)
        self._holds = False
        self._markup = markup_of(request.route.voice, wanted=self._switches.pronunciations)
        return ()

    def say(self, run: int, segment: int, reading: Reading, now: float) -> Sequence[Outgoing]:
        """The text, and a `Flush`, unless few are left and the text can wait for the end of what is being spoken."""
        if not self._turns.lives(run):
            return ()
        blank = " " * self._switches.joins_with_blank
        parts = tuple(marked(reading, self._markup, self._limits.message_chars, blank))
        size = sum(map(len, parts))
        if self._holds or self._has_no_room(size, now):
            return self._hold(run, now)
        self._turns.said(run, segment, reading.text)
        spoken = [f'{{"type":"Speak","text":{quoted(part)}}}' for part in parts]
        self._chars.spend(now, size)
        waits = self._turns.is_spoken(run) and not self._budget.allows(now)
        return spoken if waits else (*spoken, *self._flush(run, now))

    def end_input(self, run: int, now: float) -> Sequence[Outgoing]:
        """A `Flush`, unless the answer to an earlier one finishes the run."""
        if self._turns.lives(run) and not self._holds and self._turns.end(run):
            return self._flush(run, now)
        return ()

    def cancel(self, run: int, now: float) -> Sequence[Outgoing]:
        """`Clear`, if the vendor has anything to drop."""
        if not self._turns.lives(run) or not self._turns.cancel(run):
            return ()
        self._holds = False
        self._turns.fence(run)
        return (_CLEAR,) if self._switches.clears else ()

    def keep_alive(self, now: float) -> Sequence[Outgoing]:
        """A `Flush` for text that has waited, once the budget allows one again; the ping does the rest."""
        run = self._turns.in_turn
        if run and self._turns.waits(run) and self._budget.allows(now):
            return self._flush(run, now)
        return ()

    def hear(self, frame: Incoming, now: float) -> Told:
        """Audio as it is; `Flushed` ends a turn."""
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

    def _has_no_room(self, size: int, now: float) -> bool:
        # Text that fits no window is for the vendor to judge: another connection's window is no larger.
        return self._chars.left(now) < size <= self._limits.window_chars

    def _hold(self, run: int, now: float) -> Sequence[Outgoing]:
        """Send no more text of the run, but make sure of an answer after which the connection can be reported as lost."""
        self._holds = True
        if self._turns.waits(run) or not self._turns.is_owed:
            return self._flush(run, now)
        return ()

    def _flush(self, run: int, now: float) -> Sequence[Outgoing]:
        self._budget.spend(now)
        self._turns.ask(run)
        return (_FLUSH,)

    def _heard(self, message: Mapping[str, object]) -> Told:
        kind = message.get("type")
        if kind == "Flushed":
            return self._turn_ended()
        if kind == "Cleared":
            self._turns.fence_reached()
        if kind == "Warning":
            return self._warned(message)
        if kind in ("Error", "error"):
            return self._turns.fail(complaint(_VENDOR, message, REASONS, Reason.VENDOR_UNREACHABLE))
        return ()

    def _turn_ended(self) -> Told:
        told = self._turns.turn_ended()
        if self._turns.is_owed:
            return told
        run = self._turns.in_turn
        if self._holds:
            return (*told, (0, Lost(f"{_VENDOR} accepts no more characters on this connection")))
        if run and self._turns.waits(run):
            return (*told, (0, Lost(f"{_VENDOR} accepts too few flushes on this connection")))
        return told

    def _warned(self, message: Mapping[str, object]) -> Told:
        fields = ("code", "warn_code", "description", "warn_msg")
        words = " ".join(value for name in fields if isinstance(value := message.get(name), str))
        if self._switches.refused_flush_ends and "flush" in words.lower():
            # The budget is the connection's: another one has its own.
            return ((0, Lost(f"{_VENDOR} refused a flush")),)
        return self._turns.warn(f"{_VENDOR} warned: {code_in(message)}")
