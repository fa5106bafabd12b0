"""A stage for commands: a scripted gateway in a thread of its own, and a folder of fake players."""

import asyncio
import contextlib
import sys
import threading
from pathlib import Path

from click.testing import CliRunner

from gateway.app.cli import legato
from tests.legato_client import scripted


@contextlib.contextmanager
def served(over, *scripts):
    """Run a scripted gateway that answers while the test's own thread runs a command."""
    ready, running = threading.Event(), []
    loop = asyncio.new_event_loop()
    leave = asyncio.Event()

    async def serve():
        async with over(*scripts) as gateway:
            running.append(gateway)
            ready.set()
            await leave.wait()

    def work():
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(30)
    try:
        yield running[0]
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(30)


def served_websocket(*scripts):
    return served(scripted.over_websocket, *scripts)


def served_grpc(*scripts):
    return served(scripted.over_grpc, *scripts)


def legato_run(*arguments, stdin=None, env=None):
    """Run a command as the shell would."""
    return CliRunner().invoke(legato, [str(part) for part in arguments], input=stdin, env=env)


def fake_player(folder: Path, body: str, name: str = "aplay") -> Path:
    """Make a player: `body` is Python with `data` (all of stdin) and `arguments`; what it plays goes to `folder/played`."""
    program = folder / name
    program.write_text(
        f"#!{sys.executable} -S\nimport sys\narguments = sys.argv[1:]\nfolder = {str(folder)!r}\n{body}\n"
    )
    program.chmod(0o755)
    return program


PLAY = "open(folder + '/played', 'wb').write(sys.stdin.buffer.read())"
