"""Numbers as vendors' clients write them in JSON and in queries: `1.2`, and `"1.2"` as well. A truth value is no number."""

import math


def number(value: object) -> float:
    """The number that a value is; NaN for what is none, so that it lies within no bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan
