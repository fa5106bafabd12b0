"""Where `say` puts its audio: the sound card, a file, a pipe, or nowhere."""

import asyncio
import sys
from pathlib import Path
from typing import BinaryIO, Protocol

from gateway.app.players import FilePlayer, Player, PlayerError, find_player
from legato.audio.wav import wav_header
from legato.domain.audio import AudioFormat, Encoding

_CODECS = {
    ".pcm": Encoding.PCM_S16LE,
    ".ulaw": Encoding.MULAW,
    ".mulaw": Encoding.MULAW,
    ".alaw": Encoding.ALAW,
}
_RAW = frozenset({".raw", *_CODECS})
_UNBUILT = frozenset(
    [
        ".aac",
        ".aif",
        ".aiff",
        ".au",
        ".flac",
        ".g722",
        ".m4a",
        ".mp3",
        ".mp4",
        ".oga",
        ".ogg",
        ".opus",
        ".webm",
    ]
)
"""Extensions of formats that are not made here."""
_USUAL_HZ = 24_000


def usual_format(output: str) -> AudioFormat:
    """Return the format when none is asked for: the one that the file's name suggests, or else PCM."""
    encoding = _CODECS.get(Path(output).suffix.lower(), Encoding.PCM_S16LE)
    return AudioFormat(encoding, _USUAL_HZ if encoding is Encoding.PCM_S16LE else 8_000)


def _checked(path: Path, audio_format: AudioFormat) -> Path:
    suffix = path.suffix.lower()
    if suffix in _UNBUILT:
        wanted = f"for {suffix[1:]}, pipe standard output through a converter: -o - | ffmpeg -i - {path.name}"
        raise ValueError(f"cannot write {suffix}: expected .wav, {', '.join(sorted(_RAW))}; {wanted}")
    if _CODECS.get(suffix, audio_format.encoding) is not audio_format.encoding:
        raise ValueError(
            f"{suffix} does not fit --format {audio_format.encoding}; .wav and .raw take any format"
        )
    return path


class Sink(Protocol):
    """Takes audio."""

    async def begin(self) -> None:
        """Get ready before anything is said; called again to check that it still is."""

    async def write(self, data: bytes) -> None:
        """Take more; wait while there is enough."""

    async def finish(self) -> None:
        """Nothing follows: wait until all is done with."""

    async def stop(self) -> None:
        """Stop, and drop what is still held back."""


class Nowhere:
    """Drops audio: what counts is how it came."""

    async def begin(self) -> None:
        """Nothing to do."""

    async def write(self, data: bytes) -> None:
        """Drop the audio."""

    async def finish(self) -> None:
        """Nothing to do."""

    async def stop(self) -> None:
        """Nothing to do."""


class AudioFile:
    """A file: WAV, or only the samples if its name ends in .raw, .pcm, .ulaw, .mulaw or .alaw.

    Args:
        path: overwritten when the first audio comes; a failure before that leaves what was there.
        audio_format: format of the samples.

    Raises:
        OSError: there is no such folder.
        ValueError: its name says that it holds something else.
    """

    def __init__(self, path: Path, audio_format: AudioFormat) -> None:
        if not path.parent.is_dir():
            raise NotADirectoryError(f"no such folder: {path.parent}")
        self._path = _checked(path, audio_format)
        self._format = None if path.suffix.lower() in _RAW else audio_format
        self._file: BinaryIO | None = None
        self._written = 0

    async def begin(self) -> None:
        """Nothing to do."""

    async def write(self, data: bytes) -> None:
        """Append the audio."""
        file = self._file or self._open()
        file.write(data)
        self._written += len(data)

    async def finish(self) -> None:
        """Write the true length into the header and close."""
        file = self._file or self._open()
        if self._format is not None:
            file.seek(0)
            file.write(
                wav_header(self._format.sample_rate_hz, self._format.encoding, data_bytes=self._written)
            )
        file.close()

    async def stop(self) -> None:
        """Close the file: what was written stays, as a complete file."""
        if self._file is not None and not self._file.closed:
            await self.finish()

    def _open(self) -> BinaryIO:
        self._file = self._path.open("wb")
        if self._format is not None:
            self._file.write(wav_header(self._format.sample_rate_hz, self._format.encoding, data_bytes=0))
        return self._file


class Pipe:
    """A WAV stream of unknown length.

    Args:
        stream: written and flushed as audio comes.
        audio_format: format of the samples.
    """

    def __init__(self, stream: BinaryIO, audio_format: AudioFormat) -> None:
        self._stream = stream
        self._start = wav_header(audio_format.sample_rate_hz, audio_format.encoding)

    async def begin(self) -> None:
        """Nothing to do."""

    async def write(self, data: bytes) -> None:
        """Write the audio in a thread: a slow reader does not hold up the loop."""
        await asyncio.to_thread(self._put, self._start + data)
        self._start = b""

    async def finish(self) -> None:
        """Write the header if no audio has come: that is a WAV stream as well."""
        if self._start:
            await self.write(b"")

    async def stop(self) -> None:
        """Do nothing: what was written is with its reader."""

    def _put(self, data: bytes) -> None:
        self._stream.write(data)
        self._stream.flush()


def open_sink(output: str, audio_format: AudioFormat, *, may_be_silent: bool) -> Sink:
    """Open the sink that was asked for.

    Args:
        output: a path, `-` for standard output, empty for the sound card.
        audio_format: format of the samples.
        may_be_silent: whether to go on without sound if there is no player.

    Raises:
        PlayerError: there is no player.
        OSError: the file cannot be written.
        ValueError: its name says that it holds something else.
    """
    if output == "-":
        return Pipe(sys.stdout.buffer, audio_format)
    if output:
        return AudioFile(Path(output), audio_format)
    command = find_player(audio_format)
    if command is not None:
        return FilePlayer(command, audio_format) if command.takes_file else Player(command)
    if may_be_silent:
        return Nowhere()
    raise PlayerError(
        "no audio player found (aplay, paplay, ffplay or afplay); write a file instead: -o speech.wav"
    )
