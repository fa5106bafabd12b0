"""What happened, in the past tense, for telemetry. A fact becomes a metric, a span and a log line, and decides nothing.

No fact carries user text or a secret.
"""

from typing import Literal

from legato.domain.errors import Reason
from legato.domain.receipt import Receipt
from legato.domain.values import value

Outcome = Literal["finished", "cancelled", "failed"]
"""How an utterance ended."""
RunWait = Literal["", "first_audio", "between_audio", "finish"]
"""What a vendor keeps a run waiting for; empty for nothing."""


@value
class StreamOpened:
    """A client opened a stream."""

    stream_id: str
    principal: str
    face: str
    audio_format: str
    traceparent: str = ""
    tracestate: str = ""


@value
class StreamClosed:
    """A stream is over. `reason` is empty for a clean close."""

    stream_id: str
    reason: str
    utterances: int
    late_messages: int
    lasted_s: float


@value
class UtteranceBegun:
    """An utterance began."""

    stream_id: str
    utterance_id: str
    voice: str
    traceparent: str = ""
    tracestate: str = ""


@value
class FirstAudio:
    """The first audio of an utterance was handed to the socket."""

    stream_id: str
    utterance_id: str
    ttfb_s: float
    ttfb_speakable_s: float
    queued: bool


@value
class UtteranceEnded:
    """An utterance's terminal event was written."""

    stream_id: str
    utterance_id: str
    voice: str
    outcome: Outcome
    reason: str
    receipt: Receipt


@value
class CancelServed:
    """A cancel was read, and the last frame of the utterance left `took_s` later."""

    stream_id: str
    utterance_id: str
    took_s: float


@value
class AttemptMade:
    """A lease was requested and answered. `reason` and the message `why` say why there is no line, and are empty when it was granted.

    With `cached` no line was needed: a recording is repeated.
    """

    stream_id: str
    utterance_id: str
    route: str
    reused: bool
    acquire_s: float
    reason: str = ""
    cached: bool = False
    why: str = ""


@value
class AttemptEnded:
    """A lease that was granted has been given back.

    Args:
        stream_id: the stream it was for.
        utterance_id: the utterance it was for.
        route: the route it was on.
        outcome: "finished", "stopped", "let_go" while its utterance waits for text, or the reason it failed.
        chars: characters handed to a voice; none if a recording was repeated.
        audio_s: seconds of audio it gave.
        lasted_s: seconds since the lease was asked for.
        why: the message of that failure.
    """

    stream_id: str
    utterance_id: str
    route: str
    outcome: str
    chars: int
    audio_s: float
    lasted_s: float
    why: str = ""


@value
class SegmentSpoken:
    """All audio of a segment has come, `took_s` after its text was handed to the line."""

    stream_id: str
    utterance_id: str
    segment: int
    route: str
    chars: int
    took_s: float


@value
class Spliced:
    """Another line took over midway through an utterance and its first audio was written; the listener waited `gap_s`."""

    stream_id: str
    utterance_id: str
    from_route: str
    to_route: str
    method: str
    gap_s: float


@value
class Hedged:
    """A slow route was raced against another.

    Args:
        stream_id: the stream it was for.
        utterance_id: the utterance it was for.
        route: the route that was asked for.
        rival: the route that was asked as well.
        overtaken: the rival was first.
        chars: characters sent twice.
        took_s: from the first text to the first audible sound, or to the end of both if there was none.
    """

    stream_id: str
    utterance_id: str
    route: str
    rival: str
    overtaken: bool
    chars: int
    took_s: float


@value
class MessageRefused:
    """Something of a client was refused with a named error: a message or, without a `stream_id`, its stream at the door."""

    stream_id: str
    reason: Reason
    face: str = ""


@value
class Underran:
    """The listener's clock ran dry in the middle of an utterance."""

    stream_id: str
    utterance_id: str
    gap_s: float


@value
class LineDialled:
    """A connection to a vendor was established."""

    provider: str
    took_s: float


@value
class LineLost:
    """A connection to a vendor was lost, or could not be established."""

    provider: str
    reason: Reason


@value
class BreakerMoved:
    """The breaker of a route is now admitting, shut or probing. `why` is the message of the failure that moved it."""

    route: str
    state: str
    why: str = ""


@value
class RunTimedOut:
    """A vendor kept a run waiting too long."""

    route: str
    awaited: RunWait


@value
class BugFound:
    """An assertion failed, or an unexpected exception was caught."""

    where: str
    kind: str

    @classmethod
    def of(cls, seam: str, bug: object) -> "BugFound":
        """The fact of an exception that was caught at this seam: where it was raised, without its message, which could hold user text."""
        trace, place = getattr(bug, "__traceback__", None), "unknown place"
        while trace is not None:
            place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
            trace = trace.tb_next
        return cls(f"{seam} {place}", type(bug).__name__)


Fact = (
    StreamOpened
    | StreamClosed
    | UtteranceBegun
    | FirstAudio
    | UtteranceEnded
    | CancelServed
    | AttemptMade
    | AttemptEnded
    | SegmentSpoken
    | Spliced
    | Hedged
    | MessageRefused
    | Underran
    | LineDialled
    | LineLost
    | BreakerMoved
    | RunTimedOut
    | BugFound
)
