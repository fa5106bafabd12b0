"""Facts as Prometheus metrics, in a registry of their own.

Rules: the children of a (face, provider, voice) are bound once and kept; labels are bounded; times of utterances that were queued after
an earlier one have a label, so that they can be kept out of objectives; trace ids are exemplars, in OpenMetrics only.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
)

from gateway.telemetry.attempt_metrics import AttemptMetrics
from gateway.telemetry.correlation import Context
from gateway.telemetry.exposition import encoder
from gateway.telemetry.labels import Bounded, BoundedTogether, provider_of
from gateway.telemetry.own_metrics import OwnMetrics
from gateway.telemetry.series import CANCEL_BUCKETS, FINE_BUCKETS, RouteFamilies, RouteSeries
from gateway.telemetry.tallies import HistogramFamily
from gateway.telemetry.vendor_metrics import VendorMetrics
from legato.domain import facts
from legato.domain.errors import PROPERTIES, Whose

_WAYS_KEPT = 512
_WHOSE = {reason.value: properties.whose.value for reason, properties in PROPERTIES.items()}


class Metrics:
    """A sink of facts that can be scraped.

    Args:
        version: version of the gateway, for `legato_build_info`.
        max_label_values: how many distinct voices, and distinct providers, get labels of their own; combinations of face, provider
            and voice may be three times as many.
    """

    def __init__(self, version: str, max_label_values: int = 200) -> None:
        self.registry = CollectorRegistry()
        self._routes = RouteFamilies(self.registry)
        self._series: dict[tuple[str, str, str], RouteSeries] = {}
        self._of_route = lru_cache(_WAYS_KEPT)(self._bound)
        self._voices, self._providers = Bounded(max_label_values), Bounded(max_label_values)
        self._faces, self._places, self._kinds = Bounded(50), Bounded(200), Bounded(200)
        self._together = BoundedTogether(3 * max_label_values)
        self._open_streams: dict[str, str] = {}
        self._open_utterances: dict[str, set[str]] = {}
        self._utterances = 0
        Info("legato_build", "Version of the gateway.", registry=self.registry).info({"version": version})
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.own = OwnMetrics(self.registry)
        self.vendors = VendorMetrics(self.registry, max_label_values)
        self._stream_metrics()
        self._fault_metrics()
        self._attempts = AttemptMetrics(self.registry, max_label_values)
        self._takers: dict[type, Callable[[Any, Context], None]] = {
            facts.StreamOpened: self._stream_opened,
            facts.StreamClosed: self._stream_closed,
            facts.UtteranceBegun: self._utterance_begun,
            facts.UtteranceEnded: self._utterance_ended,
            facts.CancelServed: self._cancel_served,
            facts.MessageRefused: self._message_refused,
            facts.Underran: self._underran,
            facts.BugFound: self._bug_found,
            **self._attempts.takers,
            **self.vendors.takers,
        }

    def expect(self, faces: Iterable[str], routes: Iterable[str]) -> None:
        """Show from now on, at 0, what can go wrong: Prometheus sees no increase in a counter that first appears with 1.

        Clients' mistakes are left out: nobody is woken by them, and they would be as many series again.

        Args:
            faces: names of the faces that are served.
            routes: names of the configured routes, "provider/voice".
        """
        for face in faces:
            label = self._faces(face)
            for reason, whose in _WHOSE.items():
                if whose != Whose.CLIENT:
                    self._errors.labels(label, reason, whose)
            self._underruns.labels(label)
            self._underrun_s.labels(label)
        for reason in ("clean", "client_gone", *(name for name in _WHOSE if _WHOSE[name] != Whose.CLIENT)):
            self._closed_total.labels(reason)
        routes = list(routes)
        self.vendors.expect(routes)
        self._attempts.expect(routes)

    def take(self, fact: facts.Fact, context: Context) -> None:
        """Count a fact."""
        taker = self._takers.get(type(fact))
        if taker is not None:
            taker(fact, context)

    def expose(self, accept: str = "") -> tuple[bytes, str]:
        """Return body and content type of a scrape, for the scraper's `Accept` header."""
        encode, content_type = encoder(accept)
        return encode(self.registry), content_type

    def observe_loop_lag(self, lag_s: float) -> None:
        """Observe how late the event loop was."""
        self._loop_lag.observe(lag_s)

    def _stream_metrics(self) -> None:
        registry = self.registry
        self._streams = Gauge("legato_streams_open", "Open streams.", ["face"], registry=registry)
        self._streams_total = Counter("legato_streams", "Streams opened.", ["face"], registry=registry)
        self._closed_total = Counter(
            "legato_streams_closed", "Streams closed, by reason.", ["reason"], registry=registry
        )
        Gauge("legato_utterances_open", "Utterances that have not ended.", registry=registry).set_function(
            lambda: self._utterances
        )
        self._late = Counter(
            "legato_late_messages", "Messages for an utterance that was already cancelled.", registry=registry
        )
        self._cancel_s = HistogramFamily(
            "legato_cancel_seconds",
            "Time from a cancel to the last frame of its utterance.",
            ["face"],
            CANCEL_BUCKETS,
            registry,
        )
        self._loop_lag = Histogram(
            "legato_loop_lag_seconds", "Lateness of the event loop.", buckets=FINE_BUCKETS, registry=registry
        )

    def _fault_metrics(self) -> None:
        registry = self.registry
        self._errors = Counter(
            "legato_errors",
            "Utterances and streams ended by an error, and messages refused.",
            ["face", "reason", "whose"],
            registry=registry,
        )
        self._underruns = Counter(
            "legato_underruns",
            "Times a listener ran out of audio within an utterance.",
            ["face"],
            registry=registry,
        )
        self._underrun_s = Counter(
            "legato_underrun_seconds", "Silence heard in underruns.", ["face"], registry=registry
        )
        self._bugs = Counter(
            "legato_bugs",
            "Failed assertions and unexpected exceptions.",
            ["where", "kind"],
            registry=registry,
        )

    # --- streams

    def _stream_opened(self, fact: facts.StreamOpened, _: Context) -> None:
        face = self._faces(fact.face)
        self._open_streams[fact.stream_id] = face
        self._streams.labels(face).inc()
        self._streams_total.labels(face).inc()

    def _stream_closed(self, fact: facts.StreamClosed, _: Context) -> None:
        face = self._open_streams.pop(fact.stream_id, None)
        if face is not None:
            self._streams.labels(face).dec()
            self._closed_total.labels(fact.reason or "clean").inc()
        self._utterances -= len(self._open_utterances.pop(fact.stream_id, ()))
        self._late.inc(fact.late_messages)
        self._count_error(face or "unknown", fact.reason)

    # --- utterances

    def _utterance_begun(self, fact: facts.UtteranceBegun, _: Context) -> None:
        known = self._open_utterances.get(fact.stream_id)
        if known is None:
            known = self._open_utterances[fact.stream_id] = set()
        known.add(fact.utterance_id)
        self._utterances += 1

    def _utterance_ended(self, fact: facts.UtteranceEnded, context: Context) -> None:
        known = self._open_utterances.get(fact.stream_id)
        if known is not None and fact.utterance_id in known:
            known.remove(fact.utterance_id)
            self._utterances -= 1
        self._of_route(context.face, fact.receipt.route, fact.voice).ended(
            fact.outcome, fact.receipt, context.exemplar_of(fact)
        )
        if fact.outcome == "failed":
            self._count_error(context.face, fact.reason)

    def _cancel_served(self, fact: facts.CancelServed, context: Context) -> None:
        face = self._faces(context.face)
        self._cancel_s.labels(face).observe(fact.took_s, context.exemplar_of(fact))

    def _underran(self, fact: facts.Underran, context: Context) -> None:
        face = self._faces(context.face)
        self._underruns.labels(face).inc()
        self._underrun_s.labels(face).inc(fact.gap_s)

    # --- what went wrong

    def _message_refused(self, fact: facts.MessageRefused, context: Context) -> None:
        self._count_error(fact.face or context.face, fact.reason.value)

    def _bug_found(self, fact: facts.BugFound, _: Context) -> None:
        self._bugs.labels(self._places(fact.where), self._kinds(fact.kind)).inc()

    def _count_error(self, face: str, reason: str) -> None:
        whose = _WHOSE.get(reason)
        if whose is not None:  # a stream may also end for reasons that are nobody's fault
            self._errors.labels(self._faces(face), reason, whose).inc()

    def _bound(self, face: str, route: str, voice: str) -> RouteSeries:
        key = self._together(self._faces(face), self._providers(provider_of(route)), self._voices(voice))
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = self._routes.bind(*key)
        return series
