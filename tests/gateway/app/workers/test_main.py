import asyncio
import json
import signal
import sys
import time

import pytest
import uvloop

from gateway.app.config.settings import Settings
from gateway.app.process import SIGNALS, Departure
from gateway.app.serve import CannotServeError
from gateway.app.workers import main
from gateway.app.workers.main import work
from tests.gateway.app.workers_stage import post


def test_a_worker_says_why_it_does_not_start(tmp_path, monkeypatch):
    async def serve(settings, env, logs, at):
        assert (settings, env, at.number) == (given, {"A": "b"}, 2)
        raise CannotServeError("server.tls: no such certificate")

    given = Settings()
    monkeypatch.setattr(main, "serve", serve)
    with pytest.raises(SystemExit) as ended:
        work(given, {"A": "b"}, post(tmp_path, 2))
    assert ended.value.code == "Error: server.tls: no such certificate"


def test_a_worker_whose_parent_has_ended_meanwhile_ends_with_one_line(tmp_path, capfd):
    """As when the local voices cannot start: their error was lost among the tracebacks of all workers."""
    with pytest.raises(SystemExit) as ended:
        work(Settings(), {}, post(tmp_path, 2))
    assert ended.value.code == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert (
        json.loads(line).items()
        >= {"worker": 2, "level": "warning", "why": "No such file or directory"}.items()
    )


def test_signals_that_its_ancestor_keeps_away_are_kept_until_it_listens_to_them(tmp_path, monkeypatch):
    async def serve(settings, env, logs, at):
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) >= set(SIGNALS)
        departure = Departure()
        departure.listen()
        assert not signal.pthread_sigmask(signal.SIG_BLOCK, ()) & set(SIGNALS)
        departure.close()

    monkeypatch.setattr(main, "serve", serve)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        work(Settings(), {}, post(tmp_path, 2))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_it_runs_on_uvloop_and_its_lines_have_its_number(tmp_path, monkeypatch, capfd):
    async def serve(settings, env, logs, at):
        assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
        main.logger("legato.serve").info("worker stopped", at=time.monotonic())

    monkeypatch.setattr(main, "serve", serve)
    work(Settings(), {}, post(tmp_path, 2))
    assert '"worker": 2' in capfd.readouterr().err


def test_threads_that_write_lines_and_metrics_hold_its_loop_up_for_a_moment_only(tmp_path, monkeypatch):
    async def serve(settings, env, logs, at):
        assert sys.getswitchinterval() == pytest.approx(0.001)

    monkeypatch.setattr(main, "serve", serve)
    before = sys.getswitchinterval()
    try:
        sys.setswitchinterval(0.005)
        work(Settings(), {}, post(tmp_path, 2))
    finally:
        sys.setswitchinterval(before)
