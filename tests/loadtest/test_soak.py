"""When a soak has proven what it was to prove: enough streams, none gone wrong, no growth."""

import asyncio
import sys
import time

import psutil
import pytest

from loadtest import soak
from loadtest.soak import (
    FAILED,
    GONE,
    PASSED,
    PROMISED,
    UNPROVEN,
    Gateway,
    any_failed,
    main,
    many,
    memory,
    verdict,
)
from loadtest.soak import (
    soak as soak_streams,
)


@pytest.mark.parametrize(
    ("done", "leaks", "broken", "status", "words"),
    [
        (PROMISED, False, False, PASSED, f"PASSED: no leak in {PROMISED} streams\n"),
        (99, False, False, UNPROVEN, f"UNPROVEN: only 99 of {PROMISED} streams fitted into the time"),
        (PROMISED, True, False, FAILED, "FAILED: memory has grown\n"),
        (99, True, True, FAILED, "FAILED: memory has grown and streams have failed"),
    ],
)
def test_r23_a_verdict_is_an_exit_status(capsys, done, leaks, broken, status, words):
    assert verdict(done, PROMISED, leaks=leaks, broken=broken) == status
    assert words in capsys.readouterr().out


def test_r23_fewer_streams_than_promised_prove_no_promise(capsys):
    assert verdict(3_000, 3_000, leaks=False, broken=False) == PASSED
    assert f"(R23 needs {PROMISED})" in capsys.readouterr().out


@pytest.fixture
def streams(monkeypatch):
    """Streams that end as it is said here, and who was called."""
    called = []

    async def one_stream(url, dice):
        called.append(url)
        if len(called) % 5 == 0:
            raise ConnectionResetError
        return "heard"

    monkeypatch.setattr(soak, "one_stream", one_stream)
    return called


async def test_both_wires_are_called_in_turn_and_what_goes_wrong_is_counted(streams):
    told = await many(["ws", "grpc"], 10, 1, time.monotonic() + 60)
    assert told == {"heard": 8, "failed: ConnectionResetError": 2}
    assert any_failed({"heard": 1}, told)
    assert not any_failed({"heard": 1})
    assert streams == ["ws", "grpc"] * 5


async def test_behind_the_deadline_there_is_no_new_stream(streams):
    assert await many(["ws"], 10, 4, time.monotonic() - 1) == {}
    assert streams == []


def test_memory_is_that_of_the_gateway_and_of_its_engine():
    told = memory(psutil.Process())
    assert told["gateway"] > 0
    assert told["engine"] >= 0


@pytest.mark.parametrize("given", ["--streams=0", "--streams=-5", "--width=0", "--within-s=nan"])
def test_r23_a_soak_without_streams_is_refused_and_does_not_pass(given, capsys):
    with pytest.raises(SystemExit) as ended:
        main([given])
    assert ended.value.code == 2
    assert "expected a number above 0" in capsys.readouterr().err


async def test_a_gateway_that_does_not_start_ends_the_soak_with_its_own_words(monkeypatch, capsys):
    monkeypatch.setenv("LEGATO_SERVER__WORKERS", "many")
    assert await soak_streams(1, 1, 60.0) == GONE
    said = capsys.readouterr().out
    assert "STOPPED: the gateway has ended with status 1: " in said
    assert "server.workers: expected a whole number" in said


async def test_a_gateway_that_has_ended_is_told_to_leave_without_an_error():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "", stderr=asyncio.subprocess.PIPE)
    gateway = Gateway(process)
    assert await gateway.end() == "the gateway has ended with status 0: it wrote nothing"
    gateway.leave()
