"""Samples as the gateway holds them: s16 mono, in arrays that are not changed once they are made."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
"""One dimension, one value per sample; read-only by agreement, so that views of it may be handed on."""

EMPTY: Samples = np.zeros(0, np.int16)
EMPTY.flags.writeable = False

FULL_SCALE = 32768


def to_s16(exact: NDArray[np.floating[Any]]) -> Samples:
    """Round half to even and clip; a bare cast would truncate and wrap around. Works in place: `exact` is used up."""
    np.rint(exact, out=exact)
    np.maximum(exact, -FULL_SCALE, out=exact)
    np.minimum(exact, FULL_SCALE - 1, out=exact)
    return exact.astype(np.int16)


def silence(samples: int) -> Samples:
    """Return this many zeros."""
    return np.zeros(samples, np.int16)


def amplitude(dbfs: float) -> int:
    """The largest absolute sample value that is not above `dbfs` decibels of full scale."""
    return int(FULL_SCALE * 10 ** (dbfs / 20))
