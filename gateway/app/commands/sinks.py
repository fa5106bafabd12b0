"""Where `say` puts its audio: the sound card, a file, a pipe, or nowhere."""

import asyncio
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from gateway.app.commands.players import FilePlayer, Player, PlayerError, find_player
from legato.audio.wav import wav_header
from legato.domain.audio import AudioFormat, Encoding

_CODECS = {
    ".pcm": Encoding.PCM_S16LE,
    ".ulaw": Encoding.MULAW,
    ".mulaw": Encoding.MULAW,
    ".alaw": Encoding.ALAW,
    ".mp3": Encoding.MP3,
    ".opus": Encoding.OPUS,
    ".ogg": Encoding.OPUS,
    ".oga": Encoding.OPUS,
    ".flac": Encoding.FLAC,
    ".aac": Encoding.AAC,
}
_ANY = (".wav", ".raw")
"""Extensions of files that hold samples in any raw encoding."""
_HEADLESS = frozenset({".raw", ".pcm", ".ulaw", ".mulaw", ".alaw"})
_UNBUILT = frozenset(
    [
        ".3gp",
        ".ac3",
        ".aif",
        ".aifc",
        ".aiff",
        ".amr",
        ".au",
        ".caf",
        ".g722",
        ".gsm",
        ".m4a",
        ".m4b",
        ".mka",
        ".mkv",
        ".mp2",
        ".mp4",
        ".snd",
        ".spx",
        ".weba",
        ".webm",
        ".wma",
        ".wv",
    ]
)
"""Extensions of formats that are not made here."""


def usual_format(output: str) -> AudioFormat:
    """Return the format when none is asked for: the one that the file's name suggests, or else PCM."""
    return AudioFormat.named(_CODECS.get(Path(output).suffix.lower(), Encoding.PCM_S16LE))


def note_on(output: str, audio_format: AudioFormat) -> str:
    """Return what is to be said of a file whose extension says nothing about its format; empty for any other output.

    It is not refused: programs that make names, such as `mktemp`, give any extension.
    """
    suffix = Path(output).suffix.lower()
    if not suffix or suffix in {*_ANY, *_CODECS}:
        return ""
    made = audio_format.encoding if audio_format.lags else "WAV"
    return f"{Path(output).name} is written as {made}: {suffix} stands for no format that is made here"


def _checked(path: Path, audio_format: AudioFormat) -> Path:
    suffix, encoding = path.suffix.lower(), audio_format.encoding
    if suffix in _UNBUILT:
        wanted = f"for {suffix[1:]}, pipe standard output through a converter: -o - | ffmpeg -i - {path.name}"
        raise ValueError(f"cannot write {suffix}: expected {', '.join([*_ANY, *_CODECS])}; {wanted}")
    fits = not audio_format.lags if suffix in _ANY else _CODECS.get(suffix, encoding) is encoding
    if not fits:
        raise ValueError(
            f"{suffix} does not fit --format {encoding}: expected {', '.join(_suffixes(audio_format))}"
        )
    return path


def _suffixes(audio_format: AudioFormat) -> list[str]:
    """The extensions of files that hold this format."""
    own = [suffix for suffix, encoding in _CODECS.items() if encoding is audio_format.encoding]
    return own if audio_format.lags else [*_ANY, *own]


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
    """A file: WAV, or only the samples if its name ends in .raw, .pcm, .ulaw, .mulaw or .alaw; an encoded one as it comes.

    Args:
        path: overwritten when the first audio comes; a failure before that leaves what was there.
        audio_format: format of the audio.

    Raises:
        OSError: there is no such folder, or it is one itself.
        ValueError: its name says that it holds something else.
    """

    def __init__(self, path: Path, audio_format: AudioFormat) -> None:
        if not path.parent.is_dir():
            raise NotADirectoryError(f"no such folder: {path.parent}")
        if path.is_dir():
            raise IsADirectoryError(
                f"{path} is a folder: expected the name of a file, such as {path / 'speech.wav'}"
            )
        self._path = _checked(path, audio_format)
        has_header = path.suffix.lower() not in _HEADLESS and not audio_format.lags
        self._format = audio_format if has_header else None
        self._file: BinaryIO | None = None
        self._written = 0

    async def begin(self) -> None:
        """Nothing to do."""

    async def write(self, data: bytes) -> None:
        """Append the audio."""
        with self._named_in_errors():
            file = self._file or self._open()
            file.write(data)
        self._written += len(data)

    async def finish(self) -> None:
        """Write the true length into the header and close."""
        with self._named_in_errors():
            file = self._file or self._open()
            if self._format is not None and file.seekable():
                file.seek(0)
                file.write(
                    wav_header(self._format.sample_rate_hz, self._format.encoding, data_bytes=self._written)
                )
            file.close()

    async def stop(self) -> None:
        """Close the file: what was written stays, as a complete file."""
        if self._file is not None and not self._file.closed:
            await self.finish()

    @contextlib.contextmanager
    def _named_in_errors(self) -> Iterator[None]:
        """Let an error of writing, as on a full disk, name the file, as one of opening does, and be the last."""
        try:
            yield
        except OSError as error:
            error.filename = str(self._path)
            if self._file is not None:
                with contextlib.suppress(OSError):  # what is still buffered fails the same way
                    self._file.close()
            raise

    def _open(self) -> BinaryIO:
        file = self._file = self._path.open("wb")
        if self._format is not None:
            rate, encoding = self._format.sample_rate_hz, self._format.encoding
            # A named pipe's header cannot be mended at the end: it is that of a stream of unknown length.
            mendable = file.seekable()
            file.write(wav_header(rate, encoding, data_bytes=0) if mendable else wav_header(rate, encoding))
        return file


class Pipe:
    """A WAV stream of unknown length, or an encoded one as it comes.

    Args:
        stream: written and flushed as audio comes.
        audio_format: format of the audio.
    """

    def __init__(self, stream: BinaryIO, audio_format: AudioFormat) -> None:
        self._stream = stream
        self._start = (
            b"" if audio_format.lags else wav_header(audio_format.sample_rate_hz, audio_format.encoding)
        )

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
        try:
            self._stream.write(data)
            self._stream.flush()
        except OSError as error:
            error.filename = "standard output"
            raise


def open_sink(output: str, audio_format: AudioFormat, *, may_be_silent: bool) -> Sink:
    """Open the sink that was asked for.

    Args:
        output: a path, `-` for standard output, empty for the sound card.
        audio_format: format of the audio.
        may_be_silent: whether to go on without sound if there is no player.

    Raises:
        PlayerError: there is no player.
        OSError: the file cannot be written.
        ValueError: its name says that it holds something else, or the format is for files only.
    """
    if output == "-":
        return Pipe(sys.stdout.buffer, audio_format)
    if output:
        return AudioFile(Path(output), audio_format)
    if audio_format.lags:
        wanted = f"write a file instead: -o speech{_suffixes(audio_format)[0]}"
        raise ValueError(
            f"{audio_format.encoding} is not played here, only pcm_s16le, mulaw and alaw are; {wanted}"
        )
    command = find_player(audio_format)
    if command is not None:
        return FilePlayer(command, audio_format) if command.takes_file else Player(command)
    if may_be_silent:
        return Nowhere()
    raise PlayerError(
        "no audio player found (aplay, paplay, ffplay or afplay); write a file instead: -o speech.wav"
    )
