"""What a worker hands to its parent is all that a scraper would read."""

import math
import timeit
from types import SimpleNamespace

import pytest
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
)
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from gateway.telemetry.exposition import encoder
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.packed import PACKED, pack, unpack


def as_text(families):
    return generate_latest(SimpleNamespace(collect=lambda: families)).decode()


def test_what_is_packed_is_what_a_scraper_reads():
    registry = CollectorRegistry()
    seconds = Histogram("legato_s", "Seconds.", ["face"], buckets=(0.1, 0.2), registry=registry)
    seconds.labels("native").observe(0.05, {"trace_id": "a" * 32})
    seconds.labels('odd "face"\n\\').observe(7)
    Counter("legato_c", "Count.", ["kind"], registry=registry).labels("größer \u2028 x").inc(3)
    Gauge("legato_g", "Level, if any.", registry=registry).set(math.nan)
    Gauge("legato_i", "Infinite.", registry=registry).set(-math.inf)
    Info("legato_build", "Which.", registry=registry).info({"version": "1"})
    assert as_text(unpack(pack(registry))) == generate_latest(registry).decode()


def test_all_metrics_of_a_process_come_through():
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    for source in (registry, Metrics("1").registry):
        told = {family.name: (family.type, len(family.samples)) for family in source.collect()}
        assert {one.name: (one.type, len(one.samples)) for one in unpack(pack(source))} == told


def test_only_a_parent_asks_for_it():
    encode, content_type = encoder(PACKED)
    assert (encode, content_type) == (pack, PACKED)


@pytest.mark.parametrize(
    "body", [b"hello", b"[1]", b'["a_total",{},1.0]', b'["a","b"]\n["a",{}]', b"\xff", b'{"a":1}']
)
def test_what_is_something_else_is_refused(body):
    with pytest.raises(ValueError):
        unpack(body)


def test_reading_it_back_takes_a_fraction_of_what_reading_text_takes():
    registry = CollectorRegistry()
    family = Histogram("legato_s", "Seconds.", ["voice"], registry=registry)
    for voice in range(200):
        family.labels(f"voice {voice}").observe(0.05, {"trace_id": "a" * 32})
    packed, text = pack(registry), generate_latest(registry).decode()
    quick = min(timeit.repeat(lambda: unpack(packed), number=1, repeat=3))
    slow = min(timeit.repeat(lambda: list(text_string_to_metric_families(text)), number=1, repeat=3))
    assert quick < slow / 3
