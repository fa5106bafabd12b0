"""What is to be reached is judged by what was found, and by nothing that does not count."""

from dataclasses import replace

import pytest

from loadtest.relay_loads import CANCELLED, FULL, FULL_HOUSE, PROMISED, W1, W2
from loadtest.relay_runs import Runs
from loadtest.relay_targets import FLAT, targets
from loadtest.rows import Row
from loadtest.targets import Target, verdicts
from tests.loadtest.relay_made import heard, made


def judged(runs):
    return {target.name: target for target in targets(runs)}


def test_every_target_has_its_line_whether_it_was_measured_or_not():
    assert judged(Runs()).keys() == judged(made()).keys()
    assert {target.verdict for target in judged(Runs()).values()} == {"no figure"}


def test_cpu_is_judged_at_the_most_streams_at_which_both_count():
    found = judged(made())
    envoy = found["W2, Legato: CPU, times Envoy's"]
    assert envoy.found == pytest.approx(0.7)
    assert (envoy.verdict, envoy.note) == ("reached", "500 streams")
    assert found["W2, Legato: CPU, times nginx's, the prize"].verdict == "NOT REACHED"
    assert found["W2, Legato gRPC: CPU, times Envoy gRPC's"].found == pytest.approx(2.0)


def test_what_the_core_was_too_small_for_is_missed_and_no_number():
    found = judged(made())["W1, Legato, 1,000 streams: added TTFB p50, the prize"]
    assert (found.found, found.verdict) == (None, "NOT REACHED")
    ends = judged(made())["W2, Legato, 1,000 streams: added TTFB p50, the prize"]
    assert (ends.found, ends.verdict) == (None, "NOT REACHED" if ends.failed else "no figure")


@pytest.mark.parametrize(
    ("nginx_ms", "most", "verdict"), [(0.25, 5.0, "NOT REACHED"), (1.25, 9.0, "reached")]
)
def test_a_tail_is_judged_by_three_times_that_of_nginx_where_that_is_more(nginx_ms, most, verdict):
    runs, load = Runs(), replace(W1, streams=500)
    runs.heard(load, "direct", heard(load))
    runs.heard(load, "nginx", heard(load, 0.5, nginx_ms))
    runs.heard(load, "Legato", heard(load, 0.7, 2.25))
    found = judged(runs)["W1, Legato, 500 streams: added TTFB p99"]
    assert (found.found, found.most, found.verdict) == (6.0, most, verdict)


@pytest.mark.parametrize(
    ("added_ms", "verdicts"),
    [
        ((0.9, 4.9), ["reached", "reached"]),
        ((1.1, 4.9), ["NOT REACHED", "reached"]),
        ((0.9, 5.1), ["reached", "NOT REACHED"]),
    ],
)
def test_r28_what_is_added_to_the_first_byte_of_two_hundred_streams_is_judged(added_ms, verdicts):
    runs, direct = Runs(), heard(PROMISED)
    legato = heard(PROMISED, 0.7)
    for percentile, more_ms in zip(("p50", "p99"), added_ms, strict=True):
        legato.told["ttfb_ms"][percentile] = direct.told["ttfb_ms"][percentile] + more_ms
    for name, told in (("direct", direct), ("nginx", heard(PROMISED, 0.5)), ("Legato", legato)):
        runs.heard(PROMISED, name, told)
    found = [
        judged(runs)[f"W2, Legato, 200 streams: added TTFB {percentile}"] for percentile in ("p50", "p99")
    ]
    assert [target.found for target in found] == pytest.approx(added_ms)
    assert [target.most for target in found] == [1.0, 5.0]
    assert [target.verdict for target in found] == verdicts


def test_r28_what_is_promised_is_measured_beside_the_direct_way():
    asked = [name for name, load in FULL.beside if load == PROMISED]
    assert asked == ["direct", "nginx", "Legato"], "the direct way first: it is what is subtracted"


def test_cancels_are_judged_beside_those_through_nginx():
    found = judged(made())[f"cancel, {CANCELLED.streams} streams: p99"]
    assert (found.found, found.most, found.verdict) == (12.0, 18.0, "reached")


def test_a_full_house_is_void_where_the_ends_had_no_room():
    assert judged(made())["1,000 streams without a pause, vendor of 80 ms: errors"].verdict == "reached"
    assert judged(made())["1,000 streams without a pause, vendor of 80 ms: RSS"].found == 300.0
    assert judged(made())["1,000 streams that speak 3 s in 7.5, vendor of 80 ms: RSS"].found == 300.0
    runs = Runs()
    runs.heard(FULL_HOUSE, "Legato", heard(FULL_HOUSE, 0.3, ends_s=2.7))
    assert "invalid" in judged(runs)["1,000 streams without a pause, vendor of 80 ms: errors"].note


def test_the_cost_of_a_stream_is_compared_with_that_at_ten():
    found = judged(made())["W1, Legato: CPU of a stream, times that at 10"]
    assert (found.found, found.most) == (pytest.approx(1.0), FLAT)
    runs = Runs()
    for streams, cost in ((10, 1.0), (100, 2.0)):
        load = replace(W2, streams=streams)
        runs.heard(load, "Legato", heard(load, cost))
    assert judged(runs)["W2, Legato: CPU of a stream, times that at 10"].verdict == "NOT REACHED"


def test_verdicts_are_lines_and_rows():
    made_of = [
        Target("one", 2.0, 1.5, "ms"),
        Target("two", 2.0, 3.0, note="noisy"),
        Target("three", 1.0, None),
    ]
    told = list(verdicts(made_of))
    lines = [line.split() for line in told if isinstance(line, str) and line]
    assert lines[1:] == [
        ["one", "1.5", "2", "ms", "reached"],
        ["two", "3", "2", "NOT", "REACHED", "(noisy)"],
        ["three", "-", "1", "no", "figure"],
    ]
    assert [(row.value, row.mark) for row in told if isinstance(row, Row)] == [
        (1.5, "reached"),
        (3.0, "NOT REACHED"),
    ]
