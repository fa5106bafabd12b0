"""Processes that a test starts run without coverage, unless it is marked `measured`."""

import os
import subprocess
import sys

import pytest
from coverage import Coverage

WHO_LOOKS_ON = [sys.executable, "-c", "import sys; print(sys.gettrace() is not None)"]


def looked_on():
    return subprocess.run(WHO_LOOKS_ON, check=True, capture_output=True, text=True).stdout == "True\n"


@pytest.fixture(scope="module")
def shared():
    """What a fixture starts belongs to the test that asks for it first."""
    return looked_on()


def test_nobody_looks_on_at_what_a_test_starts(shared):
    assert not shared
    assert not looked_on()


@pytest.mark.measured
def test_coverage_looks_on_where_it_is_asked_to():
    assert looked_on() == (Coverage.current() is not None)
    assert ("COVERAGE_PROCESS_CONFIG" in os.environ) == looked_on()
