"""Google's StreamingSynthesize: one bidirectional call per run, raw samples back.

Rules:
- The first message configures the voice and the audio; each segment is an input; half-closing ends the text.
- The vendor aborts a call after about five seconds without an input. A blank input may keep it open; there is a switch.
- Pronunciations are set for the call, before its text: the route's own (`pronunciations`), and those of all words that the request may bring.
- The speed is set for the call, too. Pauses are markup that the HD voices read: three lengths, none of them exact.
- Messages are written by hand, from the public description of the service: `streaming_config` = 1 {`voice` = 1 {`language_code` = 1,
  `name` = 2, `model_name` = 6}, `streaming_audio_config` = 4 {`audio_encoding` = 1, `sample_rate_hertz` = 2, `speaking_rate` = 3},
  `custom_pronunciations` = 5 {`pronunciations` = 1 {`phrase` = 1, `phonetic_encoding` = 2, `pronunciation` = 3}}}, `input` = 2 {`text` = 1, `markup` = 5, `prompt` = 6}; the answer's `audio_content` = 1.

Source: the vendor's client library.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legato.domain.delivery import Takes
from legato.domain.events import VendorEvent
from legato.domain.protobuf_wire import data, double, fields, text, whole
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import Reading, TextLevel
from legato.domain.vendors import (
    Outgoing,
    Place,
    Transport,
    VendorLimits,
    VendorTraits,
)
from legato.ports import LineRequest
from legato.providers.calls import Call, Calls, sounded
from legato.providers.pieces import pieces
from legato.providers.route_options import FIELDS, TEXT, Kinds, OneOf, checked, clamped, rate_of

URL = "grpcs://texttospeech.googleapis.com:443"
LIMITS = VendorLimits(concurrency=100, context_idle_s=5.0, keep_alive_s=3.0, message_chars=1_250)
"""A request holds 5000 bytes: at worst, characters of four bytes. A hundred sessions at once."""
METHOD = "/google.cloud.texttospeech.v1.TextToSpeech/StreamingSynthesize"
_VENDOR = "google"
_KINDS: Kinds = {
    "language_code": TEXT,
    "model_name": TEXT,
    "prompt": TEXT,
    "pronunciations": FIELDS,
    "sample_rate": OneOf((8_000, 16_000, 24_000, 48_000)),
}
_SPEEDS = (0.25, 2.0)
_HD = "Chirp3-HD"
_ACTING = "gemini"
"""Models that act audio tags in brackets."""
_LONGEST_PAUSE_S = 1.5
_PAUSES = ((350, "[pause short]"), (900, "[pause]"), (10_000, "[pause long]"))
"""Each pause up to this many milliseconds, with its markup."""
_MOST_PRONOUNCED = 200
_PCM = 7
_IPA = 1
_TEXT, _MARKUP = 1, 5


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        blank_keeps_alive: a blank input resets the vendor's five seconds; otherwise nothing is sent while text is missing.
        api_key_header: the secret is an API key; otherwise it is an access token, sent as a bearer token.
        pauses: HD voices get the pauses that the text asks for, as markup.
        pronunciations: a lexicon's pronunciations are sent with the call.
        traceparent: each call carries the trace that it belongs to.
    """

    blank_keeps_alive: bool = True
    api_key_header: bool = False
    pauses: bool = True
    pronunciations: bool = True
    traceparent: bool = True


@dataclass(frozen=True, slots=True)
class Google:
    """The dialect.

    Args:
        url: grpc(s)://host:port.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """A call for each run, whose segments flow into each other."""
        return VendorTraits(
            Transport.GRPC,
            self.limits,
            TextLevel.CLEANED,
            keeps_context=True,
            takes_traceparent=self.switches.traceparent,
        )

    def takes(self, route: Route) -> Takes:
        """The speed, set for the call; pauses if the voice reads markup; audio tags if the model acts them."""
        pause_s = _LONGEST_PAUSE_S if self.switches.pauses and _HD in route.voice else 0.0
        acts = str(route.options.get("model_name", "")).startswith(_ACTING)
        return Takes(_SPEEDS, pause_s=pause_s, by_run=True, directions=ANY_DIRECTION if acts else frozenset())

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """One channel for all voices of a rate."""
        rate = rate_of(checked(_VENDOR, route.options, _KINDS), 24_000)
        return Place(self.url, method=METHOD, sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """An access token as a bearer token, or an API key; names in gRPC metadata are in lower case."""
        if not secret:
            return {}
        return (
            {"x-goog-api-key": secret}
            if self.switches.api_key_header
            else {"authorization": f"Bearer {secret}"}
        )

    def connect(self, place: Place) -> Calls:
        """A new channel."""
        rate = place.sample_rate_hz
        return Calls(_VENDOR, GoogleMethod(rate, self.limits, self.switches), rate)


class GoogleMethod:
    """`StreamingSynthesize`.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._limits = limits
        self._switches = switches
        self._prompt = ""
        self._marks_pauses = False

    def begin(self, request: LineRequest) -> Sequence[Outgoing]:
        """The configuration."""
        options = request.route.options
        self._prompt = str(options.get("prompt", ""))
        voice = (
            text(1, str(options.get("language_code") or request.language))
            + text(2, request.route.voice)
            + text(6, str(options.get("model_name", "")))
        )
        audio = whole(1, _PCM) + whole(2, self._rate)
        audio += double(3, clamped(request.options.speed, *_SPEEDS) or 0.0)
        self._marks_pauses = self._switches.pauses and _HD in request.route.voice
        pairs = dict(request.pronunciations[:_MOST_PRONOUNCED]) if self._switches.pronunciations else {}
        own = options.get("pronunciations")
        pairs |= {str(word): str(ipa) for word, ipa in own.items()} if isinstance(own, Mapping) else {}
        return (data(1, data(1, voice) + data(4, audio) + _pronounced(pairs)),)

    def inputs(self, reading: Reading) -> Sequence[Outgoing]:
        """The segment, with its pause if the voice reads markup."""
        prompt, self._prompt = self._prompt, ""
        pause = _pause(reading.pause_ms) if self._marks_pauses else ""
        field = _MARKUP if pause else _TEXT
        said = pieces(f"{reading.text} {pause}", self._limits.message_chars)
        inputs = [text(field, part) for part in said]
        inputs[0] += text(6, prompt)
        return [data(2, part) for part in inputs]

    def rest(self) -> Sequence[Outgoing]:
        """No messages: nothing was kept."""
        return ()

    def blank(self) -> Sequence[Outgoing]:
        """A blank input."""
        return (data(2, text(1, " ")),) if self._switches.blank_keeps_alive else ()

    def read(self, call: Call, message: bytes) -> Sequence[VendorEvent]:
        """Audio."""
        told: list[VendorEvent] = []
        for number, value in fields(message):
            if number == 1 and isinstance(value, bytes):
                told += sounded(call, value)
        return told


def _pause(pause_ms: int) -> str:
    if not pause_ms:
        return ""
    return next((mark for most_ms, mark in _PAUSES if pause_ms <= most_ms), _PAUSES[-1][1]) + " "


def _pronounced(pairs: Mapping[str, str]) -> bytes:
    if not pairs:
        return b""
    entries = (text(1, phrase) + whole(2, _IPA) + text(3, ipa) for phrase, ipa in pairs.items())
    return data(5, b"".join(data(1, entry) for entry in entries))
