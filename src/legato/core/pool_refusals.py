"""Why a pool has no line for a request, and when to come back."""

from legato.core.fair_queue import FairQueue
from legato.core.pool_terms import PoolEffect, Refuse
from legato.domain.errors import Reason
from legato.domain.events import Failed

LEAST_WAIT_S = 0.5
_MOMENT_S = 0.5
"""A pause as short as this is waited for even if there is another route: it is as long as one without a `Retry-After` is at first."""
_RATE_LIMITED = "the vendor is rate-limiting requests"
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
    return Failed(Reason.VENDOR_QUOTA, _RATE_LIMITED, wait_s)


def was_held_back(failed: Failed) -> bool:
    """Whether this is the refusal of a request that the vendor never got, because of a pause that it has asked for."""
    return failed.reason is Reason.VENDOR_QUOTA and failed.message == _RATE_LIMITED


def is_long(hold_s: float) -> bool:
    """Whether a pause that the vendor has asked for is too long to be waited for by a request that has another route."""
    return round(hold_s, 3) > _MOMENT_S


def in_vain(queue: FairQueue, hold_until: float, now: float) -> list[PoolEffect]:
    """Refuse those who need not, or cannot, wait for the end of a pause that the vendor has asked for."""
    hold_s = hold_until - now
    if hold_s <= 0 or not len(queue):
        return []
    told = held_back(hold_s)
    return [Refuse(one.ticket, told) for one in queue.held_back(hold_until, for_long=is_long(hold_s))]


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
