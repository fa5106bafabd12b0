"""Numbers and flags as vendors' clients write them in JSON and in queries: `1.2` and `true`, but also `"1.2"` and `"True"`."""

import math

from legato.faces.errors import bad_frame
from legato.faces.shown import shown

_YES = frozenset({"true", "1", "yes"})


def number(value: object) -> float:
    """Return the number that a value stands for; NaN, which lies within no bounds, if it is not a number. A boolean is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def number_within(bounds: tuple[float, float], value: object, name: str, otherwise: str = "") -> float:
    """Return the number that a value stands for.

    Args:
        bounds: the least and the greatest that is accepted.
        value: as the client gave it.
        name: what the client calls it.
        otherwise: what else the field may be, for the error message.

    Raises:
        SpeechError: `bad_frame`: it is not a number within the bounds.
    """
    least, most = bounds
    found = number(value)
    if not least <= found <= most:
        told = f"{name} must be {otherwise}a number from {least:g} to {most:g}; got {shown(value)}"
        raise bad_frame(told, field=name)
    return found


def whole_number(asked: str) -> float:
    """Return the number that decimal digits of a query stand for, however many there are; NaN if it is anything else."""
    return number(asked) if asked.isascii() and asked.isdigit() else math.nan


def is_set(flag: object) -> bool:
    """Whether a flag is set; a text sets it if it says so, so `"False"` does not."""
    return flag.strip().lower() in _YES if isinstance(flag, str) else bool(flag)
