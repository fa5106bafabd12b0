import asyncio
import json
import os
import subprocess
import sys
from asyncio.subprocess import PIPE
from importlib import metadata
from pathlib import Path

import pytest

from gateway.app.cli import legato
from tests.gateway.app.cli_stage import legato_run

COMMANDS = {
    "serve",
    "say",
    "text",
    "voices",
    "vendors",
    "route",
    "languages",
    "health",
    "config",
    "simulate",
}


def test_every_command_is_there_and_has_help():
    assert set(legato.commands) == COMMANDS
    for name in COMMANDS:
        result = legato_run(name, "-h")
        assert result.exit_code == 0, (name, result.output, result.stderr)
        assert legato.commands[name].help
        assert "\\b" not in result.stdout, "a mark for the formatter, not for people"


def test_help_shows_how_a_model_is_heard():
    result = legato_run("--help")

    assert "| legato say -" in result.output


def test_a_command_that_is_not_there():
    result = legato_run("sing")

    assert result.exit_code == 2
    assert "sing" in result.stderr


@pytest.mark.parametrize(
    ("command", "files"), [("serve", 8), ("serve", 63), ("serve --workers 2", 75), ("simulate openai", 12)]
)
def test_too_few_open_files_are_one_line(command, files):
    """They were a traceback, a port that cannot be bound, or a gateway that lets nobody in."""
    script = (
        f"ulimit -n {files} && exec {sys.executable} -c 'from gateway.app.cli import main; main()' {command}"
    )
    done = subprocess.run(["sh", "-c", script], check=False, capture_output=True, text=True, timeout=60)
    *logged, said = done.stderr.splitlines()
    assert said.startswith(f"Error: only {files} files may be open (ulimit -n): expected at least ")
    assert [json.loads(line)["event"] for line in logged] in ([], ["file limit"])
    assert done.returncode == 1


async def test_grpcs_core_does_not_tell_on_stderr_of_each_handshake_that_fails():
    async def no_tls(_, writer):
        writer.write(b"not TLS")
        writer.close()

    code = (
        "import sys, gateway.app, grpc\n"
        "with grpc.secure_channel(sys.argv[1], grpc.ssl_channel_credentials()) as channel:\n"
        "    print(channel.unary_unary('/a/b').future(b'').code().name)"
    )
    async with await asyncio.start_server(no_tls, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        env = {name: value for name, value in os.environ.items() if not name.startswith("GRPC_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, f"127.0.0.1:{port}"), stdout=PIPE, stderr=PIPE, env=env
        )
        assert await process.communicate() == (b"UNAVAILABLE\n", b"")


def test_it_starts_as_a_process():
    code = "from gateway.app.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "config", "schema"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert '"voices"' in done.stdout


def as_process(*arguments, **options):
    code = "from gateway.app.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *arguments], check=False, timeout=60, **options)


@pytest.mark.measured
def test_a_full_disk_behind_standard_output_is_one_line():
    with Path("/dev/full").open("wb") as full:
        done = as_process("config", "show", stdout=full, stderr=PIPE)
    assert (done.returncode, done.stderr) == (1, b"Error: standard output: no space left on device\n")


def test_a_terminal_that_has_not_every_letter_loses_no_answer():
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = as_process("text", "A café.", stdout=PIPE, stderr=PIPE, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["spoken"] == "A café."


def test_the_script_is_declared():
    try:
        scripts = metadata.entry_points(group="console_scripts", name="legato")
    except metadata.PackageNotFoundError:
        scripts = ()
    assert all(script.value == "gateway.app.start:main" for script in scripts)


def test_a_line_for_every_command_and_none_is_cut_off():
    _, _, told = legato_run("--help").output.partition("Commands:")
    assert "..." not in told
    for name in COMMANDS:
        assert legato.commands[name].get_short_help_str(200) in told
    assert "..." not in legato_run("config", "--help").output.partition("Commands:")[2]
