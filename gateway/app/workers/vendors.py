"""Merges what workers report about their vendors: counts are added up, and of states the worst is taken."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

View = Mapping[str, Any]
_WORST = ("admitting", "probing", "shut")


def merged_vendors(told: Sequence[Sequence[View]], seats: Mapping[str, tuple[int, int]]) -> list[View]:
    """Return the vendors of the whole gateway.

    Args:
        told: what each worker reports.
        seats: for each provider whose seats are lent: how many are lent, and how many there are.
    """
    return [_vendor(name, views, seats.get(name)) for name, views in _by("provider", told).items()]


def _by(key: str, told: Sequence[Sequence[View]]) -> dict[str, list[View]]:
    found: dict[str, list[View]] = {}
    for views in told:
        for view in views:
            found.setdefault(view[key], []).append(view)
    return found


def _vendor(name: str, views: Sequence[View], seats: tuple[int, int] | None) -> View:
    learnt = [view["runs_learnt"] for view in views if view["runs_learnt"]]
    allowed = max(view["runs_allowed"] for view in views) if seats is None else seats[1]
    return {
        "provider": name,
        "runs": sum(view["runs"] for view in views),
        "runs_allowed": allowed,
        "runs_learnt": min(learnt, default=0),
        "places": [
            _place(label, places) for label, places in _by("place", [v["places"] for v in views]).items()
        ],
        "routes": [
            _route(label, routes) for label, routes in _by("route", [v["routes"] for v in views]).items()
        ],
    }


def _place(label: str, views: Sequence[View]) -> View:
    return {
        "place": label,
        "lines": _added(view["lines"] for view in views),
        **{name: sum(view[name] for view in views) for name in ("waiting", "wanted", "ceiling")},
        "trouble": next((view["trouble"] for view in views if view["trouble"]), ""),
    }


def _route(label: str, views: Sequence[View]) -> View:
    leases = sum(view["leases"] for view in views)
    return {
        "route": label,
        "control": next((view["control"] for view in views if view["control"]), ""),
        "breaker": max((view["breaker"] for view in views), key=_WORST.index),
        "retry_after_s": max(view["retry_after_s"] for view in views),
        "quality": _mean("quality", views),
        "leases": leases,
        "reused_share": _mean("reused_share", views),
        "ttfb_p50_s": _mean("ttfb_p50_s", views),
        "ttfb_p95_s": max((v["ttfb_p95_s"] for v in views if v["ttfb_p95_s"] is not None), default=None),
        "errors": _added(view["errors"] for view in views),
        "last_failure": min(
            (view["last_failure"] for view in views if view["last_failure"]),
            key=lambda failure: failure["ago_s"],
            default=None,
        ),
    }


def _added(counts: Any) -> dict[str, int]:  # noqa: ANN401 - an iterable of mappings as JSON has them
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _mean(name: str, views: Sequence[View]) -> float | None:
    """Return the mean weighted by leases: near a percentile of the whole, which cannot be computed from those of the parts."""
    known = [(view[name], max(view["leases"], 1)) for view in views if view[name] is not None]
    weight = sum(leases for _, leases in known)
    return sum(value * leases for value, leases in known) / weight if known else None
