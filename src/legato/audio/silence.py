"""Where there is nothing to hear: before and after the sounds.

A sample is silent when its absolute value does not exceed a limit: nothing audible is ever counted as silence.
"""

import numpy as np
from numpy.typing import NDArray

from legato.audio.samples import Samples

SILENCE_DBFS = -50.0
"""Nothing is heard at or below this level."""


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
