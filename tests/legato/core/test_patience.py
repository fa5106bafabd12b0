"""How long the first audio of a route is waited for: issue of a vendor that is dead, and one that is slow."""

import random

import pytest

from legato.core.patience import Patience
from legato.domain.vendors import VendorLimits

LIMITS = VendorLimits(first_audio_s=3.0, first_audio_factor=3.0, first_audio_least_s=0.6)


def after(*waits):
    patience = Patience()
    for wait in waits:
        patience.waited(wait)
    return patience


@pytest.mark.parametrize(
    ("waits", "limit_s"),
    [
        ([], 3.0),
        ([0.1] * 19, 3.0),
        ([0.1] * 20, 0.6),
        ([0.3] * 20, 0.9),
        ([0.3] * 96 + [0.5] * 4, 0.9),
        ([0.3] * 90 + [0.5] * 10, 1.5),
        ([2.0] * 20, 3.0),
        ([2.0] * 128 + [0.1] * 128, 0.6),
        ([0.0] * 20, 3.0),
    ],
)
def test_the_limit_follows_what_is_usual(waits, limit_s):
    assert after(*waits).limit_s(LIMITS) == pytest.approx(limit_s)


@pytest.mark.parametrize(
    ("limits", "limit_s"),
    [
        (VendorLimits(first_audio_factor=0.0), 3.0),
        (VendorLimits(first_audio_s=0.0), 0.0),
        (VendorLimits(first_audio_s=0.4), 0.4),
        (VendorLimits(first_audio_factor=10.0), 2.0),
    ],
)
def test_what_is_configured_wins(limits, limit_s):
    assert after(*[0.2] * 40).limit_s(limits) == pytest.approx(limit_s)


def test_a_vendor_that_hangs_for_once_is_given_up_soon_for_a_while():
    patience = after(*[0.2] * 128)
    for _ in range(6):
        assert patience.limit_s(LIMITS) == pytest.approx(0.6)
        patience.waited(patience.limit_s(LIMITS))


def test_a_vendor_that_has_become_slow_as_a_whole_is_waited_for_again():
    """It takes a second and a half now: what was waited in vain teaches that, and most of its answers are heard."""
    patience, chance, in_vain = after(*[0.2] * 128), random.Random(1), 0
    for _ in range(100):
        took_s, limit_s = chance.uniform(1.4, 1.6), patience.limit_s(LIMITS)
        in_vain += took_s > limit_s
        patience.waited(min(took_s, limit_s))
    assert in_vain < 15
    assert patience.limit_s(LIMITS) == 3.0
