import asyncio
import contextlib
import io
import os
import wave
from pathlib import Path

import pytest

from gateway.app.commands.players import FilePlayer, Player, PlayerError
from gateway.app.commands.sinks import AudioFile, Nowhere, Pipe, note_on, open_sink, usual_format
from legato.audio.wav import wav_header
from legato.domain.audio import AudioFormat, Encoding
from tests.gateway.app.cli_stage import PLAY, fake_player

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)
OPUS = AudioFormat(Encoding.OPUS, 48_000)


@pytest.mark.parametrize("end", ["finish", "stop"])
async def test_a_wav_file_knows_its_length_however_it_ends(tmp_path, end):
    path = tmp_path / "speech.wav"
    sink = AudioFile(path, PCM)
    await sink.write(b"ab" * 10)
    await sink.write(b"cd" * 5)
    await getattr(sink, end)()

    with wave.open(str(path)) as read:
        assert read.readframes(99) == b"ab" * 10 + b"cd" * 5


async def test_a_raw_file_has_only_samples(tmp_path):
    path = tmp_path / "speech.raw"
    sink = AudioFile(path, PCM)
    await sink.write(b"abcd")
    await sink.finish()

    assert path.read_bytes() == b"abcd"


@pytest.mark.parametrize("audio", [b"ab", b"ab" * 100_000], ids=["at the end", "while it is written"])
async def test_a_disk_that_is_full_is_told_with_the_name_of_the_file(audio):
    sink = AudioFile(Path("/dev/full"), PCM)
    with pytest.raises(OSError, match=r"No space left on device: '/dev/full'$"):  # noqa: PT012 - either may raise
        await sink.write(audio)
        await sink.finish()


async def test_a_disk_that_is_full_behind_standard_output_is_told_by_that_name():
    stream = io.FileIO("/dev/full", "w")
    with contextlib.closing(stream), pytest.raises(OSError, match=r"left on device: 'standard output'$"):
        await Pipe(stream, PCM).write(b"ab")


async def test_a_named_pipe_gets_a_wav_stream_of_unknown_length(tmp_path):
    path = tmp_path / "speech.wav"
    os.mkfifo(path)
    reader = asyncio.get_running_loop().run_in_executor(None, path.read_bytes)
    sink = AudioFile(path, PCM)
    await sink.write(b"abcd")
    await sink.finish()

    assert await reader == wav_header(24_000, Encoding.PCM_S16LE) + b"abcd"


@pytest.mark.parametrize("name", ["a.m4a", "a.WEBM", "a.b.aiff", "a.wma"])
def test_a_name_that_says_what_is_not_made_here_is_refused(tmp_path, name):
    with pytest.raises(
        ValueError,
        match=rf"^cannot write {Path(name).suffix.lower()}: expected .wav, .raw, .pcm, .*ffmpeg -i - {name}$",
    ):
        AudioFile(tmp_path / name, PCM)


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("a.wav", PCM),
        ("", PCM),
        ("-", PCM),
        ("a.raw", PCM),
        ("a.pcm", PCM),
        ("/dev/null", PCM),
        ("a.ulaw", AudioFormat(Encoding.MULAW, 8_000)),
        ("a.MULAW", AudioFormat(Encoding.MULAW, 8_000)),
        ("a.alaw", AudioFormat(Encoding.ALAW, 8_000)),
        ("a.mp3", AudioFormat(Encoding.MP3, 24_000, 64)),
        ("a.OGG", AudioFormat(Encoding.OPUS, 48_000, 32)),
        ("a.opus", AudioFormat(Encoding.OPUS, 48_000, 32)),
        ("a.b.flac", AudioFormat(Encoding.FLAC, 24_000)),
        ("a.aac", AudioFormat(Encoding.AAC, 24_000, 64)),
    ],
)
def test_a_name_says_what_is_written(name, usual):
    assert usual_format(name) == usual


