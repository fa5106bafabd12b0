"""`make run` and `make test` set everything up, also where a first try was left in the middle."""

import os
import shutil
import subprocess

from tests.house.sources import ROOT

TOOL = "#!/bin/sh\n"
MAKER = """#!/bin/sh
echo "$@" >> asked
case "$*" in
  "-m venv --clear .venv") rm -rf .venv; mkdir -p .venv/bin; cp tool .venv/bin/python; cp tool .venv/bin/uv ;;
  "-m venv"*) exit 1 ;;
esac
"""
"""A Python that makes a venv only where nothing is left of an earlier one."""


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def set_up(folder):
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "setup", "PYTHON=./maker"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    asked = folder / "asked"
    venvs = [line for line in asked.read_text(encoding="utf-8").splitlines() if line.startswith("-m venv")]
    asked.write_text("", encoding="utf-8")
    return venvs


def test_an_environment_that_was_left_without_pip_is_made_anew(tmp_path):
    """Debian's `python3 -m venv` leaves one behind when it says that python3-venv is missing."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    program(tmp_path / "tool", TOOL)
    program(tmp_path / "maker", MAKER)
    program(tmp_path / ".venv/bin/python", "#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    assert set_up(tmp_path) == ["-m venv --clear .venv"]
    (tmp_path / ".venv/.stamp").unlink()
    assert set_up(tmp_path) == []
