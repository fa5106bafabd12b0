"""The values of `prosody`."""

import pytest

from legato.domain.delivery import LEAST_DECIBELS, MOST_SEMITONES
from legato.text.prosody import VOICE_HZ, Value, pitch_of, rate_of, volume_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("slow", (0.75, True)),
        ("default", (1.0, True)),
        ("80%", (0.8, False)),
        ("+25%", (1.25, False)),
        ("-20%", (0.8, False)),
        ("1.5", (1.5, False)),
        ("0%", None),
        ("0.01%", None),
        ("9000%", None),
        ("brisk", None),
        ("3x", None),
        ("2st", None),
        ("", None),
    ],
)
def test_a_rate_is_a_factor(text: str, value: Value | None) -> None:
    assert rate_of(text) == (pytest.approx(value) if value else None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x-high", (6.0, True)),
        ("+2st", (2.0, False)),
        ("-1.5st", (-1.5, False)),
        ("+100%", (12.0, False)),
        ("-50%", (-12.0, False)),
        ("-100%", (-MOST_SEMITONES, False)),
        (f"{2 * VOICE_HZ:g}hz", (12.0, True)),
        (f"+{VOICE_HZ:g}hz", (12.0, False)),
        ("2st", None),
        ("1.2", None),
        ("+3db", None),
        ("80%", None),
        ("squeaky", None),
    ],
)
def test_a_pitch_is_in_semitones(text: str, value: Value | None) -> None:
    assert pitch_of(text) == (pytest.approx(value) if value else None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("silent", (LEAST_DECIBELS, True)),
        ("loud", (4.0, True)),
        ("+6db", (6.0, False)),
        ("-3.5db", (-3.5, False)),
        ("50", (-6.0206, True)),
        ("0", (LEAST_DECIBELS, True)),
        ("+100%", (6.0206, False)),
        ("-100%", (LEAST_DECIBELS, False)),
        ("2st", None),
        ("much", None),
    ],
)
def test_a_volume_is_in_decibels(text: str, value: Value | None) -> None:
    assert volume_of(text) == (pytest.approx(value, abs=1e-3) if value else None)
