"""The parent's own metrics: its process, and how many workers and engine processes there are and have been."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from gateway.app.workers.staff import Staff
from gateway.telemetry.own_metrics import engine_restarts
from gateway.telemetry.packed import pack


class ParentMetrics(Collector):
    """What the parent reports besides its workers.

    Args:
        staff: the workers.
        engine_restarts: returns how often the process of the local voices was restarted.
    """

    def __init__(self, staff: Staff, engine_restarts: Callable[[], int] = int) -> None:
        self._staff = staff
        self._engine_restarts = engine_restarts
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._registry.register(self)

    def packed(self) -> bytes:
        """Return the metrics, packed like those of a worker."""
        return pack(self._registry)

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        """Yield the families, for the registry."""
        running = sum(1 for worker in self._staff.workers if worker.pid)
        yield GaugeMetricFamily("legato_workers", "Running worker processes.", running)
        restarts = CounterMetricFamily(
            "legato_worker_restarts", "Restarts of a worker process.", labels=["worker"]
        )
        for worker in self._staff.workers:
            restarts.add_metric([str(worker.number)], worker.restarts)
        yield restarts
        yield engine_restarts(self._engine_restarts())
