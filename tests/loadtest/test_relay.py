"""What runs of the relay benchmark come to, and when a row is no figure."""

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from loadtest import relay, relay_extras
from loadtest.children import Child, ChildError, Order, free_ports, machine_busy_s
from loadtest.contenders import Contender, Field, MissingError
from loadtest.listeners import Heard, Load
from loadtest.relay import Bout, summary
from loadtest.relay_loads import FULL, QUICK
from loadtest.relay_rows import Cell, lines, ratio
from loadtest.relay_runs import Runs
from loadtest.rows import Row
from tests.loadtest.relay_made import heard as made_up
from tests.loadtest.relay_made import made

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
    assert cell("x", heard(ends_s=2.4)).invalid == "client and vendor used 0.80 cores"


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


def test_no_ratio_is_of_a_row_that_does_not_count_or_a_round_without_audio():
    nginx = cell("nginx", heard(0.1), heard(0.1), heard(0.1))
    assert ratio(cell("Legato", heard(0.3, spoken=1)), nginx) is None
    silent = heard(9.0)
    silent.told["audio_s"] = 0.0
    assert cell("Legato", silent).cost == float("inf")
    assert ratio(cell("Legato", heard(0.3), silent, heard(0.5)), nginx) == pytest.approx(4.0)
    assert ratio(cell("Legato", heard(0.3), heard(0.5), heard(0.5)), cell("nginx", silent, heard(0.1))) == 5.0


def test_what_is_used_while_nobody_speaks_is_taken_off_the_cost():
    """In 3 s a hundredth of a core is 0.03 s; of 0.3 s for 30 s of audio 0.27 s are left."""
    assert cell("Legato", heard(0.3)).cost_above(0.01) == pytest.approx(9.0)


def test_a_row_has_its_figures_in_their_columns():
    """A run of 3 s in which 30 s of audio came in 750 messages; the direct way takes 0.25, 0.5 and 0.75 ms."""
    stuttering = heard(0.45, 1.0, failed=1)
    stuttering.told.update(underruns=2, gap_ms=35.0, lost_streams=2)
    rows = (
        cell("direct", heard(0.0, 0.25)),
        cell("nginx", heard(0.3)),
        cell("Envoy", heard(0.6)),
        cell("Legato", stuttering),
        cell("Envoy gRPC", heard(0.9)),
        cell("Legato gRPC", heard(1.8)),
    )
    _, direct, nginx, _, legato, _, grpc = (line.split() for line in lines(rows))
    assert legato[2:] == [
        "Legato", "0.75/1.50/2.25", "1.00/3.00", "15.00", "1.50", "0.75", "0.15", "20", "25.0", "3", "2", "(35", "ms)"
    ]  # fmt: skip
    assert nginx[5:8] == ["10.00", "-", "0.50"]
    assert direct[5:8] == ["0.25/0.75", "-", "-"]
    assert grpc[4:9] == ["0.75/1.50/2.25", "1.00/3.00", "60.00", "6.00", "2.00"], "beside Envoy on gRPC"
    assert legato[-4:] != grpc[-1:] == ["0"]


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


class Listening:
    """Stands for the generator: what was asked, and what each contender's core then gave."""

    def __init__(self, monkeypatch, most=None, ends_at=0, breaks=()):
        self.asked = []
        self._breaks = breaks
        self._most = most or {}
        self._ends_at = ends_at
        monkeypatch.setattr(relay_extras, "listen", self)
        monkeypatch.setattr(relay_extras.time, "sleep", lambda _: None)
        watched = SimpleNamespace(cpu_s=lambda: 1.0, rss_mb=lambda: 100.0)
        names = ("direct", "nginx", "Legato", "direct gRPC", "Legato gRPC")
        contenders = [
            Contender(name, "", 0, watched if name.startswith("Legato") else None) for name in names
        ]
        self.field = Field(tuple(contenders), None, "0", watched)

    def __call__(self, field, contender, load):
        self.asked.append((load.name, load.streams, contender.name))
        if len(self.asked) == self._ends_at:
            raise KeyboardInterrupt
        if self.asked[-1] in self._breaks:
            raise RuntimeError("the generator said ''")
        full = load.streams >= self._most.get(contender.name, 10_000)
        return made_up(load, 7.7 if full else 0.5, spoken=0.5 if full else 1.0)

    def bout(self, plan=FULL, seconds=1e9):
        bout = Bout(self.field, Runs(), plan, time.monotonic() + seconds)
        bout.run()
        return bout

    def times(self, *what):
        return self.asked.count(what)


