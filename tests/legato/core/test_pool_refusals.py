import pytest

from legato.core.pool_refusals import (
    LEAST_WAIT_S,
    UNANSWERED,
    again,
    busy,
    crowded,
    held_back,
    too_late,
    unconnected,
)
from legato.domain.errors import PROPERTIES, Reason


@pytest.mark.parametrize("refusal", [crowded, busy, unconnected, held_back])
def test_each_may_be_tried_again_and_says_when(refusal):
    failed = refusal(7.0)
    assert failed.retry_after_s == 7.0
    assert PROPERTIES[failed.reason].may_retry


@pytest.mark.parametrize("refusal", [crowded, busy, unconnected])
def test_nobody_is_told_to_come_back_at_once(refusal):
    assert refusal(-1.0).retry_after_s == LEAST_WAIT_S


def test_the_last_failure_is_repeated_with_the_wait_that_is_left():
    assert again(UNANSWERED, 2.0).reason is Reason.VENDOR_TIMEOUT
    assert again(UNANSWERED, 2.0).retry_after_s == 2.0


@pytest.mark.parametrize(
    ("hold_s", "connected", "reason"),
    [
        (0.0, True, Reason.OVERLOADED),
        (4.0, True, Reason.VENDOR_QUOTA),
        (0.0, False, Reason.VENDOR_TIMEOUT),
        (4.0, False, Reason.VENDOR_TIMEOUT),
    ],
)
def test_whoever_waited_too_long_is_told_for_what(hold_s, connected, reason):
    assert too_late(0.0, hold_s, connected=connected).reason is reason
