"""The process that speaks: loads the voices, warms them, then listens on a Unix socket. The only one that runs GPL code.

    python -m gateway.engines.engine_process --socket PATH [--engine piper] [--engine espeak] [--voices DIR] [--threads N]

- It listens, and writes "ready" to its standard output, when every voice has spoken once.
- It ends on SIGTERM or SIGINT. With `--with-parent`, the end of its standard input means that its parent is gone: it then accepts no
  more connections, and ends with the last one, so that workers whose parent is gone can finish.
- It writes nothing but the socket, and starts nothing.
"""

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from gateway.engines.bench import Bench
from gateway.engines.engine_log import write_to
from gateway.engines.engine_server import EngineServer, Offer
from gateway.engines.espeak_voice import EspeakVoice
from gateway.engines.piper_voice import PiperVoice
from gateway.engines.prepared import default_directory, prepared_voices
from gateway.engines.voice import EngineVoice, Manner

ENGINES = ("piper", "espeak")
READY = "ready"
FAILED = 1
_WARM_UP = "One two three four five six seven eight nine ten eleven twelve."
_SOCKET_MASK = 0o177  # no other user of this host may use our voices


class EngineStartError(Exception):
    """The engine cannot start; the message says what to do."""


def load(engines: Sequence[str], directory: Path) -> dict[str, list[EngineVoice]]:
    """Load the voices of these engines and let each speak once, to warm it.

    Raises:
        EngineStartError: there is no prepared voice.
    """
    loaded: dict[str, list[EngineVoice]] = {}
    if "piper" in engines:
        loaded["piper"] = [PiperVoice(path) for path in prepared_voices(directory)]
        if not loaded["piper"]:
            raise EngineStartError(
                f"no prepared voice in {directory}: run python -m gateway.engines.prepare {directory}"
            )
    if "espeak" in engines:
        loaded["espeak"] = [EspeakVoice()]
    for voices in loaded.values():
        for voice in voices:
            for _ in voice.speak(_WARM_UP, Manner(), lambda _: True):
                pass
    return loaded


class Ending:
    """When and how the engine ends."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        """Set when no more workers are accepted."""
        self.now = asyncio.Event()
        """Set when connected workers are cut off."""

    def at_once(self) -> None:
        """End without waiting for the workers."""
        self.begun.set()
        self.now.set()


async def serve(listener: socket.socket, offer: Offer, bench: Bench, ending: Ending) -> None:
    """Serve every worker that connects, until the end; remove the socket as soon as no more may connect."""
    loop, path = asyncio.get_running_loop(), Path(listener.getsockname())
    engine = EngineServer(offer, bench, loop)
    try:
        server = await loop.create_unix_server(engine.connection, sock=listener)
        try:
            sys.stdout.write(f"{READY}\n")
            sys.stdout.flush()
            await ending.begun.wait()
        finally:
            _shut(server, path)
        engine.when_alone(ending.now.set)
        await ending.now.wait()
    finally:
        engine.close()


def _shut(server: asyncio.Server, path: Path) -> None:
    server.close()
    path.unlink(missing_ok=True)  # not later: by then the next engine may have its own there


def listen(path: Path) -> socket.socket:
    """Create a listening socket that only this user may connect to; a socket left by a dead engine is replaced.

    Raises:
        EngineStartError: another engine listens there, or the socket cannot be created.
    """
    if _is_alive(path):
        raise EngineStartError(f"another engine listens on {path}")
    if os.path.lexists(path) and not path.is_socket():
        raise EngineStartError(f"cannot listen on {path}: it exists and is not a socket")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(_SOCKET_MASK)
    try:
        path.unlink(missing_ok=True)
        listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise EngineStartError(
            f"cannot listen on {path}: {(error.strerror or str(error)).lower()}"
        ) from error
    finally:
        os.umask(mask)
    return listener


def _is_alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


async def _until_told(
    arguments: argparse.Namespace, listener: socket.socket, offer: Offer, bench: Bench
) -> None:
    loop, ending = asyncio.get_running_loop(), Ending()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.at_once)
    if arguments.with_parent:
        loop.add_reader(sys.stdin.fileno(), _parent_said, loop, ending)
    await serve(listener, offer, bench, ending)


def _parent_said(loop: asyncio.AbstractEventLoop, ending: Ending) -> None:
    # The parent writes nothing: the pipe becomes readable once the parent is gone, however it ended, and stays so.
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin.fileno())
        ending.begun.set()


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gateway.engines.engine_process")
    parser.add_argument("--socket", type=Path, required=True, metavar="PATH", help="where to listen")
    parser.add_argument("--engine", action="append", choices=ENGINES, help="repeatable; default: all")
    parser.add_argument(
        "--voices", type=Path, default=default_directory(), metavar="DIR", help="prepared voices"
    )
    parser.add_argument(
        "--threads", type=int, default=0, metavar="N", help="steps run at once; 0 for one per core"
    )
    parser.add_argument(
        "--with-parent",
        action="store_true",
        help="exit when standard input has ended and nobody is connected",
    )
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """The command; returns its exit status."""
    arguments = _arguments(given)
    write_to(sys.stderr)
    bench = Bench(arguments.threads)
    try:
        offer = Offer(load(arguments.engine or ENGINES, arguments.voices))
        with listen(arguments.socket) as listener:
            asyncio.run(_until_told(arguments, listener, offer, bench))
    except EngineStartError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    finally:
        bench.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
