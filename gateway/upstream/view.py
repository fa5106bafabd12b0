"""How the lines of a provider look from outside: values for people, with no secret and no user text."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from legato.domain import hops
from legato.domain.vendors import Place

STEP = 100
"""How many places or routes are looked at in one step: a fraction of a millisecond."""

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work that its caller may interrupt after each step; the last one returns the result."""


@dataclass(frozen=True, slots=True)
class FailureView:
    """Why a run failed.

    Args:
        reason: the gateway's name for it.
        message: the vendor's status or code, or what the gateway saw.
        ago_s: how long ago that was.
    """

    reason: str
    message: str
    ago_s: float


@dataclass(frozen=True, slots=True)
class RouteView:
    """One route, over all its places.

    Args:
        route: "provider/voice".
        control: "" or what an operator has set: "drained", "pinned", "ejected".
        breaker: its state.
        retry_after_s: when a shut route is tried again.
        quality: share of good runs, the latest counting most; 1 is best.
        leases: leases granted.
        reused_share: share of them on a connection that was there before; `None` before the first.
        ttfb_p50_s: first text sent to first audio received, over the latest runs; `None` before the first.
        ttfb_p95_s: likewise.
        errors: how many runs failed, by reason.
        last_failure: the last of them; `None` before the first.
    """

    route: str
    control: str
    breaker: str
    retry_after_s: float
    quality: float
    leases: int
    reused_share: float | None
    ttfb_p50_s: float | None
    ttfb_p95_s: float | None
    errors: Mapping[str, int]
    last_failure: FailureView | None = None


@dataclass(frozen=True, slots=True)
class PlaceView:
    """The pool of one place.

    Args:
        place: its URL, without any user name, and the gateways in front of this one that its lines are for.
        lines: how many lines are in each state.
        waiting: how many requests wait for one.
        wanted: lines wanted now.
        ceiling: lines allowed, as configured and learnt.
        trouble: why the last dial failed, or the connection before it was given a text; empty if neither did.
    """

    place: str
    lines: Mapping[str, int]
    waiting: int
    wanted: int
    ceiling: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class VendorView:
    """One provider.

    Args:
        provider: its configured name.
        runs: runs that count at the vendor now.
        runs_allowed: runs allowed at once, as configured and learnt; 0 for no bound.
        runs_learnt: what refusals have taught of that; 0 for nothing.
        places: its pools.
        routes: its voices.
    """

    provider: str
    runs: int
    runs_allowed: int
    runs_learnt: int
    places: tuple[PlaceView, ...]
    routes: tuple[RouteView, ...]


def finished(steps: Steps[T]) -> T:
    """Take all steps at once, and return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result


def label(place: Place) -> str:
    """The place, for people: the query, which tells places apart, stays; a user name or key in the address does not."""
    parts = urlsplit(place.url)
    query = f"?{parts.query}" if parts.query else ""
    via, _, _ = dict(place.headers).get(hops.HEADER, "").rpartition(", ")
    others = f" for texts that come through {via}" if via else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{query}{others}"
