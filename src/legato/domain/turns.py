"""When what is done again and again for many is done next: for those whose turns are close, at once.

A process that is woken for one of them alone uses most of its time on waking up.
"""

import math

_GRAINS = 100
"""In a period."""


def together(now: float, period_s: float) -> float:
    """The moment for which a turn that is taken now counts: a period after it comes the next one, of all that count for the same.

    Args:
        now: seconds of any clock.
        period_s: from turn to turn; above 0.

    Returns:
        A moment at or before now, by less than a hundredth of the period.
    """
    grain_s = period_s / _GRAINS
    return math.floor(now / grain_s) * grain_s
