import asyncio
import dataclasses
import errno
import os
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.engines import supervisor as module
from gateway.engines.engine_link import EngineLink
from gateway.engines.own_directory import OwnDirectory, sweep
from gateway.engines.supervisor import EngineFailedError, EngineSettings, Supervisor, VoicesMissingError

ESPEAK = EngineSettings(engines=("espeak",), threads=1)


@asynccontextmanager
async def running(settings, directory=None):
    supervisor = Supervisor(settings, directory)
    await supervisor.start()
    try:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(supervisor.watch())
            yield supervisor
            await supervisor.stop()
            async with asyncio.timeout(10):
                await watching
    finally:
        await supervisor.stop()


@asynccontextmanager
async def linked(supervisor):
    link = EngineLink(supervisor.socket)
    async with asyncio.TaskGroup() as group:
        keeping = group.create_task(link.keep())
        yield link
        keeping.cancel()
    await asyncio.sleep(0)


class Ear:
    def __init__(self):
        self.gone = asyncio.Event()

    waits = True

    def told(self, answer):
        raise AssertionError(answer)

    def lost(self):
        self.gone.set()


def has_ended(pid, timeout_s=20.0):
    """Waits for the end of a process that may be nobody's child here."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], timeout_s)[0])
    finally:
        os.close(fd)


@pytest.mark.voice
async def test_it_starts_where_the_folder_was_removed_since(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with running(ESPEAK) as supervisor:
        assert supervisor.pid


@pytest.mark.voice
async def test_when_started_it_is_ready_in_a_private_place_and_leaves_nothing():
    async with running(ESPEAK) as supervisor:
        directory, pid = supervisor.socket.parent, supervisor.pid
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE(supervisor.socket.stat().st_mode) == 0o600
        async with linked(supervisor) as link, asyncio.timeout(10):
            await link.connected()
            assert [voice.name for voice in link.voices] == ["espeak"]
    assert supervisor.pid is None
    assert has_ended(pid)
    assert not directory.exists()


@pytest.mark.voice
async def test_it_listens_where_it_is_told(socket_path):
    async with running(EngineSettings(engines=("espeak",), socket=socket_path)) as supervisor:
        assert supervisor.socket == socket_path
        assert socket_path.is_socket()
    assert not socket_path.exists()
    assert socket_path.parent.exists()


@pytest.mark.voice
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
async def test_an_engine_that_dies_or_hangs_is_started_again_and_its_runs_are_lost(end):
    async with running(ESPEAK) as supervisor, linked(supervisor) as link:
        async with asyncio.timeout(20):
            await link.connected()
            ear, first = Ear(), supervisor.pid
            link.begin(ear)
            os.kill(first, end)
            supervisor.kill()
            await ear.gone.wait()
            await link.connected()
        assert supervisor.pid != first
        assert supervisor.restarts == 1


@pytest.mark.voice
async def test_an_engine_is_started_again_though_its_directory_was_removed(tmp_path):
    """As by a job that clears the temporary directory: it failed to listen, again and again, until the gateway was restarted."""
    own = OwnDirectory(tmp_path)
    settings = dataclasses.replace(ESPEAK, socket=own.path / "engine.sock")
    try:
        async with running(settings, own) as supervisor, linked(supervisor) as link:
            await link.connected()
            shutil.rmtree(own.path)
            ear = Ear()
            link.begin(ear)
            supervisor.kill()
            async with asyncio.timeout(20):
                await ear.gone.wait()
                await link.connected()
            assert supervisor.restarts == 1
    finally:
        own.discard()


async def test_an_engine_that_is_too_young_to_hang_is_spared():
    async with running(ESPEAK) as supervisor, linked(supervisor) as link:
        supervisor.kill(older_than_s=3600.0)
        async with asyncio.timeout(20):
            await link.connected()
        assert supervisor.restarts == 0


@pytest.mark.voice
async def test_it_needs_no_path_and_no_home(monkeypatch, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(home))
    (home / "numpy.py").write_text("raise RuntimeError")  # of the user's own, in the folder of the start
    home.chmod(0o500)
    monkeypatch.chdir(home)
    async with (
        running(EngineSettings(threads=1)) as supervisor,
        linked(supervisor) as link,
        asyncio.timeout(20),
    ):
        await link.connected()
        assert [voice.engine for voice in link.voices] == ["piper", "espeak"]
    assert [entry.name for entry in home.iterdir()] == ["numpy.py"]


@pytest.mark.voice
def test_the_engine_ends_with_its_parent_however_that_ends():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with parent:
        engine, directory = parent.stdout.readline().split()
        parent.kill()
    assert has_ended(int(engine))
    assert not (Path(directory) / "engine.sock").exists()
    sweep(Path(directory).parent)
    assert not Path(directory).exists()


PARENT = """
import asyncio
from gateway.engines.supervisor import EngineSettings, Supervisor

