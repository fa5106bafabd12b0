"""What is known about a vendor, as data: how it is reached, what it can do, and the limits it sets.

A vendor's limits are never constants in the code that decides: pool, queue and time-outs read them from here, and the simulator
enforces the same ones.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from legato.domain.text import TextLevel


class Transport(enum.StrEnum):
    """How a vendor is reached."""

    WEBSOCKET = "websocket"
    """A connection outlives its runs; frames are text or binary messages."""
    HTTP = "http"
    """Each segment is a request on a keep-alive connection; its body is the audio."""
    GRPC = "grpc"
    """Each run is a bidirectional call on a channel; frames are serialized messages."""
    TCP = "tcp"
    """A connection outlives its runs; frames are bytes cut anywhere."""


@dataclass(frozen=True, slots=True)
class VendorLimits:
    """What a vendor allows, and how long it is waited for. Zero means no such limit, unless stated otherwise.

    Args:
        runs_per_line: generations (contexts) open at once on one connection, closing ones included; at least 1.
        concurrency: generations at once with one credential.
        idle_s: the vendor drops a connection that has been idle for this long.
        max_age_s: the vendor drops a connection that is this old.
        keep_alive_s: interval between keep-alives on an idle connection; `Provider.keep_alive` says what is sent.
        context_idle_s: the vendor drops a context that has had no text for this long.
        message_chars: characters in one message.
        batch_chars: where the vendor counts requests, waiting segments of a run are joined up to this many characters.
        flushes: flushes allowed in each window of `window_s` on one connection.
        window_chars: characters allowed in each window of `window_s` on one connection.
        window_s: length of these windows.
        dial_s: a connection that is not open after this has failed.
        first_audio_s: text that has given no audio after this has failed; earlier, where the route is known to be quicker.
        first_audio_factor: first audio is waited for this many times as long as the route usually takes (its 95th percentile);
            0 for always `first_audio_s`.
        first_audio_least_s: the least that this may come to.
        between_audio_s: a run that has given no audio for this long, while it owes some, has failed.
        finish_s: once all text is given, a run that is not finished this long after its last audio has failed.
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
    """What a vendor can do in its language.

    Args:
        transport: how it is reached.
        limits: what it allows.
        text_level: how far the text is best rewritten into words by the gateway.
        keeps_context: segments of one run flow into each other at the vendor.
        word_times: the vendor reports true word times.
        cancels: a message stops a run; otherwise only closing its connection, request or call does.
        marks: the vendor is known to mark the end of each segment's audio; otherwise that is known only once it has done so.
        raw_audio: a binary frame is samples and nothing else, so adjacent frames may be heard as one.
        takes_traceparent: each request or call may carry a W3C `traceparent`. A connection that outlives its runs has no place
            for one.
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
    """Where a connection goes, without the secret; lines to equal places are interchangeable.

    Args:
        url: ws(s)://, http(s)://, grpc(s)://host:port or tcp://host:port, with the query.
        headers: request headers, as pairs.
        subprotocols: what a WebSocket offers.
        method: full name of the gRPC method ("/package.Service/Method").
        sample_rate_hz: rate of the s16le mono audio that comes from there.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    subprotocols: tuple[str, ...] = ()
    method: str = ""
    sample_rate_hz: int = 24_000


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to a vendor that is reached by HTTP.

    Args:
        segment: which segment of the run it speaks.
        body: body of the POST.
        headers: headers in addition to the place's.
        path: appended to the place's URL; empty for the place itself.
    """

    segment: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """The head of the response to the oldest unanswered request; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResponseEnd:
    """The response body is complete."""


@dataclass(frozen=True, slots=True)
class HalfClose:
    """The gateway sends no more messages on this gRPC call."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The vendor has ended the gRPC call.

    Args:
        code: name of the status code; "OK" for a good end.
        message: the vendor's words; where there are none, what the gateway itself saw.
        details: the vendor's `google.rpc.Status`, serialized; empty if it sent none.
        ours: whether the message is what the gateway itself saw: it may be passed on.
    """

    code: str
    message: str = ""
    details: bytes = b""
    ours: bool = False


Outgoing = bytes | str | HttpRequest | HalfClose
Incoming = bytes | str | ResponseHead | ResponseEnd | CallEnded
