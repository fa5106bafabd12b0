"""What a client is told: every face renders every one of these in its own shape, or leaves it out on purpose."""

import enum
from dataclasses import dataclass

from legato.domain.audio import AudioFormat
from legato.domain.errors import SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits
from legato.domain.values import value


class WordMethod(enum.StrEnum):
    """Where a word's time comes from."""

    VENDOR = "vendor"
    ENGINE = "engine"
    ESTIMATED = "estimated"


class HeardMethod(enum.StrEnum):
    """How it is known what the listener heard."""

    PLAYED = "played"
    """From the client's own `Played`, or the sample in its `Cancel`."""
    WRITE_TIMES = "write_times"
    """From the times at which audio was written."""


@value
class Opened:
    """The stream is open."""

    stream_id: str
    audio_format: AudioFormat
    limits: StreamLimits
    codec_delay_samples: int = 0


@value
class UtteranceStarted:
    """Its first audio follows. `start_sample` is on the track's clock."""

    utterance_id: str
    ordinal: int
    track: int
    generation: int
    start_sample: int


@dataclass(slots=True)  # one for every chunk: what is frozen takes three times as long to make
class AudioChunk:
    """Encoded audio. `sample_offset` is on the track's clock, before the codec."""

    utterance_id: str
    ordinal: int
    generation: int
    sample_offset: int
    data: bytes


@value
class WordSpoken:
    """One source word and when it sounds, on the track's clock."""

    utterance_id: str
    word: str
    start_sample: int
    end_sample: int
    source_start: int
    source_end: int
    method: WordMethod


@value
class Flushed:
    """All text before that `Flush` has been spoken; `end_sample` is where its audio ends."""

    utterance_id: str
    flush_id: str
    end_sample: int


@value
class Seam:
    """Another route took over inside the utterance, after this word."""

    utterance_id: str
    word: str
    gap_ms: float
    from_route: str
    to_route: str
    method: str


@value
class UtteranceFinished:
    """Terminal: everything was spoken."""

    utterance_id: str
    receipt: Receipt


@value
class UtteranceCancelled:
    """Terminal: heard, sent-unheard and never-sent text together are the accepted text.

    `truncate_at_sample` is the listener's position within the track when it was cancelled.
    """

    utterance_id: str
    heard: str
    sent_unheard: str
    never_sent: str
    truncate_at_sample: int
    method: HeardMethod
    receipt: Receipt


@value
class UtteranceFailed:
    """Terminal: an error ended it. `unspoken` is the text that was not said."""

    utterance_id: str
    error: SpeechError
    unspoken: str
    receipt: Receipt


@value
class Warned:
    """Something the client should know; nothing ends."""

    code: str
    message: str
    utterance_id: str = ""


@value
class StreamError:
    """A message was refused, or the stream ends; `error.properties.reach` tells which. With an utterance id it is that message."""

    error: SpeechError


@value
class GoAway:
    """The stream will be closed in so many seconds."""

    in_s: float
    reason: str


@value
class Pong:
    """Answers `Ping`."""

    payload: str


Reply = (
    Opened
    | UtteranceStarted
    | AudioChunk
    | WordSpoken
    | Flushed
    | Seam
    | UtteranceFinished
    | UtteranceCancelled
    | UtteranceFailed
    | Warned
    | StreamError
    | GoAway
    | Pong
)
