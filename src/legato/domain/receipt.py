"""The latency receipt: where each millisecond of an utterance's time to first byte went.

Each stage ends with a stamp of its own, taken at the moment it names. The stamps are in order, so the stages sum to the total;
no stage is computed as a remainder. All times are seconds on one monotonic clock.
"""

import enum

from legato.domain.values import value


class Stage(enum.StrEnum):
    """What was waited for, in order; each stage ends with the stamp described beside it."""

    TEXT_WAIT = "text_wait"
    """First text byte read -> the read that completed the first speakable segment."""
    SEGMENT = "segment"
    """-> that segment is known."""
    QUEUE = "queue"
    """-> its turn to be synthesised has come."""
    ACQUIRE = "acquire"
    """-> a line is leased."""
    SEND = "send"
    """-> the text is handed to the line."""
    VENDOR = "vendor"
    """-> the line's first audio byte is read."""
    SILENCE = "silence"
    """-> there is audio to write (leading silence trimmed)."""
    TURN_WAIT = "turn_wait"
    """-> the utterances before this one have been written."""
    ENCODE = "encode"
    """-> the first chunk is encoded."""
    WRITE = "write"
    """-> the chunk is handed to the socket."""


@value
class Receipt:
    """What an utterance cost and where its time went.

    Args:
        stages: seconds by stage, in order; empty when no audio was written.
        ttfb_s: first text byte read to first audio byte written; `None` without audio, when `no_audio` says why.
        ttfb_speakable_s: first speakable segment known to first audio byte written, less the wait for its turn.
        ttfa_s: first text byte read to first audible sample written.
        queued: it waited behind an earlier utterance; such utterances do not count towards the SLO.
        no_audio: why there was no audio: "empty", "cancelled" or the error's reason.
        route: provider and vendor voice that spoke it last.
        attempts: leases asked for.
        line_reused: the line was warm.
        accepted_chars: characters accepted from the client.
        sent_chars: characters handed to vendors, repeats included: retries, splices, and both sides of a hedge.
        cached_chars: characters spoken from the audio cache, handed to no vendor.
        unheard_chars: characters spoken but not heard, as estimated at the cancel.
        repeated_words: words said twice at a splice.
        audio_samples: samples written, before the codec; without those that an encoder held back at a cancel or a failure, which were not sent.
        sample_rate_hz: rate of the output sample clock.
        chunks: audio messages written.
        total_s: begin to terminal event.
    """

    stages: tuple[tuple[Stage, float], ...] = ()
    ttfb_s: float | None = None
    ttfb_speakable_s: float | None = None
    ttfa_s: float | None = None
    queued: bool = False
    no_audio: str = ""
    route: str = ""
    attempts: int = 0
    line_reused: bool = False
    accepted_chars: int = 0
    sent_chars: int = 0
    cached_chars: int = 0
    unheard_chars: int = 0
    repeated_words: int = 0
    audio_samples: int = 0
    sample_rate_hz: int = 0
    chunks: int = 0
    total_s: float = 0.0
