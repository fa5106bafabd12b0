"""OpenAI's speech endpoint, and every compatible server: one request per segment, answered with the audio.

Rules:
- The answer's content type decides how it is read: samples, a WAV file, or server-sent events.
- `pcm` is asked for: 24 kHz s16le mono without a header. If a server gives another rate, or only WAV, options say so.
- Fields that not every server knows are sent only if a route or a switch names them.

Sources: the vendor's OpenAPI file, its SDK, and the client of a voice framework.
"""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from legato.domain.delivery import Takes
from legato.domain.errors import Reason
from legato.domain.events import Audio
from legato.domain.speech import NOTHING_ASKED, Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import HttpRequest, Place, ResponseHead, VendorLimits, VendorTraits
from legato.ports import LineRequest
from legato.providers.bodies import Body, Events, Lines, samples_or_not
from legato.providers.json_frames import audio_of, compact, json_object
from legato.providers.pieces import pieces
from legato.providers.requests import Requests, request_traits
from legato.providers.route_options import TEXT, Between, Kinds, OneOf, checked, clamped, rate_of
from legato.providers.status_codes import complaint, unreadable

URL = "https://api.openai.com/v1"
LIMITS = VendorLimits(message_chars=4_096, batch_chars=240, first_audio_s=5.0, between_audio_s=2.0)
"""Concurrency depends on the plan: the pool learns it."""
_VENDOR = "openai"
_KINDS: Kinds = {
    "model": TEXT,
    "instructions": TEXT,
    "response_format": OneOf(("pcm", "wav")),
    "sample_rate": Between(8_000, 48_000, whole=True),
    "language": TEXT,
}
_SPEEDS = (0.25, 4.0)
_JSON = (("Content-Type", "application/json"),)
REASONS: Mapping[str, Reason] = {
    "insufficient_quota": Reason.VENDOR_QUOTA,
    "rate_limit_exceeded": Reason.VENDOR_QUOTA,
    "rate_limit_error": Reason.VENDOR_QUOTA,
    "invalid_api_key": Reason.VENDOR_REJECTED,
    "invalid_request_error": Reason.VENDOR_REJECTED,
    "server_error": Reason.VENDOR_UNREACHABLE,
}


class StreamFormat(enum.StrEnum):
    """How the audio comes."""

    UNSAID = ""
    """The field is left out, which every server accepts."""
    AUDIO = "audio"
    SSE = "sse"


@dataclass(frozen=True, slots=True)
class Switches:
    """What differs between servers.

    Args:
        stream_format: the stream format that is requested.
        sends_speed: the speed is sent if the client asks for one.
        traceparent: each request carries the trace that it belongs to.
    """

    stream_format: StreamFormat = StreamFormat.UNSAID
    sends_speed: bool = True
    traceparent: bool = True


@dataclass(frozen=True, slots=True)
class OpenAI:
    """The dialect.

    Args:
        url: the base, as the vendor's own clients take it; `/audio/speech` is appended.
        limits: what the vendor allows.
        switches: what differs between servers.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """A request for each segment."""
        return request_traits(self.limits, traceparent=self.switches.traceparent)

    def takes(self, route: Route) -> Takes:
        """The speed, with each request."""
        return Takes(_SPEEDS if self.switches.sends_speed else None)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """One place for all voices."""
        chosen = checked(_VENDOR, route.options, _KINDS)
        return Place(f"{self.url.rstrip('/')}/audio/speech", _JSON, sample_rate_hz=rate_of(chosen, 24_000))

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key as a bearer token."""
        return {"Authorization": f"Bearer {secret}"} if secret else {}

    def connect(self, place: Place) -> Requests:
        """A new connection."""
        endpoint = OpenAIEndpoint(place.sample_rate_hz, self.limits, self.switches)
        return Requests(_VENDOR, place.sample_rate_hz, REASONS, endpoint)


class OpenAIEndpoint:
    """`POST /audio/speech`.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what differs between servers.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._limits = limits
        self._switches = switches
        self._fields: dict[str, object] = {}
        self._options = NOTHING_ASKED

    def begin(self, request: LineRequest) -> None:
        """Set what is the same in all requests of the run."""
        options = request.route.options
        self._fields = {
            "model": options.get("model", "gpt-4o-mini-tts"),
            "voice": request.route.voice,
            "response_format": options.get("response_format", "pcm"),
        }
        for name in ("instructions", "language"):
            if name in options:
                self._fields[name] = options[name]
        self._options = request.options
        if self._switches.stream_format:
            self._fields["stream_format"] = self._switches.stream_format

    def requests(self, segment: int, reading: Reading) -> Sequence[HttpRequest]:
        """One request, or several if the segment is too long for one."""
        speed = clamped(self._options.delivered(reading.delivery).speed, *_SPEEDS)
        spoken = {} if speed is None or not self._switches.sends_speed else {"speed": speed}
        return [
            HttpRequest(segment, compact({**self._fields, **spoken, "input": part}).encode())
            for part in pieces(reading.text, self._limits.message_chars)
        ]

    def body(self, head: ResponseHead, given_ms: Callable[[], float]) -> Body:
        """Read by its content type."""
        content_type = head.headers.get("content-type", "")
        if content_type.lower().startswith("text/event-stream"):
            return Lines(_VENDOR, _event)
        return samples_or_not(_VENDOR, content_type, self._rate)


def _event(line: bytes) -> Events:
    if not line.startswith(b"data:"):
        return ()
    data = line[5:].strip()
    if data == b"[DONE]":
        return ()
    message = json_object(data)
    if message is None:
        return (unreadable(_VENDOR, "an event that is not a JSON object"),)
    if message.get("error") or message.get("type") == "error":
        return (complaint(_VENDOR, message, REASONS, Reason.VENDOR_UNREACHABLE),)
    if message.get("type") not in ("speech.audio.delta", "audio.delta"):
        return ()
    audio = audio_of(message.get("audio") or message.get("delta"))
    if audio is None:
        return (unreadable(_VENDOR, "audio that is not base64"),)
    return (Audio(audio),) if audio else ()
