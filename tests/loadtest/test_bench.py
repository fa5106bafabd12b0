"""`make bench`: every benchmark is one line, and gives rows."""

import json
import signal
import time
from types import SimpleNamespace

import pytest

from loadtest import bench
from loadtest.bench import BENCHMARKS, Benchmark
from loadtest.rows import Row, Step, fitting, measured, shown, table


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """One benchmark that costs nothing in the place of all; what is done when told to end is left as it was."""
    usual = signal.getsignal(signal.SIGTERM)
    rows = [Row("a thing", 1.25, "ms", 7), Row("another", 1234.5, "", 1)]
    monkeypatch.setattr(bench, "BENCHMARKS", {"quick": Benchmark("nothing much", lambda: rows)})
    yield
    signal.signal(signal.SIGTERM, usual)


def test_it_prints_a_table(capsys):
    bench.main([])
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("cpu ")
    assert told[2] == "quick: nothing much"
    assert told[3].split() == ["a", "thing", "1.25", "ms", "n=7"]
    assert told[4].split() == ["another", "1,234", "n=1"]


def test_it_prints_json_for_programs(capsys):
    bench.main(["quick", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert {"cpu", "cores", "python"} <= set(told["machine"])
    assert told["rows"][0] == {
        "benchmark": "quick",
        "name": "a thing",
        "value": 1.25,
        "unit": "ms",
        "n": 7,
        "mark": "",
    }


def test_a_name_that_is_none_is_refused(capsys):
    with pytest.raises(SystemExit):
        bench.main(["slow"])
    assert "expected some of quick" in capsys.readouterr().err


def test_a_step_is_told_by_its_best_round_in_microseconds_of_processor_time(monkeypatch):
    """A call of 0.5 ms fits twenty times into a round of 10 ms, and the best of the rounds took as long: 50 us for each of ten things."""
    asked = []

    class Timer:
        def __init__(self, run, timer):
            assert timer is time.process_time

        def timeit(self, calls):
            asked.append(calls)
            return 0.25 if len(asked) == 1 else 0.0005  # the first one fills caches

        def repeat(self, rounds, calls):
            assert (rounds, calls) == (7, 20)
            return [0.012, 0.010, 0.016, 0.011, 0.013, 0.014, 0.015]

    monkeypatch.setattr("loadtest.rows.timeit.Timer", Timer)
    (row,) = measured([Step("ten", lambda: None, "us/thing", per=10)])
    assert row == Row("ten", pytest.approx(50.0), "us/thing", 140)
    assert asked == [1, 1]


def test_what_takes_longer_than_a_round_is_done_once_in_it():
    assert fitting(SimpleNamespace(timeit=lambda _: 2.0)) == 1
    assert fitting(SimpleNamespace(timeit=lambda _: 0.0)) == 100_000, "a clock that has not moved"


def test_a_benchmark_with_lines_of_its_own_is_shown_by_those():
    assert list(table(["a line", Row("a thing", 1.25, "ms", 7)])) == ["a line"]
    assert [shown(value) for value in (1234.5, 100.0, 99.96, 0.12345)] == ["1,234", "100", "100", "0.123"]


def test_a_step_is_measured_by_the_thing_it_does():
    done = []
    (row,) = measured([Step("ten", lambda: done.append(1), "us/thing", per=10)])
    assert (row.name, row.unit) == ("ten", "us/thing")
    assert 0 < row.value < 1_000
    assert row.n <= len(done)
    assert len(list(table([row]))) == 1


def test_what_draws_is_not_among_all(capsys, monkeypatch):
    drawing = Benchmark("draws", lambda: ["  drawn"], asked=True)
    monkeypatch.setattr(bench, "BENCHMARKS", {**bench.BENCHMARKS, "draw": drawing})
    bench.main([])
    assert "drawn" not in capsys.readouterr().out
    bench.main(["draw"])
    assert "drawn" in capsys.readouterr().out


def test_who_is_told_to_end_ends_as_by_hand_and_once(monkeypatch):
    def told_twice():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        return [Row("a thing", 1.0, "ms", 1)]

    monkeypatch.setattr(bench, "BENCHMARKS", {"told": Benchmark("is told to end", told_twice)})
    bench.main(["told"])


def test_what_was_measured_until_it_was_ended_is_in_the_json(monkeypatch, capsys):
    """A run of an hour that was ended by hand had shown nothing at all."""

    def ended():
        yield Row("one more", 2.0, "ms", 1)
        raise KeyboardInterrupt

    ending = Benchmark("is ended by hand", ended)
    monkeypatch.setattr(bench, "BENCHMARKS", {**bench.BENCHMARKS, "ended": ending})
    with pytest.raises(KeyboardInterrupt):
        bench.main(["--json"])
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["benchmark"] for row in rows] == ["quick", "quick", "ended"]


def test_the_lists_are_there():
    assert {"audio", "text", "faces", "voices", "relay"} <= set(BENCHMARKS)
    assert [name for name, one in BENCHMARKS.items() if one.asked] == [
        "turns",
        "workers",
        "lines",
        "collector",
        "plots",
    ]
