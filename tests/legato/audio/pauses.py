import numpy as np

from legato.audio.samples import amplitude
from legato.audio.silence import SILENCE_DBFS, sounding

_SHORTEST_MS = 70  # a silence of this length lies between words, not within one


def find_pauses(samples, rate_hz):
    """All pauses, each (first silent sample, one past the last)."""
    heard = np.flatnonzero(sounding(samples, amplitude(SILENCE_DBFS))).tolist()
    edges = zip([0, *(at + 1 for at in heard)], [*heard, len(samples)], strict=True)
    return [(start, end) for start, end in edges if end - start >= rate_hz * _SHORTEST_MS // 1000]
