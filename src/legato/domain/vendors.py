"""What is known of a vendor as data: how it is reached, what it can do, and the limits it sets.

A vendor's limits are never constants in code that decides: pool, queue and time-outs read them from here, and the simulator
enforces the same ones.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from legato.domain.text import TextLevel


class Transport(enum.StrEnum):
    """How a vendor is reached."""

    WEBSOCKET = "websocket"
    """A connection outlives runs; frames are text or binary messages."""
    HTTP = "http"
    """Each segment is a request on a keep-alive connection; its body is the audio."""
    GRPC = "grpc"
    """Each run is a bidirectional call on a channel; frames are serialized messages."""
    TCP = "tcp"
    """A connection outlives runs; frames are bytes cut anywhere."""


@dataclass(frozen=True, slots=True)
class VendorLimits:
    """What a vendor allows, and how long it is waited for. Zero means that there is no such limit, unless said otherwise.

    Args:
        runs_per_line: generations (contexts) open at once on one connection, closing ones included; at least 1.
        concurrency: generations at once with one credential.
        idle_s: the vendor drops a connection that is idle for so long.
        max_age_s: the vendor drops a connection that is so old.
        keep_alive_s: something is sent on an idle connection so often; what, `Provider.keep_alive` says.
        context_idle_s: the vendor drops a context that gets no text for so long.
        message_chars: characters in one message.
        batch_chars: segments of a run that wait are asked for in one up to so many characters, where each request counts.
        flushes: flushes allowed in each window of `window_s` on one connection.
        window_chars: characters allowed in each window of `window_s` on one connection.
        window_s: length of these windows.
        dial_s: a connection that is not open after this has failed.
        first_audio_s: text that has given no audio after this has failed; sooner, where a route is known to be quicker.
        first_audio_factor: so many times what a route's first audio usually takes (its 95th percentile) is waited for; 0 for
            `first_audio_s` whatever is usual.
        first_audio_least_s: but never less than this.
        between_audio_s: speech that has given no audio for so long, while it owes some, has failed.
        finish_s: a run that is not finished so long after its last audio, all text being given, has failed.
        cancel_s: a cancelled run that the vendor has not confirmed after this spoils its connection.
    """

    runs_per_line: int = 1
    concurrency: int = 0
    idle_s: float = 0.0
    max_age_s: float = 0.0
    keep_alive_s: float = 5.0
    context_idle_s: float = 0.0
    message_chars: int = 0
    batch_chars: int = 0
    flushes: int = 0
    window_chars: int = 0
    window_s: float = 60.0
    dial_s: float = 3.0
    first_audio_s: float = 3.0
    first_audio_factor: float = 3.0
    first_audio_least_s: float = 0.6
    between_audio_s: float = 1.5
    finish_s: float = 1.5
    cancel_s: float = 1.0


@dataclass(frozen=True, slots=True)
class VendorTraits:
    """What a vendor language can do.

    Args:
        transport: how it is reached.
        limits: what it allows.
        text_level: how much of the reading is best done here.
        keeps_context: segments of one run flow into each other at the vendor.
        word_times: true word times come.
        cancels: a run is stopped by a message; else only by closing its connection, request or call.
        marks: the end of each segment's audio is told, from the first run on; else it is only known once it has been.
        raw_audio: a binary frame is samples and nothing else: neighbours may be heard as one.
        takes_traceparent: each request or call may name the trace that it belongs to, as W3C's `traceparent`. A connection that
            outlives runs has no place for it.
    """

    transport: Transport
    limits: VendorLimits
    text_level: TextLevel = TextLevel.CLEANED
    keeps_context: bool = False
    word_times: bool = False
    cancels: bool = False
    marks: bool = False
    raw_audio: bool = False
    takes_traceparent: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection goes, without the secret; lines of equal places are interchangeable.

    Args:
        url: ws(s)://, http(s)://, grpc(s)://host:port or tcp://host:port, with the query.
        headers: of the request, as pairs.
        subprotocols: that a WebSocket offers.
        method: full name of the gRPC method ("/package.Service/Method").
        sample_rate_hz: of the s16le mono audio that comes from there.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    subprotocols: tuple[str, ...] = ()
    method: str = ""
    sample_rate_hz: int = 24_000


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to send, on a vendor that is reached by HTTP.

    Args:
        segment: which segment of the run it speaks.
        body: of a POST.
        headers: besides those of the place.
        path: appended to the place's URL; empty for the place itself.
    """

    segment: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The head of the answer to the oldest request without one; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResponseEnd:
    """The answer's body is complete."""


@dataclass(frozen=True, slots=True)
class HalfClose:
    """No more messages on this gRPC call."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The vendor has ended the gRPC call.

    Args:
        code: name of the status code; "OK" for a good end.
        message: the vendor's words.
    """

    code: str
    message: str = ""


Outgoing = bytes | str | HttpRequest | HalfClose
Incoming = bytes | str | ResponseHead | ResponseEnd | CallEnded
