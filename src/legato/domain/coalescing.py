"""Timer coalescing: periodic work whose turns fall close together, such as the pings of many connections, is done at one moment.

A process that is woken for each turn by itself spends most of its time on waking up.
"""

import math

_GRAINS = 100
"""How many distinct moments there are in a period."""


def together(now: float, period_s: float) -> float:
    """The moment from which to count the next period after a turn taken now: the same one for all turns taken close together.

    Args:
        now: seconds on any clock.
        period_s: time from one turn to the next; above 0.

    Returns:
        A moment no later than `now`, and less than a hundredth of the period before it.
    """
    grain_s = period_s / _GRAINS
    return math.floor(now / grain_s) * grain_s
