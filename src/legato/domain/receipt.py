"""The latency receipt: where each millisecond of an utterance's time to first byte went.

Each stage ends with its own stamp, taken when that thing happened; the stamps are in order and the stages between them sum
to the total. None is computed as a remainder. Seconds on one monotonic clock.
"""

import enum

from legato.domain.values import value


class Stage(enum.StrEnum):
    """What was waited for, in order; each ends with the stamp named beside it."""

    TEXT_WAIT = "text_wait"
    """First text byte read -> the read that completed the first speakable segment."""
    SEGMENT = "segment"
    """-> that segment is known."""
    QUEUE = "queue"
    """-> its turn to be synthesised has come."""
    ACQUIRE = "acquire"
    """-> a line is leased."""
    SEND = "send"
    """-> the text is handed to it."""
    VENDOR = "vendor"
    """-> its first audio byte is read."""
    SILENCE = "silence"
    """-> audio worth writing is there (leading silence trimmed)."""
    TURN_WAIT = "turn_wait"
    """-> the utterances before it have been written."""
    ENCODE = "encode"
    """-> the first chunk is encoded."""
    WRITE = "write"
    """-> it is handed to the socket."""


@value
class Receipt:
    """What an utterance cost and where its time went.

    Args:
        stages: seconds by stage, in order; empty when no audio was written.
        ttfb_s: first text byte read to first audio byte written; `None` without audio, then `no_audio` says why.
        ttfb_speakable_s: first speakable segment known to first audio byte written, less the wait for its turn.
        ttfa_s: first text byte read to the first audible sample written.
        queued: it waited behind an earlier utterance; kept out of the SLO.
        no_audio: why there is no time: "empty", "cancelled" or the error's reason.
        route: provider and vendor voice that spoke it last.
        attempts: leases asked for.
        line_reused: the line was warm.
        accepted_chars: text accepted.
        sent_chars: text handed to vendors, repeats included.
        unheard_chars: text spoken but not heard, as the cancel estimated it.
        repeated_words: words said twice at a splice.
        audio_samples: samples written.
        sample_rate_hz: of the output clock.
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
    unheard_chars: int = 0
    repeated_words: int = 0
    audio_samples: int = 0
    sample_rate_hz: int = 0
    chunks: int = 0
    total_s: float = 0.0
