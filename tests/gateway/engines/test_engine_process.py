import asyncio
import os
import signal
import subprocess
import sys

import pytest

from gateway.engines import engine_process
from gateway.engines.bench import Bench
from gateway.engines.engine_link import EngineLink
from gateway.engines.engine_process import Ending, EngineStartError, listen, load, main, serve
from gateway.engines.engine_server import Offer
from gateway.engines.prepared import default_directory

COMMAND = [sys.executable, "-m", "gateway.engines.engine_process", "--engine", "espeak", "--threads", "1"]


@pytest.fixture
def process(socket_path):
    with subprocess.Popen(
        [*COMMAND, "--with-parent", "--socket", str(socket_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


@pytest.mark.voice
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.measured
def test_a_signal_ends_it_and_its_socket(process, socket_path, number):
    assert socket_path.is_socket()
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not socket_path.exists()


@pytest.mark.voice
@pytest.mark.measured
def test_it_ends_when_its_parent_is_gone(process, socket_path):
    process.stdin.write(b"words from a parent mean nothing\n")
    process.stdin.close()
    assert process.wait(20) == 0
    assert not socket_path.exists()


@pytest.mark.voice
def test_a_second_one_on_the_same_socket_is_refused(process, socket_path, capsys):
    assert main(["--engine", "espeak", "--socket", str(socket_path)]) == 1
    assert f"another engine listens on {socket_path}" in capsys.readouterr().err
    assert socket_path.is_socket()


@pytest.mark.voice
def test_a_voice_that_is_not_prepared_is_said_so(tmp_path, capsys):
    assert main(["--engine", "piper", "--voices", str(tmp_path), "--socket", str(tmp_path / "s")]) == 1
    assert "run python -m gateway.engines.prepare" in capsys.readouterr().err


@pytest.mark.voice
def test_all_voices_are_loaded_and_warmed():
    loaded = load(engine_process.ENGINES, default_directory())
    assert [(engine, voice.name) for engine, voices in loaded.items() for voice in voices] == [
        ("piper", "joe"),
        ("espeak", "espeak"),
    ]


def test_the_socket_of_a_dead_engine_is_replaced(socket_path):
    listen(socket_path).close()
    assert socket_path.is_socket()
    with listen(socket_path) as listener:
        assert listener.getsockname() == str(socket_path)


def test_a_place_that_cannot_be_is_said_so(tmp_path):
    with pytest.raises(EngineStartError, match=r"cannot listen on .*directory: no such file or directory$"):
        listen(tmp_path / "no" / "such" / "directory")


def test_what_is_no_socket_is_left_alone(tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("mine", encoding="utf-8")
    for place in (notes, tmp_path):
        with pytest.raises(EngineStartError, match="it exists and is not a socket"):
            listen(place)
    assert notes.read_text(encoding="utf-8") == "mine"


async def test_it_says_ready_and_serves_until_stopped(socket_path, beeper, capsys):
    ending, bench, link = Ending(), Bench(1), EngineLink(socket_path)
    with listen(socket_path) as listener:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(serve(listener, Offer({"one": [beeper]}), bench, ending))
            keeping = group.create_task(link.keep())
            async with asyncio.timeout(10):
                await link.connected()
                ending.at_once()
                await serving
            keeping.cancel()
    bench.close()
    assert capsys.readouterr().out == "ready\n"
    assert not socket_path.exists()


async def test_r30_whoever_is_connected_when_its_parent_goes_is_served_to_the_end(socket_path, beeper):
    ending, bench, link = Ending(), Bench(1), EngineLink(socket_path)
    with listen(socket_path) as listener:
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            serving = group.create_task(serve(listener, Offer({"one": [beeper]}), bench, ending))
            keeping = group.create_task(link.keep())
            await link.connected()
            ending.begun.set()
            while socket_path.exists():  # noqa: ASYNC110 - it rings no bell; the loop has its turn
                await asyncio.sleep(0)
            with listen(socket_path):  # its successor's, which it leaves alone
                assert link.voices
                assert not serving.done()
                keeping.cancel()
                await serving
                assert socket_path.is_socket()
    bench.close()
