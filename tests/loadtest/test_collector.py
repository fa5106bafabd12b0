"""The collector's share: of the work of the same processes, in the same time, each gateway by its own file."""

import contextlib
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from loadtest import collector
from loadtest.collector import Seen, variants
from loadtest.contenders import MissingError
from loadtest.garbage import PAUSES, UNTUNED, Pause
from loadtest.rows import Row
from tests.loadtest.heard_made import together


def pause(generation=0, cpu_s=0.001, at_s=None):
    return Pause(7, generation, time.monotonic() if at_s is None else at_s, cpu_s)


def test_pauses_and_their_share_are_told_by_the_processor():
    seen = Seen(together(), [pause(0), pause(2, cpu_s=0.039)], cpu_s=4.0, took_s=10.0)
    assert seen.share == pytest.approx(1.0)
    assert seen.worst_ms == pytest.approx(39.0)
    assert (seen.rate(0), seen.rate(2)) == (0.2, 0.1)


def test_a_run_without_a_collection_is_one(tmp_path):
    seen = Seen(together(), [], cpu_s=4.0, took_s=10.0)
    assert (seen.share, seen.worst_ms, seen.rate(0)) == (0, 0, 0)


def test_one_process_and_workers_are_run_tuned_and_untuned(tmp_path):
    every = list(variants(tmp_path))
    assert [(one.workers, one.env[UNTUNED]) for one in every] == [(1, ""), (1, "1"), (2, ""), (2, "1")]
    assert len({one.env[PAUSES] for one in every}) == 4
    assert all(one.program[1:] == ("-m", "loadtest.garbage") for one in every)


class Gateway:
    """Has collected once before it is asked, and, untuned, ten times while it is."""

    def __init__(self, variant, found):
        self.variant = variant
        self.child = SimpleNamespace(cpu_s=lambda: 2.0 * self._asked)
        self._asked = 0
        self._found = found
        found[Path(variant.env[PAUSES])] = [pause(2, cpu_s=9.0, at_s=0.0)]

    def asked(self, load):
        self._asked += 1
        times = 10 if self.variant.env[UNTUNED] else 0
        self._found[Path(self.variant.env[PAUSES])] += [pause(cpu_s=0.004) for _ in range(times)]
        return together()


def test_what_was_collected_before_a_run_is_none_of_its(monkeypatch, tmp_path):
    found = {}

    @contextlib.contextmanager
    def running(every, *_):
        yield [Gateway(one, found) for one in every]

    monkeypatch.setattr(collector, "FOLDER", tmp_path)
    monkeypatch.setattr(collector, "gateways", running)
    monkeypatch.setattr(collector, "pauses", found.__getitem__)
    figures = {row.name: row.value for row in collector.rows(quick=True) if isinstance(row, Row)}
    assert figures["one process, tuned: share of CPU"] == 0
    assert figures["two workers, untuned: share of CPU"] == pytest.approx(2.0)


def test_without_its_tools_it_says_so(monkeypatch, tmp_path):
    def missing(*_):
        raise MissingError("this benchmark needs the fake vendor")

    monkeypatch.setattr(collector, "FOLDER", tmp_path)
    monkeypatch.setattr(collector, "gateways", missing)
    assert list(collector.rows(quick=False)) == ["  skipped: this benchmark needs the fake vendor"]
