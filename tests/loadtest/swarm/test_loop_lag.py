"""Whether the gateway's loop was punctual, from its page of metrics. Promise R31."""

import pytest

from gateway.telemetry.metrics import Metrics
from loadtest.swarm.loop_lag import LoopLag


def noted(*lags_s):
    metrics = Metrics("1", 10)
    for lag_s in lags_s:
        metrics.observe_loop_lag(lag_s)
    page, _ = metrics.expose("")
    return LoopLag.read(page.decode())


def test_r31_only_looks_that_were_more_than_10_ms_late_count_against_it():
    assert noted(0.0, 0.009, 0.010, 0.011, 3.0) == LoopLag(looks=5, punctual=3)


def test_r31_what_was_late_before_the_load_does_not_count():
    assert noted(0.5, 0.001, 0.002).since(noted(0.5)) == LoopLag(looks=2, punctual=2)


@pytest.mark.parametrize(
    ("lag", "told"),
    [
        (LoopLag(200, 199), "the gateway's loop was at most 10 ms late in 99.5% of 200 looks"),
        (LoopLag(200, 198), "the gateway's loop was at most 10 ms late in 99.0% of 200 looks"),
        (
            LoopLag(2_000, 1_978),
            "the gateway's loop was at most 10 ms late in 98.9% of 2,000 looks, less than 99%",
        ),
        (LoopLag(0, 0), "the gateway's loop was not looked at"),
    ],
)
def test_r31_the_report_says_whether_the_promise_was_kept(lag, told):
    assert str(lag) == told


def test_a_page_without_it_is_refused():
    with pytest.raises(KeyError):
        LoopLag.read("")
