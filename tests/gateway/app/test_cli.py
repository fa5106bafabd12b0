import subprocess
import sys
from importlib import metadata

import pytest

from gateway.app.cli import legato, main
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
        assert result.exit_code == 0
        assert legato.commands[name].help
        assert "\\b" not in result.stdout, "a mark for the formatter, not for people"


def test_help_shows_how_a_model_is_heard():
    result = legato_run("--help")

    assert "| legato say -" in result.output


def test_a_command_that_is_not_there():
    result = legato_run("sing")

    assert result.exit_code == 2
    assert "sing" in result.stderr


def test_main_is_what_the_script_runs(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["legato", "--help"])
    with pytest.raises(SystemExit) as caught:
        main()

    assert caught.value.code == 0
    assert "Usage: legato" in capsys.readouterr().out


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


def test_the_script_is_declared():
    try:
        scripts = metadata.entry_points(group="console_scripts", name="legato")
    except metadata.PackageNotFoundError:
        scripts = ()
    assert all(script.value == "gateway.app.cli:main" for script in scripts)
