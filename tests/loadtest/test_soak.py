"""When a soak has proven what it was to prove: enough streams, none gone wrong, no growth."""

import time

import psutil
import pytest

from loadtest import soak
from loadtest.soak import FAILED, PASSED, PROMISED, UNPROVEN, any_failed, many, memory, verdict


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
