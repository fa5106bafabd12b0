"""JSON as vendors send it: parsed once per frame, and never trusted."""

import binascii
import json
import math
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
"""Made once: `json.dumps` would make one for every frame."""
quoted = encode_basestring
"""A string as `compact` writes it, for frames that hold only one: that is a fifth of the work."""
_decoded = json.JSONDecoder().decode


def json_object(frame: str | bytes) -> dict[str, Any] | None:
    """The object in a frame, or `None` if there is none."""
    try:
        message = _decoded(frame) if isinstance(frame, str) else json.loads(frame)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def compact(message: Mapping[str, object]) -> str:
    """Return an object as a frame: without spaces, and with non-ASCII characters as they are."""
    return _ENCODER.encode(message)


def audio_of(data: object) -> bytes | None:
    """Decode base64, even if it is in lines or lacks the padding at its end; `None` if it cannot be read.

    Other characters are not skipped, nor is anything after the padding: the bytes would be noise, or only part of the audio.
    """
    if not isinstance(data, str):
        return None
    try:
        return binascii.a2b_base64(data, strict_mode=True)
    except ValueError:
        return _audio_in_lines(data)


def _audio_in_lines(data: str) -> bytes | None:
    plain = "".join(data.split())
    try:
        return binascii.a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True)
    except ValueError:
        return None


def number_of(value: object) -> float | None:
    """A finite number, or `None`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def numbers_of(values: object) -> list[float] | None:
    """A list of finite numbers, or `None`."""
    if not isinstance(values, list):
        return None
    numbers = [number_of(value) for value in values]
    return None if None in numbers else [number for number in numbers if number is not None]


def strings_of(values: object) -> list[str] | None:
    """A list of strings, or `None`."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    return values