@pytest.mark.parametrize(
    ("name", "audio_format", "told"),
    [
        ("folder/a.xyz", PCM, "a.xyz is written as WAV: .xyz stands for no format that is made here"),
        ("/tmp/tmp.Ab1", OPUS, "tmp.Ab1 is written as opus: .ab1 stands for no format that is made here"),
        *((name, PCM, "") for name in ("", "-", "speech", "/dev/null", "a.WAV", "a.raw", "a.pcm")),
    ],
)
def test_an_extension_that_says_nothing_about_the_format_is_noted(name, audio_format, told):
    assert note_on(name, audio_format) == told


def test_a_name_and_a_format_must_agree(tmp_path):
    for name in ("a.ulaw", "a.alaw"):
        with pytest.raises(
            ValueError,
            match=rf"^{Path(name).suffix} does not fit --format pcm_s16le: expected .wav, .raw, .pcm$",
        ):
            AudioFile(tmp_path / name, PCM)
    for name in ("a.raw", "a.wav", "a.ulaw"):
        AudioFile(tmp_path / name, AudioFormat(Encoding.MULAW, 8_000))
    for name in ("a.raw", "a.wav", "a.mp3", "a.pcm"):
        with pytest.raises(
            ValueError, match=rf"^{Path(name).suffix} does not fit --format opus: expected .opus, .ogg, .oga$"
        ):
            AudioFile(tmp_path / name, OPUS)
    for name in ("a.opus", "a.ogg", "a", "a.bin"):
        AudioFile(tmp_path / name, OPUS)


async def test_encoded_audio_is_written_as_it_comes(tmp_path):
    sink = AudioFile(tmp_path / "a.opus", OPUS)
    await sink.write(b"OggS")
    await sink.finish()
    assert (tmp_path / "a.opus").read_bytes() == b"OggS"
    stream = io.BytesIO()
    pipe = Pipe(stream, OPUS)
    await pipe.write(b"OggS")
    await pipe.finish()
    assert stream.getvalue() == b"OggS"


def test_encoded_audio_is_not_played_and_the_error_names_what_is():
    with pytest.raises(ValueError, match=r"^opus is not played here, only pcm_s16le.*: -o speech.opus$"):
        open_sink("", OPUS, may_be_silent=True)


async def test_a_failure_before_the_first_audio_leaves_the_file_that_was_there(tmp_path):
    path = tmp_path / "speech.wav"
    path.write_text("mine")
    await AudioFile(path, PCM).stop()
    assert path.read_text() == "mine"

    await AudioFile(path, PCM).finish()
    assert path.read_bytes()[:4] == b"RIFF"


async def test_a_pipe_has_one_header():
    stream = io.BytesIO()
    sink = Pipe(stream, PCM)
    await sink.write(b"ab")
    await sink.write(b"cd")
    await sink.finish()
    await sink.stop()

    assert stream.getvalue()[:4] == b"RIFF"
    assert stream.getvalue()[44:] == b"abcd"


async def test_a_pipe_without_audio_is_still_a_wav():
    stream = io.BytesIO()
    await Pipe(stream, PCM).finish()

    assert len(stream.getvalue()) == 44


async def test_nowhere_takes_everything():
    sink = Nowhere()
    await sink.write(b"ab")
    await sink.finish()
    await sink.stop()


def test_where_audio_goes_follows_from_what_was_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert isinstance(open_sink("-", PCM, may_be_silent=False), Pipe)
    assert isinstance(open_sink("", PCM, may_be_silent=True), Nowhere)
    with pytest.raises(PlayerError, match="write a file instead"):
        open_sink("", PCM, may_be_silent=False)
    fake_player(tmp_path, PLAY, "afplay")
    assert isinstance(open_sink("", PCM, may_be_silent=True), FilePlayer)
    fake_player(tmp_path, PLAY)
    assert isinstance(open_sink("", PCM, may_be_silent=True), Player)
    with pytest.raises(IsADirectoryError, match="is a folder: expected the name of a file"):
        open_sink(str(tmp_path), PCM, may_be_silent=False)
    with pytest.raises(OSError, match="nowhere"):
        open_sink(str(tmp_path / "nowhere" / "a.wav"), PCM, may_be_silent=False)
