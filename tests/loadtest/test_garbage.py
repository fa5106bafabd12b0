"""Collections are written down with their length, and the collector is left as Python has it where that is asked for."""

import gc
import os
import subprocess
import sys
import time

import pytest

from gateway.app import serve
from loadtest.garbage import PAUSES, UNTUNED, leave_untuned, pauses, prepare, watch
from tests.house.sources import ROOT


@pytest.fixture
def alone():
    """What a test adds to the collector is gone behind it, and nothing else collects meanwhile."""
    before = list(gc.callbacks)
    gc.disable()
    yield
    gc.enable()
    gc.callbacks[:] = before


@pytest.mark.usefixtures("alone")
def test_every_collection_is_written_down(tmp_path):
    began_s = time.monotonic()
    watch(tmp_path / "pauses")
    gc.collect(0)
    gc.collect()
    young, full = pauses(tmp_path / "pauses")
    assert (young.generation, full.generation) == (0, 2)
    assert {young.pid, full.pid} == {os.getpid()}
    assert began_s <= young.at_s <= full.at_s <= time.monotonic()
    assert 0 < full.cpu_s < full.at_s - began_s


def test_a_record_that_is_still_being_written_is_left_out(tmp_path):
    assert pauses(tmp_path / "nothing") == []
    (tmp_path / "cut").write_bytes(b"\0" * 25)
    assert len(pauses(tmp_path / "cut")) == 1


def test_nothing_is_done_that_was_not_asked_for(tmp_path):
    before, tuner = list(gc.callbacks), serve.tune_collector
    prepare({})
    prepare({PAUSES: "", UNTUNED: ""})
    assert gc.callbacks == before
    assert serve.tune_collector is tuner


def test_untuned_is_as_python_has_it(monkeypatch):
    monkeypatch.setattr(serve, "tune_collector", serve.tune_collector)  # put back behind the test
    gc.freeze()
    leave_untuned()
    before = gc.get_threshold()
    serve.tune_collector()
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
    gc.freeze()  # as tests/conftest.py has it


def test_it_is_the_command_itself(tmp_path):
    env = {**os.environ, PAUSES: str(tmp_path / "pauses")}
    command = [sys.executable, "-m", "loadtest.garbage", "serve", "--help"]
    told = subprocess.run(command, check=True, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert "--workers" in told.stdout
    assert (tmp_path / "pauses").exists()
