"""What is to be reached is judged by what was found, and by nothing that does not count."""

from dataclasses import replace

import pytest

from loadtest.relay_extras import idle_cores
from loadtest.relay_loads import CANCELLED, FULL, FULL_HOUSE, PROMISED, W1, W2
from loadtest.relay_runs import Runs
from loadtest.relay_targets import FLAT, targets
from loadtest.rows import Row
from loadtest.targets import Target, verdicts
from tests.loadtest.relay_made import heard, made

FULL_CORE = "50% of the offered rate, its core is full"
FULL_ENDS = "client and vendor used 0.93 cores"
FULL_HOUSE_IS = "1,000 streams without a pause, vendor of 80 ms"
CONVERSATIONS_ARE = "1,000 streams that speak 3 s in 7.5, vendor of 80 ms"


def judged(runs):
    return {target.name: target for target in targets(runs)}


def test_every_target_has_its_line_whether_it_was_measured_or_not():
    assert judged(Runs()).keys() == judged(made()).keys()
    assert {target.verdict for target in judged(Runs()).values()} == {"no figure"}


EACH = [
    ("W2, Legato: CPU, times Envoy's", 0.7, 0.8, "", "reached", "500 streams"),  # 0.7 s beside 1.0
    ("W2, Legato: CPU, times nginx's, the prize", 1.4, 0.8, "", "NOT REACHED", "500 streams"),  # beside 0.5
    ("W1, Legato: CPU, times Envoy's", 0.7, 1.5, "", "reached", "500 streams"),
    ("W1, Legato: CPU, times Envoy's, the prize", 0.7, 1.0, "", "reached", "500 streams"),
    ("W2, Legato gRPC: CPU, times Envoy gRPC's", 2.0, 1.5, "", "NOT REACHED", "500 streams"),  # 3.0 beside 1.5
    ("W2, Legato gRPC: CPU, times Envoy gRPC's, the prize", 2.0, 1.25, "", "NOT REACHED", "500 streams"),
    ("W2, Legato: underruns", 0, 0.0, "", "reached", "500 streams"),
    ("W2, Legato, 200 streams: added TTFB p50", None, 1.0, "ms", "no figure", "not run"),
    ("W2, Legato, 200 streams: added TTFB p99", None, 5.0, "ms", "no figure", "not run"),
    ("W1, Legato, 500 streams: added TTFB p50", 0.7, 0.6, "ms", "NOT REACHED", ""),  # 0.95 - 0.25
    ("W1, Legato, 500 streams: added TTFB p99", 2.1, 5.0, "ms", "reached", ""),  # 2.85 - 0.75
    ("W1, Legato, 1,000 streams: added TTFB p50, the prize", None, 0.2, "ms", "NOT REACHED", FULL_CORE),
    ("W1, Legato, 1,000 streams: added TTFB p99, the prize", None, 4.5, "ms", "NOT REACHED", FULL_CORE),
    ("W2, Legato, 500 streams: added TTFB p50", 0.7, 0.6, "ms", "NOT REACHED", ""),
    ("W2, Legato, 500 streams: added TTFB p99", 2.1, 5.0, "ms", "reached", ""),
    ("W2, Legato, 1,000 streams: added TTFB p50, the prize", None, 0.2, "ms", "NOT REACHED", FULL_ENDS),
    ("W2, Legato, 1,000 streams: added TTFB p99, the prize", None, 2.5, "ms", "NOT REACHED", FULL_ENDS),
    ("W2, Legato gRPC, 300 streams: added TTFB p50", 3.0, 1.0, "ms", "NOT REACHED", "noisy"),  # 3.25 - 0.25
    ("W2, Legato gRPC, 300 streams: added TTFB p99", 9.0, 8.0, "ms", "NOT REACHED", "noisy"),
    (f"{FULL_HOUSE_IS}: p95 of the TTFB", 8.0, 200.0, "ms", "reached", ""),  # 2 x 4.0
    (f"{FULL_HOUSE_IS}: errors", 0, 0.0, "", "reached", ""),
    (f"{FULL_HOUSE_IS}: RSS", 300.0, 512.0, "MB", "reached", ""),
    (f"{CONVERSATIONS_ARE}: p95 of the TTFB", 8.0, 200.0, "ms", "reached", ""),
    (f"{CONVERSATIONS_ARE}: errors", 0, 0.0, "", "reached", ""),
    (f"{CONVERSATIONS_ARE}: RSS", 300.0, 512.0, "MB", "reached", ""),
    ("cancel, 500 streams: p99", 12.0, 18.0, "ms", "reached", ""),  # 3 x 4.0; three times nginx's 3 x 2.0
    ("an idle stream on a WebSocket: memory", 22.0, 40.0, "KB", "reached", ""),
    ("W1, Legato: CPU of a stream, times that at 10", 1.0, 1.25, "", "reached", "500 streams"),
    ("W1, Legato gRPC: CPU of a stream, times that at 10", 1.0, 1.25, "", "reached", "500 streams"),
    ("W2, Legato: CPU of a stream, times that at 10", 1.0, 1.25, "", "reached", "500 streams"),
    ("W2, Legato gRPC: CPU of a stream, times that at 10", 1.0, 1.25, "", "reached", "500 streams"),
    (
        "CPU of a stream on two workers, times that on one process", None, 1.1, "", "no figure",
        "make bench BENCH_ARGS=workers",
    ),
    ("a warm line: p99", None, 2.0, "ms", "no figure", "make bench BENCH_ARGS=acquire"),
    ("espeak: first audio", None, 3.0, "ms", "no figure", "make bench BENCH_ARGS=voices"),
    (
        "neural voice, 12 streams: p95 of the first audio", None, 200.0, "ms", "no figure",
        "make bench BENCH_ARGS=voices",
    ),
]  # fmt: skip
"""Of the made-up runs, worked out by hand from the costs and times there: name, found, at most, unit, verdict, note."""