async def main():
    supervisor = Supervisor(EngineSettings(engines=("espeak",), threads=1))
    await supervisor.start()
    print(supervisor.pid, supervisor.socket.parent, flush=True)
    await supervisor.watch()

asyncio.run(main())
"""


@pytest.mark.voice
async def test_why_it_does_not_start_is_said(tmp_path):
    supervisor = Supervisor(EngineSettings(engines=("piper",), voices=tmp_path))
    with pytest.raises(EngineFailedError, match=r"no prepared voice in (.*): run python .* \1"):
        await supervisor.start()
    assert not supervisor.socket.parent.exists()


@pytest.mark.voice
async def test_it_does_not_wait_for_ever():
    supervisor = Supervisor(EngineSettings(engines=("espeak",), start_timeout_s=0.01))
    with pytest.raises(
        EngineFailedError, match=r"the local voices were not ready after 0\.01 s \(engines\.start_timeout_s\)"
    ):
        await supervisor.start()
    assert supervisor.pid is None


async def test_missing_voices_are_said_so(monkeypatch):
    monkeypatch.setattr(module, "_NEEDS", ("numpy", "no_such_voice"))
    with pytest.raises(VoicesMissingError, match=r"no_such_voice is missing\): install legato\[voices\]"):
        await Supervisor(ESPEAK).start()


class Broken(Supervisor):
    """Its first engine ends at once, the second cannot be started, the third lives until stopped."""

    def __init__(self):
        super().__init__(ESPEAK)
        self.commands = [
            ["-c", "print('ready', flush=True)"],
            ["-c", "print('no luck', flush=True)"],
            ["-c", "import sys; print('ready', flush=True); sys.stdin.read()"],
        ]
        self.third = asyncio.Event()

    def _command(self):
        if len(self.commands) == 1:
            self.third.set()
        return [sys.executable, *self.commands.pop(0)]


class Crowded(Broken):
    """The machine has no room for the second."""

    async def _begun(self):
        if len(self.commands) == 2:
            self.commands.pop(0)
            raise OSError(errno.EMFILE, "Too many open files")
        return await super()._begun()


@pytest.mark.parametrize(
    ("make", "why"),
    [(Broken, "no luck"), (Crowded, "no process can be started for it: .*Too many open files")],
)
async def test_it_keeps_trying(caplog, make, why):
    supervisor = make()
    await supervisor.start()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(supervisor.watch())
        async with asyncio.timeout(20):
            await supervisor.third.wait()
        await supervisor.stop()
        watching.cancel()
    assert supervisor.restarts == 2
    assert re.search(f"the engine process does not start: {why}", caplog.text)


async def test_a_line_of_any_length_is_logged_in_pieces_and_ends_nothing(caplog):
    """As a native library may write: the pipe's reader raised an error, and the whole gateway ended."""
    long = "print('x' * 1_000_000, flush=True)"
    supervisor = Broken()
    supervisor.commands = [["-c", f"import sys; {long}; print('ready'); {long}; print('last words', end='')"]]
    await supervisor.start()
    async with asyncio.timeout(20):
        assert await supervisor._listen_until_the_end() == 0
    assert "engine: last words" in caplog.text
    assert max(map(len, caplog.messages)) < 3_000


async def test_that_there_is_no_room_for_the_first_is_said():
    supervisor = Crowded()
    del supervisor.commands[0]
    with pytest.raises(EngineFailedError, match=r"no process can be started for it: .*Too many open files"):
        await supervisor.start()


async def test_an_engine_that_does_not_end_is_killed(monkeypatch):
    monkeypatch.setattr(module, "_STOP_S", 0.0)
    supervisor = Broken()
    supervisor.commands = [["-c", "import signal; print('ready', flush=True); signal.pause()"]]
    await supervisor.start()
    pid = supervisor.pid
    await supervisor.stop()
    assert has_ended(pid)
