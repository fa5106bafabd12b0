"""What the process knows about itself, as Prometheus metrics: spans and log lines that were lost, caches, the local voices, its certificate.

The numbers are kept elsewhere, and fetched when metrics are scraped.
"""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector


class OwnMetrics(Collector):
    """A collector that registers itself.

    Args:
        registry: where it is registered.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._spans: Callable[[], Mapping[str, int]] = dict
        self._dropped_lines: Callable[[], int] = int
        self._caches: Callable[[], Mapping[str, Mapping[str, int]]] = dict
        self._audio_bytes: Callable[[], int] = int
        self._local_runs: Callable[[], int] = int
        self._engine_restarts: Callable[[], int] = int
        self._certificate: Callable[[], tuple[float, float] | None] = lambda: None
        registry.register(self)

    def show_spans(self, by_outcome: Callable[[], Mapping[str, int]]) -> None:
        """Show the spans from now on.

        Args:
            by_outcome: returns how many spans there were so far, by outcome.
        """
        self._spans = by_outcome

    def show_dropped_lines(self, count: Callable[[], int]) -> None:
        """Show the lost log lines from now on.

        Args:
            count: returns how many were lost so far.
        """
        self._dropped_lines = count

    def show_caches(
        self, lookups: Callable[[], Mapping[str, Mapping[str, int]]], audio_bytes: Callable[[], int] = int
    ) -> None:
        """Show the caches from now on.

        Args:
            lookups: returns how many look-ups there were so far, by cache and by outcome: hit or miss.
            audio_bytes: returns how much audio the cache of recordings keeps now.
        """
        self._caches, self._audio_bytes = lookups, audio_bytes

    def show_engine(self, local_runs: Callable[[], int], restarts: Callable[[], int]) -> None:
        """Show the local voices from now on.

        Args:
            local_runs: returns how many utterances they have in hand now.
            restarts: returns how often their process was restarted so far.
        """
        self._local_runs, self._engine_restarts = local_runs, restarts

    def show_certificate(self, dates: Callable[[], tuple[float, float] | None]) -> None:
        """Show the certificate of the listeners from now on.

        Args:
            dates: returns from when until when it is valid, in seconds since 1970; `None` without one.
        """
        self._certificate = dates

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """Yield the families, for the registry."""
        spans = CounterMetricFamily("legato_spans", "Spans exported, failed and dropped.", labels=["outcome"])
        for outcome, count in self._spans().items():
            spans.add_metric([outcome], count)
        yield spans
        yield CounterMetricFamily(
            "legato_log_lines_dropped",
            "Log lines lost because stderr was read too slowly or could not be written.",
            self._dropped_lines(),
        )
        lookups = CounterMetricFamily(
            "legato_cache_lookups", "Cache lookups, by outcome.", labels=["cache", "outcome"]
        )
        for cache, outcomes in self._caches().items():
            for outcome, count in outcomes.items():
                lookups.add_metric([cache, outcome], count)
        yield lookups
        yield GaugeMetricFamily(
            "legato_cache_audio_bytes", "Audio kept to be said again.", self._audio_bytes()
        )
        yield GaugeMetricFamily(
            "legato_local_runs", "Utterances that the local voices are speaking.", self._local_runs()
        )
        yield engine_restarts(self._engine_restarts())
        yield from _certificate(self._certificate())


def _certificate(dates: tuple[float, float] | None) -> Iterable[GaugeMetricFamily]:
    told = (("not_before", "is valid from then on"), ("not_after", "expires"))
    for number, (name, about) in enumerate(told):
        family = GaugeMetricFamily(
            f"legato_certificate_{name}_timestamp_seconds",
            f"When the certificate that new connections get {about}, in seconds since 1970.",
            labels=(),
        )
        if dates is not None:
            family.add_metric((), dates[number])
        yield family


def engine_restarts(count: int) -> CounterMetricFamily:
    """Return the family that counts restarts of the local voices' process, as counted by the process that starts it."""
    return CounterMetricFamily(
        "legato_engine_restarts", "Restarts of the process of the local voices.", count
    )
