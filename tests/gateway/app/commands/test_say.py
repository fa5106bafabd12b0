import contextlib
import json
import signal
import subprocess
import sys
import wave

import click
import pytest

from gateway.app.commands import say
from gateway.app.commands.say import parse_format
from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.v1 import speech_pb2
from legato_client.errors import ConnectionLostError
from tests.gateway.app.cli_stage import PLAY, fake_player, legato_run, served_grpc, served_websocket

LEGATO = [sys.executable, "-c", "from gateway.app.cli import main; main()"]
AT_A_TERMINAL = """
import signal
from gateway.app.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
"""What a script starts with `&` ignores Ctrl-C, and so does all it starts, these tests too: a terminal's programs do not."""


@contextlib.contextmanager
def started(command, **pipes):
    """A child that is gone with its pipes, whatever happens."""
    with subprocess.Popen(command, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(params=[served_websocket, served_grpc], ids=["websocket", "grpc"])
def served(request):
    return request.param


def test_to_a_file(served, tmp_path):
    path = tmp_path / "speech.wav"
    with served() as gateway:
        result = legato_run("say", "Well", "then", "-o", path, "--server", gateway.url, "--key", "k")

    assert (result.exit_code, result.stdout) == (0, "")
    with wave.open(str(path)) as read:
        assert read.readframes(99).decode("utf-16-le") == "Well then"
    assert gateway.visits[0].key == "Bearer k"


def test_a_file_whose_name_does_not_tell_its_format_gets_a_note(tmp_path):
    with served_websocket() as gateway:
        result = legato_run("say", "Well", "-o", tmp_path / "speech.xyz", "--server", gateway.url)

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("note: speech.xyz is written as WAV: ")


@pytest.mark.e2e
def test_standard_input_to_standard_output(served):
    with served() as gateway:
        done = subprocess.run(
            [*LEGATO, "say", "-", "-o", "-", "--server", gateway.url],
            input="Grüße".encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )

    assert done.stdout[:4] == b"RIFF"
    assert done.stdout[44:].decode("utf-16-le") == "Grüße"


@pytest.mark.e2e
def test_r13_a_model_that_is_piped_in_is_heard_while_it_writes(tmp_path):
    async def script(visit):
        await visit.open()
        await visit.until("text")
        await visit.start("u1")
        await visit.audio("u1", b"heard")
        await visit.until("end")
        await visit.finish("u1")
        await visit.read()

    with served_websocket(script) as gateway:
        command = [*LEGATO, "say", "-", "-o", "-", "--server", gateway.url]
        with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdin.write(b"Well")
            process.stdin.flush()
            head = process.stdout.read(44 + 5)  # before the model has ended
            process.stdin.close()
            assert process.wait(30) == 0

    assert head[44:] == b"heard"


def test_on_the_sound_card(tmp_path, monkeypatch):
    fake_player(tmp_path, PLAY)
    monkeypatch.setenv("PATH", str(tmp_path))
    with served_websocket() as gateway:
        result = legato_run("say", "Well", "--server", gateway.url)

    assert result.exit_code == 0
    assert (tmp_path / "played").read_bytes().decode("utf-16-le") == "Well"


def test_a_player_that_fails_is_an_error(tmp_path, monkeypatch):
    fake_player(tmp_path, "sys.stdin.read(); sys.exit('no such device')")
    monkeypatch.setenv("PATH", str(tmp_path))
    with served_websocket() as gateway:
        result = legato_run("say", "Well", "--server", gateway.url)

    assert result.exit_code == 1
    assert "no such device" in result.stderr


def test_without_a_player_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = legato_run("say", "Well", "--server", "ws://127.0.0.1:9")

    assert result.exit_code == 1
    assert "-o speech.wav" in result.stderr


def test_a_mistyped_address_is_told_before_a_player_is_missed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = legato_run("say", "Well", "--server", "foo:1")

    assert result.exit_code == 1
    assert "'foo:1' is not a gateway address" in result.stderr


def test_stats_and_json_need_no_player(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with served_websocket() as gateway:
        result = legato_run("say", "Well", "--stats", "--json", "--server", gateway.url)
    told = json.loads(result.stdout)

    assert told["outcome"] == "finished"
    assert (told["ttfb_ms"], told["sample_rate"], told["stages"]) == (
        75.0,
        24_000,
        {"text_wait": 5.0, "vendor": 70.0},
    )
    assert told["client_ttfb_ms"] > 0
    assert "vendor         70.00 ms |" in result.stderr


def test_options_reach_the_gateway(tmp_path):
    with served_websocket() as gateway:
        result = legato_run(
            *(
                "say",
                "Well",
                "-v",
                "anna",
                "-l",
                "de",
                "-f",
                "mulaw",
                "-o",
                tmp_path / "a.wav",
                "--server",
                gateway.url,
            )
        )
    opening = gateway.visits[0].seen[0].open

    assert result.exit_code == 0
    assert (opening.voice, opening.language) == ("anna", "de")
    assert opening.audio_format.sample_rate_hz == 8_000
    assert (tmp_path / "a.wav").read_bytes()[20] == 7


def test_warnings_are_passed_on(tmp_path):
    async def script(visit):
        await visit.open()
        await visit.until("end")
        await visit.send(
            warning=speech_pb2.Warning(utterance_id="u1", code="empty", message="nothing to say")
        )
        await visit.finish("u1")
        await visit.read()

    with served_websocket(script) as gateway:
        result = legato_run("say", "...", "-o", tmp_path / "a.wav", "--server", gateway.url)

    assert "note: nothing to say" in result.stderr


def test_a_failure_has_a_name(tmp_path):
    async def script(visit):
        await visit.read("open")
        await visit.send(error=speech_pb2.Error(reason="unknown_voice", message="the voices are: joe"))
        await visit.read()

    with served_websocket(script) as gateway:
        result = legato_run("say", "Well", "-v", "jo", "-o", tmp_path / "a.wav", "--server", gateway.url)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "Error: unknown_voice: the voices are: joe" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("-f", "vorbis"),
        ("-f", "mp3@11025"),
        ("-f", "opus@0"),
        ("-f", "pcm_s16le@7"),
        ("-f", "mulaw@x"),
        ("-f", "alaw@"),
        ("--sing",),
    ],
)
def test_bad_options(arguments):
    result = legato_run("say", "Well", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("value", "encoding", "rate"),
    [
        ("pcm_s16le", Encoding.PCM_S16LE, 24_000),
        ("wav", Encoding.PCM_S16LE, 24_000),
        ("wav@48000", Encoding.PCM_S16LE, 48_000),
        ("alaw", Encoding.ALAW, 8_000),
        ("opus", Encoding.OPUS, 48_000),
        ("opus@24000", Encoding.OPUS, 24_000),
        ("mp3", Encoding.MP3, 24_000),
        ("flac@44100", Encoding.FLAC, 44_100),
    ],
)
def test_a_format_is_an_encoding_and_perhaps_a_rate(value, encoding, rate):
    assert parse_format(None, None, value) == AudioFormat(encoding, rate)
    with pytest.raises(click.BadParameter, match="not supported; supported: pcm_s16le"):
        parse_format(None, None, "vorbis")
    with pytest.raises(click.BadParameter, match="expected ENCODING or ENCODING@HZ, got 'mulaw@x'"):
        parse_format(None, None, "mulaw@x")
    assert parse_format(None, None, "") is None


