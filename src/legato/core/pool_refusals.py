"""Why a pool has no line for a request, and when to come back."""

from legato.domain.errors import Reason
from legato.domain.events import Failed

LEAST_WAIT_S = 0.5
UNANSWERED = Failed(Reason.VENDOR_TIMEOUT, "the vendor did not answer the dial in time")


def crowded(wait_s: float) -> Failed:
    """The queue is full."""
    return Failed(
        Reason.OVERLOADED,
        "too many requests are waiting for a line of this provider",
        max(wait_s, LEAST_WAIT_S),
    )


def busy(wait_s: float) -> Failed:
    """The deadline came while every line was in use."""
    return Failed(Reason.OVERLOADED, "every line of this provider is in use", max(wait_s, LEAST_WAIT_S))


def unconnected(wait_s: float) -> Failed:
    """The deadline came before any line was connected."""
    return Failed(Reason.VENDOR_TIMEOUT, "no line could be connected in time", max(wait_s, LEAST_WAIT_S))


def held_back(wait_s: float) -> Failed:
    """The vendor has refused runs for being too many."""
    return Failed(Reason.VENDOR_QUOTA, "the vendor is rate-limiting requests", wait_s)


def too_late(wait_s: float, hold_s: float, *, connected: bool) -> Failed:
    """The deadline came: why there was no line.

    Args:
        wait_s: time until the vendor is dialled again.
        hold_s: time until the vendor may be asked for a run again; 0 or less if it may be now.
        connected: there are lines, and they are in use.
    """
    if not connected:
        return unconnected(wait_s)
    return held_back(hold_s) if hold_s > 0 else busy(wait_s)


def again(last: Failed, wait_s: float) -> Failed:
    """Another dial now would fail as the last one did."""
    return Failed(last.reason, last.message, wait_s)
