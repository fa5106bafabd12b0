"""What happened, past tense, for telemetry. One fact becomes a metric, a span and a log line; facts decide nothing.

No fact carries user text or a secret.
"""

from legato.domain.errors import Reason
from legato.domain.receipt import Receipt
from legato.domain.values import value


@value
class StreamOpened:
    """A client is there."""

    stream_id: str
    principal: str
    face: str
    audio_format: str
    traceparent: str = ""


@value
class StreamClosed:
    """It is gone. `reason` is empty for a clean close."""

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
    """Its terminal event was written. `outcome` is finished, cancelled or failed."""

    stream_id: str
    utterance_id: str
    voice: str
    outcome: str
    reason: str
    receipt: Receipt


@value
class CancelServed:
    """A cancel was read and the last frame of the utterance left `took_s` later."""

    stream_id: str
    utterance_id: str
    took_s: float


@value
class AttemptMade:
    """A lease was asked for and answered: with a line, or with the `reason` why there is none."""

    stream_id: str
    utterance_id: str
    route: str
    reused: bool
    acquire_s: float
    reason: str = ""


@value
class AttemptEnded:
    """A lease that was answered has been given back.

    Args:
        stream_id: whose.
        utterance_id: for whom.
        route: which way.
        outcome: "finished", "stopped", "let_go" while its utterance waits for text, or the reason why it broke.
        chars: characters that were handed to the line.
        audio_s: seconds of sound that it gave.
        lasted_s: seconds since the lease was asked for.
    """

    stream_id: str
    utterance_id: str
    route: str
    outcome: str
    chars: int
    audio_s: float
    lasted_s: float


@value
class SegmentSpoken:
    """All audio of a segment has come from its line, `took_s` after its text was handed over."""

    stream_id: str
    utterance_id: str
    segment: int
    route: str
    chars: int
    took_s: float


@value
class Spliced:
    """Another line goes on in the middle of an utterance, and its first audio was written; `gap_s` is what the listener waited."""

    stream_id: str
    utterance_id: str
    from_route: str
    to_route: str
    method: str
    gap_s: float


@value
class Hedged:
    """A slow route was raced by another.

    Args:
        stream_id: whose.
        utterance_id: for whom.
        route: that was asked for.
        rival: that was asked besides.
        overtaken: the rival was first.
        chars: that were sent twice.
        took_s: from the first text to the first audible sound.
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
    """What a client sent was refused by name: a message or, with no `stream_id`, its stream at the door."""

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
    """A connection to a vendor stands."""

    provider: str
    took_s: float


@value
class LineLost:
    """A connection to a vendor is gone, or could not be had."""

    provider: str
    reason: Reason


@value
class BreakerMoved:
    """The breaker of a route is now admitting, shut or probing."""

    route: str
    state: str


@value
class RunTimedOut:
    """A vendor kept a run waiting for too long: for first_audio, between_audio or finish."""

    route: str
    awaited: str


@value
class BugFound:
    """An assertion failed or an unexpected exception was caught at a seam."""

    where: str
    kind: str


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
