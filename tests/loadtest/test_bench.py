"""`make bench`: every benchmark is one line, and gives rows."""

import json

import pytest

from loadtest import bench
from loadtest.bench import BENCHMARKS, Benchmark
from loadtest.rows import Row, Step, measured, table


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """One benchmark that costs nothing in the place of all."""
    rows = [Row("a thing", 1.25, "ms", 7), Row("another", 1234.5, "", 1)]
    monkeypatch.setattr(bench, "BENCHMARKS", {"quick": Benchmark("nothing much", lambda: rows)})


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
    assert "there are quick" in capsys.readouterr().err


def test_a_step_is_measured_by_the_thing_it_does():
    done = []
    (row,) = measured([Step("ten", lambda: done.append(1), "us/thing", per=10)])
    assert (row.name, row.unit) == ("ten", "us/thing")
    assert 0 < row.value < 1_000
    assert row.n <= len(done)
    assert len(list(table([row]))) == 1


def test_the_lists_are_there():
    assert {"audio", "text", "faces", "voices"} <= set(BENCHMARKS)
