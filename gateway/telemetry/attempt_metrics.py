"""Facts on how utterances get a voice, as Prometheus metrics: leases, attempts, segments, splices, hedges."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.telemetry.correlation import Context
from gateway.telemetry.labels import VENDOR_REASONS, Bounded, provider_of
from gateway.telemetry.series import FINE_BUCKETS, VOICE_BUCKETS
from gateway.telemetry.tallies import CounterFamily, HistogramFamily
from legato.domain import facts
from legato.domain.errors import Reason

_TOLD = ("false", "true")
_ROUTES_KEPT = 512


class AttemptMetrics:
    """The part of a sink of facts that counts attempts.

    Args:
        registry: where the families are registered.
        max_label_values: how many distinct providers get labels of their own.
    """

    def __init__(self, registry: CollectorRegistry, max_label_values: int) -> None:
        self._providers = Bounded(max_label_values)
        self._provider = lru_cache(_ROUTES_KEPT)(self._label)
        self._registry = registry
        self._leases()
        self._rescues()
        self.takers: Mapping[type, Callable[[Any, Context], None]] = {
            facts.AttemptMade: self._attempt_made,
            facts.AttemptEnded: self._attempt_ended,
            facts.SegmentSpoken: self._segment_spoken,
            facts.Spliced: self._spliced,
            facts.Hedged: self._hedged,
        }

    def expect(self, routes: Iterable[str]) -> None:
        """Show from now on, at 0, what can go wrong with the providers of these routes.

        Args:
            routes: names of routes, "provider/voice".
        """
        for provider in {self._provider(route): None for route in routes}:
            for reason in VENDOR_REASONS:
                self._ended.labels(provider, reason)
            for reason in (*VENDOR_REASONS, Reason.OVERLOADED.value):
                self._attempts.labels(provider, _TOLD[False], reason)

    def _leases(self) -> None:
        self._attempts = self._counter(
            "attempts", "Lines requested, by result.", "provider", "reused", "reason"
        )
        self._acquire_s = self._histogram(
            "acquire_seconds",
            "Time from requesting a line to leasing it.",
            FINE_BUCKETS,
            "provider",
            "reused",
        )
        self._ended = self._counter(
            "attempts_ended", "Leased lines returned, by outcome.", "provider", "outcome"
        )
        self._lease_s = self._counter("lease_seconds", "Time for which lines were leased.", "provider")
        self._segment_s = self._histogram(
            "segment_seconds",
            "Time from a segment's text to the end of its audio.",
            VOICE_BUCKETS,
            "provider",
        )

    def _rescues(self) -> None:
        self._splices = self._counter(
            "splices", "Utterances continued on another line.", "from_provider", "to_provider"
        )
        self._splice_gap_s = self._histogram(
            "splice_gap_seconds", "Silence heard at a splice.", FINE_BUCKETS, "method"
        )
        self._hedges = self._counter(
            "hedges",
            "Slow requests that were also sent to another provider.",
            "provider",
            "rival",
            "overtaken",
        )
        self._hedge_chars = self._counter(
            "hedge_characters", "Characters sent twice because of hedges.", "rival"
        )

    def _counter(self, name: str, about: str, *labels: str) -> CounterFamily:
        return CounterFamily(f"legato_{name}", about, labels, self._registry)

    def _histogram(self, name: str, about: str, buckets: tuple[float, ...], *labels: str) -> HistogramFamily:
        return HistogramFamily(f"legato_{name}", about, labels, buckets, self._registry)

    def _attempt_made(self, fact: facts.AttemptMade, context: Context) -> None:
        provider, reused = self._provider(fact.route), _TOLD[fact.reused]
        self._attempts.labels(provider, reused, fact.reason or ("cached" if fact.cached else "leased")).inc()
        if not (fact.reason or fact.cached):
            self._acquire_s.labels(provider, reused).observe(fact.acquire_s, context.exemplar_of(fact))

    def _attempt_ended(self, fact: facts.AttemptEnded, _: Context) -> None:
        provider = self._provider(fact.route)
        self._ended.labels(provider, fact.outcome).inc()
        self._lease_s.labels(provider).inc(fact.lasted_s)

    def _segment_spoken(self, fact: facts.SegmentSpoken, context: Context) -> None:
        provider = self._provider(fact.route)
        self._segment_s.labels(provider).observe(fact.took_s, context.exemplar_of(fact))

    def _spliced(self, fact: facts.Spliced, context: Context) -> None:
        self._splices.labels(self._provider(fact.from_route), self._provider(fact.to_route)).inc()
        self._splice_gap_s.labels(fact.method).observe(fact.gap_s, context.exemplar_of(fact))

    def _hedged(self, fact: facts.Hedged, _: Context) -> None:
        rival = self._provider(fact.rival)
        self._hedges.labels(self._provider(fact.route), rival, _TOLD[fact.overtaken]).inc()
        self._hedge_chars.labels(rival).inc(fact.chars)

    def _label(self, route: str) -> str:
        return self._providers(provider_of(route))
