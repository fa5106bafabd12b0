from prometheus_client import CollectorRegistry

from gateway.telemetry.correlation import Context
from gateway.telemetry.vendor_metrics import VendorMetrics
from legato.domain.errors import Reason
from legato.domain.facts import BreakerMoved, LineDialled, LineLost, RunTimedOut


def metrics(limit=10):
    registry = CollectorRegistry()
    return registry, VendorMetrics(registry, limit)


def take(one, *facts):
    for fact in facts:
        one.takers[type(fact)](fact, Context())


def test_dials_and_losses():
    registry, one = metrics()
    take(one, LineDialled("v", 0.003), LineLost("v", Reason.VENDOR_LOST), LineLost("v", Reason.VENDOR_QUOTA))
    assert registry.get_sample_value("legato_dial_seconds_sum", {"provider": "v"}) == 0.003
    for reason in ("vendor_lost", "vendor_quota"):
        labels = {"provider": "v", "reason": reason}
        assert registry.get_sample_value("legato_lines_lost_total", labels) == 1


def test_time_outs_by_what_was_waited_for():
    registry, one = metrics()
    take(one, RunTimedOut("v/voice", "first_audio"))
    labels = {"route": "v/voice", "awaited": "first_audio"}
    assert registry.get_sample_value("legato_runs_timed_out_total", labels) == 1


def test_a_breaker_is_a_number():
    registry, one = metrics()
    for state, number in (("shut", 2), ("probing", 1), ("admitting", 0)):
        take(one, BreakerMoved("v/voice", state))
        assert registry.get_sample_value("legato_breaker_state", {"route": "v/voice"}) == number


def test_each_trial_of_a_shut_route_that_fails_is_counted():
    """A shut route that nobody asks for looks the same in the state alone."""
    registry, one = metrics()
    one.expect(["v/voice"])
    for state, count in (("", 0), ("shut", 1), ("probing", 1), ("shut", 2), ("probing", 2), ("admitting", 2)):
        if state:
            take(one, BreakerMoved("v/voice", state))
        assert registry.get_sample_value("legato_breaker_shut_total", {"route": "v/voice"}) == count


def test_a_breaker_that_has_never_moved_is_shown_as_well():
    registry, one = metrics()
    one.expect(["v/voice", "v/other"])
    take(one, BreakerMoved("v/other", "shut"))
    for route, number in (("v/voice", 0), ("v/other", 2)):
        assert registry.get_sample_value("legato_breaker_state", {"route": route}) == number


def test_what_may_go_wrong_with_a_route_is_shown_before_it_does():
    registry, one = metrics()
    one.expect(["v/voice", "v/other"])
    for awaited in ("first_audio", "between_audio", "finish"):
        labels = {"route": "v/voice", "awaited": awaited}
        assert registry.get_sample_value("legato_runs_timed_out_total", labels) == 0
    for reason in ("vendor_lost", "vendor_unreachable", "vendor_quota"):
        labels = {"provider": "v", "reason": reason}
        assert registry.get_sample_value("legato_lines_lost_total", labels) == 0


def test_lines_are_counted_when_they_are_asked_for():
    registry, one = metrics()
    counts = {"v": {"idle": 2, "leased": 1}}
    one.show_lines(lambda: counts)
    assert registry.get_sample_value("legato_lines", {"provider": "v", "state": "idle"}) == 2
    counts["v"] = {"idle": 5}
    assert registry.get_sample_value("legato_lines", {"provider": "v", "state": "idle"}) == 5


def test_labels_are_bounded():
    registry, one = metrics(limit=1)
    take(one, LineLost("a", Reason.VENDOR_LOST), LineLost("b", Reason.VENDOR_LOST))
    labels = {"provider": "other", "reason": "vendor_lost"}
    assert registry.get_sample_value("legato_lines_lost_total", labels) == 1


def test_what_changes_while_it_is_counted_is_counted_again():
    registry, one = metrics()
    rounds = []

    def count():
        rounds.append("a round")
        if len(rounds) < 3:
            raise RuntimeError("dictionary changed size during iteration")
        return {"v": {"idle": 2}}

    one.show_lines(count)
    assert registry.get_sample_value("legato_lines", {"provider": "v", "state": "idle"}) == 2


def test_what_cannot_be_counted_is_left_out_of_the_scrape():
    registry, one = metrics()

    def count():
        raise RuntimeError("dictionary changed size during iteration")

    one.show_lines(count)
    assert registry.get_sample_value("legato_lines", {"provider": "v", "state": "idle"}) is None


def test_who_waits_for_a_line():
    registry, one = metrics()
    one.show_lines(dict, lambda: {"v": 3})
    assert registry.get_sample_value("legato_lines_waited_for", {"provider": "v"}) == 3
