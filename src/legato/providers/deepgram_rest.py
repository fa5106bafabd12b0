"""Deepgram's speak endpoint (v1): one request per segment, answered with raw samples. The fallback for its WebSocket.

Source: the vendor's OpenAPI file.
"""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from legato.domain.delivery import Takes
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import HttpRequest, Place, ResponseHead, VendorLimits, VendorTraits
from legato.ports import LineRequest
from legato.providers.bodies import Body, samples_or_not
from legato.providers.deepgram_settings import KINDS, REASONS, credentials, markup_of, speed_of, takes_of
from legato.providers.json_frames import compact
from legato.providers.phonemes import UNMARKED, marked
from legato.providers.requests import Requests, request_traits
from legato.providers.route_options import checked, rate_of, with_query

URL = "https://api.deepgram.com/v1/speak"
LIMITS = VendorLimits(message_chars=2_000, batch_chars=240)
"""Sources differ on the characters of a request (1000 or 2000). Concurrency depends on the plan: the pool learns it."""
_VENDOR = "deepgram_rest"
_JSON = (("Content-Type", "application/json"),)


class Container(enum.StrEnum):
    """What the samples come in."""

    NONE = "none"
    WAV = "wav"


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        container: the container that is requested; the header of a WAV file is always removed.
        pronunciations: pronunciations are sent inline to voices that take them.
        traceparent: each request carries the trace that it belongs to.
    """

    container: Container = Container.NONE
    pronunciations: bool = True
    traceparent: bool = False


@dataclass(frozen=True, slots=True)
class DeepgramRest:
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
        """A request for each segment."""
        return request_traits(self.limits, traceparent=self.switches.traceparent)

    def takes(self, route: Route) -> Takes:
        """The speed, for the voices that take one; it is set for the place."""
        return takes_of(route.voice)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """Voice, rate and speed belong to the place, the language to the voice."""
        chosen = checked(_VENDOR, route.options, KINDS)
        rate = rate_of(chosen, 24_000)
        query = {
            "model": route.voice,
            "encoding": "linear16",
            "container": self.switches.container,
            "sample_rate": rate,
            "speed": speed_of(route.voice, options.speed),
            "mip_opt_out": chosen.get("mip_opt_out"),
            "tag": chosen.get("tag"),
        }
        return Place(with_query(self.url, query), _JSON, sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key, in the vendor's own scheme."""
        return credentials(secret)

    def connect(self, place: Place) -> Requests:
        """A new connection."""
        rate = place.sample_rate_hz
        return Requests(_VENDOR, rate, REASONS, DeepgramEndpoint(rate, self.limits, self.switches))


class DeepgramEndpoint:
    """`POST /v1/speak`.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._limits = limits
        self._switches = switches
        self._markup = UNMARKED

    def begin(self, request: LineRequest) -> None:
        """All but the text belongs to the place; the voice decides whether pronunciations are sent."""
        self._markup = markup_of(request.route.voice, wanted=self._switches.pronunciations)

    def requests(self, segment: int, reading: Reading) -> Sequence[HttpRequest]:
        """One request, or several if the segment is too long for one."""
        return [
            HttpRequest(segment, compact({"text": part}).encode())
            for part in marked(reading, self._markup, self._limits.message_chars)
        ]

    def body(self, head: ResponseHead, given_ms: Callable[[], float]) -> Body:
        """Samples."""
        return samples_or_not(_VENDOR, head.headers.get("content-type", ""), self._rate)
