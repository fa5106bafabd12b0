"""Where there is nothing to hear: before, after and between the sounds.

A sample is silent when its absolute value does not exceed a limit, a pause is an unbroken stretch of silent samples. So what is
found does not depend on how the audio was cut, and nothing audible is ever counted as silence.
"""

import numpy as np
from numpy.typing import NDArray

from legato.audio.samples import Samples, amplitude

SILENCE_DBFS = -50.0
"""Nothing is heard at or below this level."""

PAUSE_MS = 70
"""A silence of this length lies between words, not within one."""


def sounding(samples: Samples, limit: int) -> NDArray[np.bool_]:
    """Which samples are above `limit`, for every 16-bit value (an absolute value would overflow at the lowest)."""
    return (samples > limit) | (samples < -limit)


def leading_silence(samples: Samples, limit: int) -> int:
    """How many samples come before the first audible one; all of them if none is."""
    if not len(samples) or not -limit <= samples.item(0) <= limit:
        return 0  # nearly always, in the middle of speech, and a tenth of the work
    heard = sounding(samples, limit)
    return int(heard.argmax()) or len(heard)


def trailing_silence(samples: Samples, limit: int) -> int:
    """How many samples come after the last audible one; all of them if none is."""
    return leading_silence(samples[::-1], limit)


class PauseFinder:
    """Finds the pauses of a stream of samples; positions count from its first sample. Silence at the start is one, too.

    Args:
        rate_hz: samples per second.
        shortest_ms: the shortest silence that counts as a pause.
        below_dbfs: level up to which samples count as silence.
    """

    __slots__ = ("_limit", "_position", "_quiet_from", "_shortest")

    def __init__(self, rate_hz: int, shortest_ms: int = PAUSE_MS, below_dbfs: float = SILENCE_DBFS) -> None:
        self._shortest = rate_hz * shortest_ms // 1000
        self._limit = amplitude(below_dbfs)
        self._position = 0
        self._quiet_from = 0

    def push(self, samples: Samples) -> list[tuple[int, int]]:
        """Return the pauses that end in these samples, each (first silent sample, next audible one)."""
        heard = np.flatnonzero(sounding(samples, self._limit)) + self._position
        self._position += len(samples)
        if not len(heard):
            return []
        starts = np.concatenate(([self._quiet_from], heard[:-1] + 1))
        self._quiet_from = int(heard[-1]) + 1
        long = heard - starts >= self._shortest
        return list(zip(starts[long].tolist(), heard[long].tolist(), strict=True))

    def finish(self) -> list[tuple[int, int]]:
        """Return the pause that the stream ends with, if it ends with one."""
        if self._position - self._quiet_from < self._shortest:
            return []
        return [(self._quiet_from, self._position)]


def find_pauses(samples: Samples, rate_hz: int) -> list[tuple[int, int]]:
    """All pauses of a whole stretch, each (first silent sample, one past the last)."""
    finder = PauseFinder(rate_hz)
    return finder.push(samples) + finder.finish()
