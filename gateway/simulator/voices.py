"""What a synthetic voice gives for a piece of text: samples, and when each of its words sounds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One word of the text.

    Args:
        start: its first character in the text.
        end: one past the last.
        first: its first sample.
        last: one past the last.
    """

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of text, spoken: s16 mono samples, and its words in order."""

    samples: Samples
    words: tuple[TimedWord, ...] = ()


class SyntheticVoice(Protocol):
    """Speaks. It may answer at once, or later on the loop."""

    def speak(self, text: str, sample_rate_hz: int, serial: int, on_ready: Callable[[Speech], None]) -> None:
        """Speak a text.

        Args:
            text: to be spoken.
            sample_rate_hz: of the samples.
            serial: another number for every text, so that lengths differ where a voice makes them up.
            on_ready: called once with the whole of it.
        """
