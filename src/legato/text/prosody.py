"""The values of SSML's `prosody`: speaking rate, pitch and volume, as names and as numbers.

Rules:
- a name (`slow`) is relative to the voice's own value, a change (`+10%`) to the value outside the element;
- if pitch is given in hertz, the voice is assumed to speak at `VOICE_HZ`;
- what cannot be read is None, never a guess.
"""

import math
import re
from collections.abc import Mapping
from typing import Final

from legato.domain.delivery import (
    LEAST_DECIBELS,
    LEAST_RATE,
    MOST_DECIBELS,
    MOST_RATE,
    MOST_SEMITONES,
)

Value = tuple[float, bool]
"""A value, and whether it is relative to the voice's own value rather than to the one outside the element."""
VOICE_HZ: Final = 160.0
RATES: Final[Mapping[str, float]] = {
    "x-slow": 0.5,
    "slow": 0.75,
    "medium": 1.0,
    "default": 1.0,
    "fast": 1.3,
    "x-fast": 1.7,
}
PITCHES: Final[Mapping[str, float]] = {
    "x-low": -6.0,
    "low": -3.0,
    "medium": 0.0,
    "default": 0.0,
    "high": 3.0,
    "x-high": 6.0,
}
VOLUMES: Final[Mapping[str, float]] = {
    "silent": LEAST_DECIBELS,
    "x-soft": -12.0,
    "soft": -6.0,
    "medium": 0.0,
    "default": 0.0,
    "loud": 4.0,
    "x-loud": 8.0,
}
_NUMBER = re.compile(r"([+-]?)(\d{1,5}(?:\.\d{0,4})?|\.\d{1,4})(%|st|hz|db)?")


def rate_of(text: str) -> Value | None:
    """Return a speaking rate as a factor: from a name, a percentage (`80%`), a change (`+10%`) or a number; None for anything else."""
    if text in RATES:
        return RATES[text], True
    sign, value, unit = _number(text)
    if value is None or unit not in {"", "%"}:
        return None
    factor = value / 100 if unit else value
    factor = {"+": 1 + factor, "-": 1 - factor}.get(sign, factor) if sign and unit else factor
    return (factor, False) if LEAST_RATE / 4 <= factor <= MOST_RATE * 4 else None


def pitch_of(text: str) -> Value | None:
    """Return a pitch in semitones: from a name, a change in semitones, percent or hertz, or hertz; None for anything else."""
    if text in PITCHES:
        return PITCHES[text], True
    sign, value, unit = _number(text)
    if value is None or not unit or unit == "db" or (not sign and unit != "hz"):
        return None
    signed = -value if sign == "-" else value
    if unit == "st":
        return signed, False
    if not sign:
        return _semitones(value / VOICE_HZ), True
    return _semitones(1 + signed / (100 if unit == "%" else VOICE_HZ)), False


def volume_of(text: str) -> Value | None:
    """Return a volume in decibels: from a name, decibels, a change in percent, or 0 to 100 of the voice's own; None for anything else."""
    if text in VOLUMES:
        return VOLUMES[text], True
    sign, value, unit = _number(text)
    if value is None or unit in {"st", "hz"}:
        return None
    signed = -value if sign == "-" else value
    if unit == "db":
        return signed, False
    return _decibels(1 + signed / 100 if sign else value / 100), not sign


def _number(text: str) -> tuple[str, float | None, str]:
    match = _NUMBER.fullmatch(text)
    return (match.group(1), float(match.group(2)), match.group(3) or "") if match else ("", None, "")


def _semitones(factor: float) -> float:
    return (
        max(-MOST_SEMITONES, min(MOST_SEMITONES, 12 * math.log2(factor))) if factor > 0 else -MOST_SEMITONES
    )


def _decibels(factor: float) -> float:
    return min(MOST_DECIBELS, 20 * math.log10(factor)) if factor > 0 else LEAST_DECIBELS
