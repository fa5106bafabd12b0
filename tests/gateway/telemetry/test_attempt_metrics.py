import pytest
from prometheus_client import CollectorRegistry

from gateway.telemetry.attempt_metrics import AttemptMetrics
from gateway.telemetry.correlation import Context
from legato.domain.facts import AttemptEnded, AttemptMade, Hedged, SegmentSpoken, Spliced


@pytest.fixture
def seen():
    """Plays facts, and tells the value of a sample."""
    registry = CollectorRegistry()
    one = AttemptMetrics(registry, 3)

    def play(*facts, context=Context()):  # noqa: B008 - never changed
        for fact in facts:
            one.takers[type(fact)](fact, context)
        return lambda name, **labels: registry.get_sample_value(f"legato_{name}", labels)

    play.registry = registry
    return play


def test_leases_are_told_apart_by_whether_the_line_was_warm(seen):
    value = seen(
        AttemptMade("s", "u", "one/v", True, 0.001),
        AttemptMade("s", "u", "one/v", False, 0.3),
        AttemptMade("s", "u", "one/v", False, 0.2, "vendor_timeout"),
    )
    assert value("attempts_total", provider="one", reused="true", reason="leased") == 1
    assert value("attempts_total", provider="one", reused="false", reason="vendor_timeout") == 1
    assert value("acquire_seconds_bucket", provider="one", reused="true", le="0.001") == 1
    assert value("acquire_seconds_count", provider="one", reused="false") == 1, "a refusal is no lease"


def test_attempts_end_with_an_outcome_and_were_leased_for_a_time(seen):
    value = seen(
        AttemptEnded("s", "u", "one/v", "finished", 9, 1.5, 2.0),
        AttemptEnded("s", "u", "one/v", "vendor_lost", 4, 0.5, 0.25),
    )
    assert value("attempts_ended_total", provider="one", outcome="finished") == 1
    assert value("attempts_ended_total", provider="one", outcome="vendor_lost") == 1
    assert value("lease_seconds_total", provider="one") == 2.25


def test_what_may_go_wrong_with_a_provider_is_shown_before_it_does():
    registry = CollectorRegistry()
    AttemptMetrics(registry, 10).expect(["v/a", "v/b", "w/*"])
    for provider in ("v", "w"):
        labels = {"provider": provider, "outcome": "vendor_timeout"}
        assert registry.get_sample_value("legato_attempts_ended_total", labels) == 0
        for reason in ("vendor_unreachable", "overloaded"):
            labels = {"provider": provider, "reused": "false", "reason": reason}
            assert registry.get_sample_value("legato_attempts_total", labels) == 0


def test_the_seconds_of_a_segment_are_told_by_provider(seen):
    value = seen(SegmentSpoken("s", "u", 0, "one/v", 9, 0.4))
    assert value("segment_seconds_sum", provider="one") == pytest.approx(0.4)


def test_splices_by_way_and_their_gaps_by_method_with_the_trace(seen):
    value = seen(
        Spliced("s", "u", "one/v", "two/w", "word_time", 0.12), context=Context(utterance_traces={"u": "t"})
    )
    assert value("splices_total", from_provider="one", to_provider="two") == 1
    assert value("splice_gap_seconds_sum", method="word_time") == pytest.approx(0.12)
    family = next(family for family in seen.registry.collect() if family.name == "legato_splice_gap_seconds")
    assert {"trace_id": "t"} in [sample.exemplar.labels for sample in family.samples if sample.exemplar]


def test_hedges_by_who_won_and_what_they_cost(seen):
    value = seen(
        Hedged("s", "u", "one/v", "two/w", overtaken=True, chars=30, took_s=0.5),
        Hedged("s", "u", "one/v", "two/w", overtaken=False, chars=12, took_s=0.5),
    )
    assert value("hedges_total", provider="one", rival="two", overtaken="true") == 1
    assert value("hedges_total", provider="one", rival="two", overtaken="false") == 1
    assert value("hedge_characters_total", rival="two") == 42


def test_providers_are_bounded(seen):
    for number in range(10):
        value = seen(AttemptMade("s", "u", f"p{number}/v", True, 0.001))
    assert value("attempts_total", provider="p2", reused="true", reason="leased") == 1
    assert value("attempts_total", provider="other", reused="true", reason="leased") == 7


def test_without_a_route_there_is_no_provider(seen):
    value = seen(AttemptMade("s", "u", "", False, 0.0, "all_routes_failed"))
    assert value("attempts_total", provider="none", reused="false", reason="all_routes_failed") == 1
