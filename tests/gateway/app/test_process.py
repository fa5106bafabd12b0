import asyncio
import contextlib
import gc
import itertools
import os
import resource
import signal
import sys
import threading

import pytest

from gateway.app import process
from gateway.app.process import (
    SIGNALS,
    Departure,
    TooFewFilesError,
    TooFewThreadsError,
    check_file_limit,
    check_threads,
    raise_file_limit,
    take_turns,
    tune_collector,
)


@pytest.fixture(autouse=True)
def hangup():
    """Restore what the tests change: a process that leaves ignores SIGHUP for good."""
    before = signal.getsignal(signal.SIGHUP)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def limits(monkeypatch):
    now = {}

    def limits(soft, hard):
        now["limit"] = (soft, hard)
        monkeypatch.setattr(resource, "getrlimit", lambda _: now["limit"])
        monkeypatch.setattr(resource, "setrlimit", lambda _, limit: now.update(limit=limit))
        return now

    return limits


@pytest.mark.parametrize(
    ("soft", "hard", "then"),
    [
        (1024, 20_000, (20_000, 20_000)),
        (1024, resource.RLIM_INFINITY, (process.MOST_FILES, resource.RLIM_INFINITY)),
        (20_000, 20_000, (20_000, 20_000)),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)),
    ],
)
def test_the_file_limit_is_raised_as_far_as_it_may(limits, soft, hard, then):
    now = limits(soft, hard)
    assert raise_file_limit() == (soft, then[0])
    assert now["limit"] == then


def test_the_limit_of_this_process_is_read():
    before, after = raise_file_limit()
    assert after >= before or after == resource.RLIM_INFINITY
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == after


@pytest.mark.parametrize(
    ("files", "workers", "least"), [(63, 1, 64), (8, 1, 64), (159, 16, 160), (64, 1, 0), (160, 16, 0)]
)
def test_too_few_files_for_even_one_stream_are_named(files, workers, least):
    said = rf"only {files} files .*ulimit -n.*: expected at least {least}, " if least else ""
    with pytest.raises(TooFewFilesError, match=said) if least else contextlib.nullcontext():
        check_file_limit(files, workers)


def test_no_limit_of_files_is_enough():
    check_file_limit(resource.RLIM_INFINITY, 256)


@pytest.mark.parametrize(("workers", "least"), [(1, 16), (4, 48)])
def test_a_limit_of_threads_that_is_too_low_is_named(monkeypatch, workers, least):
    allowed = least
    start = threading.Thread.start

    def begin(thread):
        if len(begun) == allowed:
            raise RuntimeError("can't start new thread")
        begun.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", begin)
    begun = []
    check_threads(workers)
    assert not any(thread.is_alive() for thread in begun)
    begun, allowed = [], 3
    with pytest.raises(
        TooFewThreadsError, match=rf"only 3 more threads can be started .*: expected at least {least}"
    ):
        check_threads(workers)
    assert not any(thread.is_alive() for thread in begun)


@pytest.mark.parametrize(
    ("most", "told"),
    [(resource.RLIM_INFINITY, r"\(ulimit -u, or the "), (7 << 26, r"\(ulimit -u, ulimit -v, or the ")],
)
def test_a_limit_of_memory_that_may_keep_threads_from_starting_is_named(monkeypatch, most, told):
    def begin(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", begin)
    monkeypatch.setattr(resource, "getrlimit", {resource.RLIMIT_AS: (most, most)}.__getitem__)
    with pytest.raises(TooFewThreadsError, match=told):
        check_threads()


def test_what_start_up_made_is_set_aside():
    before = gc.get_threshold()
    gc.unfreeze()
    try:
        tune_collector()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold() == (2_000, 5, 400)
    finally:
        gc.set_threshold(*before)


def departing(said, clock=None):
    departure = Departure(said.append, clock or itertools.count().__next__)
    departure.last_words = lambda: said.append("last words")
    return departure


async def test_a_signal_asks_and_a_second_one_ends():
    said = []
    departure = departing(said)
    departure.listen()
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        await departure.asked.wait()
        assert said == []
        departure.take(signal.SIGTERM)
        assert said == ["last words", 143]
    finally:
        departure.close()


async def test_a_signal_that_is_handed_on_to_who_has_had_it_is_one():
    """`timeout` sends it to the process, and then to its group."""
    said = []
    departure = departing(said, iter([5.0, 5.0, 5.09, 5.11]).__next__)
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
        departure.take(number)
    assert (said, departure.asked.is_set()) == ([], True)
    departure.take(signal.SIGTERM)
    assert said == ["last words", 143]


async def test_a_signal_is_the_first_though_somebody_else_has_asked_before():
    said = []
    departure = departing(said)
    departure.asked.set()
    departure.take(signal.SIGTERM)
    assert said == []
    departure.take(signal.SIGTERM)
    assert said == ["last words", 143]


async def test_a_terminal_that_is_closed_asks_as_often_as_it_likes():
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may have it ignored
    said = []
    departure = departing(said)
    departure.listen()
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        await departure.asked.wait()
        departure.take(signal.SIGHUP)
        assert said == []
    finally:
        departure.close()
        signal.signal(signal.SIGHUP, before)


async def test_r30_a_terminal_that_is_closed_does_not_kill_what_is_just_ending():
    """The interpreter needs a while to shut down, and the exit status is to be 0."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    departure = departing([])
    departure.listen()
    departure.close()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_DFL, "nobody has asked"
    departure.take(signal.SIGHUP)
    departure.close()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


async def test_what_was_ignored_from_the_start_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        departure = departing([])
        departure.listen()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        departure.close()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


async def test_a_signal_that_was_kept_away_until_now_asks():
    """As one that comes to all processes while a worker starts: what it was forked from keeps signals away."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        signal.raise_signal(signal.SIGTERM)  # to this thread: another one may let it in
        departure = departing([])
        departure.listen()
        async with asyncio.timeout(10):
            await departure.asked.wait()
        departure.close()
        assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(SIGNALS)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def test_what_ends_it_before_anything_is_made_leaves_nothing_to_say():
    ended = []
    departure = Departure(ended.append, itertools.count().__next__)
    departure.take(signal.SIGTERM)
    departure.take(signal.SIGTERM)
    assert ended == [143]


async def test_after_that_signals_do_what_they_did_before():
    departure = departing([])
    departure.listen()
    departure.close()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_threads_take_short_turns():
    before = sys.getswitchinterval()
    try:
        take_turns()
        assert sys.getswitchinterval() == pytest.approx(0.001)
    finally:
        sys.setswitchinterval(before)
