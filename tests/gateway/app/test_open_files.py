"""Files that are used up: noticed before, told once."""

import asyncio
import os
import resource

import pytest
import structlog

from gateway.app import open_files
from gateway.app.open_files import RESERVE, OpenFiles


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told():
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """What the system tells: a file for each that is open."""

    def hold(count):
        for path in tmp_path.iterdir():
            path.unlink()
        for number in range(count + 1):
            (tmp_path / str(number)).touch()

    monkeypatch.setattr(open_files, "_FOLDER", str(tmp_path))
    return hold


def test_there_are_enough_while_a_reserve_is_left(clock, told, folder):
    folder(67)
    files = OpenFiles(clock, 100)
    assert not files.are_short()
    assert files.are_short(), "whoever has asked is one more"
    assert [line["limit"] for line in told] == [100]


def test_files_that_are_closed_are_free_again(clock, told, folder):
    folder(90)
    files = OpenFiles(clock, 100)
    assert files.are_short()
    folder(20)
    clock.now += 1
    assert not files.are_short()


def test_it_is_told_once_a_minute(clock, told, folder):
    folder(90)
    files = OpenFiles(clock, 100)
    assert [files.are_short() for _ in range(5)] == [True] * 5
    assert len(told) == 1
    clock.now += 61
    assert files.are_short()
    assert len(told) == 2


def test_used_up_is_short_and_what_is_not_told_is_not(clock, told, monkeypatch):
    assert not OpenFiles(clock, resource.RLIM_INFINITY).are_short()
    assert not OpenFiles(clock).are_short(), "these tests have not used them up"
    assert OpenFiles(clock, RESERVE + 1).are_short(), "this process has more than one"

    def used_up(_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(os, "scandir", used_up)
    assert OpenFiles(clock, 10_000).are_short()
    monkeypatch.undo()
    monkeypatch.setattr(open_files, "_FOLDER", "/nowhere")
    assert not OpenFiles(clock, 10_000).are_short()


async def test_connections_without_a_stream_that_use_up_the_files_are_told_although_nobody_asks(
    clock, told, folder
):
    folder(90)

    async def sleep(seconds):
        if clock.now > 190:
            raise asyncio.CancelledError
        clock.now += seconds

    with pytest.raises(asyncio.CancelledError):
        await OpenFiles(clock, 100).watch(sleep)
    assert [line["limit"] for line in told] == [100, 100], "once a minute, for ninety seconds"
