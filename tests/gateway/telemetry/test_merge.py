from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from gateway.telemetry.merge import Merged
from gateway.telemetry.packed import pack

PAGE = (Path(__file__).parents[3] / "docs" / "scaling.md").read_text(encoding="utf-8")
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Worker:
    """A process with metrics like the gateway's."""

    def __init__(self):
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "legato_ttfb_seconds", "Time.", ["face"], buckets=(0.1, 0.2), registry=self.registry
        )
        self.lag = Histogram("legato_loop_lag_seconds", "Late.", buckets=(0.05,), registry=self.registry)
        self.streams = Counter("legato_streams", "Streams.", ["face"], registry=self.registry)
        self.open = Gauge("legato_streams_open", "Open.", registry=self.registry)
        self.memory = Gauge("process_resident_memory_bytes", "Memory.", registry=self.registry)
        Info("legato_build", "Which.", registry=self.registry).info({"version": "1"})

    def packed(self):
        return pack(self.registry)


def samples(merged):
    body, content_type = merged.expose(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")
    found = {}
    for family in text_string_to_metric_families(body.decode()):
        for sample in family.samples:
            key = (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items())))
            assert key not in found, "no sample is told twice"
            found[key] = sample
    return found


@pytest.fixture
def two():
    return Worker(), Worker()


def merge(*workers):
    merged = Merged()
    for number, worker in enumerate(workers, 1):
        merged.told(str(number), worker.packed())
    return merged


def test_counters_and_histograms_are_added_up(two):
    for worker, seconds in zip(two, (0.05, 0.15), strict=True):
        worker.seconds.labels("native").observe(seconds)
        worker.streams.labels("native").inc(3)
    two[1].streams.labels("openai").inc()
    told = samples(merge(*two))
    assert told["legato_streams_total", "face=native"].value == 6
    assert told["legato_streams_total", "face=openai"].value == 1
    assert told["legato_ttfb_seconds_bucket", "face=native", "le=0.1"].value == 1
    assert told["legato_ttfb_seconds_bucket", "face=native", "le=0.2"].value == 2
    assert told["legato_ttfb_seconds_bucket", "face=native", "le=+Inf"].value == 2
    assert told["legato_ttfb_seconds_count", "face=native"].value == 2
    assert told["legato_ttfb_seconds_sum", "face=native"].value == pytest.approx(0.2)


def test_of_two_exemplars_the_younger_is_kept_and_a_single_one_too(two):
    first, second = two
    second.seconds.labels("native").observe(0.05, {"trace_id": "older"})
    first.seconds.labels("native").observe(0.06, {"trace_id": "younger"})
    second.seconds.labels("native").observe(0.15, {"trace_id": "alone"})
    told = samples(merge(*two))
    kept = told["legato_ttfb_seconds_bucket", "face=native", "le=0.1"].exemplar
    assert (kept.labels, kept.value) == ({"trace_id": "younger"}, 0.06)
    assert told["legato_ttfb_seconds_bucket", "face=native", "le=0.2"].exemplar.labels == {
        "trace_id": "alone"
    }


def test_what_there_is_is_added_up_and_what_a_process_has_stays_its_own(two):
    for worker, open_streams in zip(two, (2, 5), strict=True):
        worker.open.set(open_streams)
        worker.memory.set(100 * open_streams)
    told = samples(merge(*two))
    assert told["legato_streams_open",].value == 7
    assert told["process_resident_memory_bytes", "worker=1"].value == 200
    assert told["process_resident_memory_bytes", "worker=2"].value == 500
    assert told["legato_build_info", "version=1"].value == 1


@pytest.mark.parametrize(
    "name",
    [
        "legato_streams_open",
        "legato_utterances_open",
        "legato_lines",
        "legato_lines_waited_for",
        "legato_local_runs",
        "legato_workers",
    ],
)
def test_a_gauge_of_the_page_that_counts_things_is_one_number_for_the_gateway(name):
    merged = Merged()
    for worker in ("1", "2"):
        registry = CollectorRegistry()
        Gauge(name, "Some.", registry=registry).set(4)
        merged.told(worker, pack(registry))
    assert f"`{name}`" in PAGE
    assert samples(merged)[name,].value == 8


def test_how_late_a_loop_is_is_told_of_each_worker_and_of_nobody_who_is_gone(two):
    """One that stands still has few counts: among those of the others they were nothing."""
    one, other = two
    one.lag.observe(10.0)
    for _ in range(200):
        other.lag.observe(0.001)
    merged = merge(one, other)
    found = samples(merged)
    late = ("legato_loop_lag_seconds_bucket", "le=0.05")
    assert (found[*late, "worker=1"].value, found[*late, "worker=2"].value) == (0, 200)
    merged.left("1")
    merged.told("1", Worker().packed())
    assert samples(merged)[("legato_loop_lag_seconds_count", "worker=1")].value == 0
    merged.left("1")
    merged.left("2")
    assert not [name for name, *_ in samples(merged) if name.startswith("legato_loop_lag")]


def test_what_several_workers_count_began_when_the_first_of_them_did(two):
    first, second = two
    for worker in (second, first):
        worker.streams.labels("native").inc()
    began = samples(merge(second))[("legato_streams_created", "face=native")].value
    merged = merge(first, second)
    assert samples(merged)[("legato_streams_created", "face=native")].value == began
    merged.left("2")
    assert samples(merged)[("legato_streams_created", "face=native")].value == began


def test_a_sum_never_falls_when_a_worker_goes_and_another_takes_its_place(two):
    first, second = two
    for worker in two:
        worker.streams.labels("native").inc(10)
        worker.seconds.labels("native").observe(0.05)
        worker.open.set(4)
    merged = merge(first, second)
    merged.left("2")
    told = samples(merged)
    assert told["legato_streams_total", "face=native"].value == 20
    assert told["legato_ttfb_seconds_count", "face=native"].value == 2
    assert told["legato_streams_open",].value == 4, "its streams are gone with it"
    fresh = Worker()
    fresh.streams.labels("native").inc()
    merged.told("2", fresh.packed())
    assert samples(merged)["legato_streams_total", "face=native"].value == 21
    merged.left("2")
    merged.left("2")
    assert samples(merged)["legato_streams_total", "face=native"].value == 21


def test_a_worker_tells_anew_what_it_told_before(two):
    first, _ = two
    first.streams.labels("native").inc()
    merged = merge(first)
    first.streams.labels("native").inc()
    merged.told("1", first.packed())
    assert samples(merged)["legato_streams_total", "face=native"].value == 2


def test_a_family_of_another_kind_is_left_out():
    merged = Merged()
    merged.told("1", b'["a","","counter",""]\n["a_total",{},1.0]')
    merged.told("2", b'["a","","gauge",""]\n["a",{},7.0]')
    assert samples(merged) == {("a_total",): samples(merged)["a_total",]}


def test_the_plain_format_is_there_as_well(two):
    two[0].streams.labels("native").inc()
    body, content_type = merge(*two).expose("text/plain")
    assert content_type.startswith("text/plain")
    assert 'legato_streams_total{face="native"} 1.0' in body.decode()


def test_what_is_no_exposition_is_refused():
    with pytest.raises(ValueError):
        Merged().told("1", b"hello")
