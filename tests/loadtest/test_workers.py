"""One process beside two workers: in turns, the same ends, ratios round by round."""

import contextlib

import pytest

from loadtest import workers
from loadtest.contenders import MissingError
from loadtest.rows import Row
from tests.loadtest.heard_made import together


class Gateway:
    """Answers with what was prepared, and notes when it was asked."""

    def __init__(self, variant, costs, asked):
        self.variant = variant
        self._runs = [together(cpu_s=cost) for cost in costs]
        self._asked = asked

    def asked(self, load):
        self._asked.append((self.variant.name, load.streams))
        return self._runs.pop(0)


@pytest.fixture
def house(monkeypatch):
    """Two gateways that cost what they are told to, round by round."""
    asked = []

    @contextlib.contextmanager
    def running(variants, ends_core, core, warm_lines):
        assert ends_core == core, "on two cores everybody shares them"
        one, two = variants
        assert (one.workers, two.workers) == (1, 2)
        yield Gateway(one, [4.0, 4.0, 2.0, 4.0, 4.0], asked), Gateway(two, [4.3, 4.0, 4.2, 4.2, 4.6], asked)

    monkeypatch.setattr(workers, "gateways", running)
    return asked


def test_the_middle_of_the_rounds_ratios_is_the_figure(house):
    told = list(workers.rows(quick=False))
    figures = {row.name: row for row in told if isinstance(row, Row)}
    found = figures["target: CPU for each stream: two workers beside one process"]
    assert (found.value, found.mark) == (pytest.approx(1.075), "reached")
    assert figures["one process: each stream"].value == pytest.approx(2.0)
    assert figures["two workers: each stream"].value == pytest.approx(2.1)
    assert "(by rounds 1.07, 1.00, 2.10, 1.05, 1.15)" in told[-2]


def test_they_are_asked_in_turns_and_neither_is_always_first(house):
    list(workers.rows(quick=True))
    assert house == [("one process", 200), ("two workers", 200), ("two workers", 200), ("one process", 200)]


def test_without_its_tools_it_says_so(monkeypatch):
    def missing(*_):
        raise MissingError("this benchmark needs the fake vendor")

    monkeypatch.setattr(workers, "gateways", missing)
    assert list(workers.rows(quick=True)) == ["  skipped: this benchmark needs the fake vendor"]


def test_of_a_run_that_is_no_figure_there_is_no_ratio():
    found = workers.ratio([together(), together(failed=1)], [together(), together()])
    assert found.found is None
    assert found.note.endswith("INVALID: 2 errors")
