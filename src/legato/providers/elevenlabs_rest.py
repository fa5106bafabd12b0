"""ElevenLabs' streaming HTTP endpoints: one request per segment, answered with samples, or with lines that have times as well.

Rules:
- The text before a segment goes with it (`previous_text`), so that the vendor keeps the tone.
- With times, each line is JSON with base64 audio and character times in seconds.

Source: the vendor's OpenAPI file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from legato.domain.delivery import Takes
from legato.domain.events import Audio, VendorEvent, Words
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import HttpRequest, Place, ResponseHead, VendorLimits, VendorTraits
from legato.ports import LineRequest
from legato.providers.alignment import Alignment, TimesFrom
from legato.providers.bodies import Body, Events, Lines, samples_or_not
from legato.providers.elevenlabs_settings import (
    KINDS,
    REASONS,
    character_seconds,
    credentials,
    hears_before,
    language_of,
    markup_of,
    takes_of,
    voice_settings,
)
from legato.providers.json_frames import audio_of, compact, json_object
from legato.providers.phonemes import UNMARKED, marked
from legato.providers.requests import Requests, request_traits
from legato.providers.route_options import checked, rate_of, with_query
from legato.providers.status_codes import unreadable

URL = "https://api.elevenlabs.io"
LIMITS = VendorLimits(message_chars=3_000, batch_chars=240)
"""The smallest cap of any model. Concurrency depends on the plan: the pool learns it."""
_VENDOR = "elevenlabs_rest"
_BEFORE = 500


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        timestamps: lines with times are requested; otherwise plain samples.
        times_count_from: the answer's first sample, or the line's own audio.
        previous_text: the text before a segment is sent with it, except to v3, which refuses it.
        ssml_phonemes: models that take SSML's `phoneme` get pronunciations; a segment without any is sent as plain text.
        pronunciations: v3 gets pronunciations as IPA between slashes (`/mɛt/`).
        traceparent: each request carries the trace that it belongs to.
    """

    timestamps: bool = False
    times_count_from: TimesFrom = TimesFrom.START
    previous_text: bool = True
    ssml_phonemes: bool = True
    pronunciations: bool = True
    traceparent: bool = False


@dataclass(frozen=True, slots=True)
class ElevenLabsRest:
    """The dialect.

    Args:
        url: URL of the host.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    url: str = URL
    limits: VendorLimits = LIMITS
    switches: Switches = Switches()

    @property
    def traits(self) -> VendorTraits:
        """A request for each segment; word times if lines with times are requested."""
        return request_traits(
            self.limits, traceparent=self.switches.traceparent, word_times=self.switches.timestamps
        )

    def takes(self, route: Route) -> Takes:
        """The speed and the language, with each request; the gateway makes the pauses between them."""
        return takes_of(route.options, breaks=False, by_run=False)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """Voice and format belong to the place."""
        chosen = checked(_VENDOR, route.options, KINDS)
        rate = rate_of(chosen, 24_000)
        end = "stream/with-timestamps" if self.switches.timestamps else "stream"
        url = f"{self.url.rstrip('/')}/v1/text-to-speech/{quote(route.voice, safe='')}/{end}"
        query = {"output_format": f"pcm_{rate}", "enable_logging": chosen.get("enable_logging")}
        return Place(with_query(url, query), (("Content-Type", "application/json"),), sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key in the vendor's own header."""
        return credentials(secret)

    def connect(self, place: Place) -> Requests:
        """A new connection."""
        endpoint = ElevenLabsEndpoint(place.sample_rate_hz, self.limits, self.switches)
        return Requests(_VENDOR, place.sample_rate_hz, REASONS, endpoint)


class ElevenLabsEndpoint:
    """`POST /v1/text-to-speech/{voice}/stream` and its variant with times.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._limits = limits
        self._switches = switches
        self._fields: dict[str, object] = {}
        self._request: LineRequest | None = None
        self._before = ""
        self._tells_before = False
        self._markup = UNMARKED
        self._alignment = Alignment()

    def begin(self, request: LineRequest) -> None:
        """Set what is the same in all requests of the run."""
        self._request, options = request, request.route.options
        names = ("model_id", "apply_text_normalization", "pronunciation_dictionary_locators", "seed")
        self._fields = {name: options[name] for name in names if name in options}
        self._before = ""
        self._tells_before = self._switches.previous_text and hears_before(options)
        switches = self._switches
        self._markup = markup_of(options, ssml=switches.ssml_phonemes, ipa=switches.pronunciations)
        self._alignment = Alignment()

    def requests(self, segment: int, reading: Reading) -> Sequence[HttpRequest]:
        """One request, or several if the segment is too long for one."""
        self._alignment.said(segment, reading)
        found = []
        markup = self._markup if reading.pronunciations else UNMARKED
        for part in marked(reading, markup, self._limits.message_chars):
            fields = {**self._fields, **self._spoken(reading), "text": part}
            if self._before and self._tells_before:
                fields["previous_text"] = self._before
            if markup is UNMARKED:
                self._before = f"{self._before} {part}".strip()[-_BEFORE:]
            found.append(HttpRequest(segment, compact(fields).encode()))
        if markup is not UNMARKED:
            # The text before is sent as it reads, without marks.
            self._before = f"{self._before} {reading.text}".strip()[-_BEFORE:]
        return found

    def _spoken(self, reading: Reading) -> Mapping[str, object]:
        """How a segment is spoken: as the run asks, and on top of that its text."""
        request = self._request
        assert request is not None, "a run has begun"
        takes = takes_of(request.route.options, breaks=False, by_run=False)
        delivery = takes.kept(reading.delivery)
        language = language_of(request.route.options, delivery.language or request.language)
        settings = voice_settings(request.route, request.options.delivered(delivery))
        fields = {"language_code": language} if language is not None else {}
        return {**fields, "voice_settings": settings} if settings else fields

    def body(self, head: ResponseHead, given_ms: Callable[[], float]) -> Body:
        """Samples, or lines."""
        if not self._switches.timestamps:
            return samples_or_not(_VENDOR, head.headers.get("content-type", ""), self._rate)
        by_line = self._switches.times_count_from is TimesFrom.MESSAGE
        ms_per_byte = 500.0 / self._rate if by_line else 0.0
        return Lines(_VENDOR, _TimedLines(self._alignment, given_ms(), ms_per_byte).read)


class _TimedLines:
    """The lines of one answer, which begins at `started_ms` of the run; a line's times are shifted by the bytes before it."""

    def __init__(self, alignment: Alignment, started_ms: float, ms_per_byte: float) -> None:
        self._alignment = alignment
        self._started_ms = started_ms
        self._ms_per_byte = ms_per_byte
        self._bytes = 0

    def read(self, line: bytes) -> Events:
        message = json_object(line)
        if message is None:
            return (unreadable(_VENDOR, "a line that is not a JSON object"),)
        encoded = message.get("audio_base64")
        data = audio_of(encoded) if encoded else b""
        if data is None:
            return (unreadable(_VENDOR, "audio that is not base64"),)
        offset_ms = self._started_ms + self._bytes * self._ms_per_byte
        self._bytes += len(data)
        told: list[VendorEvent] = [Audio(data)] if data else []
        timed = character_seconds(message.get("alignment"))
        words = self._alignment.heard(timed, offset_ms) if timed is not None else ()
        return [*told, Words(words)] if words else told
