"""When each character of an utterance sounds, handed out message by message of audio.

Rules:
- A word's characters share its time evenly. What stands between two words (spaces, marks) fills the time between them.
- A message gets the characters that begin before its audio ends; word times that come late are told with the next audio, or at
  the end, and never before what was told already.
- Told relatively, times begin where those of the message before ended, and a message's last character lasts as long as its audio:
  the spans then add up to the time that has passed.
- Without word times there is no alignment.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from legato.domain.replies import WordSpoken

_MOST_TEXT = 100_000
"""Characters that are kept for the sake of what stands between words; behind them it is told as a space."""


@dataclass(frozen=True, slots=True)
class CharTimes:
    """Characters with their times, in milliseconds. The three are of one length."""

    chars: Sequence[str]
    starts_ms: Sequence[int]
    ends_ms: Sequence[int]

    def in_ms(self) -> dict[str, object]:
        """As WebSocket messages spell it."""
        lasted = [end - start for start, end in zip(self.starts_ms, self.ends_ms, strict=True)]
        return {
            "chars": list(self.chars),
            "charStartTimesMs": list(self.starts_ms),
            "charDurationsMs": lasted,
            "charsDurationsMs": lasted,
        }

    def in_seconds(self) -> dict[str, object]:
        """As answers over plain HTTP spell it."""
        return {
            "characters": list(self.chars),
            "character_start_times_seconds": [start / 1000 for start in self.starts_ms],
            "character_end_times_seconds": [end / 1000 for end in self.ends_ms],
        }


class Aligner:
    """The characters of one utterance.

    Args:
        rate_hz: of the samples that words and audio are counted in.
        relative: times begin anew with every message.
    """

    def __init__(self, rate_hz: int, *, relative: bool) -> None:
        self._rate_hz = rate_hz
        self._relative = relative
        self._text = ""
        self._told_until = 0
        self._spoken_until = 0.0
        self._base_ms = 0
        self._origin: int | None = None
        self._end_sample = 0
        self._due: deque[tuple[str, float, float]] = deque()
        self._any = False

    def typed(self, text: str) -> None:
        """The client has sent this text for the utterance."""
        self._text += text[: _MOST_TEXT - len(self._text)]

    def spoken(self, word: WordSpoken) -> None:
        """A word's time is known."""
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

    def begin(self, sample: int) -> None:
        """The utterance's audio begins here; `take` knows it from its first audio."""
        if self._origin is None:
            self._origin = sample

    def take(self, first_sample: int, samples: int) -> CharTimes | None:
        """What begins within this audio or before it; the audio is the next one, on the clock of the words."""
        self.begin(first_sample)
        self._end_sample = first_sample + samples
        chars = []
        while self._due and self._due[0][1] < self._end_sample:
            chars.append(self._due.popleft())
        return self._times(chars)

    def rest(self) -> CharTimes | None:
        """What is left when all audio was told: words that came late, and what stands behind the last word."""
        if not self._any:
            return None
        self._add(self._text[self._told_until :], self._spoken_until, self._spoken_until)
        chars = list(self._due)
        self._due.clear()
        return self._times(chars)

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
        base = self._base_ms if self._relative else 0
        starts = [max(self._ms(start) - base, 0) for _, start, _ in due]
        ends = [max(self._ms(end) - base, start) for start, (_, _, end) in zip(starts, due, strict=True)]
        if self._relative:
            over = max(self._ms(self._end_sample) - base, 0)
            starts = [min(start, over) for start in starts]
            ends = [min(end, over) for end in ends]
            ends[-1] = over
            self._base_ms = base + over
        return CharTimes([char for char, _, _ in due], starts, ends)

    def _ms(self, sample: float) -> int:
        return round((sample - (self._origin or 0)) * 1000 / self._rate_hz)
