"""What a synthetic voice produces for a piece of text: samples, and the times of its words."""

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
    """Synthesises text. It may answer at once, or later on the event loop."""

    def speak(self, text: str, sample_rate_hz: int, serial: int, on_ready: Callable[[Speech], None]) -> None:
        """Speak a text.

        Args:
            text: to be spoken.
            sample_rate_hz: rate of the samples.
            serial: different for every text, so that made-up lengths differ.
            on_ready: called once with the complete speech.
        """
