"""How busy the machine was, and which processes used it, seen from outside once a second."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadtest.children import Child, machine_busy_s


@dataclass(frozen=True, slots=True)
class Sample:
    """What was used in one interval.

    Args:
        at_s: its end, monotonic seconds.
        gateway: cores the gateway used.
        vendors: cores the simulated vendors used.
        machine: share of all cores that was in use by anyone.
        gateway_mb: memory that the gateway held.
    """

    at_s: float
    gateway: float
    vendors: float
    machine: float
    gateway_mb: float


class Watch:
    """Looks at the gateway, at the vendors and at the machine.

    Args:
        gateway: the gateway, if it was started here.
        vendors: returns the vendors that were started here; one that has died may have been replaced.
        clock: returns monotonic seconds.
    """

    def __init__(
        self,
        gateway: Child | None,
        vendors: Callable[[], Sequence[Child]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.samples: list[Sample] = []
        self._gateway = gateway
        self._vendors = vendors
        self._clock = clock
        self._before = (clock(), *self._used())

    def look(self) -> None:
        """Take a sample of the time since the last one."""
        before_at, gateway_s, vendors_s, busy_s = self._before
        at, *used = self._before = (self._clock(), *self._used())
        span_s = max(at - before_at, 1e-3)
        # The sum falls when a vendor dies, since its seconds go with it.
        gateway, vendors, busy = (
            max(0.0, new - old) / span_s
            for new, old in zip(used, (gateway_s, vendors_s, busy_s), strict=True)
        )
        memory_mb = self._gateway.rss_mb() if self._gateway else 0.0
        self.samples.append(Sample(at, gateway, vendors, busy / (os.cpu_count() or 1), memory_mb))

    def _used(self) -> tuple[float, float, float]:
        gateway_s = self._gateway.cpu_s() if self._gateway else 0.0
        return gateway_s, sum(vendor.cpu_s() for vendor in self._vendors()), machine_busy_s()
