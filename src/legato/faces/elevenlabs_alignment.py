"""When each character of an utterance sounds, handed out with each message of audio.

Rules:
- A word's characters share its time evenly. What stands between two words (spaces, marks) fills the time between them.
- A message gets the characters that begin before its audio ends; word times that come late go with the next audio, or at the
  end, and their times never lie before those already sent.
- Where the times count from can be chosen: the vendor and its clients disagree.
- They are those of the audio as the client decodes it: an encoder that is emptied, at a flush or at the end of an utterance, may add
  padding, which no sample of the track counts.
- Without word times there is no alignment.
"""

import enum
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from legato.audio.opus import samples_until
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.replies import WordSpoken


class TimeBase(enum.StrEnum):
    """Where the times of a message's characters count from."""

    MESSAGE = "message"
    """From the start of its own audio, as the vendor's specification says."""
    SPANS = "spans"
    """From the end of the last character of the previous message that had times, which lasts no longer than that message's audio. When a
    client adds up the spans of its messages, each character has its own time, whether or not every message has times, and also
    where the times come late."""
    CONTEXT = "context"
    """From the beginning of the context."""
    AUTO = "auto"
    """`CONTEXT` or `SPANS`, as the client's request shows which it reads."""

    def known(self, *, by_context: bool = False) -> "TimeBase":
        """Return what is counted from, for a client of which it is known whether it reads times from the beginning of the context."""
        if self is not TimeBase.AUTO:
            return self
        return TimeBase.CONTEXT if by_context else TimeBase.SPANS


_MOST_TEXT = 100_000
"""Characters kept to know what stands between words; past these, a space is sent instead."""


@dataclass(frozen=True, slots=True)
class CharTimes:
    """Characters with their times, in milliseconds. The three have the same length."""

    chars: Sequence[str]
    starts_ms: Sequence[int]
    ends_ms: Sequence[int]

    def in_ms(self) -> dict[str, object]:
        """The form in WebSocket messages."""
        lasted = [end - start for start, end in zip(self.starts_ms, self.ends_ms, strict=True)]
        return {
            "chars": list(self.chars),
            "charStartTimesMs": list(self.starts_ms),
            "charDurationsMs": lasted,
            "charsDurationsMs": lasted,
        }

    def in_snake_ms(self) -> dict[str, object]:
        """The form in text-to-dialogue's messages."""
        told = self.in_ms()
        return {
            "chars": told["chars"],
            "char_start_times_ms": told["charStartTimesMs"],
            "char_durations_ms": told["charDurationsMs"],
        }

    def in_seconds(self) -> dict[str, object]:
        """The form in responses over plain HTTP."""
        return {
            "characters": list(self.chars),
            "character_start_times_seconds": [start / 1000 for start in self.starts_ms],
            "character_end_times_seconds": [end / 1000 for end in self.ends_ms],
        }


def joined(parts: Sequence[CharTimes | None]) -> CharTimes | None:
    """The characters of several pieces of audio, whose times count from the same place."""
    known = [one for one in parts if one is not None]
    if not known:
        return None
    return CharTimes(
        [char for one in known for char in one.chars],
        [start for one in known for start in one.starts_ms],
        [end for one in known for end in one.ends_ms],
    )


@dataclass(slots=True)
class ContextClock:
    """The time of a context, whose utterances share it; their audio follows one another without a gap."""

    origin: int | None = None
    """The sample at which its audio begins."""
    spans_ms: int = 0
    """Sum of the spans of its messages."""
    sent: int = 0
    """Samples that a decoder makes of its audio so far, if its encoders lag."""
    padding: int = 0
    """Samples that encoders are known to have added to its audio."""


