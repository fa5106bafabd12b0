from prometheus_client import CollectorRegistry

from gateway.telemetry.own_metrics import OwnMetrics


def test_nothing_is_lost_where_nothing_is_kept():
    registry = CollectorRegistry()
    OwnMetrics(registry)
    assert registry.get_sample_value("legato_log_lines_dropped_total") == 0
    assert registry.get_sample_value("legato_spans_total", {"outcome": "exported"}) is None


def test_the_numbers_are_asked_for_at_every_scrape():
    registry = CollectorRegistry()
    own = OwnMetrics(registry)
    spans = {"exported": 1, "failed": 0, "dropped": 2}
    lines = iter((3, 4))
    own.show_spans(lambda: spans)
    own.show_dropped_lines(lambda: next(lines))
    assert registry.get_sample_value("legato_log_lines_dropped_total") == 3
    spans["exported"] = 5
    assert registry.get_sample_value("legato_log_lines_dropped_total") == 4
    own.show_dropped_lines(lambda: 0)
    assert registry.get_sample_value("legato_spans_total", {"outcome": "exported"}) == 5
    assert registry.get_sample_value("legato_spans_total", {"outcome": "dropped"}) == 2


def test_what_caches_were_asked_is_told_by_cache_and_outcome():
    registry = CollectorRegistry()
    own = OwnMetrics(registry)
    seen = {"hit": 0, "miss": 1}
    own.show_caches(lambda: {"readings": seen})
    seen["hit"] = 7
    told = [
        registry.get_sample_value("legato_cache_lookups_total", {"cache": "readings", "outcome": outcome})
        for outcome in ("hit", "miss")
    ]
    assert told == [7, 1]


def test_how_the_local_voices_are_is_told_where_there_are_any():
    registry = CollectorRegistry()
    own = OwnMetrics(registry)
    names = ("legato_local_runs", "legato_engine_restarts_total")
    assert [registry.get_sample_value(name) for name in names] == [0, 0]
    own.show_engine(lambda: 3, lambda: 1)
    assert [registry.get_sample_value(name) for name in names] == [3, 1]


def test_the_dates_of_the_certificate_are_told_where_there_is_one():
    registry = CollectorRegistry()
    own = OwnMetrics(registry)
    names = [f"legato_certificate_not_{end}_timestamp_seconds" for end in ("before", "after")]
    assert [registry.get_sample_value(name) for name in names] == [None, None]
    own.show_certificate(lambda: (1.0, 2.0))
    assert [registry.get_sample_value(name) for name in names] == [1, 2]
