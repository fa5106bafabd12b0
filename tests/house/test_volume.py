"""Tests of volume run without coverage, all others with it where it is on."""

import sys

import pytest
from coverage import Coverage


@pytest.mark.volume
def test_nobody_looks_on_at_volume():
    assert Coverage.current() is None
    assert sys.gettrace() is None


def test_behind_it_coverage_looks_on_again():
    """In whatever order they come."""
    assert (sys.gettrace() is None) == (Coverage.current() is None)
