"""Our wire beside grpc.aio's: in turns, ratios round by round; and one real call on each."""

import subprocess

import pytest

from loadtest import vendor_lines
from loadtest.children import ChildError
from loadtest.rows import Row


@pytest.fixture
def costs(monkeypatch):
    asked = []

    def answer(wire, port, core, calls, audio_ms):
        asked.append((wire, calls))
        cpu = {"h2": 5.0, "grpc.aio": 20.0 + len(asked) % 3}[wire]
        return {"messages": 10, "cpu_us": cpu, "wall_s": 1.0, "p50_ms": 0.5, "p99_ms": 2.0}

    monkeypatch.setattr(vendor_lines, "asked", answer)
    return asked


def test_the_middle_of_the_rounds_ratios_is_the_figure(costs):
    told = list(vendor_lines.compared(1, "0", quick=True))
    figures = {row.name: row for row in told if isinstance(row, Row)}
    assert figures["100 calls, h2: CPU a message"].value == 5.0
    found = figures["target: CPU a message, 300 calls: h2 beside grpc.aio"]
    assert found.mark == "reached"
    assert found.value == pytest.approx(0.23, abs=0.03)
    assert "target: CPU a message, 1 calls: h2 beside grpc.aio" not in figures
    assert costs[:4] == [("h2", 1), ("grpc.aio", 1), ("grpc.aio", 1), ("h2", 1)]


def test_a_run_that_fails_is_told(monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "no such port\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(ChildError, match="1 calls of h2 failed: no such port"):
        vendor_lines.asked("h2", 1, "0", 1, 100)


def test_without_the_fake_vendor_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(vendor_lines, "NATIVE", tmp_path)
    (told,) = vendor_lines.rows(quick=True)
    assert "make -C loadtest/native" in told
