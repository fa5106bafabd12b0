"""Facts of the upstream side as Prometheus metrics: lines, dials, losses, time-outs, breakers.

The number of lines is fetched when metrics are scraped: it changes too often for facts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.telemetry.correlation import Context
from gateway.telemetry.labels import VENDOR_REASONS, Bounded, provider_of
from gateway.telemetry.series import FINE_BUCKETS
from legato.domain import facts

LinesByState = Mapping[str, Mapping[str, int]]
"""Lines in each state, by provider."""
_Count = TypeVar("_Count")
_TRIES = 5
_AWAITED = tuple(filter(None, get_args(facts.RunWait)))
_BREAKER = {"admitting": 0, "probing": 1, "shut": 2}


class VendorMetrics:
    """The upstream part of a sink of facts.

    Args:
        registry: where the families are registered.
        max_label_values: how many distinct providers, and distinct routes, get labels of their own.
    """

    def __init__(self, registry: CollectorRegistry, max_label_values: int) -> None:
        self._registry = registry
        self._providers, self._routes = Bounded(max_label_values), Bounded(max_label_values)
        self._dial_s = Histogram(
            "legato_dial_seconds",
            "Time to open a connection.",
            ["provider"],
            buckets=FINE_BUCKETS,
            registry=registry,
        )
        self._lost = Counter(
            "legato_lines_lost",
            "Connections lost or failed to open.",
            ["provider", "reason"],
            registry=registry,
        )
        self._late = Counter(
            "legato_runs_timed_out",
            "Runs that timed out, by what they waited for.",
            ["route", "awaited"],
            registry=registry,
        )
        self._breaker = Gauge(
            "legato_breaker_state",
            "State of a route's breaker: 0 admitting, 1 probing, 2 shut.",
            ["route"],
            registry=registry,
        )
        self._shut = Counter(
            "legato_breaker_shut",
            "How often a route's breaker has shut, failed trials included.",
            ["route"],
            registry=registry,
        )
        self.takers: Mapping[type, Callable[[Any, Context], None]] = {
            facts.LineDialled: self._line_dialled,
            facts.LineLost: self._line_lost,
            facts.RunTimedOut: self._run_timed_out,
            facts.BreakerMoved: self._breaker_moved,
        }

    def show_lines(
        self, count: Callable[[], LinesByState], waited_for: Callable[[], Mapping[str, int]] = dict
    ) -> None:
        """Show the lines from now on.

        Args:
            count: called at every scrape.
            waited_for: likewise; returns how many utterances wait for a line, by provider.
        """
        self._registry.register(_LineGauges(count, waited_for))

    def expect(self, routes: Iterable[str]) -> None:
        """Show the breakers of these routes from now on, which admit at first, and at 0 what can go wrong with them.

        Args:
            routes: names of routes, "provider/voice".
        """
        for route in routes:
            label, provider = self._routes(route), self._providers(provider_of(route))
            self._breaker.labels(label).set(_BREAKER["admitting"])
            self._shut.labels(label)
            for awaited in _AWAITED:
                self._late.labels(label, awaited)
            for reason in VENDOR_REASONS:
                self._lost.labels(provider, reason)

    def _line_dialled(self, fact: facts.LineDialled, _: Context) -> None:
        self._dial_s.labels(self._providers(fact.provider)).observe(fact.took_s)

    def _line_lost(self, fact: facts.LineLost, _: Context) -> None:
        self._lost.labels(self._providers(fact.provider), fact.reason.value).inc()

    def _run_timed_out(self, fact: facts.RunTimedOut, _: Context) -> None:
        self._late.labels(self._routes(fact.route), fact.awaited).inc()

    def _breaker_moved(self, fact: facts.BreakerMoved, _: Context) -> None:
        label = self._routes(fact.route)
        self._breaker.labels(label).set(_BREAKER[fact.state])
        if fact.state == "shut":
            self._shut.labels(label).inc()


class _LineGauges(Collector):
    def __init__(
        self, count: Callable[[], LinesByState], waited_for: Callable[[], Mapping[str, int]]
    ) -> None:
        self._count = count
        self._waited_for = waited_for

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily("legato_lines", "Connections to vendors.", labels=["provider", "state"])
        for provider, states in _settled(self._count).items():
            for state, lines in states.items():
                family.add_metric([provider, state], lines)
        yield family
        family = GaugeMetricFamily(
            "legato_lines_waited_for", "Utterances waiting for a connection.", labels=["provider"]
        )
        for provider, waiting in _settled(self._waited_for).items():
            family.add_metric([provider], waiting)
        yield family


def _settled(count: Callable[[], Mapping[str, _Count]]) -> Mapping[str, _Count]:
    # A scrape runs in a thread while the loop goes on: what is counted may change meanwhile.
    for _ in range(_TRIES):
        try:
            return count()
        except RuntimeError:
            continue
    return {}
