"""Plays sound through the players that systems have: audio goes to a program's standard input."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from legato.audio.wav import wav_header
from legato.domain.audio import AudioFormat, Encoding


class PlayerError(Exception):
    """Sound cannot be played; the message says what the player said."""


def _aplay(audio: AudioFormat) -> Sequence[str]:
    name = {Encoding.MULAW: "MU_LAW", Encoding.ALAW: "A_LAW"}.get(audio.encoding, "S16_LE")
    return ("-q", "-t", "raw", "-f", name, "-c", "1", "-r", str(audio.sample_rate_hz), "-")


def _paplay(audio: AudioFormat) -> Sequence[str]:
    name = {Encoding.MULAW: "ulaw", Encoding.ALAW: "alaw"}.get(audio.encoding, "s16le")
    return ("--raw", f"--format={name}", "--channels=1", f"--rate={audio.sample_rate_hz}")


def _ffplay(audio: AudioFormat) -> Sequence[str]:
    name = {Encoding.MULAW: "mulaw", Encoding.ALAW: "alaw"}.get(audio.encoding, "s16le")
    quiet = ("-nodisp", "-autoexit", "-loglevel", "error", "-fflags", "nobuffer")
    return (*quiet, "-f", name, "-ar", str(audio.sample_rate_hz), "-i", "pipe:0")


_PLAYERS: dict[str, Callable[[AudioFormat], Sequence[str]]] = {
    "aplay": _aplay,
    "paplay": _paplay,
    "ffplay": _ffplay,
}
_FILE_PLAYER = "afplay"


@dataclass(frozen=True, slots=True)
class PlayerCommand:
    """A player of this system.

    Args:
        arguments: the program and its arguments.
        takes_file: whether it plays a file, whose path comes last, and cannot play a pipe.
    """

    arguments: tuple[str, ...]
    takes_file: bool = False


def find_player(audio_format: AudioFormat, path: str | None = None) -> PlayerCommand | None:
    """Find the first player that is installed.

    Args:
        audio_format: what it is to play; one of the raw encodings.
        path: folders to look in, as in `PATH`; `None` for those of the environment.
    """
    for name, arguments in _PLAYERS.items():
        if program := shutil.which(name, path=path):
            return PlayerCommand((program, *arguments(audio_format)))
    if program := shutil.which(_FILE_PLAYER, path=path):
        return PlayerCommand((program,), takes_file=True)
    return None


class Player:
    """A running player. It is started before anything is said: if it cannot play, that is known before speech costs anything.

    Args:
        command: how to run it.
    """

    def __init__(self, command: PlayerCommand) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None

    async def begin(self) -> None:
        """Start the player.

        Raises:
            PlayerError: it was started before and has ended, as it does without a sound card.
        """
        await self._running()

    async def write(self, data: bytes) -> None:
        """Play more; wait while the player has enough.

        Raises:
            PlayerError: it has ended.
        """
        process = await self._running()
        assert process.stdin is not None, "it was asked for"
        try:
            process.stdin.write(data)
            await process.stdin.drain()
        except ConnectionError:
            await self._ended(process)

    async def finish(self) -> None:
        """Wait until everything was played.

        Raises:
            PlayerError: it failed.
        """
        if self._process is not None:
            assert self._process.stdin is not None, "it was asked for"
            self._process.stdin.close()
            await self._check(self._process)

    async def stop(self) -> None:
        """Stop playing at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            self._process = await _start(self._command.arguments, asyncio.subprocess.PIPE)
        if self._process.returncode is not None:
            await self._ended(self._process)
        return self._process

    async def _ended(self, process: asyncio.subprocess.Process) -> NoReturn:
        await self._check(process)
        raise PlayerError(f"{self._command.arguments[0]} ended too early")

    async def _check(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None, "it was asked for"
        assert process.stderr is not None, "so was this"
        said = (await process.stderr.read()).decode(errors="replace").strip()
        status = await process.wait()
        # The pipe's error is collected here, or early releases of Python 3.11 would log it.
        with contextlib.suppress(ConnectionError):
            await process.stdin.wait_closed()
        if status != 0:
            last = said.splitlines()[-1] if said else f"exit status {status}"
            raise PlayerError(f"{self._command.arguments[0]}: {last}")


class FilePlayer:
    """A player that only plays files: it starts when all audio is there.

    Args:
        command: how to run it.
        audio_format: format of the samples.
    """

    def __init__(self, command: PlayerCommand, audio_format: AudioFormat) -> None:
        self._command = command
        self._format = audio_format
        self._held = bytearray()
        self._process: asyncio.subprocess.Process | None = None

    async def begin(self) -> None:
        """Do nothing: the player is started when there is a file to play."""

    async def write(self, data: bytes) -> None:
        """Keep the audio."""
        self._held += data

    async def finish(self) -> None:
        """Play everything.

        Raises:
            PlayerError: it failed.
        """
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            file.write(
                wav_header(self._format.sample_rate_hz, self._format.encoding, data_bytes=len(self._held))
                + self._held
            )
            file.flush()
            self._process = await _start((*self._command.arguments, file.name), asyncio.subprocess.DEVNULL)
            if await self._process.wait() != 0:
                raise PlayerError(f"{self._command.arguments[0]}: exit status {self._process.returncode}")

    async def stop(self) -> None:
        """Stop playing at once."""
        self._held.clear()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


async def _start(arguments: Sequence[str], stdin: int) -> asyncio.subprocess.Process:
    # In a session of its own: Ctrl-C is for us, and we stop the player.
    return await asyncio.create_subprocess_exec(
        *arguments,
        stdin=stdin,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
