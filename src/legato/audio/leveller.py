"""One loudness for one utterance: when another line takes over in the middle of it, its speech is brought to the level of the speech before.

Rules:

- Level is the root mean square of what is audible; silence does not count. Nothing is changed before a second line comes.
- The gain of a frame is known from the frames before it: nothing is held back, and the result does not depend on how audio is cut.
- The gain moves slowly and within bounds; a difference that nobody hears is left alone.
"""

import math

import numpy as np

from legato.audio.samples import Samples, amplitude, to_s16
from legato.audio.silence import SILENCE_DBFS, sounding

_LIMIT = amplitude(SILENCE_DBFS)
_FRAME_MS = 20
_KNOWN_MS = 200
"""This much audible speech makes a level known."""
_MAX_DB = 6.0
_UNHEARD_DB = 1.0
_STEP_DB = 0.6
"""The most that the gain moves in a frame."""


class _Level:
    """Energy of what was audible so far."""

    __slots__ = ("energy", "samples")

    def __init__(self) -> None:
        self.energy = 0.0
        self.samples = 0

    def measure(self, samples: Samples) -> None:
        heard = samples[sounding(samples, _LIMIT)].astype(np.float64)
        self.energy += float(heard @ heard)
        self.samples += len(heard)

    def db(self) -> float:
        return 10 * math.log10(self.energy / self.samples)


class Leveller:
    """Keeps the level of one utterance.

    Args:
        rate_hz: rate of the samples.
    """

    __slots__ = ("_at", "_frame", "_from", "_known", "_level", "_target_db", "_to")

    def __init__(self, rate_hz: int) -> None:
        self._frame = rate_hz * _FRAME_MS // 1000
        self._known = rate_hz * _KNOWN_MS // 1000
        self._level = _Level()
        self._target_db: float | None = None
        self._at = 0  # samples into the current frame
        self._from = self._to = 0.0  # gain in decibels at its start and its end

    def begin_run(self) -> None:
        """Begin a run: samples of another line follow."""
        if self._target_db is None and self._level.samples >= self._known:
            self._target_db = self._level.db()
        self._level = _Level() if self._target_db is not None else self._level
        self._at = 0
        self._from = self._to = 0.0

    def apply(self, samples: Samples) -> Samples:
        """Return the samples at the utterance's level; the same array if nothing is to be done."""
        if self._target_db is None:
            self._level.measure(samples)
            return samples
        parts = []
        while len(samples):
            part = samples[: self._frame - self._at]
            samples = samples[len(part) :]
            parts.append(self._gained(part))
            self._level.measure(part)
            self._at += len(part)
            if self._at == self._frame:
                self._at = 0
                self._from, self._to = self._to, self._next_db(self._target_db)
        return np.concatenate(parts) if parts else samples

    def _gained(self, part: Samples) -> Samples:
        if not self._from and not self._to:
            return part
        way = (self._at + np.arange(len(part))) / self._frame
        gain: np.ndarray = 10 ** ((self._from + (self._to - self._from) * way) / 20)
        return to_s16(part * gain)

    def _next_db(self, target_db: float) -> float:
        if self._level.samples < self._frame:
            return self._to
        wanted = target_db - self._level.db()
        wanted = 0.0 if abs(wanted) < _UNHEARD_DB else max(min(wanted, _MAX_DB), -_MAX_DB)
        return self._to + max(min(wanted - self._to, _STEP_DB), -_STEP_DB)