def test_everybody_is_asked_in_every_round(monkeypatch):
    listening = Listening(monkeypatch)
    listening.bout()
    assert {listening.times("W2", 300, one.name) for one in listening.field.contenders} == {3}
    assert {listening.times("W1", 10, one.name) for one in listening.field.contenders} == {1}
    assert listening.times("cancel", 500, "Legato") == 1


def test_who_fills_its_core_is_not_asked_for_as_many_again(monkeypatch):
    listening = Listening(monkeypatch, {"Legato": 500, "Legato gRPC": 300})
    listening.bout()
    assert listening.times("W2", 300, "Legato gRPC") == 1
    assert listening.times("W2", 500, "Legato gRPC") == 0
    assert listening.times("W2", 500, "Legato") == 1
    assert listening.times("W2", 500, "nginx") == 1  # there is nobody to compare it with
    assert listening.times("W2", 300, "nginx") == 3


def test_where_time_is_short_the_last_loads_are_left_out_and_named(monkeypatch):
    listening = Listening(monkeypatch)
    loads = LOAD, replace(LOAD, name="W2", periods=1_000)
    bout = listening.bout(replace(QUICK, loads=loads), seconds=5_000)
    assert listening.times("W1", 10, "nginx") == 1
    assert listening.times("W2", 10, "nginx") == 0
    assert list(bout.remarks()) == ["  left out for lack of time: W2 10 in round 1"]


def test_an_interruption_leaves_what_there_is(monkeypatch):
    listening = Listening(monkeypatch, ends_at=5)
    bout = listening.bout()
    assert [cell.name for cell in bout.runs.cells if cell.load.name == "W2"] == ["direct", "nginx", "Legato"]
    assert list(bout.remarks())[-1].startswith("  interrupted")
    assert any("Legato" in line for line in summary(bout.runs) if isinstance(line, str))


@pytest.mark.parametrize("streams", [200, 300], ids=["beside the table", "in the table"])
def test_where_the_direct_way_broke_nobody_is_measured_against_it(monkeypatch, streams):
    listening = Listening(monkeypatch, breaks=[("W2", streams, "direct")])
    bout = listening.bout()
    assert listening.times("W2", streams, "Legato") == 0
    lines = [line.split()[:4] for line in summary(bout.runs) if isinstance(line, str)]
    assert ["W2", str(streams), "direct", "INVALID:"] in lines


@pytest.mark.parametrize("plan", [FULL, QUICK])
def test_it_is_over_in_time_at_the_latest(plan):
    beside = sum(load.lasts_s for _, load in plan.beside)
    first = 7 * sum(load.lasts_s for load in plan.loads)
    assert first + beside + 20 < plan.most_s + 10 <= 1_200


def test_a_whole_run_is_told():
    told = list(summary(made()))
    lines = [line for line in told if isinstance(line, str)]
    assert any("1000  Legato      INVALID: 50% of the offered rate" in line for line in lines)
    assert any("cancel, 500 streams, nginx: p50 2.00" in line for line in lines)
    assert any("NOT REACHED" in line for line in lines)
    rows = {row.name: row for row in told if isinstance(row, Row)}
    assert rows["W1 1000 Legato: cores"].mark.startswith("INVALID")
    assert rows["cancel, 500 streams, Legato: cancel_ms p99"].value == 12.0
    assert not any(name.startswith("target: W1, Legato, 1,000") for name in rows)


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
