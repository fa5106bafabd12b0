"""Starts the engine process, tells when it is ready, and restarts it when it dies. Imports none of the voices' code.

    supervisor = Supervisor(EngineSettings())
    await supervisor.start()          # returns when every voice is warm, or says why not
    group.create_task(supervisor.watch(), name="engine")
    ...
    await supervisor.stop()

- One engine per host: workers share its socket, `supervisor.socket`.
- The engine's standard input is a pipe from this process, so the engine ends when this process ends, however that happens, or with
  the last of the workers that are still finishing.
- The caller must also run `watch`, which reads and logs what the engine writes.
- The engine needs no PATH and no home directory, and writes only its socket, in a private directory unless configured.
"""

import asyncio
import contextlib
import importlib.util
import logging
import os
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from gateway.engines.own_directory import OwnDirectory

_LOG = logging.getLogger(__name__)
_MODULE = "gateway.engines.engine_process"
_NEEDS = ("espeakng_loader", "numpy", "onnxruntime", "piper")
_READY = b"ready\n"
_SHORT_LIFE_S = 10.0
_MOST_WAIT_S = 5.0
_FIRST_WAIT_S = 0.1
_STOP_S = 3.0
_MOST_LOGGED = 2_000
"""How many characters of a line are logged."""


class VoicesMissingError(Exception):
    """The extra with the local voices is not installed."""


class EngineFailedError(Exception):
    """The engine process did not become ready; the message is the last line that it wrote."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """How the engine process is started.

    Args:
        engines: "piper", "espeak" or both.
        socket: where it listens; `None` for a private directory that is removed at the end.
        voices: directory of prepared voices; `None` for the environment's own.
        threads: voices that sound at once; 0 for one per core.
        start_timeout_s: how long loading and warming may take.
    """

    engines: tuple[str, ...] = ("piper", "espeak")
    socket: Path | None = None
    voices: Path | None = None
    threads: int = 0
    start_timeout_s: float = 60.0


class Supervisor:
    """Keeps one engine process alive.

    Args:
        settings: how it is started.
        directory: where its socket lies, to be made again if somebody has removed it; the caller discards it.
    """

    def __init__(self, settings: EngineSettings, directory: OwnDirectory | None = None) -> None:
        self._settings = settings
        self._directory = directory
        self._own_directory: OwnDirectory | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._started_at = 0.0
        self._stopping = False
        self._socket = settings.socket
        self.restarts = 0

    @property
    def socket(self) -> Path:
        """The socket that the engine listens on; known after `start`."""
        assert self._socket is not None, "start() comes first"
        return self._socket

    @property
    def pid(self) -> int | None:
        """Process id of the engine, while it runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def start(self) -> None:
        """Start the engine and wait until every voice has spoken once.

        Raises:
            VoicesMissingError: the extra is not installed.
            EngineFailedError: it ended, or did not become ready in time.
        """
        missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
        if missing:
            raise VoicesMissingError(
                f"the local voices are not installed ({', '.join(missing)} is missing): install legato[voices]"
            )
        if self._socket is None:
            self._directory = self._own_directory = OwnDirectory()
            self._socket = self._own_directory.path / "engine.sock"
        try:
            await self._launch()
        except BaseException:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Restart the engine whenever it ends; runs until cancelled or `stop`."""
        wait_s = _FIRST_WAIT_S
        while True:
            status = await self._listen_until_the_end()
            if self._stopping:
                return
            lived_s = time.monotonic() - self._started_at
            wait_s = _FIRST_WAIT_S if lived_s > _SHORT_LIFE_S else min(2 * wait_s, _MOST_WAIT_S)
            _LOG.error("the engine process ended with %d after %.0f s; starting it again", status, lived_s)
            await asyncio.sleep(wait_s)
            self.restarts += 1
            try:
                await self._launch()
            except EngineFailedError as error:
                _LOG.error("the engine process does not start: %s", error)

    def kill(self, *, older_than_s: float = 0.0) -> None:
        """Kill an engine that hangs; `watch` starts it again.

        Args:
            older_than_s: a younger engine is spared, since the one before it hung.
        """
        old = time.monotonic() - self._started_at >= older_than_s
        if old and self.pid is not None and self._process is not None:
            self._process.kill()

    async def stop(self) -> None:
        """Stop the engine and remove what was created for it. May be called twice."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                async with asyncio.timeout(_STOP_S):
                    await process.wait()
            except TimeoutError:
                await _kill(process)
        if self._own_directory is not None:
            self._own_directory.discard()
            self._own_directory = None

    async def _launch(self) -> None:
        self._started_at = time.monotonic()
        self._restore_directory()
        try:
            self._process = process = await self._begun()
        except OSError as error:  # it lacks files, processes or memory at the moment
            raise EngineFailedError(f"no process can be started for it: {error}") from None
        try:
            async with asyncio.timeout(self._settings.start_timeout_s):
                await self._until_ready(process)
        except TimeoutError:
            await _kill(process)
            raise EngineFailedError(
                f"the local voices were not ready after {self._settings.start_timeout_s:g} s (engines.start_timeout_s)"
            ) from None
        except BaseException:
            await _kill(process)
            raise

    def _restore_directory(self) -> None:
        try:
            if self._directory is not None and self._directory.restore():
                _LOG.error("the directory of the engine's socket was removed or emptied; it is made again")
        except OSError as error:
            raise EngineFailedError(f"the directory of its socket cannot be made again: {error}") from None

    async def _begun(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # It needs the modules that this process found, wherever it is started.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            cwd=_folder(),
            # This process decides when it ends: Ctrl-C at the terminal is meant for the gateway, which finishes speaking.
            start_new_session=True,
        )

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None, "it was started with a pipe"
        last = "it printed nothing"
        async for line in _lines(process.stdout):
            if line == _READY:
                return
            last = _logged(line) or last
        await process.wait()
        raise EngineFailedError(last)

    async def _listen_until_the_end(self) -> int:
        process = self._process
        assert process is not None, "start() comes first"
        assert process.stdout is not None, "it was started with a pipe"
        async for line in _lines(process.stdout):
            _logged(line)
        return await process.wait()

    def _command(self) -> list[str]:
        settings = self._settings
        # -P: nothing is imported from the folder that the gateway was started in, where a file may be named like a module.
        command = [sys.executable, "-P", "-m", _MODULE, "--with-parent", "--socket", str(self.socket)]
        for engine in settings.engines:
            command += ["--engine", engine]
        if settings.voices is not None:
            command += ["--voices", str(settings.voices)]
        return [*command, "--threads", str(settings.threads)]


def _folder() -> str | None:
    """The engine's directory: `None` for ours, `/` if ours was removed, as an old release may be: the voices' libraries cannot start there."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return "/"
    return None


async def _lines(pipe: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of a pipe; of a line that is longer than the pipe's buffer, the pieces. A library may write anything."""
    while True:
        try:
            yield await pipe.readuntil()
        except asyncio.LimitOverrunError as error:
            yield await pipe.readexactly(error.consumed)
        except asyncio.IncompleteReadError as end:
            if end.partial:
                yield end.partial
            return


def _logged(line: bytes) -> str:
    words = line.decode(errors="replace").strip()[:_MOST_LOGGED]
    if words:
        _LOG.warning("engine: %s", words)
    return words


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
