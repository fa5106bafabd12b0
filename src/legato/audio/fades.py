"""Ends and joins without a click: everything follows half a period of a cosine."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from legato.audio.samples import Samples, to_s16


@lru_cache(maxsize=64)
def falling(samples: int) -> NDArray[np.float64]:
    """Weights from just below 1 down to exactly 0 at the last sample."""
    weights: NDArray[np.float64] = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, samples + 1) / samples)
    weights.flags.writeable = False
    return weights


def fade_out(samples: Samples) -> Samples:
    """The same samples, falling to silence over their whole length."""
    return to_s16(samples * falling(len(samples)))


def crossfade(before: Samples, after: Samples) -> Samples:
    """From `before` to `after`, two stretches of the same length: weights add up to 1, so audio that is alike stays as it is."""
    weights = falling(len(before))
    return to_s16(before * weights + after * (1.0 - weights))


def bend(step: int, samples: int) -> NDArray[np.float64]:
    """What to add to the `samples` samples after a seam, the first of which lies `step` too low: the step, dying away."""
    return step * falling(samples)
