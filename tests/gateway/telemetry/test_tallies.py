import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest as plain
from prometheus_client.openmetrics.exposition import generate_latest as open_metrics

from gateway.telemetry.tallies import CounterFamily, HistogramFamily

BUCKETS = (0.001, 0.02, 0.5, 1.0, 10.0)
amounts = st.lists(st.sampled_from(BUCKETS) | st.floats(0, 20), max_size=30)


def exposed(expose, registry):
    """What a scrape says, but for when it was: children by their labels, as either library may order them."""
    text = re.sub(r"(_created\{[^}]*\}) .*", r"\1", expose(registry).decode())
    return re.sub(r"(# \{[^}]*\} \S+) .*", r"\1", text)


@pytest.mark.parametrize("expose", [plain, open_metrics], ids=["plain", "open metrics"])
@settings(deadline=None)
@given(amounts)
def test_a_scrape_reads_what_the_library_would_have_told(expose, told):
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    counts, spreads = (
        CounterFamily("c", "Many.", ["kind"], ours),
        HistogramFamily("s", "Sizes.", ["kind"], BUCKETS, ours),
    )
    counter = Counter("c", "Many.", ["kind"], registry=theirs)
    histogram = Histogram("s", "Sizes.", ["kind"], buckets=BUCKETS, registry=theirs)
    for number, amount in enumerate(told):
        kind, trace = "ab"[number % 2], "t" if number % 3 else ""
        counts.labels(kind).inc(amount)
        counter.labels(kind).inc(amount)
        spreads.labels(kind).observe(amount, trace)
        histogram.labels(kind).observe(amount, {"trace_id": trace} if trace else None)
    assert exposed(expose, ours) == exposed(expose, theirs)


def test_a_counter_is_shown_from_its_first_mention_on_and_a_histogram_from_its_first_value():
    registry = CollectorRegistry()
    counts, spreads = (
        CounterFamily("c", "Many.", ["kind"], registry),
        HistogramFamily("s", "Sizes.", [], (1.0,), registry),
    )
    assert registry.get_sample_value("c_total", {"kind": "a"}) is None
    assert counts.labels("a") is counts.labels("a")
    assert spreads.labels() is spreads.labels()
    assert registry.get_sample_value("c_total", {"kind": "a"}) == 0
    assert registry.get_sample_value("s_count") is None
    spreads.labels().observe(0.0)
    assert registry.get_sample_value("s_count") == 1


def test_a_name_can_be_had_once():
    registry = CollectorRegistry()
    CounterFamily("c", "Many.", [], registry)
    HistogramFamily("s", "Sizes.", [], (1.0,), registry)
    with pytest.raises(ValueError, match="Duplicated"):
        CounterFamily("c", "Many.", [], registry)
    with pytest.raises(ValueError, match="Duplicated"):
        HistogramFamily("s", "Sizes.", [], (1.0,), registry)
