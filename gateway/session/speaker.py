"""What the session keeps for one utterance: its text front end, its audio pipe and its encoder."""

from collections.abc import Sequence
from typing import Protocol

from legato.audio.codec import encoder_for
from legato.audio.joiner import Joining
from legato.audio.pipe import Pipe
from legato.audio.samples import silence
from legato.domain.audio import AudioFormat
from legato.domain.replies import AudioChunk, UtteranceFinished
from legato.domain.text import Segment

_JOINING = Joining()
Coded = tuple[tuple[int, int], bytes]
"""The place of some bytes, as `Speaker.place` has it, and the bytes."""


class TextFront(Protocol):
    """The text front end of one utterance, such as `legato.text.frontend.FrontEnd`."""

    def feed(self, text: str) -> list[Segment]:
        """Append text."""

    def flush(self) -> list[Segment]:
        """Speak all held text."""

    def idle(self, gap_ms: int) -> list[Segment]:
        """No token has come for this long."""

    def end(self) -> list[Segment]:
        """No more text will come."""

    def set_lead(self, lead_ms: float) -> None:
        """Set the listener's audio lead."""

    @property
    def idle_wait_ms(self) -> int | None:
        """How long without a token until `idle` could cut; `None` for never."""

    @property
    def pending_chars(self) -> int:
        """Accepted characters that are not in a segment yet."""

    @property
    def pronunciations(self) -> tuple[tuple[str, str], ...]:
        """Words that the readings may contain, with their IPA."""


def stand_in(reply: UtteranceFinished, audio_format: AudioFormat, ms: int) -> Sequence[AudioChunk]:
    """Return the silence that goes before the end of an utterance without audio; none if it had audio, or no text.

    The clients of some vendors take an answer without audio for a failure and ask again, or give the voice up.
    """
    if not ms or reply.receipt.audio_samples or not reply.receipt.accepted_chars:
        return ()
    encoder = encoder_for(audio_format)
    data = encoder.header() + encoder.encode(silence(audio_format.samples(ms))) + encoder.finish()
    return (AudioChunk(reply.utterance_id, 0, 0, 0, data),)


class Speaker:
    """Turns one utterance's text into segments and its line's audio into encoded chunks.

    Args:
        front: its text front end.
        audio_format: the stream's.
        levelled: match the loudness when another line takes over.
    """

    __slots__ = (
        "_levelled",
        "begins_at",
        "encoder",
        "front",
        "generation",
        "lags",
        "messages",
        "nothing_sent",
        "ordinal",
        "over",
        "pipe",
        "rate_hz",
        "run_seen",
        "said",
        "written",
    )

    def __init__(self, front: TextFront, audio_format: AudioFormat, *, levelled: bool = False) -> None:
        self.front = front
        self.rate_hz = audio_format.sample_rate_hz
        """Sample rate of what is written."""
        self._levelled = levelled
        self.pipe = Pipe(self.rate_hz, levelled=levelled)
        self.encoder = encoder_for(audio_format)
        self.lags = audio_format.lags
        """Whether its encoder holds samples back."""
        self.messages = 0
        """How many its bytes have left in, if its encoder lags."""
        self.over = False
        """Whether its encoder has given its last bytes."""
        self.ordinal = 0
        self.generation = 0
        self.begins_at = 0
        """Where its audio begins on the track's clock."""
        self.written = 0
        self.nothing_sent = True
        """Nothing of it has left yet: all that was written is still in the encoder."""
        self.said = False
        self.run_seen = False

    @property
    def place(self) -> tuple[int, int]:
        """The offset of the bytes that its encoder gives next, on the track's clock, and how much of them it has held back (`AudioChunk`)."""
        sent = self.encoder.sent(self.written)
        return self.begins_at + sent, 0 if self.nothing_sent else self.written - sent

    @property
    def withheld(self) -> int:
        """Samples written that are still in its encoder."""
        return 0 if self.over else self.written - self.encoder.sent(self.written)

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

    def next(self, samples: int, *, first: bool) -> Coded:
        """As `take`, with the place of the bytes; for encoders that lag it is not that of the samples."""
        return self.place, self.take(samples, first=first)

    def take(self, samples: int, *, first: bool) -> bytes:
        """Encode the next held samples; the header goes with the first."""
        data = self.encoder.encode(self.pipe.take(samples))
        self.written += samples
        return self.encoder.header() + data if first else data

    def fade_out(self, samples: int) -> Coded:
        """Encode the next held samples, fading out, and end there, as in `rest`; nothing if no sound has left yet that could fade."""
        place = self.place
        faded = self.pipe.fade_tail(samples)
        self.written += len(faded)
        data = self.encoder.encode(faded)
        return place, b"" if self.nothing_sent else data + self.rest(over=True)[1]

    def rest(self, *, over: bool) -> Coded:
        """Return what the encoder holds back and its place; nothing may be encoded afterwards if it is over."""
        place = self.place
        if self.over:
            return place, b""
        self.over = over
        return place, self.encoder.finish() if over else self.encoder.empty()

    def begin_run(self, in_rate_hz: int, *, keeps_context: bool) -> None:
        """Audio of another line follows. Lines without context are joined: the first line of an utterance decides.

        A sketch of the audio is kept, to find where it broke off, until the line reports word times.
        """
        if not self.run_seen and not keeps_context:
            self.pipe = Pipe(self.rate_hz, _JOINING, levelled=self._levelled)
        self.run_seen = True
        self.pipe.begin_run(in_rate_hz, sketched=True)

    def end_run(self) -> None:
        """No more audio of this line will come."""
        self.pipe.end_run()

    def close(self) -> None:
        """The utterance is over: drop what is held. The ledger must add up to what was written; anything else is a bug."""
        self.pipe.drop()
        total = sum(entry.samples for entry in self.pipe.entries())
        assert total == self.written, f"the ledger says {total} samples, {self.written} were written"
