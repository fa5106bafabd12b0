"""What runs of the relay benchmark come to, and when a row is no figure."""

import pytest

from loadtest import relay
from loadtest.children import Child, ChildError, Order, free_ports, machine_busy_s
from loadtest.contenders import MissingError
from loadtest.listeners import Heard, Load
from loadtest.relay_rows import Cell, lines, ratio

LOAD = Load("W1", 10, chunk_ms=40, pace=1)


def heard(cpu_s=0.3, ttfb_ms=1.0, *, spoken=10, ends_s=0.5, foreign_s=0.1, failed=0):
    times = {"n": spoken, "p50": ttfb_ms, "p95": 2 * ttfb_ms, "p99": 3 * ttfb_ms}
    told = {
        "ttfb_ms": times,
        "transit_ms": times,
        "spoken": spoken,
        "failed": failed,
        "lost_streams": 0,
        "underruns": 0,
        "gap_ms": 0.0,
        "messages": 25 * 30,
        "audio_s": 30.0,
    }
    return Heard(told, 3.0, cpu_s, ends_s, cpu_s + ends_s + foreign_s, 20.0)


def cell(name, *runs, base=None):
    made = Cell(LOAD, name, "direct")
    made.heard = list(runs)
    made.bases = [base or heard(0.0, 0.25)] * len(runs)
    return made


def test_the_middle_round_counts():
    found = cell("nginx", heard(0.3, 1.0), heard(30.0, 50.0), heard(0.6, 1.5))
    assert found.cost == pytest.approx(1000 * 0.6 / 30)
    assert found.added_ms("p50") == 1.25
    assert not found.invalid
    assert not found.noisy


def test_a_missed_rate_and_busy_ends_are_no_figures():
    assert cell("x", heard(spoken=9)).invalid == "90% of the offered rate"
    assert cell("x", heard(cpu_s=2.99, spoken=5)).invalid.endswith("its core is full")
    assert cell("x", heard(ends_s=2.4)).invalid == "the ends used 0.80 cores"


def test_work_of_others_is_told():
    noisy = cell("x", heard(foreign_s=1.5))
    assert noisy.noisy
    assert list(lines([noisy]))[1].endswith("noisy")


def test_ratios_are_taken_round_by_round_and_not_of_invalid_rows():
    nginx = cell("nginx", heard(0.1), heard(0.4), heard(0.2))
    legato = cell("Legato", heard(0.3), heard(0.8), heard(0.5))
    assert ratio(legato, nginx) == pytest.approx(2.5)
    assert ratio(legato, None) is None
    assert ratio(nginx, nginx) is None
    assert ratio(legato, cell("nginx", heard(spoken=1), heard(spoken=1), heard(spoken=1))) is None


def test_an_invalid_row_shows_no_figure():
    _, first, second = lines([cell("nginx", heard()), cell("Legato", heard(spoken=1))])
    assert "10.00" in first
    assert second.split() == ["W1", "10", "Legato", "INVALID:", "10%", "of", "the", "offered", "rate"]


def test_the_direct_way_is_shown_whole():
    _, direct = lines([cell("direct", heard(0.0, 0.25))])
    assert "0.25/0.50/0.75 whole" in direct


def test_without_its_tools_it_says_so(monkeypatch):
    def missing(_, __):
        raise MissingError("this benchmark needs nginx")

    monkeypatch.setattr(relay, "everybody", missing)
    monkeypatch.setattr(relay, "cores", lambda: [0, 1])
    assert list(relay.rows(quick=True)) == ["  skipped: this benchmark needs nginx"]
    monkeypatch.setattr(relay, "cores", lambda: [0])
    assert next(iter(relay.rows(quick=True))).startswith("  skipped: two cores")


def test_the_window_holds_whole_periods_and_the_warm_up_one():
    asked = Load("W2", 4, chunk_ms=20, pace=4, period_ms=1_500, periods=2).arguments()
    assert {"measure_ms=3000", "warm_ms=1500", "streams=4"} <= set(asked)


def test_a_child_that_ends_at_once_is_told_with_its_last_words(tmp_path):
    (port,) = free_ports(1)
    order = Order(("sh", "-c", "echo it is broken; exit 3"), "0", (port,))
    with pytest.raises(ChildError, match="it is broken"), Child(order, tmp_path / "log"):
        pass


def test_a_child_is_watched_and_ended(tmp_path):
    with Child(Order(("sleep", "60"), "0"), tmp_path / "log") as child:
        assert child.cpu_s() >= 0
        assert child.rss_mb() > 0
        assert child.pids
    assert machine_busy_s() > 0
