"""What the session keeps for one utterance: its text front end, its audio pipe and encoder, and its lease."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from legato.audio.codec import Encoder
from legato.audio.pipe import Pipe
from legato.domain.audio import AudioFormat
from legato.domain.text import Segment
from legato.ports import Line, Ticket


class TextFront(Protocol):
    """The text front end of one utterance, as `legato.text.frontend.FrontEnd` is."""

    def feed(self, text: str) -> list[Segment]:
        """Append text."""

    def flush(self) -> list[Segment]:
        """Speak all held text."""

    def idle(self, gap_ms: int) -> list[Segment]:
        """No token for so long."""

    def end(self) -> list[Segment]:
        """No more text."""

    def set_lead(self, lead_ms: float) -> None:
        """Audio lead at the listener."""

    @property
    def idle_wait_ms(self) -> int | None:
        """After which silence `idle` could cut."""

    @property
    def pending_chars(self) -> int:
        """Accepted characters in no segment yet."""


@dataclass(slots=True)
class Leased:
    """One lease: asked for (`ticket`), or answered (`line`)."""

    lease: int
    utterance_id: str
    ticket: Ticket | None = None
    line: Line | None = None
    gone: bool = False
    audio_seen: bool = False
    at_segment_start: bool = True
    pauses_ms: deque[int] = field(default_factory=deque)
    """Pause before each segment whose audio has not begun."""


class Speaker:
    """Turns one utterance's text into segments and its line's audio into encoded chunks.

    Args:
        front: its text front end.
        audio_format: the stream's.
        ordinal: its number in the stream, 0 until it starts.
    """

    __slots__ = ("encoder", "front", "generation", "ordinal", "pipe", "run_open", "said", "written")

    def __init__(self, front: TextFront, audio_format: AudioFormat) -> None:
        self.front = front
        self.pipe = Pipe(audio_format.sample_rate_hz)
        self.encoder = Encoder(audio_format)
        self.ordinal = 0
        self.generation = 0
        self.written = 0
        self.said = False
        self.run_open = False

    def cut(self, text: str, idle_ms: int | None, *, flush: bool, end: bool) -> Sequence[Segment]:
        """Feed the front end and return the segments that became final."""
        segments = self.front.feed(text) if text else []
        if idle_ms is not None:
            segments += self.front.idle(idle_ms)
        if flush:
            segments += self.front.flush()
        if end:
            segments += self.front.end()
        return segments

    def take(self, samples: int, *, first: bool) -> bytes:
        """Encode the next held samples; the header goes with the first."""
        data = self.encoder.encode(self.pipe.take(samples))
        self.written += samples
        return self.encoder.header() + data if first else data

    def check_ledger(self) -> None:
        """The sum of the ledger is what was written; anything else is a bug."""
        total = sum(entry.samples for entry in self.pipe.entries())
        assert total == self.written, f"the ledger says {total} samples, {self.written} were written"
