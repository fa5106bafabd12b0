"""What is seen of the processes from outside."""

import pytest

from loadtest.swarm.watch import Watch


class Child:
    def __init__(self, *cpu_s):
        self._cpu_s = list(cpu_s)

    def cpu_s(self):
        return self._cpu_s.pop(0)

    def rss_mb(self):
        return 150.0


def test_a_sample_is_of_the_time_since_the_one_before(monkeypatch):
    busy = iter([100.0, 103.0])
    monkeypatch.setattr("loadtest.swarm.watch.machine_busy_s", lambda: next(busy))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    now = iter([10.0, 12.0])
    vendors = [Child(1.0, 1.5), Child(0.0, 0.1)]
    watch = Watch(Child(3.0, 4.0), lambda: vendors, lambda: next(now))
    watch.look()
    [sample] = watch.samples
    assert (sample.at_s, sample.gateway, sample.vendors, sample.gateway_mb) == pytest.approx(
        (12.0, 0.5, 0.3, 150.0)
    )
    assert sample.machine == pytest.approx(0.75), "of all its cores"


def test_a_vendor_that_died_takes_its_seconds_along():
    now = iter([10.0, 11.0])
    vendors = iter([[Child(5.0)], []])
    watch = Watch(None, lambda: next(vendors), lambda: next(now))
    watch.look()
    assert watch.samples[0].vendors == 0.0
    assert watch.samples[0].gateway_mb == 0.0