def test_each_target_is_judged_by_its_own_figure_and_its_own_bound():
    told = [(one.name, one.found, one.most, one.unit, one.verdict, one.note) for one in targets(made())]
    assert [line[2:] for line in told] == [line[2:] for line in EACH]
    assert [line[0] for line in told] == [line[0] for line in EACH]
    for (name, found, *_), (_, expected, *_) in zip(told, EACH, strict=True):
        assert found == (expected if expected is None else pytest.approx(expected)), name


def test_underruns_are_those_of_all_rounds_at_the_most_streams_that_count():
    runs = Runs()
    for streams, underruns, spoken in ((500, 2, 1.0), (100, 1, 1.0), (1_000, 9, 0.5), (500, 3, 1.0)):
        load = replace(W2, streams=streams)
        runs.heard(load, "direct", heard(load))
        told = heard(load, 0.7, spoken=spoken)
        told.told["underruns"] = underruns
        runs.heard(load, "Legato", told)
    found = judged(runs)["W2, Legato: underruns"]
    assert (found.found, found.most, found.verdict, found.note) == (5, 0.0, "NOT REACHED", "500 streams")
    none = judged(Runs())["W2, Legato: underruns"]
    assert (none.found, none.most, none.note) == (None, 0.0, "no load with a valid run")


def test_a_full_house_is_missed_by_its_tail_its_errors_or_its_memory():
    runs = Runs()
    runs.heard(FULL_HOUSE, "Legato", heard(FULL_HOUSE, 0.3, 110.0, failed=3, rss_mb=600.0))
    for what, found, most in (("p95 of the TTFB", 220.0, 200.0), ("errors", 3, 0.0), ("RSS", 600.0, 512.0)):
        one = judged(runs)[f"{FULL_HOUSE_IS}: {what}"]
        assert (one.found, one.most, one.verdict) == (found, most, "NOT REACHED")


def test_a_load_that_the_other_did_not_carry_is_no_comparison():
    runs = Runs()
    for streams, spoken in ((100, 1.0), (500, 0.5)):
        load = replace(W2, streams=streams)
        runs.heard(load, "direct", heard(load))
        runs.heard(load, "Legato", heard(load, 0.7))
        runs.heard(load, "Envoy", heard(load, 0.5, spoken=spoken))
    found = judged(runs)["W2, Legato: CPU, times Envoy's"]
    assert (found.found, found.note) == (pytest.approx(1.4), "100 streams")


def test_what_is_used_while_nobody_speaks_is_no_cost_of_a_stream():
    """A window of 3 s: at 10 streams 30 s of audio for 0.06 s of CPU, half of them idle, at 100 ten times the audio for 0.48 s."""
    runs = Runs()
    runs.figure(idle_cores("Legato"), 0.01)
    for streams, cost in ((10, 2.0), (100, 1.6)):
        load = replace(W2, streams=streams)
        runs.heard(load, "Legato", heard(load, cost))
    found = judged(runs)["W2, Legato: CPU of a stream, times that at 10"]
    assert (found.found, found.verdict, found.note) == (pytest.approx(1.5), "NOT REACHED", "100 streams")


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
    assert judged(made())[f"{FULL_HOUSE_IS}: errors"].verdict == "reached"
    assert judged(made())[f"{FULL_HOUSE_IS}: RSS"].found == 300.0
    assert judged(made())[f"{CONVERSATIONS_ARE}: RSS"].found == 300.0
    runs = Runs()
    runs.heard(FULL_HOUSE, "Legato", heard(FULL_HOUSE, 0.3, ends_s=2.7))
    assert "invalid" in judged(runs)[f"{FULL_HOUSE_IS}: errors"].note


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