def test_a_file_holds_what_its_name_says(tmp_path):
    with served_websocket() as gateway:
        for name, rate in (("a.ulaw", 8_000), ("a.wav", 24_000), ("a.opus", 48_000)):
            assert legato_run("say", "Well", "-o", tmp_path / name, "--server", gateway.url).exit_code == 0
            assert gateway.visits[-1].seen[0].open.audio_format.sample_rate_hz == rate
            assert gateway.visits[-1].seen[0].open.max_lead_ms == -1  # as fast as the voice speaks
        result = legato_run("say", "Well", "-o", tmp_path / "a.m4a", "--server", gateway.url)
        deaf = legato_run("say", "Well", "-f", "opus", "--server", gateway.url)

    assert (result.exit_code, result.stdout, len(gateway.visits)) == (1, "", 3)
    assert "-o - | ffmpeg -i - a.m4a" in result.stderr
    assert not (tmp_path / "a.m4a").exists()
    assert (deaf.exit_code, deaf.stdout) == (1, "")
    assert "opus is not played here" in deaf.stderr


@pytest.mark.e2e
def test_ctrl_c_is_a_barge_in(tmp_path):
    seen = []

    async def script(visit):
        await visit.open()
        await visit.until("end")
        await visit.start("u1")
        await visit.audio("u1", b"ab" * 2_400)
        seen.append(await visit.until("cancel"))
        await visit.cancelled("u1", heard="We", sent_unheard="l", never_sent="l")
        await visit.read()

    with served_websocket(script) as gateway:
        command = [
            sys.executable,
            "-c",
            AT_A_TERMINAL,
            "say",
            "Well",
            "-o",
            "-",
            "--json",
            "--server",
            gateway.url,
        ]
        with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(44 + 4_800)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=30)
    lines = stderr.decode().splitlines()

    assert process.returncode == 130
    assert "heard: We" in lines
    told = json.loads(lines[-1])
    assert (told["outcome"], told["heard"], told["never_sent"]) == ("cancelled", "We", "l")
    assert seen[0].force


def test_where_no_gateway_runs_one_is_started(tmp_path, monkeypatch):
    with served_websocket() as gateway:

        async def nobody(url):
            return False

        async def own(work, env, *, encodes):
            assert not encodes
            await work(gateway.url)

        monkeypatch.setattr("gateway.app.commands.say.answers", nobody)
        monkeypatch.setattr("gateway.app.commands.say.with_own_gateway", own)
        result = legato_run("say", "Well", "-o", tmp_path / "a.wav", env={"LEGATO_SERVER_URL": ""})

    assert result.exit_code == 0
    assert "starting one for this" in result.stderr
    assert (tmp_path / "a.wav").stat().st_size == 44 + 8


def test_a_gateway_on_this_machine_is_found(tmp_path, monkeypatch):
    with served_websocket() as gateway:
        monkeypatch.setattr("gateway.app.commands.say.LOCAL", gateway.url)
        monkeypatch.setattr("gateway.app.commands.client_options.LOCAL", gateway.url)
        result = legato_run("say", "Well", "-o", tmp_path / "a.wav")

    assert result.exit_code == 0
    assert len(gateway.visits) == 1


def test_who_waits_for_another_attempt_is_told_unless_it_is_for_a_moment(capsys):
    leaving = SpeechError(Reason.SHUTTING_DOWN, "the gateway is shutting down", retry_after_s=4.0)
    say._show_retry(ConnectionLostError("cannot connect"), 0.4)
    say._show_retry(leaving, 4.4)
    said = "shutting_down: the gateway is shutting down; trying again in 4 s\n"
    assert capsys.readouterr() == ("", said)
