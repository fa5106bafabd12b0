"""The `legato` script, from its first line to the command line."""

import re
import signal
import subprocess
import sys

import pytest

from gateway.app import start

INTERRUPTED_WHILE_LOADING = (
    "import signal, sys\n"
    "from gateway.app import start\n"
    "class Impatient:\n"
    "    def find_spec(self, name, path, target=None):\n"
    "        if name == 'gateway.app.commands.say':\n"
    "            signal.raise_signal(signal.SIGINT)\n"
    "sys.meta_path.insert(0, Impatient())\n"
    "start.main()\n"
)


def test_main_runs_the_command_line_and_ctrl_c_is_a_barge_in_again(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["legato", "--help"])
    with pytest.raises(SystemExit) as caught:
        start.main()

    assert caught.value.code == 0
    assert "Usage: legato" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_while_it_loads_says_nothing():
    """It was forty lines of Python's importing."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_LOADING, "--help"],
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_what_is_started_to_ignore_ctrl_c_goes_on_ignoring_it():
    code = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{INTERRUPTED_WHILE_LOADING}"
    done = subprocess.run(
        [sys.executable, "-c", code, "--version"], check=False, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert re.match(rb"legato, version ", done.stdout)
