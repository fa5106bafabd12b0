"""What a client is told: every face renders each of these in its own format, or leaves it out on purpose."""

import enum
from dataclasses import dataclass

from legato.domain.audio import AudioFormat
from legato.domain.errors import SpeechError
from legato.domain.receipt import Receipt
from legato.domain.speech import StreamLimits
from legato.domain.values import value


class WordMethod(enum.StrEnum):
    """Where the times of a word come from."""

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
    """The utterance's first audio follows. `start_sample` is on the track's clock."""

    utterance_id: str
    ordinal: int
    track: int
    generation: int
    start_sample: int


@dataclass(slots=True)  # one per chunk: a frozen instance takes three times as long to make
class AudioChunk:
    """Encoded audio. `sample_offset` is that of its first sample on the track's clock, before the codec."""

    utterance_id: str
    ordinal: int
    generation: int
    sample_offset: int
    data: bytes
    held: int = 0
    """Samples from the offset on that were encoded with earlier chunks, and that the encoder had held back; 0 for the first chunk."""


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
    """All text before the `Flush` has been spoken; `end_sample` is where its audio ends."""

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
    """Terminal: the utterance was cancelled. `heard`, `sent_unheard` and `never_sent` together are the accepted text, exactly.

    `truncate_at_sample` is the listener's position on the track's clock at the cancel.
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
    """Terminal: an error ended the utterance. `unspoken` is the text that was not said."""

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
    """A message was refused, or the stream ends: `error.properties.reach` tells which. Its utterance id is that of the refused message."""

    error: SpeechError


@value
class GoAway:
    """The stream will be closed in `in_s` seconds."""

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
