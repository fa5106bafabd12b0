import pytest
from prometheus_client import CollectorRegistry, Counter

from gateway.telemetry.exposition import encoder

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "is_openmetrics"),
    [
        (PROMETHEUS, True),
        ("application/openmetrics-text", True),
        ('Application/OpenMetrics-Text; version="1.0.0"', True),
        ("text/html, application/openmetrics-text;q=0.5, */*;q=0.5", True),
        ("", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5", False),
        ("application/openmetrics-text;q=0.5, */*;q=0.9", False),
        ("application/openmetrics-text;q=0.5, text/*;q=0.9", False),
        ("application/openmetrics-text;version=1.0.0;q=0", False),
        ("application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", False),
        ("application/openmetrics-text;version=newest", False),
        ("application/openmetrics-text;q=nan", False),
        ("application/openmetrics-text;q=much", False),
        ("text/plain;version=newest", False),
        (";;=,=;q", False),
    ],
)
def test_a_scraper_gets_the_format_that_it_likes_better(accept, is_openmetrics):
    registry = CollectorRegistry()
    Counter("legato_x", "X.", registry=registry).inc()
    encode, content_type = encoder(accept)
    body = encode(registry).decode()
    assert content_type.startswith("application/openmetrics-text; version=1.0.0") is is_openmetrics
    assert content_type.startswith("text/plain; version=0.0.4") is not is_openmetrics
    assert body.endswith("# EOF\n") is is_openmetrics
    assert "legato_x_total 1.0\n" in body
