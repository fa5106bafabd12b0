"""Merges the metrics of several workers into what one scrape of the gateway returns.

Rules:
- Counters and histograms are added up. What a worker had counted by its last scrape stays counted when it is gone: a sum never
  falls, or a rate would take that for a restart from zero.
- The lateness of each worker's loop (`OF_EACH`) is kept apart: in a sum, one loop of many that stands still would not show, all the
  less since it seldom counts.
- Gauges that count things (`ADDED_UP`) are added up over the workers there are. All other gauges and infos are kept apart by the label
  `worker`, except the infos that are the same for all (`ALIKE`).
- Of a bucket's exemplars the youngest is kept.

A sample of each worker takes some 10 us to unpack, add up and write: this is work for a thread.
"""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Exemplar, Sample

from gateway.telemetry.exposition import encoder
from gateway.telemetry.packed import unpack

ADDED_UP = frozenset(
    {
        "legato_streams_open",
        "legato_utterances_open",
        "legato_lines",
        "legato_lines_waited_for",
        "legato_local_runs",
        "legato_workers",
    }
)
"""Gauges whose sum over the workers is the number for the gateway."""
OF_EACH = frozenset({"legato_loop_lag_seconds"})
"""Metrics that are shown for each worker, and vanish with it."""
ALIKE = frozenset({"legato_build"})
"""Infos that are the same for every worker."""
LABEL = "worker"
_ADDING = frozenset({"counter", "histogram", "gaugehistogram", "summary"})

_Key = tuple[str, tuple[tuple[str, str], ...]]


class Merged:
    """The metrics that all workers have reported so far."""

    def __init__(self) -> None:
        self._here: dict[str, list[Metric]] = {}
        self._gone: list[Metric] = []

    def told(self, worker: str, body: bytes) -> None:
        """Take a worker's metrics, in place of what it reported before.

        Args:
            worker: its name, used as the label.
            body: its metrics, packed.

        Raises:
            ValueError: they are not packed metrics.
        """
        self._here[worker] = unpack(body)

    def left(self, worker: str) -> None:
        """The worker is gone: keep what it has counted. The next one of its name begins at zero."""
        told = self._here.pop(worker, ())
        last = [metric for metric in told if metric.type in _ADDING and metric.name not in OF_EACH]
        if last:
            self._gone = list(_sum({"": [*self._gone, *last]}))

    def collect(self) -> Iterator[Metric]:
        """Yield the families, for an encoder."""
        return _sum({**self._here, "": self._gone})

    def expose(self, accept: str = "") -> tuple[bytes, str]:
        """Return body and content type for a scraper's `Accept` header."""
        encode, content_type = encoder(accept)
        return encode(self), content_type


def _sum(by_worker: Mapping[str, Iterable[Metric]]) -> Iterator[Metric]:
    families: dict[str, Metric] = {}
    samples: dict[str, dict[_Key, Sample]] = {}
    for worker, metrics in by_worker.items():
        for metric in metrics:
            family = families.setdefault(
                metric.name, Metric(metric.name, metric.documentation, metric.type, metric.unit)
            )
            if family.type != metric.type:
                continue  # a worker of another release, while one replaces the other
            known = samples.setdefault(metric.name, {})
            for sample in _labelled(metric, worker):
                key = (sample.name, tuple(sorted(sample.labels.items())))
                known[key] = _added(known[key], sample) if key in known else sample
    for name, family in families.items():
        family.samples = _in_order(samples[name].values())
        yield family


def _labelled(metric: Metric, worker: str) -> Iterable[Sample]:
    if metric.name not in OF_EACH and (metric.type in _ADDING or metric.name in ADDED_UP):
        return metric.samples
    if metric.name in ALIKE:
        return [sample._replace(value=1.0) for sample in metric.samples]
    return [sample._replace(labels={**sample.labels, LABEL: worker}) for sample in metric.samples]


def _added(one: Sample, other: Sample) -> Sample:
    if one.name.endswith("_created"):
        return one if one.value <= other.value else other
    if one.name.endswith("_info"):
        return one
    exemplar = max(filter(None, (one.exemplar, other.exemplar)), key=_age, default=None)
    return one._replace(value=one.value + other.value, exemplar=exemplar)


def _age(exemplar: Exemplar) -> float:
    return float(exemplar.timestamp or 0.0)


def _in_order(samples: Iterable[Sample]) -> list[Sample]:
    """Return samples with the same labels next to each other, as the format requires."""
    groups: dict[tuple[tuple[str, str], ...], list[Sample]] = {}
    for sample in samples:
        labels = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
        groups.setdefault(labels, []).append(sample)
    return [sample for group in groups.values() for sample in group]
