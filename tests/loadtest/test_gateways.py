"""What two generators have heard of one gateway comes to, and how a gateway is started in another way."""

import math

import pytest

from loadtest import contenders
from loadtest.children import Order
from loadtest.contenders import MissingError
from loadtest.gateways import Variant, gateways, order_of
from tests.loadtest.heard_made import heard, together


def test_the_work_of_the_gateway_is_counted_once_and_the_audio_of_both():
    run = together(cpu_s=4.0)
    assert run.cores == pytest.approx(0.4)
    assert run.each_ms == pytest.approx(2.0), "0.4 of a core for 200 streams"
    assert run.cost == pytest.approx(1000 * 4.0 / 600)
    assert run.rss_mb == 150
    assert run.spoken == 1
    assert run.mark == ""


def test_what_the_other_generator_did_is_not_the_work_of_others():
    assert together(foreign_s=0.5).foreign == pytest.approx(0.05)


def test_the_worse_of_both_generators_is_told():
    assert together(heard(ttfb_ms=2.0), heard(ttfb_ms=5.0)).ms("ttfb_ms", "p99") == 15


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ({"failed": 1}, "INVALID: 2 errors"),
        ({"spoken": 90}, "INVALID: 90% of the offered rate"),
        ({"foreign_s": 5.0}, "noisy: others used 0.50 cores"),
    ],
)
def test_a_run_says_why_it_does_not_count(said, mark):
    assert together(**said).mark == mark


def test_where_nobody_spoke_there_is_no_figure():
    nobody = together(spoken=0)
    assert math.isnan(nobody.ms("ttfb_ms", "p50"))
    assert (nobody.cost, nobody.mark) == (math.inf, "INVALID: 0% of the offered rate")


def test_a_variant_is_the_same_gateway_started_in_another_way():
    usual = Order(("legato", "serve", "--config", "x"), "1", (8080,), {"KEY": "none"})
    assert order_of(Variant("two", workers=2), usual) == usual
    other = order_of(Variant("watched", program=("python", "-m", "x"), env={"A": "b"}), usual)
    assert other.command == ("python", "-m", "x", "serve", "--config", "x")
    assert other.env == {"KEY": "none", "A": "b"}


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(contenders, "missing_tools", lambda: ["the fake vendor"])
    with pytest.raises(MissingError, match="the fake vendor"), gateways([], "0", "1", 1):
        pass
