"""Cartesia's bytes endpoint: one request per segment, answered with raw samples. The fallback for its WebSocket.

Source: the vendor's documentation.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from legato.domain.delivery import Takes
from legato.domain.speech import Route, UtteranceOptions
from legato.domain.text import Reading
from legato.domain.vendors import HttpRequest, Place, ResponseHead, VendorLimits, VendorTraits
from legato.ports import LineRequest
from legato.providers.bodies import Body, samples_or_not
from legato.providers.cartesia_settings import (
    KINDS,
    REASONS,
    VERSION,
    credentials,
    generation,
    markup_of,
    takes_of,
)
from legato.providers.json_frames import compact
from legato.providers.phonemes import marked
from legato.providers.requests import Requests, request_traits
from legato.providers.route_options import checked, rate_of

URL = "https://api.cartesia.ai/tts/bytes"
LIMITS = VendorLimits(batch_chars=240)
_VENDOR = "cartesia_bytes"


@dataclass(frozen=True, slots=True)
class Switches:
    """What sources leave open.

    Args:
        most_speed: the fastest speed; one page says 2.0.
        version: the API version that is requested.
        pronunciations: models that take sounds in the text (`<<m|ɛ|t>>`) get pronunciations so.
        traceparent: each request carries the trace that it belongs to.
    """

    most_speed: float = 1.5
    version: str = VERSION
    pronunciations: bool = True
    traceparent: bool = False


@dataclass(frozen=True, slots=True)
class CartesiaBytes:
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
        """A request for each segment."""
        return request_traits(self.limits, traceparent=self.switches.traceparent)

    def takes(self, route: Route) -> Takes:
        """Speed, volume and language, with each request; the gateway makes the pauses between them."""
        return takes_of(route, self.switches.most_speed, breaks=False, by_run=False)

    def place(self, route: Route, language: str, options: UtteranceOptions) -> Place:
        """One place for all voices of a rate."""
        rate = rate_of(checked(_VENDOR, route.options, KINDS), 24_000)
        headers = (("Cartesia-Version", self.switches.version), ("Content-Type", "application/json"))
        return Place(self.url, headers, sample_rate_hz=rate)

    def credentials(self, secret: str) -> Mapping[str, str]:
        """The key as a bearer token."""
        return credentials(secret)

    def connect(self, place: Place) -> Requests:
        """A new connection."""
        endpoint = CartesiaEndpoint(place.sample_rate_hz, self.limits, self.switches)
        return Requests(_VENDOR, place.sample_rate_hz, REASONS, endpoint)


class CartesiaEndpoint:
    """`POST /tts/bytes`.

    Args:
        sample_rate_hz: rate of the audio.
        limits: what the vendor allows.
        switches: what sources leave open.
    """

    def __init__(self, sample_rate_hz: int, limits: VendorLimits, switches: Switches) -> None:
        self._rate = sample_rate_hz
        self._limits = limits
        self._switches = switches
        self._request: LineRequest | None = None

    def begin(self, request: LineRequest) -> None:
        """Set what is the same in all requests of the run."""
        self._request = request

    def requests(self, segment: int, reading: Reading) -> Sequence[HttpRequest]:
        """One request, or several if the segment is too long for one."""
        request, most = self._request, self._switches.most_speed
        assert request is not None, "a run has begun"
        takes = takes_of(request.route, most, breaks=False, by_run=False)
        fields = generation(request, self._rate, most, takes.kept(reading.delivery))
        markup = markup_of(request.route, wanted=self._switches.pronunciations)
        return [
            HttpRequest(segment, compact({**fields, "transcript": part}).encode())
            for part in marked(reading, markup, self._limits.message_chars)
        ]

    def body(self, head: ResponseHead, given_ms: Callable[[], float]) -> Body:
        """Samples."""
        return samples_or_not(_VENDOR, head.headers.get("content-type", ""), self._rate)
