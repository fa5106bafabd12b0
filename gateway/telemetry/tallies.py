"""Counters and histograms that count at the cost of a list index, and become Prometheus families only when they are scraped.

prometheus_client takes a lock for every number: the fourteen observations at the end of an utterance took a fiftieth of its whole time.

Rules:
- They have one writer, the loop. A scrape reads them from its own thread: each number is read whole, and a histogram's count is the
  sum of its buckets, whatever was counted meanwhile.
- Every bucket keeps its last exemplar; only OpenMetrics shows them.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from prometheus_client.utils import floatToGoString


class Counter:
    """A number that only rises."""

    __slots__ = ("created", "value")

    def __init__(self) -> None:
        self.value = 0.0
        self.created = _now_s()

    def inc(self, amount: float = 1) -> None:
        """Add to the number."""
        self.value += amount


class CounterFamily(Collector):
    """A family of counters, shown by a registry.

    Args:
        name: name of the family, without `_total`.
        about: its help text.
        labels: names of its labels.
        registry: where it is shown.
    """

    def __init__(self, name: str, about: str, labels: Sequence[str], registry: CollectorRegistry) -> None:
        self._name, self._about, self._labels = name, about, tuple(labels)
        self._children: dict[tuple[str, ...], Counter] = {}
        registry.register(self)

    def labels(self, *values: str) -> Counter:
        """Return the counter with these labels, which is shown from now on."""
        child = self._children.get(values)
        if child is None:
            child = self._children[values] = Counter()
        return child

    def describe(self) -> Iterable[Metric]:
        """Return the family without samples, for the registry."""
        return [CounterMetricFamily(self._name, self._about, labels=self._labels)]

    def collect(self) -> Iterable[Metric]:
        """Return the family, for the registry."""
        family = CounterMetricFamily(self._name, self._about, labels=self._labels)
        for values, child in list(self._children.items()):
            family.add_metric(values, child.value, child.created)
        return [family]


class Histogram:
    """A histogram."""

    __slots__ = ("bounds", "buckets", "created", "exemplars", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.buckets = [0] * (len(bounds) + 1)
        self.exemplars: dict[int, Exemplar] = {}
        self.total = 0.0
        self.created = _now_s()

    def observe(self, value: float, trace_id: str = "") -> None:
        """Count a value, with the trace it belongs to."""
        observe_each(((self, value),), trace_id)


def observe_each(observed: Iterable[tuple[Histogram, float]], trace_id: str) -> None:
    """Count a value in each of these histograms, with the trace they belong to."""
    for histogram, value in observed:
        at = bisect_left(histogram.bounds, value)
        histogram.buckets[at] += 1
        histogram.total += value
        if trace_id:
            histogram.exemplars[at] = Exemplar({"trace_id": trace_id}, value, _now_s())


class HistogramFamily(Collector):
    """A family of histograms, shown by a registry.

    Args:
        name: name of the family.
        about: its help text.
        labels: names of its labels.
        buckets: upper bounds, rising; a bucket without a bound follows them.
        registry: where it is shown.
    """

    def __init__(
        self,
        name: str,
        about: str,
        labels: Sequence[str],
        buckets: Sequence[float],
        registry: CollectorRegistry,
    ) -> None:
        self._name, self._about, self._labels = name, about, tuple(labels)
        self._bounds = tuple(buckets)
        self._told = [*map(floatToGoString, self._bounds), "+Inf"]
        self._children: dict[tuple[str, ...], Histogram] = {}
        registry.register(self)

    def labels(self, *values: str) -> Histogram:
        """Return the histogram with these labels, which is shown once it has counted something: most of its lines would say 0."""
        child = self._children.get(values)
        if child is None:
            child = self._children[values] = Histogram(self._bounds)
        return child

    def describe(self) -> Iterable[Metric]:
        """Return the family without samples, for the registry."""
        return [HistogramMetricFamily(self._name, self._about, labels=self._labels)]

    def collect(self) -> Iterable[Metric]:
        """Return the family, for the registry."""
        family = Metric(self._name, self._about, "histogram")
        for values, child in list(self._children.items()):
            buckets = tuple(child.buckets)
            if any(buckets):
                self._add(family, dict(zip(self._labels, values, strict=True)), child, buckets)
        return [family]

    def _add(
        self, family: Metric, labels: dict[str, str], child: Histogram, buckets: tuple[int, ...]
    ) -> None:
        name, count = self._name, 0
        for at, bucket in enumerate(buckets):
            count += bucket
            exemplar = child.exemplars.get(at)
            family.add_sample(f"{name}_bucket", {**labels, "le": self._told[at]}, count, None, exemplar)
        family.add_sample(f"{name}_count", labels, count)
        family.add_sample(f"{name}_sum", labels, child.total)
        family.add_sample(f"{name}_created", labels, child.created)


def _now_s() -> float:
    # Prometheus expects creation times and exemplars in wall-clock time.
    return time.time_ns() / 1e9
