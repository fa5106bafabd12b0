"""Files that are used up: noticed before, told once."""

import os
import resource

import pytest
import structlog

from gateway.app.open_files import RESERVE, OpenFiles


@pytest.fixture
def told():
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def lowest():
    number = os.open(os.devnull, os.O_RDONLY)
    os.close(number)
    return number


def test_there_are_enough_while_a_reserve_is_left(told, lowest):
    assert not OpenFiles(lambda: 0.0, lowest + RESERVE + 1).are_short()
    assert OpenFiles(lambda: 0.0, lowest + RESERVE).are_short()
    assert [line["limit"] for line in told] == [lowest + RESERVE]


def test_a_file_that_is_closed_is_free_again(told, lowest):
    files = OpenFiles(lambda: 0.0, lowest + RESERVE + 1)
    number = os.open(os.devnull, os.O_RDONLY)
    assert files.are_short()
    os.close(number)
    assert not files.are_short()


def test_it_is_told_once_a_minute(told, lowest):
    now = 100.0
    files = OpenFiles(lambda: now, lowest)
    assert [files.are_short() for _ in range(5)] == [True] * 5
    assert len(told) == 1
    now += 61
    assert files.are_short()
    assert len(told) == 2


def test_used_up_is_short_and_no_limit_never_is(monkeypatch, told):
    assert not OpenFiles(lambda: 0.0, resource.RLIM_INFINITY).are_short()

    def used_up(*_):
        raise OSError(24, "Too many open files")

    files = OpenFiles(lambda: 0.0)
    assert not files.are_short(), "these tests have not used them up"
    monkeypatch.setattr(os, "open", used_up)
    assert files.are_short()
