"""Numbers as vendors' clients write them in JSON and in queries: `1.2`, but also `"1.2"`. A boolean is not a number."""

import math


def number(value: object) -> float:
    """Return the number that a value stands for; NaN, which lies within no bounds, if it is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def whole_number(asked: str) -> float:
    """Return the number that decimal digits of a query stand for, however many there are; NaN if it is anything else."""
    return number(asked) if asked.isascii() and asked.isdigit() else math.nan
