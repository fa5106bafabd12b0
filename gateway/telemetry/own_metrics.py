"""What the process knows of itself, as Prometheus metrics: spans and log lines that were lost, caches, the local voices.

The numbers are kept elsewhere, and asked for when metrics are scraped.
"""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector


class OwnMetrics(Collector):
    """Registers itself.

    Args:
        registry: where.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._spans: Callable[[], Mapping[str, int]] = dict
        self._dropped_lines: Callable[[], int] = int
        self._caches: Callable[[], Mapping[str, Mapping[str, int]]] = dict
        self._local_runs: Callable[[], int] = int
        self._engine_restarts: Callable[[], int] = int
        registry.register(self)

    def show_spans(self, by_outcome: Callable[[], Mapping[str, int]]) -> None:
        """From now on a scrape tells them.

        Args:
            by_outcome: spans so far.
        """
        self._spans = by_outcome

    def show_dropped_lines(self, count: Callable[[], int]) -> None:
        """From now on a scrape tells them.

        Args:
            count: log lines lost so far.
        """
        self._dropped_lines = count

    def show_caches(self, lookups: Callable[[], Mapping[str, Mapping[str, int]]]) -> None:
        """From now on a scrape tells them.

        Args:
            lookups: how often something was looked up so far, by cache and by what became of it: hit or miss.
        """
        self._caches = lookups

    def show_engine(self, local_runs: Callable[[], int], restarts: Callable[[], int]) -> None:
        """From now on a scrape tells how the local voices are.

        Args:
            local_runs: what they have in hand now.
            restarts: times their process was begun again so far.
        """
        self._local_runs, self._engine_restarts = local_runs, restarts

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """The families, as the registry asks for them."""
        spans = CounterMetricFamily("legato_spans", "Spans by what became of them.", labels=["outcome"])
        for outcome, count in self._spans().items():
            spans.add_metric([outcome], count)
        yield spans
        yield CounterMetricFamily(
            "legato_log_lines_dropped",
            "Log lines lost because nobody read, or they could not be written.",
            self._dropped_lines(),
        )
        lookups = CounterMetricFamily(
            "legato_cache_lookups", "What was asked of caches.", labels=["cache", "outcome"]
        )
        for cache, outcomes in self._caches().items():
            for outcome, count in outcomes.items():
                lookups.add_metric([cache, outcome], count)
        yield lookups
        yield GaugeMetricFamily(
            "legato_local_runs", "Utterances that the local voices have in hand.", self._local_runs()
        )
        yield engine_restarts(self._engine_restarts())


def engine_restarts(count: int) -> CounterMetricFamily:
    """How often the process of the local voices was begun again, as whoever has started it tells it."""
    return CounterMetricFamily(
        "legato_engine_restarts", "Times the process of the local voices was begun again.", count
    )