class Aligner:
    """The characters of one utterance.

    Args:
        rate_hz: sample rate in which words and audio are counted.
        base: where times count from; not `AUTO`, which leaves it open.
        clock: that of its context; one of its own if it is the only utterance.
    """

    def __init__(self, rate_hz: int, base: TimeBase, clock: ContextClock | None = None) -> None:
        self._rate_hz = rate_hz
        self._base = base
        self._text = ""
        self._told_until = 0
        self._spoken_until = 0.0
        self._message_sample = 0
        self._clock = clock or ContextClock()
        self._end_sample = 0
        self._sent_bytes = self._sent_before = 0
        self._paddings: list[tuple[float, int]] = []
        """From which sample on its audio sounds how much later, the first step first."""
        self._due: deque[tuple[str, float, float]] = deque()
        self._any = False

    def typed(self, text: str) -> None:
        """Add text that the client has sent for the utterance."""
        self._text += text[: _MOST_TEXT - len(self._text)]

    def spoken(self, word: WordSpoken) -> None:
        """Add a word whose time is known."""
        if word.source_start < self._told_until:
            return
        start = float(max(word.start_sample, self._spoken_until))
        end = float(max(word.end_sample, start))
        if self._any or word.source_start:
            self._add(self._gap(word), min(self._spoken_until or start, start), start)
        self._add(word.word, start, end)
        self._any = True
        self._told_until = word.source_end
        self._spoken_until = end

    def take(self, first_sample: int, samples: int) -> CharTimes | None:
        """Return what begins before the end of this audio, the next of the utterance; its samples are on the clock of the words."""
        if self._clock.origin is None:
            self._clock.origin = first_sample
        self._message_sample = first_sample
        self._end_sample = first_sample + samples
        chars = []
        while self._due and self._sounds_at(self._due[0][1]) < self._end_sample:
            chars.append(self._due.popleft())
        return self._times(chars)

    def take_encoded(self, first_sample: int, data: bytes, audio_format: AudioFormat) -> CharTimes | None:
        """Return what begins in this encoded audio, the next of the context.

        Bytes from an encoder that lags hold earlier samples than those encoded last: where they are follows from the bytes before them,
        and the pages of Opus say it.
        """
        if not audio_format.lags:
            return self.take(first_sample, audio_format.samples_in(len(data)))
        clock = self._clock
        if clock.origin is None:
            clock.origin = first_sample
        first = clock.origin + clock.sent
        self._pad(first_sample, first - first_sample)
        self._count(data, audio_format)
        return self.take(first, clock.origin + clock.sent - first)

    def rest(self) -> CharTimes | None:
        """Return what is left once all audio was sent: words that came late, and what stands after the last word."""
        if not self._any:
            return None
        self._add(self._text[self._told_until :], self._spoken_until, self._spoken_until)
        chars = list(self._due)
        self._due.clear()
        self._message_sample = self._end_sample
        return self._times(chars)

    def _count(self, data: bytes, audio_format: AudioFormat) -> None:
        clock = self._clock
        if not self._sent_bytes:  # each utterance has an encoder of its own
            self._sent_before = clock.sent
        self._sent_bytes += len(data)
        if audio_format.encoding is Encoding.OPUS:
            sent = samples_until(data, audio_format.sample_rate_hz) or 0
        else:
            sent = audio_format.samples_in(self._sent_bytes)
        clock.sent = max(clock.sent, self._sent_before + sent)

    def _pad(self, first_sample: int, excess: int) -> None:
        """Note the padding of encoders that were emptied before this sample: more audio was sent than there were samples."""
        clock = self._clock
        if not self._paddings:
            clock.padding = max(clock.padding, excess)
            self._paddings.append((float("-inf"), clock.padding))
        elif excess > clock.padding:
            clock.padding = excess
            self._paddings.append((first_sample, excess))

    def _sounds_at(self, sample: float) -> float:
        return sample + next((padding for first, padding in reversed(self._paddings) if first <= sample), 0)

    def _gap(self, word: WordSpoken) -> str:
        if self._text[word.source_start : word.source_end] == word.word:
            return self._text[self._told_until : word.source_start]
        return " " if self._any else ""

    def _add(self, chars: str, start: float, end: float) -> None:
        step = (end - start) / len(chars) if chars else 0.0
        self._due.extend(
            (char, start + step * place, start + step * (place + 1)) for place, char in enumerate(chars)
        )

    def _times(self, due: Sequence[tuple[str, float, float]]) -> CharTimes | None:
        if not due:
            return None
        base = self._base_ms
        starts = [max(self._ms(self._sounds_at(start)) - base, 0) for _, start, _ in due]
        ends = [
            max(self._ms(end + self._sounds_at(begin) - begin) - base, start)
            for start, (_, begin, end) in zip(starts, due, strict=True)
        ]
        if self._base is TimeBase.SPANS:
            over = max(self._ms(self._end_sample) - base, 0)
            starts = [min(start, over) for start in starts]
            ends = [min(end, over) for end in ends]
            self._clock.spans_ms = base + ends[-1]
        return CharTimes([char for char, _, _ in due], starts, ends)

    @property
    def _base_ms(self) -> int:
        if self._base is TimeBase.MESSAGE:
            return self._ms(self._message_sample)
        return self._clock.spans_ms if self._base is TimeBase.SPANS else 0

    def _ms(self, sample: float) -> int:
        return round((sample - (self._clock.origin or 0)) * 1000 / self._rate_hz)
